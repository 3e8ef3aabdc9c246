"""Many HEAD requests. wrk cannot make them: it waits for a body as long as the Content-Length says."""

import os
import select
import time

from ..forked import FORK, belongs_to_its_parent
from ..machine import ChildWatch
from ..progress import expect
from ..units import KIB
from .raw import connect, request_of

CONNECTIONS = 32


def heads(contestant, seconds, path):
    """The same figures as those of wrk()."""
    counter = FORK.Array("Q", 1, lock=False)
    arguments = (contestant.port, request_of(contestant.path(path), "HEAD"), seconds, counter)
    with ChildWatch() as client:
        process = FORK.Process(target=_head_client, args=arguments, daemon=True)
        process.start()
        process.join()
    expect(not process.exitcode, f"{contestant.name} answered HEAD {contestant.path(path)} wrongly under load")
    return {"rps": counter[0] / seconds, "requests": counter[0], "client": client.share}


def _head_client(port, request, seconds, counter):
    """One thread with connections that are kept. An answer to HEAD is small enough to come in one piece."""
    belongs_to_its_parent()
    poll, connections = select.epoll(), {}
    for _ in range(CONNECTIONS):
        connection = connect(port)
        connections[connection.fileno()] = connection
        poll.register(connection, select.EPOLLIN)
        connection.send(request)
    answered = 0
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for descriptor, _ in poll.poll(1):
            connection = connections[descriptor]
            answer = connection.recv(64 * KIB)
            if not answer.startswith(b"HTTP/1.1 200 ") or not answer.endswith(b"\r\n\r\n"):
                os._exit(1)
            connection.send(request)
            answered += 1
    counter[0] = answered
    os._exit(0)
