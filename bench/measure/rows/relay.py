"""Row 5: a blob that is not stored."""

import time

from ..clients.blobs import BlobClients
from ..contestants.contestant import Contestant
from ..contestants.here import PREFIX, here
from ..contestants.nginx import BUFFERS_64K, PLAIN, nginx
from ..contestants.registry import registry
from ..images.check import check
from ..progress import say
from .blob_row import BlobRow

LARGE_BUFFER = "nginx, 64 KiB buffer"
NAMES = ("nginx", LARGE_BUFFER, "here")


class Relay(BlobRow):
    """Starts: this program, and a child with nginx in front of it as a plain proxy, with two sizes of its buffer.

    Their storage is in memory, which keeps no layers: there is no file to send, and each pull goes to the upstream.
    Measures: the CPU of the proxy alone in two whole pulls of one client. Bound: at most that of nginx.
    """

    numbers = (5,)

    def measure(self):
        say("Starting the contestants of row 5")
        images, contestants = self.run.images, self._start()
        for contestant in contestants:
            check(contestant, images, [images.relayed])
        with BlobClients(contestants[-1], images.relayed, 4, images) as clients:
            clients.go()
            time.sleep(self.run.scale.warm_up)
        say("Row 5: a blob that must come through the child")
        self.run.rounds(contestants, lambda contestant: self.pull(contestant, images.relayed, 2, "relay"))
        for contestant in reversed(contestants):
            contestant.server.stop()
        self.child.stop()

    def _start(self):
        folder, upstream = self.run.folder, self.run.upstream
        self.child = registry("memory-child", folder, upstream, memory=True)
        ours = here(folder, upstream, self.run.options.jar, "here-memory", REGISTRY_STORAGE="inmemory")
        plain = nginx("nginx-relay", folder, self.child, PLAIN)
        large = nginx("nginx-relay-64k", folder, self.child, PLAIN, BUFFERS_64K)
        return [
            Contestant("nginx", plain),
            Contestant(LARGE_BUFFER, large),
            Contestant("here", ours, PREFIX, alone=True),
        ]

    def report(self):
        self.compare(5, "relay, CPU of the proxy alone", "s/GiB", "relay cpu", ("nginx", "≤ 1.0"))
        self.add_beside("relay, CPU of the proxy alone", "relay cpu", "s/GiB", NAMES)
        self.add_beside("relay, 1 client", "relay", "GiB/s", NAMES)
