"""The policies of the literature, by bytes; they keep a memory of their own, which a restart would lose."""

import heapq
from collections import OrderedDict

INFINITE = float("inf")


class Policy:
    """With `manifests`, a manifest counts as a use of the stored blobs that it names and that are not requested now."""

    def __init__(self, sizes, limit, manifests=False):
        self.sizes, self.limit, self.manifests, self.used = sizes, limit, manifests, 0

    def manifest(self, pull):
        if self.manifests:
            for blob in pull.named + pull.beside:
                if blob not in pull.wanted:
                    self.use(blob)

    def request(self, blob, time):
        """True for a hit."""
        if self.use(blob):
            return True
        self.fetched(blob)
        return False

    def use(self, blob):
        """Notes a use of a blob that is stored; False if it is not."""
        raise NotImplementedError

    def fetched(self, blob):
        raise NotImplementedError


class Unlimited(Policy):
    def __init__(self, sizes, limit):
        super().__init__(sizes, limit)
        self.blobs = set()

    def use(self, blob):
        return blob in self.blobs

    def fetched(self, blob):
        self.blobs.add(blob)


class Fifo(Policy):
    """Evicts the one that was fetched first."""

    def __init__(self, sizes, limit, manifests=False):
        super().__init__(sizes, limit, manifests)
        self.queue = OrderedDict()

    def use(self, blob):
        return blob in self.queue

    def fetched(self, blob):
        self.queue[blob] = None
        self.used += self.sizes[blob]
        while self.used > self.limit:
            self.used -= self.sizes[self.queue.popitem(last=False)[0]]


class Lru(Fifo):
    """Evicts the one whose last use is longest ago."""

    def use(self, blob):
        if blob not in self.queue:
            return False
        self.queue.move_to_end(blob)
        return True


class GreedyDual(Policy):
    """
    GreedyDual-Size (Cao, Irani 1997): evicts the lowest L + cost / size, L being the value of the last one evicted;
    a use gives a blob its value anew. With `frequency` the cost is multiplied by the number of uses (Cherkasova 1998).
    With cost = size and frequency this is LFU with dynamic ageing; with cost = size alone it is LRU.
    """

    def __init__(self, sizes, limit, manifests=False, cost=lambda size: 1.0, frequency=False):
        super().__init__(sizes, limit, manifests)
        self.cost, self.frequency, self.age = cost, frequency, 0.0
        self.values, self.uses, self.heap = {}, {}, []

    def use(self, blob):
        if blob not in self.values:
            return False
        self.uses[blob] += 1
        self.valued(blob)
        return True

    def valued(self, blob):
        size = self.sizes[blob]
        value = self.age + self.cost(size) / size * (self.uses[blob] if self.frequency else 1)
        if value != self.values.get(blob):
            self.values[blob] = value
            heapq.heappush(self.heap, (value, blob))

    def fetched(self, blob):
        self.used += self.sizes[blob]
        while self.used > self.limit:
            value, victim = heapq.heappop(self.heap)
            if self.values.get(victim) == value:
                self.age = value
                del self.values[victim], self.uses[victim]
                self.used -= self.sizes[victim]
        self.uses[blob] = 1
        self.valued(blob)


class Belady(Policy):
    """
    Knows the future: evicts the blob whose next request comes last, and does not take in one that comes later than all
    stored ones. Exact for equal sizes only; for different ones (NP-hard) a little better is possible.
    `coming` maps each blob to the positions of its requests among all requests, the last one first.
    """

    def __init__(self, sizes, limit, coming):
        super().__init__(sizes, limit)
        self.coming = {blob: list(positions) for blob, positions in coming.items()}
        self.next, self.heap = {}, []

    def manifest(self, pull):
        pass

    def request(self, blob, time):
        positions = self.coming[blob]
        positions.pop()
        hit = blob in self.next
        if not hit:
            self.used += self.sizes[blob]
        self.next[blob] = positions[-1] if positions else INFINITE
        heapq.heappush(self.heap, (-self.next[blob], blob))
        while self.used > self.limit:
            negative, victim = heapq.heappop(self.heap)
            if self.next.get(victim) == -negative:
                del self.next[victim]
                self.used -= self.sizes[victim]
        return hit
