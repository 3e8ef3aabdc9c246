"""Row 11: an image, cold, without a distance."""

import statistics

from ..clients.curl import crowd
from ..progress import say
from .cold import ColdRow

TIMES = 3


class Near(ColdRow):
    """Starts: each contestant on the upstream itself, three times.

    Measures: the time of one pull. Bound: 1.25 of the time that a pull from the upstream itself takes.
    """

    numbers = (11,)

    def measure(self):
        say("Cold: near")
        seconds = {}
        for name in ("direct", "child", "nginx", "here"):
            seconds[name] = statistics.median(self._pull(name) for _ in range(TIMES))
        ratio = seconds["here"] / seconds["direct"]
        self.line(11, "cold pull, no distance", "s", seconds, "≤ 1.25", "here/direct", ratio)

    def _pull(self, name):
        with self.contestant(name, self.run.upstream) as contestant:
            return crowd(contestant, self.run.images, 1)[0]
