"""The base of all rows."""

from ..report.line import Line, shown

NAMES = ("child", "nginx", "here")


class Row:
    """Some lines of the table: how they are measured, and their bounds."""

    numbers = ()

    def __init__(self, run):
        self.run, self.figures = run, run.figures
        self.lines = []
        self.beside = []  # figures without a bound, which help to believe or to explain the others

    def wanted(self):
        return self.run.wanted(*self.numbers)

    def report(self):
        """Adds the lines, and the figures beside them. Figures that were not measured are left out."""

    def compare(self, row, what, unit, figure, *bounds):
        """A figure of all contestants, and one line for each pair of a contestant to compare with and a bound."""
        medians = [self.figures.median(figure, name) for name in NAMES]
        ours, spread = medians[-1], self.figures.spread(figure)
        if ours is not None:
            for other, bound in bounds:
                ratio = ours / self.figures.median(figure, other)
                self.lines.append(Line(row, what, unit, *medians, f"here/{other}", ratio, bound, spread))

    def absolute(self, row, what, unit, figure, bound):
        ours, spread = self.figures.median(figure), self.figures.spread(figure)
        if ours is not None:
            self.lines.append(Line(row, what, unit, here=ours, bound=bound, spread=spread))

    def ratio(self, row, what, unit, figure, base, of, bound, base_name="here"):
        """A figure of this program beside another one, of itself or of another contestant."""
        ours, other = self.figures.median(figure), self.figures.median(base, base_name)
        if ours is not None and other is not None:
            spread = self.figures.spread(figure)
            self.lines.append(Line(row, what, unit, here=ours, of=of, ratio=ours / other, bound=bound, spread=spread))

    def add_beside(self, what, figure, unit, names=NAMES):
        """A figure without a bound."""
        values = [(name, self.figures.median(figure, name)) for name in names]
        values = [f"{name} {shown(value)}" for name, value in values if value is not None]
        if values:
            self.beside.append(f"{what}: {', '.join(values)} {unit}")


class Family(Row):
    """Rows that share their contestants."""

    def __init__(self, run, *parts):
        super().__init__(run)
        self.parts = parts

    def report(self):
        for part in self.parts:
            part.report()
            self.lines += part.lines
            self.beside += part.beside
