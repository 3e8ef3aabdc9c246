"""A month of pulls as the cache sees them: manifest requests, and requests for the blobs that a host does not have."""

import heapq
import itertools
import random
from typing import NamedTuple

from hosts import Host, Running
from images import DAY, GB, MONTH, Catalog, zipf_weights

HOUR = 3600.0


class Pull(NamedTuple):
    """The requests of one pull to the cache."""

    time: float
    head: bool  # the host has it all: it asks for the tag's digest and for nothing else
    wanted: tuple  # blobs that the host asks for
    named: tuple  # all blobs of its platform's manifest
    beside: tuple  # blobs of the other platform, which the index names
    replaced: tuple  # blobs that the tag's version before named and the new one does not; at its first pull only


class Shape(NamedTuple):
    """Who pulls. Persistent hosts keep layers; each CI job starts with an empty store."""

    hosts: int = 100
    ci_pulls: int = 400  # on a working day
    host_pulls: int = 15  # of each host on a working day, restarts of its containers included
    life: float = 10 * DAY  # of a host, on average, until an empty one takes its place
    store: int = 15 * GB  # of a host, evicted by last use
    asks: float = 0.5  # of the containers on a host: pulled at each restart (pull policy Always)
    scans: float = 0.25  # of all images, each Sunday night
    drift: int = 10  # images that get another popularity each day
    apart: bool = False  # the images that are popular with CI jobs are not those that are popular on hosts


SHAPES = {
    "hosts": Shape(ci_pulls=0),
    "CI": Shape(hosts=0, ci_pulls=800),
    "mixed": Shape(),
}
VARIED = {
    "mixed": {},
    "50 hosts": {"hosts": 50},
    "200 hosts": {"hosts": 200},
    "hosts live 3 days": {"life": 3 * DAY},
    "hosts live for ever": {"life": 1000 * DAY},
    "hosts keep 5 GB": {"store": 5 * GB},
    "every restart asks": {"asks": 1.0},
    "CI pulls other images": {"apart": True},
    "the same, every restart asks": {"apart": True, "asks": 1.0},
    "the same, hosts live 30 days": {"apart": True, "asks": 1.0, "life": 30 * DAY},
    "the same, 20 hosts": {"apart": True, "asks": 1.0, "life": 30 * DAY, "hosts": 20},
    "no scans": {"scans": 0.0},
    "all images scanned": {"scans": 1.0},
    "no drift": {"drift": 0},
    "drift × 5": {"drift": 50},
}


