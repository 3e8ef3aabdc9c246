"""Rows 1, 2, 3, 4 and 6: content that every contestant has stored."""

import time

from ..clients.blobs import BlobClients
from ..clients.heads import heads
from ..clients.wrk import wrk
from ..contestants.contestant import Contestant
from ..contestants.here import PREFIX, here
from ..contestants.nginx import PLAIN, WARM_CACHE, nginx
from ..contestants.registry import registry
from ..images.check import check, warm
from ..progress import say
from .blobs import Blobs
from .manifests import Manifests
from .row import Family
from .small import SmallBlobs
from .tag import Tag


class Warm(Family):
    """Starts: a child, this program, nginx as a cache in front of that child, nginx as a plain proxy for row 6.

    It also fills the storage on which rows 4, 7 and 8 start this program.
    """

    numbers = (1, 2, 3, 4, 6, 7, 8)

    def __init__(self, run):
        self.tag = Tag(run)
        super().__init__(run, Blobs(run), Manifests(run), SmallBlobs(run), self.tag)

    def measure(self):
        say("Starting the contestants, filling their caches, checking their answers")
        run, images = self.run, self.run.images
        alone = registry("child", run.folder, run.upstream)
        ours = here(run.folder, run.upstream, run.options.jar)
        child = Contestant("child", alone, behind=(run.upstream,))
        this = Contestant("here", ours, PREFIX, behind=(run.upstream,))
        for contestant in (child, this):
            warm(contestant, images, self._everything())
            check(contestant, images, [images.tag])
        if any(part.wanted() for part in self.parts):
            self._measure_parts(child, this)
        ours.stop()

    def _everything(self):
        images = self.run.images
        return [images.layer, images.manifest, *images.configs]

    def _measure_parts(self, child, this):
        cache, plain = self._cache(child.server), self._plain()
        self._warm_up([child, cache, this])
        for part in self.parts:
            if part.wanted():
                part.measure([child, plain, this] if part is self.tag else [child, cache, this])

    def _cache(self, child):
        run = self.run
        server = nginx("nginx-cache", run.folder, child, WARM_CACHE)
        cache = Contestant("nginx", server, behind=(run.upstream, child))
        warm(cache, run.images, self._everything())
        return cache

    def _plain(self):
        """It has a child of its own: one that has just been asked directly would answer sooner."""
        run = self.run
        child = registry("child-of-plain", run.folder, run.upstream)
        plain = Contestant("nginx", nginx("nginx-plain", run.folder, child, PLAIN))
        check(plain, run.images, [run.images.tag])
        return plain

    def _warm_up(self, contestants):
        """Until the JIT has compiled the code that is measured."""
        say("Warming up")
        folder, images = self.run.folder, self.run.images
        for contestant in contestants:
            seconds = self.run.scale.warm_up if contestant.name == "here" else 1
            with BlobClients(contestant, images.layer, 4, images) as clients:
                clients.go()
                time.sleep(seconds)
            wrk(contestant, seconds, folder, images.manifest)
            heads(contestant, seconds, images.manifest)
            wrk(contestant, seconds, folder, *images.configs)
