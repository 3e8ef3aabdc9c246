"""The base of the rows that make many requests for small contents."""

from ..contestants.contestant import watched
from .row import Row


class RequestRow(Row):
    def requests(self, figure, contestant, ask_for_a_while):
        with watched(contestant) as figures:
            answered = ask_for_a_while()
        self.figures.note(figure, contestant.name, answered["rps"])
        self.figures.note(f"{figure} cpu", contestant.name, 1e6 * figures["cpu"] / answered["requests"])
        self.figures.note(f"{figure} client", contestant.name, answered["client"])

    def add_requests_beside(self, figure):
        self.add_beside(f"{figure}, server CPU", f"{figure} cpu", "µs per request")
        what = f"{figure}, how busy the client's one thread was (1 = it is the bottleneck)"
        self.add_beside(what, f"{figure} client", "")
