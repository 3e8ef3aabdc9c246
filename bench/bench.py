"""Measures this program beside a registry asked directly and beside nginx. What and how: bench/README.md.

Started by bench/run, which installs and builds what this needs. Python's standard library only.
"""

import argparse
import contextlib
import hashlib
import http.client
import json
import multiprocessing
import os
import platform
import re
import resource
import select
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parent.parent
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
JAR = PROJECT / "target/docker-registry-cache.jar"
REPOSITORIES = 100  # the small images are spread over as many
UPSTREAMS = 6  # as many as the program has by default; all but the first stay idle
KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
CONGESTION_CONTROL = Path("/proc/sys/net/ipv4/tcp_congestion_control")
TICKS = os.sysconf("SC_CLK_TCK")
FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Scale:
    """How much is measured."""

    rounds: int
    layer: int  # bytes of the large blob
    relayed: int  # bytes of the blob of row 5
    pulls: int  # whole pulls of the large blob in row 1, each round; CPU is counted in steps of 10 ms
    images: int
    window: float  # seconds of each measurement that is bounded by time
    warm_up: float
    tags: int  # requests of row 6, each round
    crowds: tuple  # numbers of clients in row 7
    crowd_seconds: float
    cold: int  # bytes of each of the 12 layers of the cold image
    stored: int  # blobs that a sweep looks through
    bound_rounds: int


FULL = Scale(5, GIB, 256 * MIB, 8, 1000, 3, 8, 150, (64, 128), 8, 19 * MIB, 200_000, 3)
QUICK = Scale(2, 128 * MIB, 64 * MIB, 2, 50, 1, 2, 50, (8, 16), 2, 4 * MIB, 20_000, 1)
COLD_ROWS = tuple(range(9, 19))
BOUND_ROWS = (19, 20)


def say(text):
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


# ---- processes


def family(pid):
    """The process and all its descendants."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def cpu(pids):
    """User and system seconds that each process has used, all its threads included."""
    seconds = {}
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            seconds[pid] = (int(fields[11]) + int(fields[12])) / TICKS
    return seconds


def used_since(before):
    """CPU seconds of the same processes since then. One that has ended may only be one that did nothing.

    (nginx has such a one: its cache loader, a minute after the start.)
    """
    after = cpu(before)
    if any(seconds > 0.1 for pid, seconds in before.items() if pid not in after):
        raise SystemExit("a server ended while it was measured")
    return sum(seconds - before[pid] for pid, seconds in after.items())


def resident(pids):
    """MiB of memory that the processes hold, as VmRSS has it."""
    total = 0
    for pid in pids:
        total += int(re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())[1])
    return total / KIB


def busy():
    """CPU seconds that the whole machine has worked since it was started."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(
        int, Path("/proc/stat").read_text().split("\n")[0].split()[1:9]
    )
    return (user + nice + system + irq + softirq + steal) / TICKS


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A program that listens on loopback, and everything that it starts."""

    running = []
    scheme = "http"

    def __init__(self, name, command, port, folder, environment=None):
        self.name, self.port = name, port
        self.log = folder / f"{name}.log"
        with self.log.open("a") as log:
            launched = time.perf_counter()
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                env=environment,
                start_new_session=True,  # Ctrl-C reaches this script, which ends its servers in order
            )
        Server.running.append(self)
        self.seconds_to_start = self._await_ok(launched)

    def _await_ok(self, launched):
        """Waits for the first 200 on /v2/, and says how long after the launch it came."""
        while time.perf_counter() < launched + 60 and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if Http(self.port).get("/v2/").status == 200:
                    return time.perf_counter() - launched
            time.sleep(0.005)
        raise SystemExit(f"{self.name} did not start:\n{self.log.read_text()[-2000:]}")

    def pid(self):
        return [self.process.pid]

    def family(self):
        return family(self.process.pid)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        # What it started and did not end is in its process group.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        Server.running.remove(self)


def clean_environment(**more):
    """Without what would configure a registry or this program from outside."""
    ours = ("CONFIG", "CACHE_", "MANAGEMENT_", "JMX_", "ROUTES_", "REGISTRY_")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours)} | more


def registry_program():
    return shutil.which("registry") or shutil.which("docker-registry")


def registry(name, folder, upstream=None, memory=False):
    """A registry; with an upstream a pull-through one, told what this program tells its children."""
    port = free_port()
    storage = {"inmemory": {}} if memory else {"filesystem": {"rootdirectory": str(folder / name)}}
    settings = {
        "version": "0.1",
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "http": {"addr": f"127.0.0.1:{port}", "secret": "bench"},
        "storage": storage
        | {"delete": {"enabled": True}, "redirect": {"disable": True}, "cache": {"blobdescriptor": "inmemory"}},
    }
    if upstream:
        settings["proxy"] = {"remoteurl": f"http://127.0.0.1:{upstream.port}"}
    file = folder / f"{name}.json"
    file.write_text(json.dumps(settings))
    environment = clean_environment(OTEL_TRACES_EXPORTER="none")
    return Server(name, [registry_program(), "serve", file], port, folder, environment)


NGINX = """
daemon off;
worker_processes auto;
pid {folder}/{name}.pid;
error_log {folder}/{name}-error.log warn;
{user}
events {{ worker_connections 4096; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000000;
    client_body_temp_path {folder}/{name}-body;
    proxy_temp_path {folder}/{name}-proxy;
    fastcgi_temp_path {folder}/{name}-fastcgi;
    uwsgi_temp_path {folder}/{name}-uwsgi;
    scgi_temp_path {folder}/{name}-scgi;
    upstream child {{
        server 127.0.0.1:{child};
        keepalive 64;
        keepalive_requests 100000000;
    }}
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $host;
    {extra}
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        location / {{ proxy_pass {scheme}://child; }}
    }}
}}
"""

NGINX_CACHE = """
    proxy_cache_path {folder}/{name}-cache levels=1:2 keys_zone=cache:32m max_size=16g inactive=1d use_temp_path=off;
    proxy_cache cache;
    proxy_cache_key $uri;
    proxy_cache_valid 200 1d;
    proxy_ignore_headers Cache-Control Expires Vary;
