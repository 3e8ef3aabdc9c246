"""Row 4: small blobs, warm."""

from ..clients.wrk import wrk
from ..progress import say
from .request_row import RequestRow
from .row import Row


class SmallBlobs(RequestRow):
    """Measures: GET of all configurations in turn over 32 connections.

    Bound: 15 times the rate of the child.
    """

    numbers = (4,)

    def measure(self, contestants):
        say("Row 4: small blobs, warm")
        self.run.rounds(contestants, self._measure_one)

    def _measure_one(self, contestant):
        seconds, folder, paths = self.run.scale.window, self.run.folder, self.run.images.configs
        self.requests("small blob", contestant, lambda: wrk(contestant, seconds, folder, *paths))

    def report(self):
        self.compare(4, "small blobs", "1/s", "small blob", ("child", "≥ 15"))
        self.add_requests_beside("small blob")


class FirstSeconds(Row):
    """Measures: the same requests to this program alone, from the first 200 after its start on a warm storage.

    Bound: at least half the rate of the program that is warmed up.
    """

    numbers = (4,)

    def measure(self, contestant):
        first = wrk(contestant, 5, self.run.folder, *self.run.images.configs)
        self.figures.note("small blob, first 5 s", contestant.name, first["rps"])

    def report(self):
        figure = "small blob, first 5 s"
        self.ratio(4, "small blobs, first 5 s", "1/s", figure, "small blob", "first/later", "≥ 0.5")
