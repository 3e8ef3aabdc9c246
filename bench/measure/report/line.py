"""One line of the table."""

from dataclasses import dataclass
from typing import Optional


@dataclass
class Line:
    """One bound of a row."""

    row: int
    what: str
    unit: str
    child: Optional[float] = None
    nginx: Optional[float] = None
    here: Optional[float] = None
    of: str = ""  # the two terms of the ratio
    ratio: Optional[float] = None
    bound: str = ""  # such as "≤ 0.75", for the ratio, or for the figure itself where there is no ratio
    spread: str = ""

    def met(self):
        value = self.here if self.ratio is None else self.ratio
        if value is None or not self.bound:
            return ""
        relation, limit = self.bound.split()[:2]
        value = round(value, 2)
        return "yes" if (value <= float(limit) if relation == "≤" else value >= float(limit)) else "NO"

    def cells(self):
        ratio = "" if self.ratio is None else f"{self.of} {self.ratio:.2f}"
        figures = [shown(value) for value in (self.child, self.nginx, self.here)]
        return [str(self.row), f"{self.what}, {self.unit}", *figures, ratio, self.bound, self.met(), self.spread]


def shown(value):
    """A figure with three digits."""
    if value is None:
        return ""
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) >= 1 else f"{value:.2f}"
