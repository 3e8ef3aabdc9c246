"""Row 14: the first answer about a cold layer, at a distance."""

import statistics

from ..clients.curl import get, milliseconds
from ..line.far import FarUpstream
from ..progress import say
from ..units import KIB
from .cold import ColdRow

TIMES = 3
FIRST, LAST = 0, 1  # byte of the answer


class FirstBytes(ColdRow):
    """Starts: this program on an upstream at a distance, and that upstream itself, three times for each question.

    Measures: milliseconds more than directly, on connections that are open, as after the manifest.
    Bound: 10 ms.
    """

    numbers = (14,)

    def measure(self):
        say("Cold: first bytes")
        size = self.size([self.run.images.layer])
        self._ask("first byte of a cold layer", FIRST, "--max-time", "3")
        self._ask("HEAD of a cold layer", LAST, "-I")
        self._ask("last KiB of a cold layer", LAST, "-r", f"{size - KIB}-{size - 1}")

    def _ask(self, what, byte, *options):
        direct, ours = (
            statistics.median(self._ask_once(name, options)[byte] for _ in range(TIMES)) for name in ("direct", "here")
        )
        self.line(14, f"{what}, more than directly", "ms", {"here": ours - direct}, "≤ 10")

    def _ask_once(self, name, options):
        images = self.run.images
        with FarUpstream(self.run.upstream) as far, self.contestant(name, far) as contestant:
            for layer in images.cold[2:6]:
                milliseconds(contestant, layer, layer, "-I")
                get(contestant, layer, "1000-2000")
                get(contestant, layer)
            return milliseconds(contestant, images.cold[1], images.layer, *options)
