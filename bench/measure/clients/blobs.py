"""Processes that pull one blob at the same time."""

import os
import socket
import time

from ..forked import FORK, belongs_to_its_parent
from ..progress import expect
from ..units import GIB, KIB, MIB

CLOSED, WRONG_HEAD, CUT = 3, 4, 5  # exit codes of a client


class BlobClients:
    """Processes that pull one blob at the same time: `times` whole pulls each, or without an end.

    With MSG_TRUNC the kernel throws the bytes away, so that receiving them costs next to nothing.
    """

    def __init__(self, contestant, path, number, images, times=-1, flags=socket.MSG_TRUNC):
        self.name = contestant.name
        self.counter = FORK.Array("Q", number, lock=False)
        self.start = FORK.Event()
        request = f"GET {contestant.path(path)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
        client = _BlobClient(contestant.port, request, images.sizes[path], flags, self.counter)
        self.processes = [
            FORK.Process(target=client.run, args=(index, times, self.start), daemon=True) for index in range(number)
        ]

    def __enter__(self):
        for process in self.processes:
            process.start()
        time.sleep(0.1 + 0.005 * len(self.processes))
        return self

    def go(self):
        self.start.set()

    def received(self):
        """GiB, all clients together."""
        return sum(self.counter) / GIB

    def finish(self):
        """Waits until each client has made all its pulls."""
        for process in self.processes:
            process.join()

    def __exit__(self, failure, *_):
        ended = [process.exitcode for process in self.processes]
        for process in self.processes:
            process.terminate()
            process.join()
        expect(failure or not any(ended), f"{self.name}: clients ended in the middle of a pull: {ended}")


class _BlobClient:
    """One of the processes: it pulls the blob again and again on one connection."""

    def __init__(self, port, request, size, flags, counter):
        self.port, self.request, self.size, self.flags, self.counter = port, request, size, flags, counter
        self.length = f"content-length: {size}\r\n"

    def run(self, index, times, start):
        belongs_to_its_parent()
        self.index, self.buffer = index, bytearray(MIB)
        self.connection = socket.create_connection(("127.0.0.1", self.port))
        start.wait()
        while times:
            self.connection.sendall(self.request)
            self._receive_body(self._receive_head())
            times -= 1
        os._exit(0)

    def _receive_head(self):
        """Returns the number of bytes of the body that came with the head."""
        head = b""
        while b"\r\n\r\n" not in head:
            piece = self.connection.recv(4 * KIB)
            if not piece:
                os._exit(CLOSED)
            head += piece
        head, _, rest = head.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 ") or self.length not in head.decode().lower() + "\r\n":
            os._exit(WRONG_HEAD)
        return len(rest)

    def _receive_body(self, received):
        self.counter[self.index] += received
        left = self.size - received
        while left:
            got = self.connection.recv_into(self.buffer, min(left, MIB), self.flags)
            if not got:
                os._exit(CUT)
            left -= got
            self.counter[self.index] += got