"""

NGINX_PLAIN = "proxy_buffering off;"
NGINX_PLAIN_64K = "proxy_buffering off; proxy_buffers 8 64k; proxy_buffer_size 64k; proxy_busy_buffers_size 128k;"


def nginx(name, folder, child, extra):
    port = free_port()
    values = {"name": name, "folder": folder, "port": port, "child": child.port, "scheme": child.scheme}
    user = "user root;" if os.geteuid() == 0 else ""
    file = folder / f"{name}.conf"
    file.write_text(NGINX.format(**values, user=user, extra=extra.format(**values)))
    command = ["nginx", "-p", folder, "-c", file, "-e", folder / f"{name}-error.log"]
    return Server(name, command, port, folder)


PLAIN_JAVA = ("-XX:+UseSerialGC", "-Xmx128m")


def here(folder, upstream, jar, name="here", java=None, **storage):
    """This program, started as ./run starts it, or with other options of the JVM."""
    port = free_port()
    url = f"{upstream.scheme}://127.0.0.1:{upstream.port}"
    upstreams = [{"registry": url, "name": "bench"}]
    upstreams += [{"registry": url, "name": f"idle{n}"} for n in range(1, UPSTREAMS)]
    environment = clean_environment(
        CONFIG=json.dumps(upstreams),
        CACHE_HOST="127.0.0.1",
        CACHE_PORT=str(port),
        MANAGEMENT_PORT=str(free_port()),
        REGISTRY_COMMAND=registry_program(),
        **storage or {"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY": str(folder / "here")},
    )
    return Server(name, ["java", *(java or java_options(jar)), "-jar", str(jar)], port, folder, environment)


def java_options(jar):
    """Those of ./run; another build has no archive of classes, nor the file."""
    archive = os.environ.get("ARCHIVE_OPTIONS", "")
    if jar != JAR or not archive:
        return PLAIN_JAVA
    more = os.environ.get("JAVA_OPTS", "").split()
    return [f"@{PROJECT / 'java.options'}", f"@{archive}", *more]


# ---- images


class Http:
    """One connection that is kept."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    def get(self, path, method="GET", body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        if method == "GET" and "/blobs/" in path:
            response.sha256 = hashlib.sha256()
            while piece := response.read(MIB):
                response.sha256.update(piece)
        else:
            response.content = response.read()
        return response


def digest_of(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


@dataclass
class Images:
    """What was pushed to the upstream; paths begin after the prefix by which a contestant knows the upstream."""

    layer: str = ""
    relayed: str = ""
    manifest: str = ""
    tag: str = ""
    far: str = ""
    cut: str = ""
    cold: list = field(default_factory=list)  # a manifest, its configuration, its layers
    configs: list = field(default_factory=list)
    sizes: dict = field(default_factory=dict)


def manifest_of(config, layers):
    """A manifest, as bytes; layers are digests and sizes."""
    layer_type = "application/vnd.docker.image.rootfs.diff.tar.gzip"
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {
                "mediaType": "application/vnd.docker.container.image.v1+json",
                "size": len(config),
                "digest": digest_of(config),
            },
            "layers": [{"mediaType": layer_type, "size": size, "digest": digest} for digest, size in layers],
        }
    ).encode()


