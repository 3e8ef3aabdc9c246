"""The base of the rows of cold pulls, 9 to 18."""

import contextlib
import shutil
import time

from ..contestants.contestant import Contestant
from ..contestants.here import PREFIX, here, stored_in
from ..contestants.nginx import BUFFERS_64K, COLD_CACHE, nginx
from ..contestants.registry import registry
from ..report.line import Line
from .row import Row


class ColdRow(Row):
    """Each measurement starts its contestant anew, with nothing cached."""

    def __init__(self, run):
        super().__init__(run)
        self.folder = run.folder / "cold"

    @contextlib.contextmanager
    def contestant(self, name, upstream, **settings):
        """A contestant with nothing cached; `direct` is the upstream itself. The settings are for this program."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        if name == "direct":
            yield Contestant(name, upstream)
            return
        server = self._start(name, upstream, settings)
        time.sleep(1)
        try:
            yield Contestant(name, server, PREFIX if name == "here" else "")
        finally:
            server.stop()

    def _start(self, name, upstream, settings):
        if name == "child":
            return registry(name, self.folder, upstream)
        if name == "here":
            settings = stored_in(self.folder / "here") | settings
            return here(self.folder, upstream, self.run.options.jar, **settings)
        return nginx(name, self.folder, upstream, COLD_CACHE, *([BUFFERS_64K] if "64" in name else []))

    def size(self, paths):
        return sum(self.run.images.sizes[path] for path in paths)

    def line(self, row, what, unit, values, bound, of="", ratio=None):
        """A line with the figures of the contestants; without a ratio the bound is for that of this program."""
        figures = [values.get(name) for name in ("child", "nginx", "here")]
        self.lines.append(Line(row, what, unit, *figures, of, values["here"] if ratio is None else ratio, bound))
