"""Rows 1 and 2: the large blob, warm."""

from ..progress import say
from .blob_row import BlobRow

CLIENTS = {1: "1 client", 4: "4 clients", 16: "16 clients"}
COPIED_OUT = {1: "copied out, 1 at once", 4: "copied out, 4 at once"}


class Blobs(BlobRow):
    """Measures: whole pulls of one client, with the CPU they take, then the throughput of 4 and 16 clients.

    Beside the bounds, it measures clients that copy the bytes out, as real ones do.
    Bounds: CPU ≤ 0.75 of the child's and ≤ 1.05 of nginx's; throughput at least the child's.
    """

    numbers = (1, 2)

    def measure(self, contestants):
        say("Rows 1 and 2: the large blob, warm")
        self.run.rounds(contestants, self._measure_one)

    def _measure_one(self, contestant):
        scale, layer = self.run.scale, self.run.images.layer
        self.pull(contestant, layer, scale.pulls, "blob, 1 client")
        for number in (4, 16):
            self.pull_for(contestant, layer, number, scale.window, f"blob, {CLIENTS[number]}")
        for number, clients in COPIED_OUT.items():
            self.pull_for(contestant, layer, number, scale.window / 2, f"blob, {clients}", flags=0)

    def report(self):
        cpu_bounds = ("child", "≤ 0.75"), ("nginx", "≤ 1.05")
        self.compare(1, "warm blob, server CPU", "s/GiB", "blob, 1 client cpu", *cpu_bounds)
        for clients in CLIENTS.values():
            self.compare(2, f"warm blob, {clients}", "GiB/s", f"blob, {clients}", ("child", "≥ 1.0"))
        for clients in (CLIENTS[4], CLIENTS[16], *COPIED_OUT.values()):
            self.add_beside(f"warm blob, server CPU, {clients}", f"blob, {clients} cpu", "s/GiB")
        for clients in COPIED_OUT.values():
            self.add_beside(f"warm blob, {clients}", f"blob, {clients}", "GiB/s")
