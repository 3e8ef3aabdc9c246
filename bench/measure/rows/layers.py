"""Rows 9, 12 and 17: a large layer, cold, at a distance."""

import time
from functools import partial

from ..clients.curl import get
from ..line.far import FarUpstream
from ..progress import say
from ..together import Together
from .cold import ColdRow

PARTS = 8


class Layers(ColdRow):
    """Starts: each contestant on an upstream whose bandwidth is for each connection, then this program in two ways.

    Measures: the time of a layer; the upstream's bytes for parallel ranges of it, and for a layer that is cut.
    Bounds: half the time that the upstream itself takes; the bytes of one pull.
    """

    numbers = (9, 12, 17)

    def measure(self):
        say("Cold: per connection")
        self._limit_each_connection()
        self._ask_for_ranges()
        self._cut()

    def _limit_each_connection(self):
        seconds, layer = {}, self.run.images.far
        for name in ("direct", "child", "nginx", "here"):
            far = FarUpstream(self.run.upstream, per_connection=True)
            with far, self.contestant(name, far) as contestant:
                began = time.perf_counter()
                get(contestant, layer)
                seconds[name] = time.perf_counter() - began
        ratio = seconds["here"] / seconds["direct"]
        self.line(12, "layer, 20 MB/s per connection", "s", seconds, "≤ 0.5", "here/direct", ratio)

    def _ask_for_ranges(self):
        layer = self.run.images.far
        size = self.size([layer])
        ranges = [f"{part * size // PARTS}-{(part + 1) * size // PARTS - 1}" for part in range(PARTS)]
        with FarUpstream(self.run.upstream) as far, self.contestant("here", far) as contestant:
            far.passed()
            Together([partial(get, contestant, layer, each) for each in ranges]).seconds()
            time.sleep(1)
            bytes_ = far.passed()["bytes"] / size
        self.line(9, "upstream bytes ÷ layer, 8 parallel ranges", "×", {"here": bytes_}, "≤ 1.01")

    def _cut(self):
        layer = self.run.images.cut
        size = self.size([layer])
        far = FarUpstream(self.run.upstream, cuts=3, cut_at=size * 7 // 10)
        with far, self.contestant("here", far, UPSTREAM_PARTS="1") as contestant:
            far.passed()
            get(contestant, layer)
            bytes_ = far.passed()["bytes"] / size
        self.line(17, "upstream bytes ÷ layer, cut three times at 70 %", "×", {"here": bytes_}, "≤ 1.01")
