"""A relay to the upstream, with latency, bandwidth and cuts, that counts requests and bytes.

A program of its own, which is told its settings as JSON.
"""

import asyncio
import contextlib
import json
import sys
import time

CHUNK = 64 << 10


class Rate:
    """Bytes per second; 0 for no limit."""

    def __init__(self, bytes_per_second):
        self.rate, self.free = bytes_per_second, 0.0

    async def take(self, count):
        if self.rate:
            now = time.monotonic()
            self.free = max(self.free, now) + count / self.rate
            if self.free - now > 0.002:
                await asyncio.sleep(self.free - now)


class Relay:
    """
    latency: seconds that a connection and each request take
    rate: bytes per second, of all connections together or (per_connection) of each
    cuts, cut_at: so many responses end after so many bytes
    """

    def __init__(self, target, latency=0.0, rate=0, per_connection=False, cuts=0, cut_at=0):
        self.target, self.latency = target, latency
        self.rate, self.per_connection, self.shared = rate, per_connection, Rate(rate)
        self.cuts, self.cut_at = cuts, cut_at
        self.requests, self.bytes = [], 0

    async def serve(self, reader, writer):
        rate = Rate(self.rate) if self.per_connection else self.shared
        upstream = None
        with contextlib.suppress(EOFError, OSError):
            await asyncio.sleep(self.latency)
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(request.split(b" HTTP/", 1)[0].decode())
                await asyncio.sleep(self.latency)
                if upstream is None:
                    upstream = await asyncio.open_connection("127.0.0.1", self.target, limit=1 << 20)
                upstream[1].write(request)
                await self.answer(request, upstream[0], writer, rate)
        for each in (writer, upstream and upstream[1]):
            if each:
                each.close()

    async def answer(self, request, upstream, writer, rate):
        head = await upstream.readuntil(b"\r\n\r\n")
        writer.write(head)
        sent, length = 0, 0 if request.startswith(b"HEAD") else length_in(head)
        while sent < length:
            piece = await upstream.read(min(CHUNK, length - sent))
            if not piece:
                raise EOFError
            await rate.take(len(piece))
            writer.write(piece)
            await writer.drain()
            sent += len(piece)
            self.bytes += len(piece)
            if self.cuts and self.cut_at <= sent < length:
                self.cuts -= 1
                raise EOFError
        await writer.drain()

    async def control(self, reader, writer):
        """Answers with the counts since it was last asked."""
        await reader.readline()
        requests = [request for request in self.requests if request != "GET /v2/"]
        pings = len(self.requests) - len(requests)
        writer.write(json.dumps({"requests": len(requests), "pings": pings, "bytes": self.bytes}).encode())
        self.requests, self.bytes = [], 0
        await writer.drain()
        writer.close()


def length_in(head):
    """The Content-Length of a response; 0 if it has none."""
    lines = [line.split(b":", 1) for line in head.split(b"\r\n")[1:] if b":" in line]
    return next((int(value) for name, value in lines if name.lower() == b"content-length"), 0)


async def main():
    settings = json.loads(sys.argv[1])
    port, control = settings.pop("port"), settings.pop("control")
    relay = Relay(**settings)
    await asyncio.start_server(relay.control, "127.0.0.1", control)
    server = await asyncio.start_server(relay.serve, "127.0.0.1", port, limit=1 << 20, backlog=1000)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
