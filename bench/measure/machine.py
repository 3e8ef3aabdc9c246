"""CPU, memory and processes of the machine, as /proc has them."""

import contextlib
import os
import re
import resource
import time
from pathlib import Path

from .progress import expect
from .units import KIB

TICKS = os.sysconf("SC_CLK_TCK")


def family(pid):
    """The process and all its descendants."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(_fields(stat)[1])
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def _fields(stat):
    """The fields of a file `stat` that follow the name of the process."""
    return stat.read_text().rpartition(")")[2].split()


def _cpu_of(stat):
    fields = _fields(stat)
    return (int(fields[11]) + int(fields[12])) / TICKS


def cpu(pids):
    """User and system seconds that each process has used, all its threads included."""
    seconds = {}
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            seconds[pid] = _cpu_of(Path(f"/proc/{pid}/stat"))
    return seconds


def used_since(before):
    """CPU seconds that the same processes have used since then.

    A process that has ended must have done next to nothing, as the cache loader of nginx, which ends after a minute.
    """
    after = cpu(before)
    busy_ones = [pid for pid, seconds in before.items() if seconds > 0.1]
    expect(all(pid in after for pid in busy_ones), "a server ended while it was measured")
    return sum(seconds - before[pid] for pid, seconds in after.items())


def thread_cpu(pid, name):
    """CPU seconds of the threads of a process whose names begin so."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(_cpu_of(thread / "stat") for thread in threads if (thread / "comm").read_text().startswith(name))


def resident(pids):
    """MiB of memory that the processes hold: VmRSS."""
    total = 0
    for pid in pids:
        total += int(re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())[1])
    return total / KIB


def written(pids):
    """Bytes that the processes have written to disks."""
    total = 0
    for pid in pids:
        total += int(re.search(r"^write_bytes: (\d+)", Path(f"/proc/{pid}/io").read_text(), re.MULTILINE)[1])
    return total


def busy():
    """CPU seconds that the whole machine has worked since it was started."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(
        int, Path("/proc/stat").read_text().split("\n")[0].split()[1:9]
    )
    return (user + nice + system + irq + softirq + steal) / TICKS


class ChildWatch:
    """How busy the programs were that were started and ended in a `with` block: 1 is one core all the time."""

    def __enter__(self):
        self._before, self._started = self._used(), time.perf_counter()
        return self

    def __exit__(self, *_):
        took = time.perf_counter() - self._started
        self.share = (self._used() - self._before) / took

    @staticmethod
    def _used():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime
