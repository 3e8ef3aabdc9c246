"""A line to an upstream: a relay in a process of its own, with latency, bandwidth and cuts, that counts what passes."""

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


class Line:
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
        lines = [line.split(b":", 1) for line in head.split(b"\r\n")[1:] if b":" in line]
        length = next((int(value) for name, value in lines if name.lower() == b"content-length"), 0)
        sent, length = 0, 0 if request.startswith(b"HEAD") else length
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
        """Answers what has passed since it was last asked."""
        await reader.readline()
        requests = [request for request in self.requests if request != "GET /v2/"]
        pings = len(self.requests) - len(requests)
        writer.write(json.dumps({"requests": len(requests), "pings": pings, "bytes": self.bytes}).encode())
        self.requests, self.bytes = [], 0
        await writer.drain()
        writer.close()


async def main():
    options = json.loads(sys.argv[1])
    port, control = options.pop("port"), options.pop("control")
    line = Line(**options)
    await asyncio.start_server(line.control, "127.0.0.1", control)
    server = await asyncio.start_server(line.serve, "127.0.0.1", port, limit=1 << 20, backlog=1000)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
