"""A server that shows how much the clients can take."""

import contextlib
import os
import socket
import threading

from ..forked import FORK, belongs_to_its_parent
from ..units import KIB, MIB


class BareServer:
    """Answers each request with one file, by sendfile, unpaced, and does nothing else."""

    def __init__(self, file):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"reno")
        self.port = self.listener.getsockname()[1]
        self.process = FORK.Process(target=self._serve, args=(file,), daemon=True)
        self.process.start()

    def _serve(self, file):
        belongs_to_its_parent()
        while True:
            threading.Thread(target=self._answer, args=(self.listener.accept()[0], file), daemon=True).start()

    @staticmethod
    def _answer(connection, file):
        with connection, file.open("rb") as content, contextlib.suppress(OSError):
            size = os.fstat(content.fileno()).st_size
            while connection.recv(64 * KIB):
                connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode())
                sent = 0
                while sent < size:
                    sent += os.sendfile(connection.fileno(), content.fileno(), sent, 2 * MIB)

    def family(self):
        return [self.process.pid]

    def stop(self):
        self.process.terminate()
        self.process.join()
        self.listener.close()
