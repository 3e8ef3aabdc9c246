"""A server under the name of its column, and the watch over it while it is measured."""

import contextlib
import time
from dataclasses import dataclass

from ..machine import cpu, used_since
from .server import Server


@dataclass
class Contestant:
    name: str
    server: Server
    prefix: str = ""  # by which it knows the upstream
    alone: bool = False  # count its first process only, not those that it started
    behind: tuple = ()  # servers that must have nothing to do while it is measured

    @property
    def port(self):
        return self.server.port

    def path(self, path):
        return "/v2" + self.prefix + path

    def counted(self):
        return self.server.pid() if self.alone else self.server.family()

    def must_idle(self):
        return [pid for server in self.behind for pid in server.family()]


@contextlib.contextmanager
def watched(contestant):
    """Yields a dictionary, which has the seconds and the CPU seconds afterwards. Ends the run if a cache was cold."""
    time.sleep(0.2)
    figures, counted, idle = {}, contestant.counted(), contestant.must_idle()
    idle_before, before, started = cpu(idle), cpu(counted), time.perf_counter()
    yield figures
    figures["seconds"] = time.perf_counter() - started
    figures["cpu"] = used_since(before)
    asked = used_since(idle_before)
    if asked > 0.1 + 0.05 * figures["seconds"]:  # Go tidies up for a while after it was busy
        raise SystemExit(f"{contestant.name} was not warm: behind it {asked:.2f} CPU seconds were used")
