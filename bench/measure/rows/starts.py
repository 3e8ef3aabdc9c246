"""Row 8: the start. And the order in which rows 4, 7 and 8 start this program."""

from ..contestants.contestant import Contestant
from ..contestants.here import PLAIN_JAVA, PREFIX, here
from ..progress import say
from .memory import Memory
from .row import Family, Row
from .small import FirstSeconds


class Start(Row):
    """Measures: the seconds from the launch to the first 200, of this program and of an older build or plain options.

    Bounds: 0.8 s, and 0.4 of the older one.
    """

    numbers = (8,)

    def start(self, name, jar, java=None):
        server = here(self.run.folder, self.run.upstream, jar, java=java)
        self.figures.note("start", name, server.seconds_to_start)
        return Contestant(name, server, PREFIX)

    def report(self):
        self.absolute(8, "start to the first 200", "s", "start", "≤ 0.8")
        self.ratio(8, "start to the first 200", "s", "start", "start", "here/before", "≤ 0.4", "before")


class Starts(Family):
    """Starts: this program, again and again, on a storage that is warm."""

    numbers = (4, 7, 8)

    def __init__(self, run):
        self.first_seconds, self.memory, self.start = FirstSeconds(run), Memory(run), Start(run)
        super().__init__(run, self.first_seconds, self.memory, self.start)

    def measure(self):
        say("Rows 4, 7 and 8: starts and memory")
        for _ in range(self.run.scale.rounds):
            self._round(self.run.options)

    def _round(self, options):
        if self.start.wanted():
            self.start.start("before", options.before or options.jar, PLAIN_JAVA).server.stop()
        contestant = self.start.start("here", options.jar)
        if self.first_seconds.wanted():
            self.first_seconds.measure(contestant)
        contestant.server.stop()
        if self.memory.wanted():
            contestant = self.start.start("here", options.jar)
            self.memory.measure(contestant)
            contestant.server.stop()
