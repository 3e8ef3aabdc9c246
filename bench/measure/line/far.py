"""The upstream at a distance."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

from ..contestants.server import free_port

LATENCY, RATE = 0.08, 20_000_000  # seconds, bytes per second


class FarUpstream:
    """The upstream behind a relay in a process of its own, until the end of a `with` block."""

    scheme = "http"

    def __init__(self, upstream, **more):
        self.port, self.control = free_port(), free_port()
        settings = {"target": upstream.port, "port": self.port, "control": self.control}
        settings |= {"latency": LATENCY, "rate": RATE} | more
        self.process = subprocess.Popen([sys.executable, Path(__file__).with_name("relay.py"), json.dumps(settings)])
        for port in (self.port, self.control):
            while socket.socket().connect_ex(("127.0.0.1", port)):
                time.sleep(0.02)
        self.passed()

    def passed(self):
        """Requests, pings and bytes since the last call."""
        with socket.create_connection(("127.0.0.1", self.control)) as control:
            control.sendall(b"\n")
            with control.makefile() as answer:
                return json.load(answer)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
