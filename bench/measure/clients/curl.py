"""curl, for cold pulls."""

import subprocess
import time
from functools import partial

from ..images.manifest import MANIFEST
from ..together import Together

PARALLEL = "3"  # blobs at a time
TIMES = ["-sSf", "-w", "%{time_starttransfer} %{time_total}\n"]


def _url(contestant, path):
    return f"http://127.0.0.1:{contestant.port}{contestant.path(path)}"


def _to_nowhere(contestant, path):
    return ["-o", "/dev/null", _url(contestant, path)]


def get(contestant, path, range_=None):
    """The number of bytes that came."""
    command = ["curl", "-sSf", "-w", "%{size_download}", *_to_nowhere(contestant, path)]
    done = subprocess.run([*command, *(["-r", range_] if range_ else [])], capture_output=True, text=True, check=True)
    return int(done.stdout)


def pull(contestant, images, paths):
    """Pulls a manifest, then the blobs, a few at a time. Returns whether each answer is 200 with the right length."""
    curl = ["curl", "-sS", "--no-buffer", "-w", "%{http_code} %{size_download}\n", "--parallel-immediate"]
    manifest = [*curl, "-H", f"Accept: {MANIFEST}", *_to_nowhere(contestant, paths[0])]
    blobs = [*curl, "--parallel", "--parallel-max", PARALLEL]
    for path in paths[1:]:
        blobs += _to_nowhere(contestant, path)
    answers = []
    for command in (manifest, blobs):
        answers += subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    sizes = sorted(images.sizes[path] for path in paths)
    return sorted(int(answer.split()[1]) for answer in answers if answer.startswith("200 ")) == sizes


def crowd(contestant, images, clients, apart=0.0):
    """Seconds until all clients have pulled the cold image, and how many succeeded."""

    def client(number):
        time.sleep(apart * number)
        return pull(contestant, images, images.cold)

    together = Together([partial(client, number) for number in range(clients)])
    return together.seconds(), sum(map(bool, together.results))


def milliseconds(contestant, first, path, *options):
    """Milliseconds to the first and to the last byte of a request on a connection that is open after the first one."""
    command = ["curl", *TIMES, *_to_nowhere(contestant, first)]
    command += ["--next", *TIMES, *options, *_to_nowhere(contestant, path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [1000 * float(each) for each in done.stdout.splitlines()[-1].split()]
