"""A run: its rows, one after another."""

from .contestants.here import PLAIN_JAVA, here
from .contestants.registry import registry
from .contestants.server import Server
from .figures import Figures
from .images.push import Push
from .progress import say
from .rows.ceiling import Ceiling
from .rows.crowds import Crowds
from .rows.disk_bound import DiskBound
from .rows.first_bytes import FirstBytes
from .rows.layers import Layers
from .rows.near import Near
from .rows.processor import Processor
from .rows.relay import Relay
from .rows.slow_readers import SlowReaders
from .rows.starts import Starts
from .rows.warm import Warm

# In the order in which they are measured.
ROWS = (Ceiling, Warm, Relay, Starts, Crowds, Near, Layers, FirstBytes, Processor, SlowReaders, DiskBound)
FIRST_COLD = 9  # from this row on, the table has the order of the measurements


class Run:
    """The rows, and the parts that they share: the options, the upstream with its images, the figures."""

    def __init__(self, options, scale, folder):
        self.options, self.scale, self.folder = options, scale, folder
        self.figures = Figures()
        self.upstream = self.images = None
        self.rows = [row(self) for row in ROWS]

    def wanted(self, *numbers):
        return not self.options.rows or any(number in self.options.rows for number in numbers)

    def rounds(self, contestants, measure):
        """Measures each contestant in each round. The order turns, so that each of them goes first at times."""
        for number in range(self.scale.rounds):
            turn = number % len(contestants)
            for contestant in contestants[turn:] + contestants[:turn]:
                measure(contestant)

    def measure(self):
        say("Making images and pushing them to the upstream")
        self.upstream = registry("upstream", self.folder)
        if self.options.before and self.wanted(8):
            # A build that does not start ends the run here, and not after all rows that are measured before it.
            here(self.folder, self.upstream, self.options.before, "before", PLAIN_JAVA).stop()
        self.images = Push(self.upstream, self.folder).everything(self.scale)
        for row in self.rows:
            if row.wanted():
                row.measure()
        Server.stop_all()

    def report(self):
        """The lines of the table, and the figures beside the bounds."""
        for row in self.rows:
            row.report()
        lines = [line for row in self.rows for line in row.lines]
        lines.sort(key=lambda line: min(line.row, FIRST_COLD))
        return lines, [figure for row in self.rows for figure in row.beside]
