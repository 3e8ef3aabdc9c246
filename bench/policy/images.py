"""The images that are pulled: layers, sizes, which images share which layers, and the versions of a month."""

import itertools
import math

DAY = 86400.0
MONTH = 30 * DAY
KB, MB, GB = 1000, 1000**2, 1000**3
PLATFORMS = ("amd64", "arm64")


class Blobs:
    """Sizes of all blobs; a blob is its index."""

    def __init__(self, rng):
        self.rng, self.sizes = rng, []

    def add(self, size):
        self.sizes.append(max(100, int(size)))
        return len(self.sizes) - 1

    def drawn(self, median, sigma, most=2 * GB):
        """A new blob whose size is log-normal."""
        return self.add(min(most, median * math.exp(self.rng.gauss(0, sigma))))

    def rebuilt(self, blob):
        """A new blob of about the same size."""
        return self.add(self.sizes[blob] * math.exp(self.rng.gauss(0, 0.1)))


class Version:
    """One build: by platform, the layers from the lowest to the highest, and the configuration in the end."""

    def __init__(self, time, parent, own):
        self.time, self.parent, self.own = time, parent, own
        self.layers = {}
        for platform in own:
            below = parent.layers[platform] if parent else ()
            self.layers[platform] = tuple(below) + tuple(own[platform])


class Line:
    """An image that is built again and again under one tag; each version stands on the newest version of `parent`."""

    def __init__(self, blobs, parent, platforms, first, interval, has_config=False):
        self.blobs, self.parent, self.has_config = blobs, parent, has_config
        rng = blobs.rng
        start = -3 * interval
        self.versions = [Version(start, parent and parent.at(start), {p: first() for p in platforms})]
        time = start
        while True:
            time += rng.expovariate(1 / interval)
            if time >= MONTH:
                break
            self.versions.append(self.built(time))

    def built(self, time):
        """A layer is kept if nothing below it has changed; a build changes one to all of its own layers, seldom many."""
        before, parent = self.versions[-1], self.parent and self.parent.at(time)
        own = {}
        changed = 1
        while self.blobs.rng.random() < 0.4:
            changed += 1
        for platform, blobs in before.own.items():
            kept = 0 if parent is not before.parent else len(blobs) - changed - self.has_config
            own[platform] = [b if i < kept else self.blobs.rebuilt(b) for i, b in enumerate(blobs)]
        return Version(time, parent, own)

    def at(self, time, back=0):
        """The newest version at that time, or one that is so many builds older."""
        known = 0
        for known, version in enumerate(self.versions):
            if version.time > time:
                known -= 1
                break
        return self.versions[max(0, known - back)]


class Catalog:
    """
    500 images of 5 to 15 layers on 40 runtimes on 12 bases.

    Bases have one layer of about 30 MB, runtimes one to four of about 8 MB, images the rest, half of them below 1 MB;
    3 % of the images have a layer of 0.5 to 2 GB. 70 % of bases and images exist for two platforms.
    """

    def __init__(self, rng, count=500):
        self.rng, self.blobs = rng, Blobs(rng)
        add = self.blobs.drawn
        self.bases = [Line(self.blobs, None, PLATFORMS, lambda: [add(30 * MB, 0.8)], 20 * DAY) for _ in range(12)]
        self.runtimes = [self.runtime(rng.randint(1, 4)) for _ in range(40)]
        self.images = [self.image(rng.choice((1, 7, 7, 7, 30, 30)) * DAY) for _ in range(count)]

    def runtime(self, layers):
        parent = zipf_choice(self.rng, self.bases)
        return Line(self.blobs, parent, PLATFORMS, lambda: [self.blobs.drawn(8 * MB, 1.5) for _ in range(layers)], 12 * DAY)

    def image(self, interval):
        rng = self.rng
        parent = zipf_choice(rng, self.runtimes if rng.random() < 0.75 else self.bases)
        platforms = PLATFORMS if rng.random() < 0.7 else PLATFORMS[:1]
        layers = rng.randint(5, 15)
        big = rng.random() < 0.03

        def first():
            own = layers - len(parent.versions[0].layers["amd64"])
            blobs = [self.blobs.drawn(1 * MB, 2.0) for _ in range(max(1, own))]
            if big:
                blobs[0] = self.blobs.add(rng.uniform(0.5, 2) * GB)
            return blobs + [self.blobs.add(rng.uniform(2, 12) * KB)]

        return Line(self.blobs, parent, platforms, first, interval, has_config=True)

    def one_off(self, time):
        """An image that is pulled once: five layers on a runtime that others use too."""
        parent = zipf_choice(self.rng, self.runtimes).at(time)
        own = [self.blobs.drawn(1 * MB, 2.0) for _ in range(5)] + [self.blobs.add(5 * KB)]
        return Version(time, None, {"amd64": list(parent.layers["amd64"]) + own})


def zipf_weights(count, exponent=0.9):
    """Cumulative weights for random.choices."""
    return list(itertools.accumulate((rank + 1) ** -exponent for rank in range(count)))


def zipf_choice(rng, items):
    return rng.choices(items, cum_weights=zipf_weights(len(items)))[0]
