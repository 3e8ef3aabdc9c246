"""Messages on standard error, and the end of a run that cannot be trusted."""

import sys
import time


def say(text):
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def expect(condition, otherwise):
    """Ends the run with a message if the condition does not hold."""
    if not condition:
        raise SystemExit(otherwise)