def push(upstream, scale, folder):
    images, connection = Images(), Http(upstream.port)

    def expect(status, response):
        if response.status != status:
            raise SystemExit(f"push to the upstream: {response.status} {response.content[:300]}")
        return response

    def blob(repository, digest, size, body):
        begun = expect(202, connection.get(f"/v2/{repository}/blobs/uploads/", "POST"))
        place = urlsplit(begun.getheader("Location"))
        expect(
            201,
            connection.get(
                f"{place.path}?{place.query}&digest={digest}",
                "PUT",
                body,
                Content_Length=str(size),
                Content_Type="application/octet-stream",
            ),
        )
        path = f"/{repository}/blobs/{digest}"
        images.sizes[path] = size
        return path

    def random_blob(repository, size):
        file, sha256 = folder / "layer", hashlib.sha256()
        with file.open("wb") as out:
            for _ in range(size // MIB):
                piece = os.urandom(MIB)
                sha256.update(piece)
                out.write(piece)
        with file.open("rb") as body:
            path = blob(repository, "sha256:" + sha256.hexdigest(), size, body)
        file.unlink()
        return path

    def push_cold():
        """An image of 12 layers."""
        layers = [random_blob("cold", scale.cold) for _ in range(12)]
        config = json.dumps({"architecture": "amd64", "os": "linux", "salt": os.urandom(8).hex()}).encode()
        config_path = blob("cold", digest_of(config), len(config), config)
        manifest = manifest_of(config, [(path.rpartition("/")[2], images.sizes[path]) for path in layers])
        path = "/cold/manifests/t"
        expect(201, connection.get("/v2" + path, "PUT", manifest, Content_Type=MANIFEST))
        images.sizes[path] = len(manifest)
        images.cold = [path, config_path, *layers]

    images.layer = random_blob("large", scale.layer)
    images.relayed = random_blob("relayed", scale.relayed)
    if scale.cold:
        images.far = random_blob("far", 20 * scale.cold)
        images.cut = random_blob("cut", 10 * scale.cold)
        push_cold()

    layer = os.urandom(KIB)
    for number in range(scale.images):
        repository = f"small/r{number % REPOSITORIES:02}"
        if number < REPOSITORIES:
            blob(repository, digest_of(layer), KIB, layer)
        config = {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [digest_of(layer)]}}
        config["comment"] = ""
        config["comment"] = os.urandom(KIB).hex()[: 2 * KIB - len(json.dumps(config))]
        config = json.dumps(config).encode()
        images.configs.append(blob(repository, digest_of(config), len(config), config))
        manifest = manifest_of(config, [(digest_of(layer), KIB)])
        path = f"/{repository}/manifests/t{number}"
        expect(201, connection.get("/v2" + path, "PUT", manifest, Content_Type=MANIFEST))
        if number == 0:
            images.tag = path
            images.manifest = f"/{repository}/manifests/{digest_of(manifest)}"
            images.sizes[images.tag] = images.sizes[images.manifest] = len(manifest)
    return images


def check(contestant, images, paths, methods=("GET", "HEAD")):
    """Pulls each path and ends the run if a status, a length or a digest is wrong. Fills the caches on the way.

    HEAD only for the first 20 paths.
    """
    connection = Http(contestant.port)

    def wrong(path, what):
        log = contestant.server.log.read_text()[-2000:]
        raise SystemExit(f"{contestant.name} serves {contestant.path(path)} wrongly: {what}\n{log}")

    for path in paths:
        for method in methods if path in paths[:20] else methods[:1]:
            answer = connection.get(contestant.path(path), method, Accept=MANIFEST)
            if answer.status != 200:
                wrong(path, f"{method} status {answer.status}")
            if answer.getheader("Content-Length") != str(images.sizes[path]):
                wrong(path, f"{method} length {answer.getheader('Content-Length')}")
            claimed = answer.getheader("Docker-Content-Digest")
            expected = images.manifest if path == images.tag else path
            if claimed != expected.rpartition("/")[2]:
                wrong(path, f"{method} Docker-Content-Digest {claimed}")
            if method == "GET":
                sha256 = answer.sha256 if "/blobs/" in path else hashlib.sha256(answer.content)
                if "sha256:" + sha256.hexdigest() != claimed:
                    wrong(path, "its content has another digest")


def warm(contestant, images, paths):
    """Pulls until nobody behind the contestant is asked any more; a registry stores in the background.

    GET only at first: the registry answers 500 to those who ask again while it writes.
    """
    check(contestant, images, paths, ["GET"])
    for _ in range(20):
        time.sleep(0.5)
        before = cpu(contestant.must_idle())
        check(contestant, images, paths)
        if used_since(before) <= 0.05:
            return
    raise SystemExit(f"{contestant.name} asks its upstream again and again")


# ---- clients


