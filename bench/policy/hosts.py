"""Hosts that keep the layers that they have pulled."""

from collections import OrderedDict


class Host:
    """A store of layers with a limit, and the images that run on it."""

    def __init__(self, platform, limit):
        self.platform, self.limit = platform, limit
        self.layers, self.used, self.runs = OrderedDict(), 0, []

    def empty(self):
        self.layers.clear()
        self.used = 0

    def pull(self, blobs, sizes):
        """The blobs that are missing; afterwards the host has them."""
        missing = tuple(b for b in blobs if b not in self.layers)
        for blob in blobs:
            self.layers[blob] = None
            self.layers.move_to_end(blob)
        self.used += sum(sizes[b] for b in missing)
        while self.used > self.limit and len(self.layers) > len(blobs):
            self.used -= sizes[self.layers.popitem(last=False)[0]]
        return missing


class Running:
    """An image on a host: `version` is set if it stays as it is until it is rolled out anew."""

    def __init__(self, line, version, asks):
        self.line, self.version, self.asks = line, version, asks
