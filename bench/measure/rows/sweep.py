"""Row 19: the cost of a sweep through many blobs."""

import time

from ..clients.pulls import Pulls
from ..progress import expect
from .bound_row import BoundRow

TIMER = 30  # seconds from one look for changes to the next, in routes/management.camel.yaml


class Sweep(BoundRow):
    """Measures: time, CPU and memory of the first sweep, then the sweeps in two periods of the timer without a change.

    Bounds: 30 s, 30 CPU seconds, 4 MiB more memory, no further sweep.
    """

    numbers = (19,)

    def measure_nothing_stored(self, sweeps):
        """The growth of a program by itself in its first minute."""
        time.sleep(2)
        before, cpu = sweeps.resident(), sweeps.cpu()
        time.sleep(20)
        self.note("memory more, nothing stored", sweeps.resident() - before)
        self.note("CPU, nothing stored", sweeps.cpu() - cpu)

    def measure_first(self, sweeps):
        time.sleep(2)
        before, cpu, largest = sweeps.resident(), sweeps.cpu(), 0
        while not sweeps.logged():
            largest = max(largest, sweeps.resident())
            time.sleep(0.05)
        time.sleep(1)
        files, took, _ = sweeps.logged()[0]
        expect(files >= self.run.scale.stored, f"the sweep saw {files} files only")
        self.note("sweep, seconds", took / 1000)
        self.note("sweep, CPU of its thread", sweeps.thread_cpu())
        self.note("sweep, CPU of the program", sweeps.cpu() - cpu)
        self.note("sweep, memory more", max(largest, sweeps.resident()) - before)
        self.note("sweep, memory more after", sweeps.resident() - before)

    def measure_unchanged(self, sweeps, storage, beside):
        """Meanwhile stored content is pulled, which warms the program up."""
        cpu = sweeps.thread_cpu()
        pulls = Pulls(storage, sweeps.server, beside)
        time.sleep(2 * TIMER + 5)
        pulls.end()
        self.note("sweeps while nothing changed", len(sweeps.logged()) - 1)
        self.note("CPU of the sweeper while nothing changed", sweeps.thread_cpu() - cpu)

    def report(self):
        self.line(19, "sweep, time", "s", self.median("sweep, seconds"), "≤ 30")
        self.line(19, "sweep, CPU of the program", "s", self.median("sweep, CPU of the program"), "≤ 30")
        self.line(19, "sweep, memory more at most", "MiB", self.median("sweep, memory more"), "≤ 4")
        most = max(self.rounds("sweeps while nothing changed"), default=None)
        self.line(19, "sweeps in a minute without a change", "", most, "≤ 0")
