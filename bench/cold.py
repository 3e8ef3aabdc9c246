"""Cold pulls: what is not stored yet, from an upstream at a distance. The rows 9 to 17 of the benchmark.

Beside the upstream itself: a plain registry in pull-through mode, nginx with proxy_cache_lock, and this program. Each
measurement starts them anew, with nothing cached.
"""

import contextlib
import json
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import bench

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
FAR = {"latency": 0.08, "rate": 20_000_000}
NGINX_COLD = """
    proxy_cache_path {folder}/{name}-cache levels=1:2 keys_zone=cache:32m max_size=32g inactive=1d use_temp_path=off;
    proxy_cache cache;
    proxy_cache_key $uri;
    proxy_cache_valid 200 1d;
    proxy_cache_lock on;
    proxy_cache_lock_timeout 600s;
    proxy_cache_lock_age 600s;
    proxy_ignore_headers Cache-Control Expires Vary;
    proxy_max_temp_file_size 0;
"""
NGINX_64K = NGINX_COLD + "proxy_buffers 8 64k; proxy_buffer_size 64k; proxy_busy_buffers_size 128k;"


TLS_SERVER = """
    server {{
        listen 127.0.0.1:TLS_PORT ssl;
        ssl_certificate {folder}/certificate.pem;
        ssl_certificate_key {folder}/key.pem;
        location / {{ proxy_pass http://child; }}
    }}
"""


class FarUpstream:
    """The upstream behind a line of its own process."""

    scheme = "http"

    def __init__(self, upstream, folder, **options):
        self.port, self.control = bench.free_port(), bench.free_port()
        settings = {"target": upstream.port, "port": self.port, "control": self.control} | options
        self.process = subprocess.Popen([sys.executable, Path(__file__).with_name("line.py"), json.dumps(settings)])
        for port in (self.port, self.control):
            while socket.socket().connect_ex(("127.0.0.1", port)):
                time.sleep(0.02)
        self.passed()

    def passed(self):
        """Requests, pings and bytes since the last call."""
        with socket.create_connection(("127.0.0.1", self.control)) as control:
            control.sendall(b"\n")
            with control.makefile() as answer:
                return json.load(answer)

    def close(self):
        self.process.kill()
        self.process.wait()


