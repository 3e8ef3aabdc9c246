"""Rows 19 and 20: the bound of the disk. The storage and the programs of both rows."""

import itertools
import shutil

from ..contestants.here import here, stored_in
from ..contestants.sweeps import Sweeps
from ..images.many import ManyBlobs
from ..progress import say
from ..units import KIB
from .eviction import Eviction
from .row import Family
from .sweep import Sweep

BELOW_A_SECOND = 100_000  # blobs; a shorter sweep is told at level debug


class DiskBound(Family):
    """Starts: this program on a storage of many blobs, anew in each round, and one beside it that has few of them."""

    numbers = (19, 20)

    def __init__(self, run):
        self.sweep, self.eviction = Sweep(run), Eviction(run)
        super().__init__(run, self.sweep, self.eviction)
        self.starts = itertools.count()

    def measure(self):
        folder, scale = self.run.folder / "bound", self.run.scale
        folder.mkdir(parents=True)
        say(f"Rows 19 and 20: making a storage of {scale.stored} blobs")
        storage = ManyBlobs(folder / "many", scale.stored)
        beside = self._start(ManyBlobs(folder / "few", 0).folder)
        for number in range(scale.bound_rounds):
            say(f"Rows 19 and 20: round {number + 1}")
            self._start_without_content()
            self._round(number, storage, beside)
        beside.stop()

    def _start(self, folder, limit="85%"):
        settings = stored_in(folder) | {"CACHE_LIMIT": str(limit)}
        if self.run.scale.stored < BELOW_A_SECOND:
            settings["LOG_LEVEL"] = "debug"
        name = f"here-bound-{next(self.starts)}"
        return here(self.run.folder, self.run.upstream, self.run.options.jar, name, **settings)

    def _start_without_content(self):
        empty = self.run.folder / "bound-empty"
        server = self._start(empty)
        self.sweep.measure_nothing_stored(Sweeps(server))
        server.stop()
        shutil.rmtree(empty, ignore_errors=True)

    def _round(self, number, storage, beside):
        size = storage.fill()
        # One configuration of 2 KiB fits, a second one does not.
        server = self._start(storage.folder, size + 3 * KIB)
        sweeps = Sweeps(server)
        self.sweep.measure_first(sweeps)
        self.sweep.measure_unchanged(sweeps, storage, beside)
        self.eviction.measure(sweeps, storage, beside, *self.run.images.configs[2 * number : 2 * number + 2])
        server.stop()
