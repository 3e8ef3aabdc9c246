"""Programs that listen on loopback."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time

from ..clients.connection import Connection
from ..machine import family

START_LIMIT = 60  # seconds
STOP_LIMIT = 15


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_environment(**more):
    """Without the variables that would configure a registry or this program from outside."""
    ours = ("CONFIG", "CACHE_", "MANAGEMENT_", "JMX_", "ROUTES_", "REGISTRY_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | more


class Server:
    """A program that listens on loopback, and all processes that it starts."""

    running = []
    scheme = "http"

    def __init__(self, name, command, port, folder, environment=None):
        self.name, self.port = name, port
        self.log = folder / f"{name}.log"
        with self.log.open("a") as log:
            launched = time.perf_counter()
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                env=environment,
                start_new_session=True,  # Ctrl-C reaches this script, which ends its servers in order
            )
        Server.running.append(self)
        self.seconds_to_start = self._await_ok(launched)

    def _await_ok(self, launched):
        """Waits for the first 200 on /v2/, and returns how long after the launch it came."""
        while time.perf_counter() < launched + START_LIMIT and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if Connection(self.port).ask("/v2/").status == 200:
                    return time.perf_counter() - launched
            time.sleep(0.005)
        raise SystemExit(f"{self.name} did not start:\n{self.log.read_text()[-2000:]}")

    def pid(self):
        return [self.process.pid]

    def family(self):
        return family(self.process.pid)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        # Processes that it started and did not end are in its process group.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        Server.running.remove(self)

    @staticmethod
    def stop_all():
        for server in reversed(Server.running[:]):
            server.stop()