class TlsUpstream:
    """The upstream behind an nginx that speaks TLS, with a certificate of its own."""

    scheme = "https"

    def __init__(self, upstream, folder):
        folder.mkdir(exist_ok=True)
        self.port, self.certificate = bench.free_port(), folder / "certificate.pem"
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        command += ["-subj", "/CN=bench", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
        command += ["-keyout", folder / "key.pem", "-out", self.certificate]
        subprocess.run(command, check=True, capture_output=True)
        extra = bench.NGINX_PLAIN_64K + TLS_SERVER.replace("TLS_PORT", str(self.port))
        self.server = bench.nginx("tls", folder, upstream, extra)

    def close(self):
        self.server.stop()


class Cold:
    def __init__(self, whole, upstream):
        self.whole, self.upstream = whole, upstream
        self.image, self.large = whole.images.cold, whole.images.layer
        self.folder = whole.folder / "cold"
        self.lines = []

    # ---- what is measured

    @contextlib.contextmanager
    def contestant(self, name, upstream, **more):
        """A server with nothing cached, and the prefix by which it knows the upstream."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        if name == "direct":
            yield upstream, ""
            return
        if name == "child":
            server, prefix = bench.registry("child", self.folder, upstream=upstream), ""
        elif name == "here":
            server, prefix = bench.here(self.folder, upstream, self.whole.options.jar, **more), "/bench"
        else:
            server, prefix = bench.nginx(name, self.folder, upstream, NGINX_64K if "64" in name else NGINX_COLD), ""
        time.sleep(1)
        try:
            yield server, prefix
        finally:
            server.stop()

    def pull(self, port, prefix, paths, parallel=3):
        """Starts a client that pulls a manifest, and then the rest so many at a time."""
        urls = [f"http://127.0.0.1:{port}/v2{prefix}{path}" for path in paths]
        accept = ["-H", f"Accept: {bench.MANIFEST}"]
        curl = ["curl", "-sS", "--no-buffer", "-w", "%{http_code} %{size_download}\n", "--parallel-immediate"]
        rest = [part for url in urls[1:] for part in ("-o", "/dev/null", url)]
        first = subprocess.run([*curl, *accept, "-o", "/dev/null", urls[0]], capture_output=True, text=True, check=False)
        done = subprocess.run(
            [*curl, "--parallel", "--parallel-max", str(parallel), *rest], capture_output=True, text=True, check=False
        )
        answers = (first.stdout + done.stdout).split("\n")[:-1]
        sizes = sorted(self.whole.images.sizes[path] for path in paths)
        return answers and sorted(int(a.split()[1]) for a in answers if a.startswith("200 ")) == sizes

    def crowd(self, port, prefix, clients, apart=0.0):
        """Seconds until all have pulled the image, and how many succeeded."""
        results = [False] * clients

        def one(number):
            time.sleep(apart * number)
            results[number] = self.pull(port, prefix, self.image)

        threads = [threading.Thread(target=one, args=(number,)) for number in range(clients)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - began, sum(results)

    def size(self, paths):
        return sum(self.whole.images.sizes[path] for path in paths)

    # ---- rows

    def run(self):
        rows = {
            self.crowds: (9, 10, 11, 13),
            self.near: (11,),
            self.per_connection: (9, 12, 17),
            self.first_bytes: (14,),
            self.processor: (15, 16),
            self.slow_readers: (18,),
        }
        for measure, numbers in rows.items():
            if self.whole.wanted(*numbers):
                bench.say(f"Cold: {measure.__name__.replace('_', ' ')}")
                measure()
        return self.lines

    def line(self, row, what, unit, values, of="", ratio=None, bound=""):
        self.lines.append(
            bench.Line(row, what, unit, values.get("child"), values.get("nginx"), values.get("here"), of, ratio, bound)
        )

    def crowds(self):
        seconds, one = {}, {}
        for name in ("direct", "child", "nginx", "here"):
            for clients in (1, 10, 50):
                if (name, clients) in (("direct", 10), ("direct", 50), ("child", 50)):
                    continue
                far = FarUpstream(self.upstream, self.folder, **FAR)
                with self.contestant(name, far) as (server, prefix):
                    far.passed()
                    seconds[name, clients], succeeded = self.crowd(server.port, prefix, clients)
                    passed = far.passed()
                far.close()
                one[name, clients] = (passed, succeeded)
                bench.say(f"  {name}, {clients} clients: {seconds[name, clients]:.1f} s, {succeeded} ok, {passed}")
        for clients in (1, 10, 50):
            bytes_ = {name: one[name, n][0]["bytes"] / self.size(self.image) for name, n in one if n == clients}
            self.line(9, f"upstream bytes ÷ image, {clients} at once", "×", bytes_, "", bytes_["here"], "≤ 1.01")
            asked = {n: one[n, c][0]["requests"] + one[n, c][0]["pings"] for n, c in one if c == clients}
            limit = len(self.image) - 1 + 3
            self.line(10, f"upstream requests, {clients} at once", "", asked, "", asked["here"], f"≤ {limit}")
        for name in ("child", "nginx", "here"):
            seconds[name] = seconds[name, 1]
        own = {name: seconds[name] for name in ("child", "nginx", "here")}
        self.line(11, "cold pull, 80 ms, 20 MB/s", "s", own, "here/direct", own["here"] / seconds["direct", 1], "≤ 1.05")
        fifty = {name: seconds[name, 50] for name in ("nginx", "here")}
        self.line(13, "50 clients, cold", "s", fifty, "50/1", fifty["here"] / own["here"], "≤ 1.3")
        self.line(13, "50 clients, successful pulls", "", {n: one[n, 50][1] for n in ("nginx", "here")}, "", one["here", 50][1], "≥ 50")
        far = FarUpstream(self.upstream, self.folder, **FAR)
        with self.contestant("here", far) as (server, prefix):
            far.passed()
            _, succeeded = self.crowd(server.port, prefix, 4, apart=1.0)
            bytes_ = far.passed()["bytes"] / self.size(self.image)
        far.close()
        assert succeeded == 4
        self.line(9, "upstream bytes ÷ image, 4 one second apart", "×", {"here": bytes_}, "", bytes_, "≤ 1.01")

    def near(self):
        """Without latency, the upstream itself is asked."""
        seconds = {}
        for name in ("direct", "child", "nginx", "here"):
            each = []
            for _ in range(3):
                with self.contestant(name, self.upstream) as (server, prefix):
                    each.append(self.crowd(server.port, prefix, 1)[0])
            seconds[name] = statistics.median(each)
        self.line(11, "cold pull, no distance", "s", seconds, "here/direct", seconds["here"] / seconds["direct"], "≤ 1.25")

    def per_connection(self):
        seconds = {}
        for name in ("direct", "child", "nginx", "here"):
            far = FarUpstream(self.upstream, self.folder, **FAR, per_connection=True)
            with self.contestant(name, far) as (server, prefix):
                began = time.perf_counter()
                self.get(server.port, prefix + self.whole.images.far)
                seconds[name] = time.perf_counter() - began
            far.close()
        self.line(12, "layer, 20 MB/s per connection", "s", seconds, "here/direct", seconds["here"] / seconds["direct"], "≤ 0.5")
        far = FarUpstream(self.upstream, self.folder, **FAR)
        with self.contestant("here", far) as (server, prefix):
            far.passed()
            size = self.whole.images.sizes[self.whole.images.far]
            ranges = [(i * size // 8, (i + 1) * size // 8 - 1) for i in range(8)]
            threads = [
                threading.Thread(target=self.get, args=(server.port, prefix + self.whole.images.far, f"{a}-{b}"))
                for a, b in ranges
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            time.sleep(1)
            bytes_ = far.passed()["bytes"] / size
        far.close()
        self.line(9, "upstream bytes ÷ layer, 8 parallel ranges", "×", {"here": bytes_}, "", bytes_, "≤ 1.01")
        size = self.whole.images.sizes[self.whole.images.cut]
        far = FarUpstream(self.upstream, self.folder, **FAR, cuts=3, cut_at=size * 7 // 10)
        storage = {"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY": str(self.folder / "here")}
        with self.contestant("here", far, UPSTREAM_PARTS="1", **storage) as (server, prefix):
            far.passed()
            self.get(server.port, prefix + self.whole.images.cut)
            bytes_ = far.passed()["bytes"] / size
        far.close()
        self.line(17, "upstream bytes ÷ layer, cut three times at 70 %", "×", {"here": bytes_}, "", bytes_, "≤ 1.01")

    def get(self, port, path, range_=None):
        command = ["curl", "-sSf", "-o", "/dev/null", "-w", "%{size_download}", f"http://127.0.0.1:{port}/v2{path}"]
        done = subprocess.run([*command, *(["-r", range_] if range_ else [])], capture_output=True, text=True, check=True)
        return int(done.stdout)

    def first_bytes(self):
        """Milliseconds more than directly, on connections that are open, as after the manifest."""
        size = self.whole.images.sizes[self.large]

        def milliseconds(port, path, *options):
            command = ["curl", "-sSf", "-w", "%{time_starttransfer} %{time_total}\n"]
            command += ["-o", "/dev/null", f"http://127.0.0.1:{port}/v2{path.replace(self.large, self.image[1])}"]
            command += ["--next", "-sSf", "-w", "%{time_starttransfer} %{time_total}\n", *options]
            command += ["-o", "/dev/null", f"http://127.0.0.1:{port}/v2{path}"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            return [1000 * float(each) for each in done.stdout.splitlines()[-1].split()]

        asked = {
            "first byte of a cold layer": (("--max-time", "3"), 0),
            "HEAD of a cold layer": (("-I",), 1),
            "last KiB of a cold layer": (("-r", f"{size - KIB}-{size - 1}"), 1),
        }
        for what, (options, which) in asked.items():
            values = {}
            for name in ("direct", "nginx", "here"):
                each = []
                for _ in range(3):
                    far = FarUpstream(self.upstream, self.folder, **FAR)
                    with self.contestant(name, far) as (server, prefix):
                        if name == "nginx" and which:
                            each.append(float("nan"))  # it waits for the whole layer
                        else:
                            for path in self.image[2:6]:
                                milliseconds(server.port, prefix + path, "-I")
                                self.get(server.port, prefix + path, "1000-2000")
                                self.get(server.port, prefix + path)
                            each.append(milliseconds(server.port, prefix + self.large, *options)[which])
                    far.close()
                values[name] = statistics.median(each)
            more = values["here"] - values["direct"]
            self.line(14, f"{what}, more than directly", "ms", {"here": more}, "", more, "≤ 10")

    def processor(self):
        """CPU seconds, and bytes written, for one cold layer."""
        cpu, written = self.spent(("child", "nginx", "nginx-64k", "here"), self.upstream)
        self.compare_cpu("CPU per cold GiB", cpu)
        self.line(16, "written to disk per cold GiB", "GiB", written, "", written["here"], "≤ 1.02")
        tls = TlsUpstream(self.upstream, self.whole.folder / "tls")
        storage = {"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY": str(self.folder / "here")}
        more = storage | {"SSL_CERT_FILE": str(tls.certificate)}
        cpu, _ = self.spent(("nginx", "nginx-64k", "here"), tls, **more)
        tls.close()
        self.compare_cpu("CPU per cold GiB over TLS", cpu)

    def spent(self, names, upstream, **more):
        gib = self.whole.images.sizes[self.large] / GIB
        cpu, written = {}, {}
        for name in names:
            each, disk = [], []
            for _ in range(3):
                with self.contestant(name, upstream, **more) as (server, prefix):
                    # Until the JIT has compiled what is measured.
                    if name == "here":
                        self.warm_up(server, prefix)
                    family = server.family()
                    before, io = bench.cpu(family), self.written(family)
                    self.get(server.port, prefix + self.large)
                    time.sleep(1)
                    each.append(bench.used_since(before) / gib)
                    disk.append((self.written(family) - io) / GIB / gib)
            cpu[name], written[name] = statistics.median(each), statistics.median(disk)
        return cpu, written

    def compare_cpu(self, what, cpu):
        self.line(15, what, "s", cpu, "here/nginx", cpu["here"] / cpu["nginx"], "≤ 1")
        large = cpu["nginx-64k"]
        self.line(15, what, "s", cpu | {"nginx": large}, "here/nginx, 64 KiB buffers", cpu["here"] / large, "≤ 1.15")

    def warm_up(self, server, prefix):
        """Pulls what is measured later, and removes it: the next pull is cold, and the JIT has compiled its way."""
        self.get(server.port, prefix + self.large)
        time.sleep(1)
        for data in (self.folder / "here").glob("bench/docker/registry/v2/blobs/sha256/*/*/data"):
            data.unlink()

    @staticmethod
    def written(pids):
        total = 0
        for pid in pids:
            for line in Path(f"/proc/{pid}/io").read_text().splitlines():
                if line.startswith("write_bytes:"):
                    total += int(line.split()[1])
        return total

    def slow_readers(self):
        """300 clients at 500 kB/s and 50 fast ones on one cold layer."""
        size = self.whole.images.sizes[self.large]
        with self.contestant("here", self.upstream) as (server, prefix):
            slow = subprocess.Popen(
                [sys.executable, Path(__file__).with_name("slow.py"), str(server.port), f"/v2{prefix}{self.large}", "300", "500000", "60"],
                stdout=subprocess.PIPE, text=True,
            )
            time.sleep(2)
            results = []
            threads = [threading.Thread(target=lambda: results.append(self.get(server.port, prefix + self.large))) for _ in range(50)]
            largest, began = 0, time.perf_counter()
            for thread in threads:
                thread.start()
            while any(thread.is_alive() for thread in threads):
                largest = max(largest, bench.resident(server.pid()))
                time.sleep(0.1)
            fast = time.perf_counter() - began
            while slow.poll() is None:
                largest = max(largest, bench.resident(server.pid()))
                time.sleep(0.1)
            cut = int(slow.stdout.read())
        with self.contestant("here", self.upstream) as (server, prefix):
            alone = []
            threads = [threading.Thread(target=lambda: alone.append(self.get(server.port, prefix + self.large))) for _ in range(50)]
            began = time.perf_counter()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            without = time.perf_counter() - began
        assert results == alone == [size] * 50
        self.line(18, "memory, 300 slow and 50 fast clients on one cold layer", "MiB", {"here": largest}, "", largest, "≤ 200")
        self.line(18, "slow clients that were cut", "", {"here": cut}, "", cut, "≤ 0")
        self.line(18, "50 fast clients beside 300 slow ones", "s", {"here": fast}, "with/without", fast / without, "≤ 1.1")