def belongs_to_its_parent():
    """Ctrl-C reaches a forked process too, but its parent ends it, in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def client(port, request, body, times, counter, index, start, flags):
    """Pulls one blob over and over; with MSG_TRUNC the kernel throws its bytes away, so that they cost next to nothing."""
    belongs_to_its_parent()
    connection = socket.create_connection(("127.0.0.1", port))
    buffer = bytearray(MIB)
    start.wait()
    while times:
        connection.sendall(request)
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(4 * KIB)
            if not piece:
                os._exit(3)
            head += piece
        head, _, rest = head.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 ") or f"content-length: {body}\r\n" not in head.decode().lower() + "\r\n":
            os._exit(4)
        counter[index] += len(rest)
        left = body - len(rest)
        while left:
            got = connection.recv_into(buffer, min(left, MIB), flags)
            if not got:
                os._exit(5)
            left -= got
            counter[index] += got
        times -= 1
    os._exit(0)


class Clients:
    """Processes that pull one blob at the same time: `times` whole pulls each, or on and on."""

    def __init__(self, contestant, path, number, images, times=-1, flags=socket.MSG_TRUNC):
        request = f"GET {contestant.path(path)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
        self.name = contestant.name
        self.counter = FORK.Array("Q", number, lock=False)
        self.start = FORK.Event()
        self.processes = []
        for index in range(number):
            arguments = (contestant.port, request, images.sizes[path], times, self.counter, index, self.start, flags)
            self.processes.append(FORK.Process(target=client, args=arguments, daemon=True))

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
        """Waits until each has pulled as often as it should."""
        for process in self.processes:
            process.join()

    def __exit__(self, failure, *_):
        ended = [process.exitcode for process in self.processes]
        for process in self.processes:
            process.terminate()
            process.join()
        if failure is None and any(ended):
            raise SystemExit(f"{self.name}: clients ended in the middle of a pull: {ended}")


class BareServer:
    """Answers whatever is asked with one file, by sendfile, unpaced, and nothing else: the most that a client here can take."""

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


def wrk(contestant, seconds, folder, path=None, paths=None):
    """Requests per second over 32 connections that are kept, and how busy the client's one thread was."""
    script = folder / "wrk.lua"
    script.write_text("")
    if paths:
        # One path after another, each request made beforehand.
        each = "\n".join(f'    wrk.format(nil, "{contestant.path(p)}"),' for p in paths)
        script.write_text(
            f"function init(args)\n  requests = {{\n{each}\n  }}\n  n = 0\nend\n"
            "function request()\n  n = n % #requests + 1\n  return requests[n]\nend\n"
        )
    url = f"http://127.0.0.1:{contestant.port}{contestant.path(path or paths[0])}"
    command = ["wrk", "-t1", "-c32", f"-d{int(seconds)}s", "-H", f"Accept: {MANIFEST}", "-s", script, url]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    took = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    output = done.stdout
    if done.returncode or "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(f"{contestant.name} answered wrk with errors:\n{output}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "rps": float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]),
        "requests": int(re.search(r"(\d+) requests in", output)[1]),
        "client": used / took,
    }


def heads(contestant, seconds, path):
    """What wrk() does, for HEAD: wrk waits for a body as long as the Content-Length says, which never comes."""
    counter = FORK.Array("Q", 1, lock=False)
    request = f"HEAD {contestant.path(path)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {MANIFEST}\r\n\r\n".encode()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = FORK.Process(target=head_client, args=(contestant.port, request, seconds, counter), daemon=True)
    process.start()
    process.join()
    took = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.exitcode:
        raise SystemExit(f"{contestant.name} answered HEAD {contestant.path(path)} wrongly under load")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"rps": counter[0] / seconds, "requests": counter[0], "client": used / took}


def head_client(port, request, seconds, counter):
    """32 connections that are kept, one thread; an answer to HEAD is small enough to come in one piece."""
    belongs_to_its_parent()
    poll, connections = select.epoll(), {}
    for _ in range(32):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
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


def ask(connection, request, length):
    """Seconds from the request to the last byte of the answer."""

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
        raise SystemExit(f"a stored thing was answered with {received[:300]}")
    return took


# ---- contestants and what is measured of them


@dataclass
class Contestant:
    name: str
    server: Server
    prefix: str = ""
    alone: bool = False  # count its first process only, not those that it started
    behind: tuple = ()  # servers that must have nothing to do while it is measured

    @property
    def port(self):
        return self.server.port

    def path(self, path):
        return "/v2" + self.prefix + path

    def counted(self):
        return self.server.pid() if self.alone else self.server.family()

    def must_idle(self):
        return [pid for server in self.behind for pid in server.family()]


@contextlib.contextmanager
def watched(contestant):
    """Yields a dictionary, which afterwards has the CPU seconds used; sees to it that the caches were warm."""
    time.sleep(0.2)
    figures, counted, idle = {}, contestant.counted(), contestant.must_idle()
    idle_before, before, started = cpu(idle), cpu(counted), time.perf_counter()
    yield figures
    figures.setdefault("seconds", time.perf_counter() - started)
    figures.setdefault("cpu", used_since(before))
    asked = used_since(idle_before)
    if asked > 0.1 + 0.05 * figures["seconds"]:  # Go tidies up for a while after it was busy
        raise SystemExit(f"{contestant.name} was not warm: behind it {asked:.2f} CPU seconds were used")


