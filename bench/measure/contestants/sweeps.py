"""The sweeps of this program through its storage, as they are seen from outside."""

import re
import time

from ..machine import cpu, resident, thread_cpu

SWEPT = re.compile(r"measured files=(\d+) milliseconds=(\d+) evictionMilliseconds=(\d+)")


class Sweeps:
    def __init__(self, server):
        self.server, self.pid = server, server.process.pid
        self.log, self.found = server.log.open(), []

    def logged(self):
        """Of each sweep until now: files, milliseconds to measure, milliseconds to evict."""
        for line in self.log:
            self.found += [tuple(map(int, found)) for found in SWEPT.findall(line)]
        return self.found

    def await_number(self, number, seconds=300):
        end = time.monotonic() + seconds
        while len(self.logged()) < number:
            if time.monotonic() > end:
                raise SystemExit(f"{self.server.name} does not sweep:\n{self.server.log.read_text()[-2000:]}")
            time.sleep(0.1)

    def thread_cpu(self):
        """CPU seconds of the thread that sweeps."""
        return thread_cpu(self.pid, "eviction")

    def cpu(self):
        """CPU seconds of the program without its children."""
        return sum(cpu([self.pid]).values())

    def resident(self):
        return resident([self.pid])
