"""Single requests over sockets of our own, for latencies."""

import socket
import time

from ..images.manifest import MANIFEST
from ..units import KIB


def connect(port):
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def request_of(path, method="GET"):
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {MANIFEST}\r\n\r\n".encode()


def ask(connection, request, length):
    """Seconds from the request to the last byte of the answer, whose body has that length."""

    def more():
        piece = connection.recv(64 * KIB)
        if not piece:
            raise SystemExit(f"a connection was closed after {received[:300]}")
        return piece

    started = time.perf_counter()
    connection.sendall(request)
    received = b""
    while b"\r\n\r\n" not in received:
        received += more()
    end = received.index(b"\r\n\r\n") + 4 + length
    while len(received) < end:
        received += more()
    took = time.perf_counter() - started
    if not received.startswith(b"HTTP/1.1 200 ") or len(received) != end:
        raise SystemExit(f"stored content was answered with {received[:300]}")
    return took
