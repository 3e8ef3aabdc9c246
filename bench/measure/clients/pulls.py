"""Clients that pull stored content all the time, and note how long each pull takes."""

import socket
import time
from dataclasses import dataclass

from ..forked import FORK, belongs_to_its_parent
from .raw import ask, request_of

CLIENTS = 4
PAUSE = 0.004  # of each client between two pulls
KINDS = ("manifest", "blob")


@dataclass(frozen=True)
class Pull:
    began: float
    server: int  # its place among the servers
    kind: str
    milliseconds: float


class Pulls:
    """A few clients that pull a manifest and a blob in turn, from one server or from several in turn."""

    def __init__(self, storage, *servers):
        asked = [(request_of(path), length) for path, length in storage.pulled]
        self.clients = []
        for _ in range(CLIENTS):
            ours, theirs = FORK.Pipe()
            arguments = ([server.port for server in servers], asked, theirs)
            process = FORK.Process(target=_client, args=arguments, daemon=True)
            process.start()
            theirs.close()
            self.clients.append((process, ours))

    def end(self):
        """Ends the clients and returns all pulls."""
        for _, pipe in self.clients:
            pipe.send(None)
        pulls = [Pull(*each) for _, pipe in self.clients for each in pipe.recv()]
        for process, _ in self.clients:
            process.join()
        return pulls


def _client(ports, asked, pipe):
    """Pulls over connections that are kept, until the pipe has a message."""
    belongs_to_its_parent()
    connections = [socket.create_connection(("127.0.0.1", port)) for port in ports]
    pulls, turn = [], 0
    while not pipe.poll():
        kind, server = turn % len(asked), turn // len(asked) % len(connections)
        began = time.monotonic()
        pulls.append((began, server, KINDS[kind], 1000 * ask(connections[server], *asked[kind])))
        turn += 1
        time.sleep(PAUSE)
    pipe.send(pulls)
