"""Row 18: slow clients beside fast ones."""

import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from ..clients import slow
from ..clients.curl import get
from ..machine import resident
from ..progress import expect, say
from ..together import Together
from .cold import ColdRow

SLOW, SPEED, SECONDS = 300, 500_000, 60  # clients, bytes per second
FAST = 50


class SlowReaders(ColdRow):
    """Starts: this program on the upstream itself, once with 300 slow and 50 fast clients, once with the fast alone.

    Measures: the most memory, the slow clients that are cut, the time of the fast ones.
    Bounds: 200 MiB; none is cut; 1.1 of the time that the fast ones take alone.
    """

    numbers = (18,)

    def measure(self):
        say("Cold: slow readers")
        fast, memory, cut = self._with_slow_readers()
        with self.contestant("here", self.run.upstream) as contestant:
            alone = self._seconds(self._fast_clients(contestant))
        memory_of = "memory, 300 slow and 50 fast clients on one cold layer"
        self.line(18, memory_of, "MiB", {"here": memory}, "≤ 200")
        self.line(18, "slow clients that were cut", "", {"here": cut}, "≤ 0")
        ratio = fast / alone
        self.line(18, "50 fast clients beside 300 slow ones", "s", {"here": fast}, "≤ 1.1", "with/without", ratio)

    def _with_slow_readers(self):
        with self.contestant("here", self.run.upstream) as contestant:
            slow_clients = self._start_slow(contestant)
            time.sleep(2)
            fast_clients = self._fast_clients(contestant)
            memory = self._most_memory(contestant, fast_clients.running)
            fast = self._seconds(fast_clients)
            memory = max(memory, self._most_memory(contestant, lambda: slow_clients.poll() is None))
            return fast, memory, int(slow_clients.stdout.read())

    def _start_slow(self, contestant):
        path = contestant.path(self.run.images.layer)
        arguments = [str(each) for each in (contestant.port, path, SLOW, SPEED, SECONDS)]
        return subprocess.Popen([sys.executable, Path(slow.__file__), *arguments], stdout=subprocess.PIPE, text=True)

    def _fast_clients(self, contestant):
        return Together([partial(get, contestant, self.run.images.layer)] * FAST)

    def _seconds(self, fast_clients):
        seconds = fast_clients.seconds()
        expect(fast_clients.results == [self.size([self.run.images.layer])] * FAST, "a fast client was cut")
        return seconds

    @staticmethod
    def _most_memory(contestant, lasts):
        memory = 0
        while lasts():
            memory = max(memory, resident(contestant.server.pid()))
            time.sleep(0.1)
        return memory
