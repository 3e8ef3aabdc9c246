"""Measures the wanted rows, writes the results, and leaves nothing else behind."""

import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

from .contestants.server import Server
from .machine import busy
from .options import FULL, QUICK, arguments
from .progress import expect
from .report.facts import facts_of_this_run
from .report.files import write
from .run import Run
from .units import GIB


def main():
    options = arguments()
    scale = QUICK if options.quick else FULL
    end_on_signals()
    facts = facts_of_this_run(options, scale)
    started, busy_before = time.monotonic(), busy()
    run = measure(options, scale)
    facts["seconds"] = round(time.monotonic() - started)
    own = sum(os.times()[:4])
    facts["others"] = max(0.0, busy() - busy_before - own) / facts["seconds"] / os.cpu_count()
    print(write(options.results, facts, *run.report(), run.figures))


def end_on_signals():
    """SIGTERM and SIGHUP end the run as Ctrl-C does."""

    def interrupted(*_):
        raise KeyboardInterrupt

    for name in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(name) != signal.SIG_IGN:  # nohup
            signal.signal(name, interrupted)


def measure(options, scale):
    folder = Path(tempfile.mkdtemp(prefix="registry-bench-"))
    run = Run(options, scale, folder)
    try:
        needed = 5 * scale.layer + GIB
        enough = shutil.disk_usage(folder).free >= needed
        expect(enough, f"{folder} needs {needed / GIB:.0f} GiB free; another folder: TMPDIR=... bench/run")
        run.measure()
    except KeyboardInterrupt:
        raise SystemExit("interrupted") from None
    finally:
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        Server.stop_all()
        shutil.rmtree(folder, ignore_errors=True)
    return run


if __name__ == "__main__":
    main()
