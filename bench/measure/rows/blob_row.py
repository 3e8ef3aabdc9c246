"""The base of the rows that pull one blob."""

import socket
import time

from ..clients.blobs import BlobClients
from ..contestants.contestant import watched
from .row import Row


class BlobRow(Row):
    def pull(self, contestant, path, times, figure):
        """Whole pulls, one client."""
        with BlobClients(contestant, path, 1, self.run.images, times) as clients:
            with watched(contestant) as figures:
                clients.go()
                clients.finish()
            self._note(figure, contestant, clients.received(), figures)

    def pull_for(self, contestant, path, number, seconds, figure, flags=socket.MSG_TRUNC):
        """As many bytes as come in the time, several clients. Bytes of the first half second do not count."""
        with BlobClients(contestant, path, number, self.run.images, flags=flags) as clients:
            clients.go()
            time.sleep(0.5)
            with watched(contestant) as figures:
                before = clients.received()
                time.sleep(seconds)
                pulled = clients.received() - before
            self._note(figure, contestant, pulled, figures)

    def _note(self, figure, contestant, pulled, figures):
        self.figures.note(f"{figure} cpu", contestant.name, figures["cpu"] / pulled)
        self.figures.note(figure, contestant.name, pulled / figures["seconds"])
