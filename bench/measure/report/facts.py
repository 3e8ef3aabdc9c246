"""Facts about a run: date, machine, programs."""

import os
import platform
import re
import subprocess
import time
from pathlib import Path

from ..contestants.here import java_options
from ..contestants.registry import registry_program
from ..project import PROJECT
from ..units import KIB

CONGESTION_CONTROL = Path("/proc/sys/net/ipv4/tcp_congestion_control")


def facts_of_this_run(options, scale):
    return {
        "date": time.strftime("%Y-%m-%dT%H%M%S"),
        "quick": options.quick,
        "rounds": scale.rounds,
        "commit": _first_line("git", "-C", str(PROJECT), "describe", "--always", "--dirty", "--abbrev=12"),
        "machine": _machine(),
        "programs": _programs(),
        "java": _java(options.jar),
    }


def _machine():
    cpu_model = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1]) / KIB / KIB
    return (
        f"{cpu_model[1] if cpu_model else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"Linux {platform.release()}, TCP congestion control {CONGESTION_CONTROL.read_text().strip()}"
    )


def _programs():
    registry = _first_line(registry_program(), "--version").split("/")[-1]
    nginx = _first_line("nginx", "-v").removeprefix("nginx version: ")
    wrk = _first_line("wrk", "-v").split("[")[0].strip()
    return f"{registry}; {nginx}; {wrk}"


def _java(jar):
    options = " ".join(map(str, java_options(jar))).replace(f"{PROJECT}/", "")
    return f"{_first_line('java', '-version')}; {options}"


def _first_line(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return (done.stdout.strip().splitlines() or [""])[0]
