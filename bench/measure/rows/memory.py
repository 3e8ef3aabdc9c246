"""Row 7: memory."""

import time

from ..clients.blobs import BlobClients
from ..contestants.here import UPSTREAMS
from ..machine import resident
from .row import Row


class Memory(Row):
    """Measures: the memory of the JVM 15 s after its start, when its compilers rest, and the most while a crowd pulls the large blob.

    Bounds: 120 MiB idle, 200 MiB with the smaller crowd, and at most 1.1 times that with twice as many clients.
    """

    numbers = (7,)

    def measure(self, contestant):
        time.sleep(15)
        server = contestant.server
        self._note("idle", contestant, resident(server.pid()), resident(server.family()))
        for number in self.run.scale.crowds:
            self._measure_crowd(contestant, number)

    def _measure_crowd(self, contestant, number):
        own, with_children = [], []
        server, images = contestant.server, self.run.images
        with BlobClients(contestant, images.layer, number, images) as clients:
            clients.go()
            end = time.monotonic() + self.run.scale.crowd_seconds
            while time.monotonic() < end:
                own.append(resident(server.pid()))
                with_children.append(resident(server.family()))
                time.sleep(0.05)
        self._note(f"{number} clients", contestant, max(own), max(with_children))

    def _note(self, when, contestant, own, with_children):
        self.figures.note(f"memory, {when}", contestant.name, own)
        self.figures.note(f"memory with children, {when}", contestant.name, with_children)

    def report(self):
        crowds = self.run.scale.crowds
        few, many = (f"memory, {number} clients" for number in crowds)
        self.absolute(7, "memory, idle", "MiB", "memory, idle", "≤ 120")
        self.absolute(7, few, "MiB", few, "≤ 200")
        self.ratio(7, many, "MiB", many, few, f"{crowds[1]}/{crowds[0]} clients", "≤ 1.1")
        for when in ("idle", *(f"{number} clients" for number in crowds)):
            what = f"memory with {UPSTREAMS} children, {when}"
            self.add_beside(what, f"memory with children, {when}", "MiB", ("here",))
