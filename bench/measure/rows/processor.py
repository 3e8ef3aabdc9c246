"""Rows 15 and 16: CPU, and bytes written to the disk, for a cold layer."""

import statistics
import time

from ..clients.curl import get
from ..contestants.nginx import TlsUpstream
from ..machine import cpu, used_since, written
from ..progress import say
from ..units import GIB
from .cold import ColdRow

TIMES = 3


class Processor(ColdRow):
    """Starts: each contestant on the upstream itself, three times; and again, with TLS in front of the upstream.

    Measures: CPU and bytes written for one pull of the large layer, per GiB.
    Bounds: CPU ≤ that of nginx, and ≤ 1.15 of that of nginx with larger buffers; 1.02 GiB written.
    """

    numbers = (15, 16)

    def measure(self):
        say("Cold: processor")
        used, disk = self._spent(("child", "nginx", "nginx-64k", "here"), self.run.upstream)
        self._compare("CPU per cold GiB", used)
        self.line(16, "written to disk per cold GiB", "GiB", disk, "≤ 1.02")
        tls = TlsUpstream(self.run.upstream, self.run.folder / "tls")
        used, _ = self._spent(("nginx", "nginx-64k", "here"), tls, SSL_CERT_FILE=str(tls.certificate))
        tls.stop()
        self._compare("CPU per cold GiB over TLS", used)

    def _spent(self, names, upstream, **settings):
        used, disk = {}, {}
        for name in names:
            each = [self._spent_once(name, upstream, settings) for _ in range(TIMES)]
            used[name], disk[name] = map(statistics.median, zip(*each))
        return used, disk

    def _spent_once(self, name, upstream, settings):
        layer = self.run.images.layer
        gib = self.size([layer]) / GIB
        with self.contestant(name, upstream, **settings) as contestant:
            if name == "here":
                self._warm_up(contestant)
            pids = contestant.counted()
            before, written_before = cpu(pids), written(pids)
            get(contestant, layer)
            time.sleep(1)
            return used_since(before) / gib, (written(pids) - written_before) / GIB / gib

    def _warm_up(self, contestant):
        """Pulls the layer and removes it: the next pull is cold, and the JIT has compiled its way."""
        get(contestant, self.run.images.layer)
        time.sleep(1)
        for data in (self.folder / "here").glob("bench/docker/registry/v2/blobs/sha256/*/*/data"):
            data.unlink()

    def _compare(self, what, used):
        ours, nginx, large = used["here"], used["nginx"], used["nginx-64k"]
        self.line(15, what, "s", used, "≤ 1", "here/nginx", ours / nginx)
        of = "here/nginx, 64 KiB buffers"
        self.line(15, what, "s", used | {"nginx": large}, "≤ 1.15", of, ours / large)