class Trace:
    """Everything is drawn from one seed. `pulls` is in order of time, `sizes` gives the bytes of a blob."""

    def __init__(self, shape, seed):
        self.shape, self.rng = shape, random.Random(seed)
        self.catalog = Catalog(self.rng)
        self.sizes = self.catalog.blobs.sizes
        self.on_hosts = list(self.catalog.images)
        self.rng.shuffle(self.on_hosts)
        self.in_ci = self.rng.sample(self.on_hosts, len(self.on_hosts)) if shape.apart else self.on_hosts
        self.weights = zipf_weights(len(self.on_hosts))
        self.seen, self.pulls = {}, []
        self.agenda, self.order = [], itertools.count()
        self.hosts = [Host("arm64" if i % 10 == 9 else "amd64", shape.store) for i in range(shape.hosts)]
        for host in self.hosts:
            host.runs = [self.placed(0) for _ in range(20)]
            self.at(self.rng.random() * HOUR, self.started, host)
            self.at(self.rng.expovariate(1 / shape.life), self.replaced, host)
        for day in range(30):
            self.at(day * DAY, self.day, day)
        for line in self.catalog.images:
            for version in line.versions:
                if version.time > 0 and self.rng.random() < 0.5:
                    self.at(version.time, self.rolled_out, line)
        while self.agenda:
            time, _, action, what = heapq.heappop(self.agenda)
            if time < MONTH:
                action(time, what)
        asked = {b for pull in self.pulls for b in pull.wanted}
        self.all_bytes = sum(self.sizes[b] for b in asked)

    def at(self, time, action, what):
        heapq.heappush(self.agenda, (time, next(self.order), action, what))

    def day(self, start, day):
        """Popularity drifts: some images get a new rank; nights and weekends are quiet."""
        for ranking in [self.on_hosts, self.in_ci][: 1 + self.shape.apart]:
            for _ in range(self.shape.drift):
                moved = ranking.pop(self.rng.randrange(len(ranking)))
                ranking.insert(self.rng.randrange(len(ranking) + 1), moved)
        busy = 0.3 if day % 7 in (5, 6) else 1
        for host in self.hosts:
            for _ in range(round(self.shape.host_pulls * busy)):
                self.at(start + self.moment(), self.scheduled, host)
        jobs = round(self.shape.ci_pulls * busy)
        while jobs > 0:
            jobs -= self.pipeline(start + self.moment())
        if day % 7 == 6:
            for line in self.rng.sample(self.catalog.images, round(self.shape.scans * len(self.catalog.images))):
                self.at(start + self.rng.uniform(2, 6) * HOUR, self.ci_job, (line, 0, "amd64"))

    def moment(self):
        """Three of four pulls between 8 and 18 o'clock."""
        return self.rng.uniform(8, 18) * HOUR if self.rng.random() < 0.75 else self.rng.uniform(0, 24) * HOUR

    def popular(self, ranking):
        return self.rng.choices(ranking, cum_weights=self.weights)[0]

    def back(self):
        """85 % of the new choices are the newest version; the rest is pinned, mostly to a version shortly before."""
        return 0 if self.rng.random() < 0.85 else self.rng.choice((1, 1, 2, 3))

    def placed(self, time):
        line, back = self.popular(self.on_hosts), self.back()
        asks = back == 0 and self.rng.random() < self.shape.asks
        return Running(line, None if asks else line.at(time, back), asks)

    def started(self, time, host):
        """An empty host gets everything that runs on it, within ten minutes."""
        host.empty()
        for running in host.runs:
            self.at(time + self.rng.random() * HOUR / 6, self.host_pull, (host, running))

    def replaced(self, time, host):
        self.started(time, host)
        self.at(time + self.rng.expovariate(1 / self.shape.life), self.replaced, host)

    def scheduled(self, time, host):
        """A restart of something that runs there, or (one of five) something else in its place."""
        place = self.rng.randrange(len(host.runs))
        if self.rng.random() < 0.2:
            host.runs[place] = self.placed(time)
        self.host_pull(time, (host, host.runs[place]))

    def rolled_out(self, time, line):
        """Within an hour every host that runs the image gets the new version, unless it is pinned."""
        newest = line.at(time)
        for host in self.hosts:
            for running in host.runs:
                if running.line is line and (running.version is None or running.version is line.at(time - 1)):
                    running.version = None if running.asks else newest
                    self.at(time + self.rng.random() * HOUR, self.host_pull, (host, running))

    def host_pull(self, time, task):
        host, running = task
        version = running.version or running.line.at(time)
        named = self.layers(version, host.platform)
        missing = host.pull(named, self.sizes)
        if missing or running.asks:
            self.pulled(time, running.line, version, host.platform, missing)

    def pipeline(self, time):
        """One to about six jobs with the same image, in a quarter of an hour; 3 % are of an image that is pulled once."""
        jobs, platform = 1, "arm64" if self.rng.random() < 0.1 else "amd64"
        while self.rng.random() < 0.6:
            jobs += 1
        line = None if self.rng.random() < 0.03 else self.popular(self.in_ci)
        back = self.back()
        for _ in range(jobs if line else 1):
            self.at(time + self.rng.random() * HOUR / 4, self.ci_job, (line, back, platform))
        return jobs

    def ci_job(self, time, task):
        line, back, platform = task
        version = line.at(time, back) if line else self.catalog.one_off(time)
        self.pulled(time, line, version, platform, self.layers(version, platform))

    @staticmethod
    def layers(version, platform):
        return version.layers.get(platform) or version.layers["amd64"]

    def pulled(self, time, line, version, platform, missing):
        named = self.layers(version, platform)
        beside = tuple(b for p in version.layers.values() if p is not named for b in p)
        replaced, before = (), self.seen.get(line)
        if line and (before is None or before.time < version.time):
            self.seen[line] = version
            if before:
                now = set(named + beside)
                replaced = tuple(b for p in before.layers.values() for b in p if b not in now)
        self.pulls.append(Pull(time, not missing, missing, named, beside, replaced))
