"""S3-FIFO and W-TinyLFU, by bytes."""

from collections import OrderedDict

from policies import Policy


class S3Fifo(Policy):
    """
    S3-FIFO (Yang and others, 2023) with queues measured in bytes: new content waits in a small queue of 10 %; content that was used
    there at least `enough` times moves on to the main queue, the rest is evicted, and remembered in a ghost queue of as many bytes
    as the main one. Content that is fetched and remembered goes to the main queue at once, which gives each use, up to three, another round.
    """

    def __init__(self, sizes, limit, manifests=False, enough=2, small=0.1):
        super().__init__(sizes, limit, manifests)
        self.enough, self.small_limit = enough, small * limit
        self.small, self.main, self.ghost = OrderedDict(), OrderedDict(), OrderedDict()
        self.small_used = self.ghost_used = 0
        self.uses = {}

    def use(self, blob):
        if blob not in self.uses:
            return False
        self.uses[blob] = min(3, self.uses[blob] + 1)
        return True

    def fetched(self, blob):
        size = self.sizes[blob]
        while self.used + size > self.limit:
            if self.small_used > self.small_limit or not self.main:
                self.evict_small()
            else:
                self.evict_main()
        if blob in self.ghost:
            del self.ghost[blob]
            self.ghost_used -= size
            self.main[blob] = None
        else:
            self.small[blob] = None
            self.small_used += size
        self.uses[blob] = 0
        self.used += size

    def evict_small(self):
        blob = self.small.popitem(last=False)[0]
        size = self.sizes[blob]
        self.small_used -= size
        if self.uses[blob] >= self.enough:
            self.uses[blob] = 0
            self.main[blob] = None
            return
        del self.uses[blob]
        self.used -= size
        self.ghost[blob] = None
        self.ghost_used += size
        while self.ghost_used > self.limit - self.small_limit:
            self.ghost_used -= self.sizes[self.ghost.popitem(last=False)[0]]

    def evict_main(self):
        blob = self.main.popitem(last=False)[0]
        if self.uses[blob]:
            self.uses[blob] -= 1
            self.main[blob] = None
        else:
            del self.uses[blob]
            self.used -= self.sizes[blob]


class TinyLfu(Policy):
    """
    W-TinyLFU (Einziger, Friedman, Manes 2017) with segments measured in bytes: an LRU window before a main part that is a
    segmented LRU, 80 % of it protected. Content that leaves the window is taken into the main part if it was asked for at least as often as all
    those together that would have to go for it (aggregated victims, 2022); with `by_bytes` each count is multiplied by the size. Counts are
    exact here, up to 15, and are halved from time to time; the original has a sketch of them. The window does not adapt its size.
    """

    def __init__(self, sizes, limit, manifests=False, window=0.01, by_bytes=False):
        super().__init__(sizes, limit, manifests)
        self.window_limit, self.by_bytes = window * limit, by_bytes
        self.main_limit = limit - self.window_limit
        self.protected_limit = 0.8 * self.main_limit
        self.window, self.probation, self.protected = OrderedDict(), OrderedDict(), OrderedDict()
        self.window_used = self.main_used = self.protected_used = 0
        self.counts, self.counted = {}, 0

    def count(self, blob):
        self.counts[blob] = min(15, self.counts.get(blob, 0) + 1)
        self.counted += 1
        if self.counted > 10 * max(1000, len(self.window) + len(self.probation) + len(self.protected)):
            self.counts = {b: n // 2 for b, n in self.counts.items() if n > 1}
            self.counted = 0

    def use(self, blob):
        if blob in self.window:
            self.window.move_to_end(blob)
        elif blob in self.protected:
            self.protected.move_to_end(blob)
        elif blob in self.probation:
            self.promote(blob)
        else:
            return False
        self.count(blob)
        return True

    def promote(self, blob):
        del self.probation[blob]
        self.protected[blob] = None
        self.protected_used += self.sizes[blob]
        while self.protected_used > self.protected_limit:
            moved = self.protected.popitem(last=False)[0]
            self.protected_used -= self.sizes[moved]
            self.probation[moved] = None

    def fetched(self, blob):
        self.count(blob)
        self.window[blob] = None
        self.window_used += self.sizes[blob]
        while self.window_used > self.window_limit:
            candidate = self.window.popitem(last=False)[0]
            self.window_used -= self.sizes[candidate]
            self.offer(candidate)

    def worth(self, blob):
        return self.counts.get(blob, 0) * (self.sizes[blob] if self.by_bytes else 1)

    def offer(self, candidate):
        size = self.sizes[candidate]
        victims, free, against = [], self.main_limit - self.main_used, 0
        for segment in (self.probation, self.protected):
            for victim in segment:
                if free >= size:
                    break
                victims.append((segment, victim))
                free += self.sizes[victim]
                against += self.worth(victim)
        if free < size or (victims and self.worth(candidate) < against):
            for segment, victim in victims:
                segment.move_to_end(victim)
            return
        for segment, victim in victims:
            del segment[victim]
            self.main_used -= self.sizes[victim]
            self.protected_used -= self.sizes[victim] if segment is self.protected else 0
        self.probation[candidate] = None
        self.main_used += size
