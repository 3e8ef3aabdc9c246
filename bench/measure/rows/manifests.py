"""Row 3: a manifest by digest, warm."""

from ..clients.heads import heads
from ..clients.wrk import wrk
from ..progress import say
from .request_row import RequestRow


class Manifests(RequestRow):
    """Measures: GET and HEAD of one manifest over 32 connections.

    Bounds: 30 times the rate of the child, 0.9 of nginx's.
    """

    numbers = (3,)

    def measure(self, contestants):
        say("Row 3: a manifest by digest, warm")
        self.run.rounds(contestants, self._measure_one)

    def _measure_one(self, contestant):
        seconds, folder, path = self.run.scale.window, self.run.folder, self.run.images.manifest
        self.requests("manifest GET", contestant, lambda: wrk(contestant, seconds, folder, path))
        self.requests("manifest HEAD", contestant, lambda: heads(contestant, seconds, path))

    def report(self):
        for method in ("GET", "HEAD"):
            figure = f"manifest {method}"
            bounds = ("child", "≥ 30"), ("nginx", "≥ 0.9")
            self.compare(3, f"manifest by digest, {method}", "1/s", figure, *bounds)
            self.add_requests_beside(figure)
