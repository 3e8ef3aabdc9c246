"""Rows 9, 10, 11 and 13: an image, cold, at a distance."""

import itertools

from ..clients.curl import crowd
from ..line.far import FarUpstream
from ..progress import expect, say
from .cold import ColdRow

LEFT_OUT = (("direct", 10), ("direct", 50), ("child", 50))


class Crowds(ColdRow):
    """Starts: each contestant on an upstream at a distance, for 1, 10 and 50 clients.

    Measures: bytes and requests that reach the upstream, the time, and how many pulls succeed.
    Bounds: the bytes of one pull; its requests and three more; 1.05 of the time that a pull from the upstream itself
    takes; 1.3 of the time for 50 clients, who must all succeed.
    """

    numbers = (9, 10, 11, 13)

    def measure(self):
        say("Cold: crowds")
        self.seconds, self.succeeded, self.passed = {}, {}, {}
        for name, clients in itertools.product(("direct", "child", "nginx", "here"), (1, 10, 50)):
            if (name, clients) not in LEFT_OUT:
                self._pull_at_once(name, clients)
        for clients in (1, 10, 50):
            self._add_traffic(clients)
        self._add_seconds()
        self._pull_apart()

    def _pull_at_once(self, name, clients):
        with FarUpstream(self.run.upstream) as far, self.contestant(name, far) as contestant:
            far.passed()
            seconds, succeeded = crowd(contestant, self.run.images, clients)
            passed = far.passed()
        say(f"  {name}, {clients} clients: {seconds:.1f} s, {succeeded} ok, {passed}")
        key = name, clients
        self.seconds[key], self.succeeded[key], self.passed[key] = seconds, succeeded, passed

    def _add_traffic(self, clients):
        image = self.run.images.cold
        passed = {name: one for (name, number), one in self.passed.items() if number == clients}
        bytes_ = {name: one["bytes"] / self.size(image) for name, one in passed.items()}
        self.line(9, f"upstream bytes ÷ image, {clients} at once", "×", bytes_, "≤ 1.01")
        asked = {name: one["requests"] + one["pings"] for name, one in passed.items()}
        self.line(10, f"upstream requests, {clients} at once", "", asked, f"≤ {len(image) - 1 + 3}")

    def _add_seconds(self):
        one = {name: self.seconds[name, 1] for name in ("child", "nginx", "here")}
        ratio = one["here"] / self.seconds["direct", 1]
        self.line(11, "cold pull, 80 ms, 20 MB/s", "s", one, "≤ 1.05", "here/direct", ratio)
        fifty = {name: self.seconds[name, 50] for name in ("nginx", "here")}
        self.line(13, "50 clients, cold", "s", fifty, "≤ 1.3", "50/1", fifty["here"] / one["here"])
        succeeded = {name: self.succeeded[name, 50] for name in ("nginx", "here")}
        self.line(13, "50 clients, successful pulls", "", succeeded, "≥ 50")

    def _pull_apart(self):
        with FarUpstream(self.run.upstream) as far, self.contestant("here", far) as contestant:
            far.passed()
            _, succeeded = crowd(contestant, self.run.images, 4, apart=1.0)
            bytes_ = far.passed()["bytes"] / self.size(self.run.images.cold)
        expect(succeeded == 4, f"{succeeded} of 4 clients, one second apart, have pulled the image")
        self.line(9, "upstream bytes ÷ image, 4 one second apart", "×", {"here": bytes_}, "≤ 1.01")
