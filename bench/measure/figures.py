"""The figures of a run."""

import statistics


class Figures:
    """Each figure has the values of its rounds, of each contestant."""

    def __init__(self):
        self.values = {}  # figure -> name of the contestant -> one value of each round

    def note(self, figure, name, value):
        self.values.setdefault(figure, {}).setdefault(name, []).append(value)

    def rounds(self, figure, name="here"):
        return self.values.get(figure, {}).get(name, [])

    def median(self, figure, name="here"):
        """None if the figure was not measured."""
        values = self.rounds(figure, name)
        return statistics.median(values) if values else None

    def spread(self, figure):
        """(largest - smallest) / median over the rounds, of each contestant."""
        each = []
        for values in (self.rounds(figure, name) for name in ("child", "nginx", "here")):
            if values:
                each.append(f"{100 * (max(values) - min(values)) / statistics.median(values):.0f}")
        return "/".join(each) + " %" if each else ""
