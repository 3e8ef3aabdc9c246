"""The images that are pushed to the upstream. All layers are random bytes."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ..clients.connection import Connection
from ..units import KIB, MIB
from .manifest import MANIFEST, digest_of, manifest_of

REPOSITORIES = 100  # over which the small images are spread
LAYERS = 12  # of the cold image


@dataclass
class Images:
    """Paths of the pushed content. They begin after the prefix by which a contestant knows the upstream."""

    layer: str = ""
    relayed: str = ""
    manifest: str = ""
    tag: str = ""
    far: str = ""
    cut: str = ""
    cold: list = field(default_factory=list)  # a manifest, its configuration, its layers
    configs: list = field(default_factory=list)
    sizes: dict = field(default_factory=dict)


class Push:
    def __init__(self, upstream, folder):
        self.folder, self.connection, self.images = folder, Connection(upstream.port), Images()

    def everything(self, scale):
        images = self.images
        images.layer = self._random_blob("large", scale.layer)
        images.relayed = self._random_blob("relayed", scale.relayed)
        images.far = self._random_blob("far", 20 * scale.cold)
        images.cut = self._random_blob("cut", 10 * scale.cold)
        self._cold_image(scale.cold)
        layer = os.urandom(KIB)
        for number in range(scale.images):
            self._small_image(number, layer)
        return images

    def _cold_image(self, size):
        layers = [self._random_blob("cold", size) for _ in range(LAYERS)]
        config = json.dumps({"architecture": "amd64", "os": "linux", "salt": os.urandom(8).hex()}).encode()
        config_path = self._blob("cold", digest_of(config), len(config), config)
        manifest = manifest_of(config, [(path.rpartition("/")[2], size) for path in layers])
        self.images.cold = [self._manifest("cold", "t", manifest), config_path, *layers]

    def _small_image(self, number, layer):
        """A configuration of 2 KiB, and a layer that all small images share."""
        repository = f"small/r{number % REPOSITORIES:02}"
        if number < REPOSITORIES:
            self._blob(repository, digest_of(layer), KIB, layer)
        config = {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [digest_of(layer)]}}
        config["comment"] = ""
        config["comment"] = os.urandom(KIB).hex()[: 2 * KIB - len(json.dumps(config))]
        config = json.dumps(config).encode()
        self.images.configs.append(self._blob(repository, digest_of(config), len(config), config))
        manifest = manifest_of(config, [(digest_of(layer), KIB)])
        path = self._manifest(repository, f"t{number}", manifest)
        if number == 0:
            self.images.tag = path
            self.images.manifest = f"/{repository}/manifests/{digest_of(manifest)}"
            self.images.sizes[self.images.manifest] = len(manifest)

    def _random_blob(self, repository, size):
        file, sha256 = self.folder / "layer", hashlib.sha256()
        with file.open("wb") as out:
            for _ in range(size // MIB):
                piece = os.urandom(MIB)
                sha256.update(piece)
                out.write(piece)
        with file.open("rb") as body:
            path = self._blob(repository, "sha256:" + sha256.hexdigest(), size, body)
        file.unlink()
        return path

    def _blob(self, repository, digest, size, body):
        begun = self._send(202, f"/v2/{repository}/blobs/uploads/", "POST")
        place = urlsplit(begun.getheader("Location"))
        headers = {"Content_Length": str(size), "Content_Type": "application/octet-stream"}
        self._send(201, f"{place.path}?{place.query}&digest={digest}", "PUT", body, **headers)
        path = f"/{repository}/blobs/{digest}"
        self.images.sizes[path] = size
        return path

    def _manifest(self, repository, tag, manifest):
        path = f"/{repository}/manifests/{tag}"
        self._send(201, "/v2" + path, "PUT", manifest, Content_Type=MANIFEST)
        self.images.sizes[path] = len(manifest)
        return path

    def _send(self, status, path, method, body=None, **headers):
        response = self.connection.ask(path, method, body, **headers)
        if response.status != status:
            raise SystemExit(f"push to the upstream: {response.status} {response.content[:300]}")
        return response
