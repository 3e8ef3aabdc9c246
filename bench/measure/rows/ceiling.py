"""Beside rows 1 and 2: the ceiling of their clients."""

from ..contestants.bare import BareServer
from ..contestants.contestant import Contestant
from .blob_row import BlobRow
from .blobs import CLIENTS


class Ceiling(BlobRow):
    """Starts: a server that does nothing but sendfile, of the large blob in the storage of the upstream.

    Measures: how much 1, 4 and 16 clients can take from it in two seconds. No bound.
    """

    numbers = (1, 2)

    def measure(self):
        path = self.run.images.layer
        digest = path.rpartition(":")[2]
        data = self.run.folder / f"upstream/docker/registry/v2/blobs/sha256/{digest[:2]}/{digest}/data"
        bare = BareServer(data)
        contestant = Contestant("bare server", bare)
        for number, clients in CLIENTS.items():
            self.pull_for(contestant, path, number, 2, f"blob, {clients}")
        bare.stop()

    def report(self):
        for clients in CLIENTS.values():
            what = f"clients' ceiling (a bare server), {clients}"
            self.add_beside(what, f"blob, {clients}", "GiB/s", ("bare server",))
