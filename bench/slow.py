"""Clients that read slowly: PORT PATH CLIENTS BYTES_PER_SECOND SECONDS; prints how many were cut before the time is over."""

import select
import socket
import sys
import time


def main():
    port, path, clients, rate, seconds = int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:])
    sockets = {}
    for _ in range(clients):
        client = socket.create_connection(("127.0.0.1", port))
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        client.setblocking(False)
        sockets[client] = 0
    began, cut = time.monotonic(), 0
    while (now := time.monotonic() - began) < seconds and sockets:
        due = rate * now
        ready, _, _ = select.select([client for client, got in sockets.items() if got < due], [], [], 0.05)
        for client in ready:
            try:
                piece = client.recv(rate // 10)
            except BlockingIOError:
                continue
            except OSError:
                piece = b""
            if piece:
                sockets[client] += len(piece)
            else:
                cut += 1
                del sockets[client]
        time.sleep(0.02)
    print(cut)


if __name__ == "__main__":
    main()
