"""Rounds of running a book: one after every edit, until somebody ends it."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import TYPE_CHECKING

from etude.adapters.disk import DiskFiles
from etude.adapters.watching import WatchError, Watching
from etude.build import Preview
from etude.build.place import require, unwatchable
from etude.cli.output import Output, say
from etude.cli.report import FAILED, listed, summary_of
from etude.model.diagnostic import BookError
from etude.model.progress import Event, Progress, silent

if TYPE_CHECKING:
    from etude.build import RunOptions

__all__ = ["Rounds"]


class Rounds:
    """Runs a book, waits for changes of what it saw, and runs it again."""

    def __init__(self, output: Output, options: RunOptions) -> None:
        """Print to `output`: for programs, a line for each round."""
        self._output = output
        self._options = options
        self._progress: Progress = silent
        self._number = 0
        output.in_a_line = True

    def go(self) -> int:
        """All rounds; only a book that cannot be run at all, or watched, ends them."""
        require(DiskFiles(self._output.root))  # any other folder may be endless
        with (
            Watching(self._output.root) as watching,
            Preview(self._output.root, self._options, self._tell, wait=math.inf) as preview,
        ):
            try:
                code = self._round(preview, ())
                if code == FAILED:
                    return code
                self._say(f"watching {self._output.path(self._output.root)}, until Ctrl-C")
                while True:
                    watching.follow(preview.outside)
                    changed = preview.news(watching.wait())
                    if changed:
                        self._say(f"changed: {listed(changed)}")
                        self._round(preview, changed)
                    elif preview.restless:
                        self._say(f"{listed(preview.restless)}: changed in every round, so no other begins")
            except WatchError as error:
                raise BookError((unwatchable(str(error)),)) from error

    def _round(self, preview: Preview, changed: Collection[str]) -> int:
        self._number += 1
        self._output.fields = {"round": self._number, "changed": sorted(changed)}
        return self._output.guard(lambda: self._run(preview, changed))

    def _run(self, preview: Preview, changed: Collection[str]) -> int:
        with self._output.progress() as self._progress:
            done = preview.update(changed)
        return self._output.report(done.diagnostics, done.sources, summary_of(done))

    def _tell(self, event: Event) -> None:
        self._progress(event)

    def _say(self, line: str) -> None:
        if self._output.kind != "json":
            say(line)
