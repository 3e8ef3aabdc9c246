"""wrk, for many GET requests of small contents."""

import re
import subprocess

from ..images.manifest import MANIFEST
from ..machine import ChildWatch
from ..progress import expect

# One path after another, each request made beforehand.
SCRIPT = """function init(args)
  requests = {{
{requests}
  }}
  n = 0
end
function request()
  n = n % #requests + 1
  return requests[n]
end
"""


def wrk(contestant, seconds, folder, *paths):
    """Requests per second over 32 connections that are kept, and how busy the one thread of the client was."""
    script = folder / "wrk.lua"
    script.write_text(_script(contestant, paths) if len(paths) > 1 else "")
    url = f"http://127.0.0.1:{contestant.port}{contestant.path(paths[0])}"
    command = ["wrk", "-t1", "-c32", f"-d{int(seconds)}s", "-H", f"Accept: {MANIFEST}", "-s", script, url]
    with ChildWatch() as client:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    output = done.stdout
    wrong = done.returncode or "Non-2xx" in output or "Socket errors" in output
    expect(not wrong, f"{contestant.name} answered wrk with errors:\n{output}")
    return {
        "rps": float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]),
        "requests": int(re.search(r"(\d+) requests in", output)[1]),
        "client": client.share,
    }


def _script(contestant, paths):
    return SCRIPT.format(requests="\n".join(f'    wrk.format(nil, "{contestant.path(path)}"),' for path in paths))
