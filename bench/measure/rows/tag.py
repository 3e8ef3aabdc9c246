"""Row 6: a tag."""

import statistics
from dataclasses import dataclass, field
from socket import socket

from ..clients.raw import ask, connect, request_of
from ..contestants.contestant import Contestant
from ..progress import say
from ..report.line import Line
from .row import NAMES, Row

WARM_UPS = 2  # rounds


@dataclass
class Asked:
    """A contestant, the connection and the request to it, and the milliseconds that its answers took in a round."""

    contestant: Contestant
    connection: socket
    request: bytes
    times: list = field(default_factory=list)


class Tag(Row):
    """Measures: GET of a tag, one request to each contestant in turn, so that other load meets all alike.

    Bounds: this program adds at most 0.5 ms to the latency of the child, and at most twice as much as nginx does.
    """

    numbers = (6,)

    def measure(self, contestants):
        say("Row 6: a tag")
        tag = self.run.images.tag
        asked = [Asked(one, connect(one.port), request_of(one.path(tag))) for one in contestants]
        for number in range(WARM_UPS + self.run.scale.rounds):
            self._round(asked, self.run.images.sizes[tag])
            for one in asked:
                if number >= WARM_UPS:
                    self.figures.note("tag", one.contestant.name, statistics.median(one.times))
                one.times.clear()
        for one in asked:
            one.connection.close()

    def _round(self, asked, length):
        for number in range(self.run.scale.tags):
            turn = number % len(asked)
            for one in asked[turn:] + asked[:turn]:
                one.times.append(1000 * ask(one.connection, one.request, length))

    def report(self):
        figures = [self.figures.median("tag", name) for name in NAMES]
        if None in figures:
            return
        child, nginx, ours = figures
        added = (None, nginx - child, ours - child)
        ratio = (ours - child) / max(nginx - child, 0.05)  # less is noise
        self.lines += [
            Line(6, "tag, median latency", "ms", *figures, spread=self.figures.spread("tag")),
            Line(6, "tag, added latency", "ms", *added, bound="≤ 0.5"),
            Line(6, "tag, added latency", "ms", *added, "here/nginx", ratio, "≤ 2"),
        ]
