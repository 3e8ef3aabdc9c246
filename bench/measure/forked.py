"""Processes that are forked from this one."""

import multiprocessing
import signal

FORK = multiprocessing.get_context("fork")


def belongs_to_its_parent():
    """Ctrl-C reaches a forked process too, but its parent ends it, in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
