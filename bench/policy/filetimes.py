"""Policies that know a blob by its file alone: when it was fetched (mtime), its last use (atime), its size."""

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def last_use(idle, proven, size):
    return idle


def once(factor, soon=HOUR):
    """A blob that was not used again after the first hour counts as idle for `factor` times as long."""
    return lambda idle, proven, size: idle if proven > soon else idle * factor


def used_again_last(idle, proven, size):
    """Two classes: a blob that was used again goes only when none of the others is left."""
    return (proven <= HOUR, idle)


def by_proven(start, power):
    """Idle in proportion to how long it has proven itself, with `start` to begin with."""
    return lambda idle, proven, size: idle / (proven + start) ** power


def by_size(power):
    """Large ones first; with power 1 a byte counts for a second, as in GreedyDual-Size."""
    return lambda idle, proven, size: idle * size**power


class FileTimes:
    """
    Evicts, when the limit is passed, down to `low` of it: the blobs with the highest `rank(idle, proven, size)` first.
    idle: now - atime. proven: atime - mtime, how long after the fetch it was still used.

    manifests: which requests count as a use of the stored blobs that a manifest names
        "none": nothing does
        "get": a manifest that is served, and an index for all of its platforms; a HEAD does not
        "served": a GET only for the platform's manifest, which follows that of the index; a HEAD of the index for all platforms
        "all": GET and HEAD, and an index for all of its platforms
    part: a manifest moves the last use only by this part of the time between the recorded use and now
    forget: a tag that moves takes the last use from blobs which only its manifest before named
    grain: the last use is not recorded anew if it is younger than this
    """

    def __init__(self, sizes, limit, rank=last_use, manifests="all", grain=HOUR, low=0.95, part=1.0, forget=False):
        self.sizes, self.limit, self.low, self.used = sizes, limit, low * limit, 0
        self.rank, self.manifests, self.grain, self.part, self.forget = rank, manifests, grain, part, forget
        self.atime, self.mtime = {}, {}

    def manifest(self, pull):
        if self.forget:
            for blob in pull.replaced:
                if blob in self.atime:
                    self.atime[blob] = self.mtime[blob]
        atime, stale = self.atime, pull.time - self.grain
        for blob in self.counted(pull):
            last = atime.get(blob)
            if last is not None and last <= stale:
                atime[blob] = last + self.part * (pull.time - last)

    def counted(self, pull):
        if self.manifests == "none" or (self.manifests == "get" and pull.head):
            return ()
        if self.manifests == "served" and not pull.head:
            return pull.named
        return pull.named + pull.beside

    def request(self, blob, time):
        """True for a hit."""
        last = self.atime.get(blob)
        if last is not None:
            if time - last >= self.grain:
                self.atime[blob] = time
            return True
        self.atime[blob] = self.mtime[blob] = time
        self.used += self.sizes[blob]
        if self.used > self.limit:
            self.evict(time)
        return False

    def evict(self, time):
        atime, mtime, sizes, rank = self.atime, self.mtime, self.sizes, self.rank
        order = sorted(((rank(time - last, last - mtime[b], sizes[b]), b) for b, last in atime.items()), reverse=True)
        for _, blob in order:
            if self.used <= self.low:
                break
            del atime[blob], mtime[blob]
            self.used -= sizes[blob]


# A is the policy as the issue has it, B is the one proposed.
ISSUE = {"manifests": "all", "grain": HOUR, "low": 0.95}
PROPOSED = {"rank": once(4), "manifests": "served", "grain": 10 * MINUTE, "low": 0.98}

FILE_TIMES = {
    "**A: last use, manifests count**": ISSUE,
    "as built": {"rank": once(4), "grain": 10 * MINUTE, "low": 0.98},
    "A, down to 98 %": {"low": 0.98},
    "A, last use to 10 minutes": {"grain": 10 * MINUTE},
    "A, last use to the day": {"grain": DAY},
    "A, manifests do not count": {"manifests": "none"},
    "A, a HEAD does not count": {"manifests": "get"},
    "A, GET of an index does not count": {"manifests": "served"},
    "A, a manifest counts half": {"part": 0.5},
    "A, a tag that moves takes the use away": {"forget": True},
    "A, used once: idle × 4": {"rank": once(4)},
    "A, used once: always first": {"rank": used_again_last},
    "A, idle × √size": {"rank": by_size(0.5)},
    "**B: the policy proposed**": PROPOSED,
    "B, used once: idle × 1": {**PROPOSED, "rank": last_use},
    "B, used once: idle × 2": {**PROPOSED, "rank": once(2)},
    "B, used once: idle × 8": {**PROPOSED, "rank": once(8)},
    "B, used again means after 6 hours": {**PROPOSED, "rank": once(4, 6 * HOUR)},
    "B, idle / √(proven + 6 h)": {**PROPOSED, "rank": by_proven(6 * HOUR, 0.5)},
    "B, manifests do not count": {**PROPOSED, "manifests": "none"},
    "B, last use to the hour, down to 95 %": {**PROPOSED, "grain": HOUR, "low": 0.95},
}
