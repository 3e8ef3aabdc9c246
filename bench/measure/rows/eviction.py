"""Row 20: how much an eviction delays pulls of stored content."""

import itertools
import statistics
import time

from ..clients.connection import Connection
from ..clients.pulls import KINDS, Pulls
from ..contestants.here import PREFIX
from ..progress import expect, say
from .bound_row import BoundRow

QUIET = 5  # windows before and after the eviction
SERVERS = ("", ", beside")  # this program, and the program beside it that has nothing to evict


class Eviction(BoundRow):
    """Measures: latencies of pulls before, while and after this program evicts, and of a program beside it.

    Bound: at most 2 ms more at the 99th percentile than of the program beside it.
    """

    numbers = (20,)

    def measure(self, sweeps, storage, beside, first, cold):
        """Pulls one blob more than the limit allows. The blob before it warms the way up."""
        self._pull(sweeps.server, first)
        time.sleep(2)
        known, quiet = len(sweeps.logged()), self.run.scale.window * QUIET
        pulls = Pulls(storage, sweeps.server, beside)
        time.sleep(quiet)
        began, cpu = time.monotonic(), sweeps.thread_cpu()
        ended = self._evict(sweeps, known, cold)
        time.sleep(quiet)
        pulled = pulls.end()
        evicting = ended - self._note_costs(sweeps, known, storage, cpu)
        self._note_latencies("quiet", [pull for pull in pulled if not began - 0.5 <= pull.began <= ended + 0.5])
        self._note_latencies("measuring", [pull for pull in pulled if began <= pull.began < evicting])
        self._note_latencies("evicting", [pull for pull in pulled if evicting <= pull.began <= ended])

    def _pull(self, server, path):
        status = Connection(server.port).ask(f"/v2{PREFIX}{path}").status
        expect(status == 200, f"{server.name} answers {path} with {status}")

    def _evict(self, sweeps, known, cold):
        """Returns when the eviction has ended."""
        before = sweeps.resident()
        self._pull(sweeps.server, cold)
        sweeps.await_number(known + 1)
        ended = time.monotonic()
        self.note("memory more, with eviction", sweeps.resident() - before)
        return ended

    def _note_costs(self, sweeps, known, storage, cpu):
        """Returns the seconds of evicting."""
        _, measured, evicted = sweeps.logged()[known]
        gone = storage.count + 2 - sum(1 for _ in storage.files())
        say(f"  {gone} blobs evicted; measured in {measured} ms, evicted in {evicted} ms")
        self.note("evicted blobs", gone)
        self.note("seconds of measuring, warm", measured / 1000)
        self.note("seconds of evicting", evicted / 1000)
        self.note("CPU of the sweeper, measuring and evicting", sweeps.thread_cpu() - cpu)
        return evicted / 1000

    def _note_latencies(self, when, pulls):
        for (server, beside), kind in itertools.product(enumerate(SERVERS), KINDS):
            times = [pull.milliseconds for pull in pulls if (pull.server, pull.kind) == (server, kind)]
            expect(times, f"no {kind} was pulled while the program was {when}{beside}")
            for percent in (50, 99):
                self.note(f"{kind} p{percent}, {when}{beside}", percentile(times, percent))

    def report(self):
        for kind, when in itertools.product(KINDS, ("measuring", "evicting")):
            what = f"{kind}, p99 more while {when} than"
            self.line(20, f"{what} before and after", "ms", self._more(f"{kind} p99, {when}", f"{kind} p99, quiet"))
            more = self._more(f"{kind} p99, {when}", f"{kind} p99, {when}, beside")
            self.line(20, f"{what} of a program beside it", "ms", more, "≤ 2")

    def _more(self, figure, base):
        """The median of the differences of the rounds."""
        pairs = list(zip(self.rounds(figure), self.rounds(base)))
        return statistics.median(one - other for one, other in pairs) if pairs else None


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
