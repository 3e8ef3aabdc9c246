"""Checks of the answers of a contestant, which also fill its caches."""

import hashlib
import time

from ..clients.connection import Connection
from ..machine import cpu, used_since
from .manifest import MANIFEST

BOTH = ("GET", "HEAD")
HEADS = 20  # paths that are also asked for by HEAD


def check(contestant, images, paths, methods=BOTH):
    """Pulls each path, and ends the run if a status, a length or a digest is wrong. Only the first paths get a HEAD."""
    connection = Connection(contestant.port)
    for number, path in enumerate(paths):
        for method in methods if number < HEADS else methods[:1]:
            answer = connection.ask(contestant.path(path), method, Accept=MANIFEST)
            fault = _fault(answer, method, path, images)
            if fault:
                log = contestant.server.log.read_text()[-2000:]
                raise SystemExit(f"{contestant.name} serves {contestant.path(path)} wrongly: {method} {fault}\n{log}")


def _fault(answer, method, path, images):
    """Describes the first fault of an answer; None if it has none."""
    if answer.status != 200:
        return f"status {answer.status}"
    length = answer.getheader("Content-Length")
    if length != str(images.sizes[path]):
        return f"length {length}"
    claimed = answer.getheader("Docker-Content-Digest")
    expected = images.manifest if path == images.tag else path
    if claimed != expected.rpartition("/")[2]:
        return f"Docker-Content-Digest {claimed}"
    if method == "GET":
        sha256 = answer.sha256 if "/blobs/" in path else hashlib.sha256(answer.content)
        if "sha256:" + sha256.hexdigest() != claimed:
            return "content has another digest"
    return None


def warm(contestant, images, paths):
    """Pulls until the servers behind the contestant are not asked any more. A registry stores in the background.

    GET only at first: while the registry writes a blob, it answers a second request for it with 500.
    """
    check(contestant, images, paths, ["GET"])
    for _ in range(20):
        time.sleep(0.5)
        before = cpu(contestant.must_idle())
        check(contestant, images, paths)
        if used_since(before) <= 0.05:
            return
    raise SystemExit(f"{contestant.name} asks its upstream again and again")
