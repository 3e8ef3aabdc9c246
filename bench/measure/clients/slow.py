"""Clients that read slowly.

A program of its own: PORT PATH CLIENTS BYTES_PER_SECOND SECONDS. It prints how many clients were cut before the end.
"""

import select
import socket
import sys
import time


def connect(port, path):
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    client.setblocking(False)
    return client


def is_cut_after(client, most, received):
    """Reads once, counts the bytes, and returns whether the connection has ended."""
    try:
        piece = client.recv(most)
    except BlockingIOError:
        return False
    except OSError:
        return True
    received[client] += len(piece)
    return not piece


def main():
    port, path, clients, rate, seconds = int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:])
    received = {connect(port, path): 0 for _ in range(clients)}
    began, cut = time.monotonic(), 0
    while (now := time.monotonic() - began) < seconds and received:
        due = rate * now
        ready, _, _ = select.select([client for client, got in received.items() if got < due], [], [], 0.05)
        for client in ready:
            if is_cut_after(client, rate // 10, received):
                cut += 1
                del received[client]
        time.sleep(0.02)
    print(cut)


if __name__ == "__main__":
    main()
