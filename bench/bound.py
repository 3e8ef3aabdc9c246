"""The bound of the disk: what a sweep through many blobs costs, and what pulls feel of it. Rows 19 and 20 of the benchmark.

The blobs are sparse files with names at random, but for one that is pulled; manifests and configurations are real.
"""

import hashlib
import itertools
import json
import os
import random
import re
import shutil
import socket
import statistics
import time
from pathlib import Path

import bench

KIB, MIB = 1 << 10, 1 << 20
MONTH = 30 * 24 * 3600
REPOSITORIES = 2000
LAYERS = 8  # of each image
MEAN_SIZE = 5 * MIB
# 5 % of the blobs were not used for the longest time. They are 2 % of the bytes: as much as is freed beyond what is needed.
OLD = 20
MEAN_OLD_SIZE = int(0.388 * MEAN_SIZE)
CLIENTS = 4
PAUSE = 0.004  # of each client between two pulls
TIMER = 30  # seconds from one look at what changed to the next, in routes/management.camel.yaml
SWEPT = re.compile(r"measured files=(\d+) milliseconds=(\d+) evictionMilliseconds=(\d+)")


class Storage:
    """A child's folder with so many blobs. What is evicted is made good by as many others."""

    def __init__(self, folder, count):
        self.folder, self.root, self.count = folder, folder / "bench/docker/registry/v2", count
        self.random = random.Random(19)
        self.prefixes = set()
        self.images = count // 40
        for number in range(self.images):
            self.image(f"r{number % REPOSITORIES}", f"t{number}")
        for _ in range(count - count // OLD - self.images * (LAYERS + 2)):
            self.sparse(self.young())
        # Younger than all others, so that it stays.
        self.layer = self.content(random.Random(20).randbytes(100 * KIB), time.time())
        self.config = self.content(json.dumps({"architecture": "amd64", "os": "linux"}).encode(), time.time())
        manifest = bench.manifest_of(self.config[1], [(self.layer[0], 100 * KIB)])
        self.manifest = self.content(manifest, time.time())
        self.links("pulled", "t", self.manifest[0], [self.layer[0], self.config[0]])

    def young(self):
        return time.time() - 7200 - self.random.random() * (0.95 * MONTH - 7200)

    def blob(self, digest, at, content=None, mean=MEAN_SIZE):
        hex_ = digest.partition(":")[2]
        folder = self.root / "blobs/sha256" / hex_[:2]
        if hex_[:2] not in self.prefixes:
            folder.mkdir(parents=True, exist_ok=True)
            self.prefixes.add(hex_[:2])
        path = f"{folder}/{hex_}"
        os.mkdir(path)
        path += "/data"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
        if content is None:
            os.ftruncate(descriptor, min(2048 * MIB, 200 + int(self.random.expovariate(1 / mean))))
        else:
            os.write(descriptor, content)
        os.close(descriptor)
        os.utime(path, (at, at - self.random.random() * (at - (time.time() - MONTH))))
        return digest

    def sparse(self, at, mean=MEAN_SIZE):
        return self.blob(f"sha256:{self.random.getrandbits(256):064x}", at, mean=mean)

    def content(self, content, at):
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        return self.blob(digest, at, content), content

    def image(self, repository, tag):
        at = self.young()
        layers = [self.sparse(at) for _ in range(LAYERS)]
        config, content = self.content(json.dumps({"architecture": "amd64", "tag": tag}).encode(), at)
        manifest, _ = self.content(bench.manifest_of(content, [(layer, MEAN_SIZE) for layer in layers]), at)
        self.links(repository, tag, manifest, [*layers, config])

    def links(self, repository, tag, manifest, blobs):
        folder = f"{self.root}/repositories/{repository}"
        revision = "_manifests/revisions/sha256/" + manifest.partition(":")[2]
        places = [(revision, manifest), (f"_manifests/tags/{tag}/current", manifest)]
        places += [("_layers/sha256/" + blob.partition(":")[2], blob) for blob in blobs]
        for place, digest in places:
            os.makedirs(f"{folder}/{place}", exist_ok=True)
            with open(f"{folder}/{place}/link", "w") as link:
                link.write(digest)

    def files(self):
        for folder in (self.root / "blobs/sha256").iterdir():
            for blob in os.scandir(folder):
                yield os.stat(blob.path + "/data")

    def fill(self):
        """Adds old blobs up to the number; says how many bytes there are then."""
        for _ in range(self.count - sum(1 for _ in self.files())):
            self.sparse(time.time() - (0.95 + 0.05 * self.random.random()) * MONTH, MEAN_OLD_SIZE)
        return sum(stat.st_size for stat in self.files())


class Sweeps:
    """What is known of a program's sweeps from outside."""

    def __init__(self, server):
        self.server, self.pid = server, server.process.pid
        self.log, self.found = server.log.open(), []

    def logged(self):
        """Of each sweep until now: files, milliseconds to measure, milliseconds to evict."""
        for line in self.log:
            self.found += [tuple(map(int, found)) for found in SWEPT.findall(line)]
        return self.found

    def await_(self, number, seconds=300):
        end = time.monotonic() + seconds
        while len(self.logged()) < number:
            if time.monotonic() > end:
                raise SystemExit(f"{self.server.name} does not sweep:\n{self.server.log.read_text()[-2000:]}")
            time.sleep(0.1)

    def thread_cpu(self):
        """CPU seconds of the thread that sweeps."""
        ticks = 0
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            if (task / "comm").read_text().startswith("eviction"):
                fields = (task / "stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        return ticks / bench.TICKS

    def cpu(self):
        return sum(bench.cpu([self.pid]).values())

    def resident(self):
        return bench.resident([self.pid])


def pulls(ports, paths, sizes, results):
    """Pulls from one port after another, over connections that are kept; notes when, from which, what, how long."""
    bench.belongs_to_its_parent()
    asked = []
    for path, size in zip(paths, sizes):
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {bench.MANIFEST}\r\n\r\n".encode()
        asked.append((request, size))
    connections = [socket.create_connection(("127.0.0.1", port)) for port in ports]
    noted, turn = [], 0
    while not results.poll():
        what, which = turn % len(asked), turn // len(asked) % len(connections)
        began = time.monotonic()
        noted.append((began, which, what, 1000 * bench.ask(connections[which], *asked[what])))
        turn += 1
        time.sleep(PAUSE)
    results.send(noted)


class Pulls:
    """A handful of clients that pull what is stored, all the time, from one program or several."""

    def __init__(self, storage, *servers):
        blob, manifest = storage.layer, storage.manifest
        paths = [f"/v2/bench/pulled/manifests/{manifest[0]}", f"/v2/bench/pulled/blobs/{blob[0]}"]
        sizes = [len(manifest[1]), len(blob[1])]
        ports = [server.port for server in servers]
        self.clients = []
        for _ in range(CLIENTS):
            ours, theirs = bench.FORK.Pipe()
            process = bench.FORK.Process(target=pulls, args=(ports, paths, sizes, theirs), daemon=True)
            process.start()
            theirs.close()
            self.clients.append((process, ours))

    def end(self):
        """(when, which program, which path, milliseconds) of each pull."""
        for _, pipe in self.clients:
            pipe.send(None)
        noted = [one for _, pipe in self.clients for one in pipe.recv()]
        for process, _ in self.clients:
            process.join()
        return noted


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


class Bound:
    def __init__(self, whole, upstream):
        self.whole, self.upstream = whole, upstream
        self.folder = whole.folder / "bound"
        self.figures = {}
        self.lines = []

    def note(self, figure, value):
        self.figures.setdefault(figure, []).append(value)
        self.whole.values.setdefault("bound: " + figure, {}).setdefault("here", []).append(value)

    def start(self, folder, limit):
        storage = {"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY": str(folder), "CACHE_LIMIT": str(limit)}
        if self.whole.scale.stored < 100_000:
            storage["LOG_LEVEL"] = "debug"  # a sweep that takes less than a second is told there
        name = f"here-bound-{len(list(self.whole.folder.glob('here-bound-*')))}"
        return bench.here(self.whole.folder, self.upstream, self.whole.options.jar, name, **storage)

    def run(self):
        self.folder.mkdir(parents=True)
        bench.say(f"Rows 19 and 20: making a storage of {self.whole.scale.stored} blobs")
        self.storage = Storage(self.folder / "many", self.whole.scale.stored)
        few = Storage(self.folder / "few", 0)
        self.beside = self.start(few.folder, "85%")
        for number in range(self.whole.scale.bound_rounds):
            bench.say(f"Rows 19 and 20: round {number + 1}")
            self.without_content()
            self.round(number)
        self.beside.stop()
        self.report()
        return self.lines

    def without_content(self):
        """How the memory of a program grows by itself in its first minute."""
        empty = self.whole.folder / "bound-empty"
        server = self.start(empty, "85%")
        sweeps = Sweeps(server)
        time.sleep(2)
        before, cpu = sweeps.resident(), sweeps.cpu()
        time.sleep(20)
        self.note("memory more, nothing stored", sweeps.resident() - before)
        self.note("CPU, nothing stored", sweeps.cpu() - cpu)
        server.stop()
        shutil.rmtree(empty, ignore_errors=True)

    def round(self, number):
        size = self.storage.fill()
        # One configuration of 2 KiB fits, a second one does not.
        server = self.start(self.storage.folder, size + 3 * KIB)
        sweeps = Sweeps(server)
        self.first_sweep(sweeps)
        self.nothing_changes(sweeps)
        self.evict(sweeps, *self.whole.images.configs[2 * number : 2 * number + 2])
        server.stop()

    def first_sweep(self, sweeps):
        time.sleep(2)
        before, cpu, largest = sweeps.resident(), sweeps.cpu(), 0
        while not sweeps.logged():
            largest = max(largest, sweeps.resident())
            time.sleep(0.05)
        time.sleep(1)
        files, took, _ = sweeps.logged()[0]
        assert files >= self.whole.scale.stored, files
        self.note("sweep, seconds", took / 1000)
        self.note("sweep, CPU of its thread", sweeps.thread_cpu())
        self.note("sweep, CPU of the program", sweeps.cpu() - cpu)
        self.note("sweep, memory more", max(largest, sweeps.resident()) - before)
        self.note("sweep, memory more after", sweeps.resident() - before)

    def nothing_changes(self, sweeps):
        """Pulls of what is stored, meanwhile: they warm the program up."""
        cpu = sweeps.thread_cpu()
        pulled = Pulls(self.storage, sweeps.server, self.beside)
        time.sleep(2 * TIMER + 5)
        pulled.end()
        self.note("sweeps while nothing changed", len(sweeps.logged()) - 1)
        self.note("CPU of the sweeper while nothing changed", sweeps.thread_cpu() - cpu)

    def evict(self, sweeps, first, cold):
        """One blob more than the limit allows; the one before it warms the way up."""
        assert bench.Http(sweeps.server.port).get(f"/v2/bench{first}").status == 200
        time.sleep(2)
        known = len(sweeps.logged())
        pulled = Pulls(self.storage, sweeps.server, self.beside)
        seconds = self.whole.scale.window * 5
        time.sleep(seconds)
        began, cpu, memory = time.monotonic(), sweeps.thread_cpu(), sweeps.resident()
        answer = bench.Http(sweeps.server.port).get(f"/v2/bench{cold}")
        assert answer.status == 200, answer.status
        sweeps.await_(known + 1)
        ended = time.monotonic()
        self.note("memory more, with eviction", sweeps.resident() - memory)
        time.sleep(seconds)
        noted = pulled.end()
        _, measured, evicted = sweeps.logged()[known]
        gone = self.storage.count + 2 - sum(1 for _ in self.storage.files())
        bench.say(f"  {gone} blobs evicted; measured in {measured} ms, evicted in {evicted} ms")
        self.note("evicted blobs", gone)
        self.note("seconds of measuring, warm", measured / 1000)
        self.note("seconds of evicting", evicted / 1000)
        self.note("CPU of the sweeper, measuring and evicting", sweeps.thread_cpu() - cpu)
        evicting = ended - evicted / 1000
        windows = {
            "quiet": [one for one in noted if one[0] < began - 0.5 or one[0] > ended + 0.5],
            "measuring": [one for one in noted if began <= one[0] < evicting],
            "evicting": [one for one in noted if evicting <= one[0] <= ended],
        }
        for name, window in windows.items():
            for what, path in itertools.product((0, 1), (0, 1)):
                times = [one[3] for one in window if one[1:3] == (what, path)]
                for percent in (50, 99):
                    figure = f"{('manifest', 'blob')[path]} p{percent}, {name}"
                    self.note(figure + (", beside" if what else ""), percentile(times, percent))

    def median(self, figure):
        return statistics.median(self.figures[figure])

    def line(self, row, what, unit, value, bound=""):
        self.lines.append(bench.Line(row, what, unit, here=value, bound=bound))

    def report(self):
        self.line(19, "sweep, time", "s", self.median("sweep, seconds"), "≤ 30")
        self.line(19, "sweep, CPU of the program", "s", self.median("sweep, CPU of the program"), "≤ 30")
        self.line(19, "sweep, memory more at most", "MiB", self.median("sweep, memory more"), "≤ 4")
        self.line(19, "sweeps in a minute without a change", "", max(self.figures["sweeps while nothing changed"]), "≤ 0")
        for what in ("manifest", "blob"):
            for name in ("measuring", "evicting"):
                pairs = zip(self.figures[f"{what} p99, {name}"], self.figures[f"{what} p99, quiet"])
                more = statistics.median(one - quiet for one, quiet in pairs)
                self.line(20, f"{what}, p99 more while {name} than before and after", "ms", more)
                pairs = zip(self.figures[f"{what} p99, {name}"], self.figures[f"{what} p99, {name}, beside"])
                more = statistics.median(one - beside for one, beside in pairs)
                self.line(20, f"{what}, p99 more while {name} than of a program beside it", "ms", more, "≤ 2")
