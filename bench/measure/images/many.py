"""A storage of many blobs, laid out on the disk as a child lays it out.

The blobs are sparse files with digests at random, but for one that is pulled; manifests and configurations are real.
"""

import json
import os
import random
import time

from ..units import KIB, MIB
from .manifest import digest_of, manifest_of

MONTH = 30 * 24 * 3600
REPOSITORIES = 2000
BLOBS_PER_IMAGE = 40  # of those that are stored; most belong to none of the images
LAYERS = 8  # of each image
MEAN_SIZE = 5 * MIB
LARGEST = 2048 * MIB
# One blob of 20 was not used for the longest time. These blobs are 2 % of the bytes, as much as an eviction frees
# beyond the bytes that are needed.
OLD = 20
MEAN_OLD_SIZE = int(0.388 * MEAN_SIZE)


class ManyBlobs:
    """A child's folder with so many blobs. fill() replaces evicted blobs by others."""

    def __init__(self, folder, count):
        self.folder, self.root, self.count = folder, folder / "bench/docker/registry/v2", count
        self.random = random.Random(19)
        self.prefixes = set()
        images = count // BLOBS_PER_IMAGE
        for number in range(images):
            self._image(f"r{number % REPOSITORIES}", f"t{number}")
        for _ in range(count - count // OLD - images * (LAYERS + 2)):
            self._sparse(self._young())
        self._pulled_image()

    def _pulled_image(self):
        """An image of one layer. It is younger than all others, so that it stays."""
        layer = random.Random(20).randbytes(100 * KIB)
        config = json.dumps({"architecture": "amd64", "os": "linux"}).encode()
        digests = [self._content(content, time.time()) for content in (layer, config)]
        manifest = manifest_of(config, [(digests[0], len(layer))])
        digest = self._content(manifest, time.time())
        self._links("pulled", "t", digest, digests)
        path = "/v2/bench/pulled"
        # Path and length of the manifest and of the layer.
        self.pulled = ((f"{path}/manifests/{digest}", len(manifest)), (f"{path}/blobs/{digests[0]}", len(layer)))

    def _young(self):
        return time.time() - 7200 - self.random.random() * (0.95 * MONTH - 7200)

    def _image(self, repository, tag):
        at = self._young()
        layers = [self._sparse(at) for _ in range(LAYERS)]
        config = json.dumps({"architecture": "amd64", "tag": tag}).encode()
        config_digest = self._content(config, at)
        manifest = self._content(manifest_of(config, [(layer, MEAN_SIZE) for layer in layers]), at)
        self._links(repository, tag, manifest, [*layers, config_digest])

    def _sparse(self, at, mean=MEAN_SIZE):
        digest = f"sha256:{self.random.getrandbits(256):064x}"
        descriptor, path = self._data_of(digest)
        os.ftruncate(descriptor, min(LARGEST, 200 + int(self.random.expovariate(1 / mean))))
        self._close(descriptor, path, at)
        return digest

    def _content(self, content, at):
        digest = digest_of(content)
        descriptor, path = self._data_of(digest)
        os.write(descriptor, content)
        self._close(descriptor, path, at)
        return digest

    def _data_of(self, digest):
        """Opens the new file of a blob. Strings and descriptors, as a Path for each file would take long."""
        hex_ = digest.partition(":")[2]
        folder = self.root / "blobs/sha256" / hex_[:2]
        if hex_[:2] not in self.prefixes:
            folder.mkdir(parents=True, exist_ok=True)
            self.prefixes.add(hex_[:2])
        path = f"{folder}/{hex_}"
        os.mkdir(path)
        path += "/data"
        return os.open(path, os.O_WRONLY | os.O_CREAT), path

    def _close(self, descriptor, path, used_at):
        """Closes the file of a blob, which was written some time within a month before its last use."""
        os.close(descriptor)
        os.utime(path, (used_at, used_at - self.random.random() * (used_at - (time.time() - MONTH))))

    def _links(self, repository, tag, manifest, blobs):
        folder = f"{self.root}/repositories/{repository}"
        revision = "_manifests/revisions/sha256/" + manifest.partition(":")[2]
        places = [(revision, manifest), (f"_manifests/tags/{tag}/current", manifest)]
        places += [("_layers/sha256/" + blob.partition(":")[2], blob) for blob in blobs]
        for place, digest in places:
            os.makedirs(f"{folder}/{place}", exist_ok=True)
            with open(f"{folder}/{place}/link", "w") as link:
                link.write(digest)

    def files(self):
        for folder in (self.root / "blobs/sha256").iterdir():
            for blob in os.scandir(folder):
                yield os.stat(blob.path + "/data")

    def fill(self):
        """Adds old blobs up to the number of blobs. Returns how many bytes are stored then."""
        for _ in range(self.count - sum(1 for _ in self.files())):
            self._sparse(time.time() - (0.95 + 0.05 * self.random.random()) * MONTH, MEAN_OLD_SIZE)
        return sum(stat.st_size for stat in self.files())