class Bench:
    """The measurements of one run, and their values."""

    def __init__(self, scale, folder, options):
        self.scale, self.folder, self.options = scale, folder, options
        self.values = {}  # figure -> contestant -> one value of each round
        self.images = None
        self.cold = []  # lines of the cold rows
        self.bound = []  # lines of the rows of the disk's bound

    def wanted(self, *rows):
        return not self.options.rows or any(row in self.options.rows for row in rows)

    def note(self, figure, contestant, value):
        self.values.setdefault(figure, {}).setdefault(contestant.name, []).append(value)

    def rounds(self, what, contestants, measure):
        """Measures each contestant in each round; the order turns, so that nobody always goes first."""
        say(what)
        for number in range(self.scale.rounds):
            turn = number % len(contestants)
            for contestant in contestants[turn:] + contestants[:turn]:
                measure(contestant)

    def run(self):
        scale, folder = self.scale, self.folder
        say("Making images and pushing them to the upstream")
        upstream = registry("upstream", folder)
        if self.options.before and self.wanted(8):
            # One that does not start ends the run here, and not after all that is measured before it.
            here(folder, upstream, self.options.before, "before", PLAIN_JAVA).stop()
        self.images = push(upstream, scale, folder)
        if self.wanted(1, 2):
            self.measure_ceiling()
        if self.wanted(1, 2, 3, 4, 6, 7, 8):
            self.warm_contestants(upstream)
        if self.wanted(5):
            self.measure_relay(upstream)
        if self.wanted(4, 7, 8):
            self.measure_starts(upstream)
        if self.wanted(*COLD_ROWS):
            self.cold = cold.Cold(self, upstream).run()
        if self.wanted(*BOUND_ROWS):
            self.bound = bound.Bound(self, upstream).run()
        for server in reversed(Server.running[:]):
            server.stop()

    def warm_contestants(self, upstream):
        """Rows 1, 2, 3, 4 and 6."""
        folder, images = self.folder, self.images
        say("Starting the contestants, filling their caches, checking what they serve")
        alone = registry("child", folder, upstream)
        ours = here(folder, upstream, self.options.jar)
        child = Contestant("child", alone, behind=(upstream,))
        self.here = Contestant("here", ours, "/bench", behind=(upstream,))
        everything = [images.layer, images.manifest, *images.configs]
        for contestant in (child, self.here):
            warm(contestant, images, everything)
            check(contestant, images, [images.tag])
        if not self.wanted(1, 2, 3, 4, 6):
            ours.stop()
            return
        caching = nginx("nginx-cache", folder, alone, NGINX_CACHE)
        cache = Contestant("nginx", caching, behind=(upstream, alone))
        warm(cache, images, everything)
        # A child of its own: one that has just been asked directly would answer sooner.
        behind_plain = registry("child-of-plain", folder, upstream)
        plain = Contestant("nginx", nginx("nginx-plain", folder, behind_plain, NGINX_PLAIN))
        check(plain, images, [images.tag])
        self.warm_up([child, cache, self.here])

        contestants = [child, cache, self.here]
        if self.wanted(1, 2):
            self.rounds("Rows 1 and 2: the large blob, warm", contestants, self.measure_blob)
        if self.wanted(3):
            self.rounds("Row 3: a manifest by digest, warm", contestants, self.measure_manifest)
        if self.wanted(4):
            self.rounds("Row 4: small blobs, warm", contestants, self.measure_small)
        if self.wanted(6):
            self.measure_tag([child, plain, self.here])
        ours.stop()

    def warm_up(self, contestants):
        """Until the JIT has compiled what is measured."""
        say("Warming up")
        for contestant in contestants:
            seconds = self.scale.warm_up if contestant.name == "here" else 1
            with Clients(contestant, self.images.layer, 4, self.images) as clients:
                clients.go()
                time.sleep(seconds)
            wrk(contestant, seconds, self.folder, self.images.manifest)
            heads(contestant, seconds, self.images.manifest)
            wrk(contestant, seconds, self.folder, paths=self.images.configs)

    def pull(self, contestant, path, times, figure):
        """Whole pulls, one client."""
        with Clients(contestant, path, 1, self.images, times) as clients:
            with watched(contestant) as figures:
                clients.go()
                clients.finish()
            self.note(figure + " cpu", contestant, figures["cpu"] / clients.received())
            self.note(figure, contestant, clients.received() / figures["seconds"])

    def pull_for(self, contestant, path, number, seconds, figure, flags=socket.MSG_TRUNC):
        """As many bytes as come in the time, several clients; what comes before they are all at it does not count."""
        with Clients(contestant, path, number, self.images, flags=flags) as clients:
            clients.go()
            time.sleep(0.5)
            with watched(contestant) as figures:
                before = clients.received()
                time.sleep(seconds)
                pulled = clients.received() - before
            self.note(figure + " cpu", contestant, figures["cpu"] / pulled)
            self.note(figure, contestant, pulled / figures["seconds"])

    def measure_ceiling(self):
        """What the clients can take from a server that does nothing else."""
        path = self.images.layer
        digest = path.rpartition(":")[2]
        data = self.folder / f"upstream/docker/registry/v2/blobs/sha256/{digest[:2]}/{digest}/data"
        bare = BareServer(data)
        for clients, number in (("1 client", 1), ("4 clients", 4), ("16 clients", 16)):
            self.pull_for(Contestant("bare server", bare), path, number, 2, f"blob, {clients}")
        bare.stop()

    def measure_blob(self, contestant):
        self.pull(contestant, self.images.layer, self.scale.pulls, "blob, 1 client")
        for number in (4, 16):
            self.pull_for(contestant, self.images.layer, number, self.scale.window, f"blob, {number} clients")
        for number in (1, 4):
            figure = f"blob, copied out, {number} at once"
            self.pull_for(contestant, self.images.layer, number, self.scale.window / 2, figure, flags=0)

    def requests(self, figure, contestant, ask_for_a_while):
        with watched(contestant) as figures:
            answered = ask_for_a_while()
        self.note(figure, contestant, answered["rps"])
        self.note(figure + " cpu", contestant, 1e6 * figures["cpu"] / answered["requests"])
        self.note(figure + " client", contestant, answered["client"])

    def measure_manifest(self, contestant):
        seconds, path = self.scale.window, self.images.manifest
        self.requests("manifest GET", contestant, lambda: wrk(contestant, seconds, self.folder, path))
        self.requests("manifest HEAD", contestant, lambda: heads(contestant, seconds, path))

    def measure_small(self, contestant):
        paths = self.images.configs
        self.requests("small blob", contestant, lambda: wrk(contestant, self.scale.window, self.folder, paths=paths))

    def measure_tag(self, contestants):
        """One request to each in turn, so that whatever else goes on meets all alike."""
        say("Row 6: a tag")
        length = self.images.sizes[self.images.tag]
        asked = []
        for contestant in contestants:
            connection = socket.create_connection(("127.0.0.1", contestant.port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            path = contestant.path(self.images.tag)
            request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {MANIFEST}\r\n\r\n".encode()
            asked.append((contestant, connection, request, []))
        # The first rounds only warm up.
        warm_ups = 2
        for number in range(warm_ups + self.scale.rounds):
            for turn in range(self.scale.tags):
                turn %= len(asked)
                for _contestant, connection, request, times in asked[turn:] + asked[:turn]:
                    times.append(1000 * ask(connection, request, length))
            for contestant, _connection, _request, times in asked:
                if number >= warm_ups:
                    self.note("tag", contestant, statistics.median(times))
                times.clear()
        for _contestant, connection, _request, _times in asked:
            connection.close()

    def measure_relay(self, upstream):
        """Row 5. The children's storage is their memory, so no file is there from which anybody could send.

        Nor do they keep a blob there: each pull goes on to the upstream. Only the proxy's own CPU is counted.
        """
        say("Starting the contestants of row 5")
        folder, images = self.folder, self.images
        child = registry("memory-child", folder, upstream, memory=True)
        ours = here(folder, upstream, self.options.jar, "here-memory", REGISTRY_STORAGE="inmemory")
        plain = nginx("nginx-relay", folder, child, NGINX_PLAIN)
        large = nginx("nginx-relay-64k", folder, child, NGINX_PLAIN_64K)
        contestants = [
            Contestant("nginx", plain),
            Contestant("nginx, 64 KiB buffer", large),
            Contestant("here", ours, "/bench", alone=True),
        ]
        for contestant in contestants:
            check(contestant, images, [images.relayed])
        with Clients(contestants[-1], images.relayed, 4, images) as clients:
            clients.go()
            time.sleep(self.scale.warm_up)
        self.rounds(
            "Row 5: a blob that must come through the child",
            contestants,
            lambda contestant: self.pull(contestant, images.relayed, 2, "relay"),
        )
        for server in (ours, large, plain, child):
            server.stop()

    def measure_starts(self, upstream):
        """Rows 7 and 8 and the beginning of row 4: a program that has just been started, on a storage that is warm."""
        say("Rows 4, 7 and 8: starts and memory")

        def start(name, jar, java=None):
            contestant = Contestant(name, here(self.folder, upstream, jar, java=java), "/bench", behind=(upstream,))
            self.note("start", contestant, contestant.server.seconds_to_start)
            return contestant

        for _ in range(self.scale.rounds):
            if self.wanted(8):
                start("before", self.options.before or self.options.jar, PLAIN_JAVA).server.stop()
            contestant = start("here", self.options.jar)
            if self.wanted(4):
                first = wrk(contestant, 5, self.folder, paths=self.images.configs)
                self.note("small blob, first 5 s", contestant, first["rps"])
            contestant.server.stop()
            if self.wanted(7):
                contestant = start("here", self.options.jar)
                time.sleep(3)
                self.note("memory, idle", contestant, resident(contestant.server.pid()))
                self.note("memory with children, idle", contestant, resident(contestant.server.family()))
                for number in self.scale.crowds:
                    self.measure_crowd(contestant, number)
                contestant.server.stop()

    def measure_crowd(self, contestant, number):
        """The most memory that was held while so many clients pulled."""
        own, with_children = [], []
        server = contestant.server
        with Clients(contestant, self.images.layer, number, self.images) as clients:
            clients.go()
            end = time.monotonic() + self.scale.crowd_seconds
            while time.monotonic() < end:
                own.append(resident(server.pid()))
                with_children.append(resident(server.family()))
                time.sleep(0.05)
        self.note(f"memory, {number} clients", contestant, max(own))
        self.note(f"memory with children, {number} clients", contestant, max(with_children))


# ---- the report


@dataclass
class Line:
    """One bound of the table."""

    row: int
    what: str
    unit: str
    child: float = None
    nginx: float = None
    here: float = None
    of: str = ""  # what the ratio is of
    ratio: float = None
    bound: str = ""  # such as "<= 0.75", for the ratio, or for the figure itself where there is no ratio
    spread: str = ""

    def met(self):
        value = self.here if self.ratio is None else self.ratio
        if value is None or not self.bound:
            return ""
        relation, limit = self.bound.split()[:2]
        value = round(value, 2)
        return "yes" if (value <= float(limit) if relation == "≤" else value >= float(limit)) else "NO"


class Report:
    def __init__(self, bench):
        self.bench = bench
        self.lines = []
        self.beside = []

    def median(self, figure, contestant="here"):
        values = self.bench.values.get(figure, {}).get(contestant)
        return statistics.median(values) if values else None

    def spread(self, figure):
        """(largest - smallest) / median over the rounds, of each contestant."""
        each = []
        for name in ("child", "nginx", "here"):
            values = self.bench.values.get(figure, {}).get(name)
            if values:
                each.append(f"{100 * (max(values) - min(values)) / statistics.median(values):.0f}")
        return "/".join(each) + " %" if each else ""

    def compare(self, row, what, unit, figure, *bounds):
        """A figure of all contestants, and one line for each bound: (contestant to compare with, bound)."""
        if self.median(figure) is None:
            return
        child, nginx_, ours = (self.median(figure, name) for name in ("child", "nginx", "here"))
        for other, bound in bounds:
            base = self.median(figure, other)
            self.lines.append(
                Line(row, what, unit, child, nginx_, ours, f"here/{other}", ours / base, bound, self.spread(figure))
            )

    def absolute(self, row, what, unit, figure, bound):
        if self.median(figure) is not None:
            self.lines.append(
                Line(row, what, unit, here=self.median(figure), bound=bound, spread=self.spread(figure))
            )

    def ratio(self, row, what, unit, figure, base, of, bound, base_contestant="here"):
        """Two figures of this program."""
        ours, other = self.median(figure), self.median(base, base_contestant)
        if ours is not None and other is not None:
            self.lines.append(
                Line(row, what, unit, here=ours, of=of, ratio=ours / other, bound=bound, spread=self.spread(figure))
            )

    def make(self):
        crowds = self.bench.scale.crowds
        self.compare(
            1, "warm blob, server CPU", "s/GiB", "blob, 1 client cpu", ("child", "≤ 0.75"), ("nginx", "≤ 1.05")
        )
        for clients in ("1 client", "4 clients", "16 clients"):
            self.compare(2, f"warm blob, {clients}", "GiB/s", f"blob, {clients}", ("child", "≥ 1.0"))
        for method in ("GET", "HEAD"):
            figure = f"manifest {method}"
            self.compare(3, f"manifest by digest, {method}", "1/s", figure, ("child", "≥ 30"), ("nginx", "≥ 0.9"))
        self.compare(4, "small blobs", "1/s", "small blob", ("child", "≥ 15"))
        self.ratio(4, "small blobs, first 5 s", "1/s", "small blob, first 5 s", "small blob", "first/later", "≥ 0.5")
        self.compare(5, "relay, CPU of the proxy alone", "s/GiB", "relay cpu", ("nginx", "≤ 1.0"))
        self.tag()
        self.absolute(7, "memory, idle", "MiB", "memory, idle", "≤ 120")
        few, many = (f"memory, {number} clients" for number in crowds)
        self.absolute(7, few, "MiB", few, "≤ 200")
        self.ratio(7, many, "MiB", many, few, f"{crowds[1]}/{crowds[0]} clients", "≤ 1.1")
        self.absolute(8, "start to the first 200", "s", "start", "≤ 0.8")
        self.ratio(8, "start to the first 200", "s", "start", "start", "here/before", "≤ 0.4", "before")
        self.lines += self.bench.cold + self.bench.bound
        self.besides()

    def tag(self):
        figures = [self.median("tag", name) for name in ("child", "nginx", "here")]
        if None in figures:
            return
        child, nginx_, ours = figures
        spread = self.spread("tag")
        self.lines.append(Line(6, "tag, median latency", "ms", child, nginx_, ours, spread=spread))
        self.lines.append(Line(6, "tag, added latency", "ms", None, nginx_ - child, ours - child, bound="≤ 0.5"))
        ratio = (ours - child) / max(nginx_ - child, 0.05)  # less is noise
        self.lines.append(
            Line(6, "tag, added latency", "ms", None, nginx_ - child, ours - child, "here/nginx", ratio, "≤ 2")
        )

    def besides(self):
        """What has no bound but helps to believe or explain the rest."""

        def add(what, figure, unit, names=("child", "nginx", "here")):
            values = [(name, self.median(figure, name)) for name in names]
            values = [f"{name} {number(value)}" for name, value in values if value is not None]
            if values:
                self.beside.append(f"{what}: {', '.join(values)} {unit}")

        for clients in ("1 client", "4 clients", "16 clients"):
            add(f"clients' ceiling (a bare server), {clients}", f"blob, {clients}", "GiB/s", ("bare server",))
        for clients in ("4 clients", "16 clients", "copied out, 1 at once", "copied out, 4 at once"):
            add(f"warm blob, server CPU, {clients}", f"blob, {clients} cpu", "s/GiB")
        for clients in ("copied out, 1 at once", "copied out, 4 at once"):
            add(f"warm blob, {clients}", f"blob, {clients}", "GiB/s")
        for figure in ("manifest GET", "manifest HEAD", "small blob"):
            add(f"{figure}, server CPU", f"{figure} cpu", "µs per request")
            add(f"{figure}, how busy the client's one thread was (1 = it is the bottleneck)", f"{figure} client", "")
        names = ("nginx", "nginx, 64 KiB buffer", "here")
        add("relay, CPU of the proxy alone", "relay cpu", "s/GiB", names)
        add("relay, 1 client", "relay", "GiB/s", names)
        for what in ("idle", *(f"{number} clients" for number in self.bench.scale.crowds)):
            add(f"memory with {UPSTREAMS} children, {what}", f"memory with children, {what}", "MiB", ("here",))

    def markdown(self, facts):
        text = [f"# Benchmark, {facts['date']}" + (" (quick: for trying only)" if facts["quick"] else ""), ""]
        text += ["| row | what | child | nginx | here | ratio | bound | met? | spread |", "| --- " * 9 + "|"]
        for line in self.lines:
            ratio = "" if line.ratio is None else f"{line.of} {line.ratio:.2f}"
            figures = [number(value) for value in (line.child, line.nginx, line.here)]
            cells = [str(line.row), f"{line.what}, {line.unit}", *figures, ratio, line.bound, line.met(), line.spread]
            text.append("| " + " | ".join(cells) + " |")
        text += [
            "",
            f"Medians of {facts['rounds']} alternating rounds; spread: (largest − smallest) / median over the rounds, "
            "child/nginx/here.",
            f"Other programs used {100 * facts['others']:.0f} % of the machine while this ran.",
            "nginx is `proxy_cache` in rows 1 to 4, a plain reverse proxy in rows 5 and 6.",
            "",
            "Beside the bounds:",
            "",
            *(f"- {line}" for line in self.beside),
            "",
            *(f"- {what}: {facts[what]}" for what in ("commit", "machine", "programs", "java", "seconds")),
        ]
        return "\n".join(text) + "\n"


def number(value):
    if value is None:
        return ""
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) >= 1 else f"{value:.2f}"


def first_line(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return (done.stdout.strip().splitlines() or [""])[0]


def facts_of_this_run(options, scale):
    cpu_model = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1]) / KIB / KIB
    commit = first_line("git", "-C", str(PROJECT), "describe", "--always", "--dirty", "--abbrev=12")
    wrk_version = first_line("wrk", "-v").split("[")[0].strip()
    return {
        "date": time.strftime("%Y-%m-%dT%H%M%S"),
        "quick": options.quick,
        "rounds": scale.rounds,
        "commit": commit,
        "machine": f"{cpu_model[1] if cpu_model else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"Linux {platform.release()}, TCP congestion control {CONGESTION_CONTROL.read_text().strip()}",
        "programs": f"{first_line(registry_program(), '--version').split('/')[-1]}; "
        f"{first_line('nginx', '-v').removeprefix('nginx version: ')}; {wrk_version}",
        "java": f"{first_line('java', '-version')}; {' '.join(map(str, java_options(options.jar))).replace(f'{PROJECT}/', '')}",
    }


