"""The base of rows 19 and 20."""

from ..report.line import Line
from .row import Row


class BoundRow(Row):
    """All figures are of this program."""

    def note(self, figure, value):
        self.figures.note(f"bound: {figure}", "here", value)

    def rounds(self, figure):
        return self.figures.rounds(f"bound: {figure}")

    def median(self, figure):
        return self.figures.median(f"bound: {figure}")

    def line(self, row, what, unit, value, bound=""):
        if value is not None:
            self.lines.append(Line(row, what, unit, here=value, bound=bound))
