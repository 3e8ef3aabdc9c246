"""Manifests and digests."""

import hashlib
import json

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


def digest_of(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


def manifest_of(config, layers):
    """A manifest, as bytes; `config` is the content, `layers` are digests and sizes."""
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "size": len(config), "digest": digest_of(config)},
            "layers": [{"mediaType": LAYER, "size": size, "digest": digest} for digest, size in layers],
        }
    ).encode()