def arguments():
    parser = argparse.ArgumentParser(
        prog="bench/run", description="Measures this program beside a registry asked directly and beside nginx."
    )
    parser.add_argument("--quick", action="store_true", help="little and imprecise, in about two minutes: for trying")
    parser.add_argument(
        "--rows", type=lambda text: {int(row) for row in text.split(",")}, help="only these rows, such as 1,2,5"
    )
    parser.add_argument(
        "--before", type=Path, metavar="JAR", help="an older build, in its checkout, whose start row 8 compares"
    )
    parser.add_argument(
        "--jar", type=Path, default=JAR, help="the build that is measured"
    )
    parser.add_argument(
        "--results", type=Path, default=PROJECT / "bench/results", help="where the .json and .md are written"
    )
    return parser.parse_args()


def interrupted(*_):
    raise KeyboardInterrupt


def main():
    options = arguments()
    scale = QUICK if options.quick else FULL
    options.jar = options.jar.resolve()
    options.before = options.before and options.before.resolve()
    for name in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(name) != signal.SIG_IGN:  # nohup
            signal.signal(name, interrupted)
    facts = facts_of_this_run(options, scale)
    folder = Path(tempfile.mkdtemp(prefix="registry-bench-"))
    bench = Bench(scale, folder, options)
    started, busy_before = time.monotonic(), busy()
    try:
        needed = 5 * scale.layer + GIB
        if shutil.disk_usage(folder).free < needed:
            raise SystemExit(f"{folder} needs {needed / GIB:.0f} GiB free; another folder: TMPDIR=... bench/run")
        bench.run()
    except KeyboardInterrupt:
        raise SystemExit("interrupted") from None
    finally:
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        for server in reversed(Server.running[:]):
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    facts["seconds"] = round(time.monotonic() - started)
    own = sum(os.times()[:4])
    facts["others"] = max(0.0, busy() - busy_before - own) / facts["seconds"] / os.cpu_count()

    report = Report(bench)
    report.make()
    text = report.markdown(facts)
    options.results.mkdir(parents=True, exist_ok=True)
    file = options.results / facts["date"]
    file.with_suffix(".md").write_text(text)
    table = [vars(line) | {"met": line.met()} for line in report.lines]
    file.with_suffix(".json").write_text(
        json.dumps(facts | {"table": table, "rounds of each figure": bench.values}, indent=1, ensure_ascii=False) + "\n"
    )
    print(text)


if __name__ == "__main__":
    sys.modules["bench"] = sys.modules["__main__"]  # of which these rows are a part
    import bound
    import cold

    main()
