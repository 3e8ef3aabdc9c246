"""Tasks at the same time."""

import threading
import time


class Together:
    """Tasks that run at the same time, each in a thread of its own. They begin at once."""

    def __init__(self, tasks):
        self.results = [None] * len(tasks)
        self._threads = [threading.Thread(target=self._run, args=each) for each in enumerate(tasks)]
        self._began = time.perf_counter()
        for thread in self._threads:
            thread.start()

    def _run(self, number, task):
        self.results[number] = task()

    def running(self):
        return any(thread.is_alive() for thread in self._threads)

    def seconds(self):
        """Waits for the last task. Returns the seconds since all began."""
        for thread in self._threads:
            thread.join()
        return time.perf_counter() - self._began
