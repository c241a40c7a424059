"""The printed books of a book that is being written: set anew after edits, and shown in the browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from etude.adapters.web import Answer
from etude.build.live.settler import Settled, Settler
from etude.build.options import BuildOptions
from etude.build.pdf import leaves_of
from etude.build.watch import stamp
from etude.model.diagnostic import Diagnostic
from etude.render.live import print_page
from etude.render.typst.context import anchor

__all__ = ["FOLDER", "Prints"]

FOLDER = "pdf/"
"""Where they are served, and where they lie in the folder of outputs."""

_HTML = "text/html; charset=utf-8"
_NOT_YET = "<!doctype html><title>PDF</title><p>being set, please wait / 正在排版，请稍候"


class Prints:
    """A process that sets them, and what has become of them."""

    def __init__(self, root: Path, options: BuildOptions, tell: Callable[[Settled], None]) -> None:
        """Tell `tell` of each time that they are up to date; nothing is set yet."""
        out = options.out if options.out is not None else root / "_build"
        self._root, self._folder = root, out / FOLDER
        self._settler = Settler(root, options, tell, "pdf")
        self._stamps = self._look()
        self._begun = 0.0
        self.outdated = False
        """Whether something was edited since they were asked for."""

    @property
    def busy(self) -> bool:
        """Whether they are being set."""
        return self._settler.busy

    def ask(self) -> None:
        """Have them set as the book is now; not while they are being set."""
        self._begun, self.outdated = time.monotonic(), False
        self._settler.ask()

    def close(self) -> None:
        """End the process, after what it is at."""
        self._settler.close()

    def changed(self) -> tuple[tuple[str, ...], float]:
        """The files that are others than when this was asked last, and the seconds that they took."""
        now = self._look()
        found = tuple(name for name, seen in now.items() if self._stamps.get(name) != seen)
        self._stamps = now
        return found, time.monotonic() - self._begun

    def leaf(self, file: str, language: str, page: str, block: str) -> int | None:
        """Page of a printed book that a block is on, or its page begins on; None when that is not known."""
        stem = file.removeprefix(FOLDER).removesuffix(".pdf")
        if stem != language and not stem.startswith(f"{language}-"):
            return None
        try:
            data = leaves_of(self._root, stem).read_bytes()
            found = msgspec.json.decode(data, type=dict[str, int])
        except (OSError, msgspec.MsgspecError):
            return None
        return found.get(anchor(page, block), found.get(anchor(page, "")))

    def page(self, target: str) -> bytes | None:
        """The page that shows a printed book, which keeps it as it is; None for other addresses."""
        stem = target.removeprefix(FOLDER)
        if stem == target or not stem or "/" in stem or "." in stem:
            return None
        return print_page(f"/{FOLDER}{stem}.pdf")

    def answer(self, path: str) -> Answer | None:
        """A printed book itself; None for other addresses."""
        name = path.removeprefix(FOLDER)
        if name == path or "/" in name or name.startswith(".") or not name.endswith(".pdf"):
            return None
        place = self._folder / name
        return Answer(place) if place.is_file() else Answer(_NOT_YET.encode(), _HTML, 404)

    def _look(self) -> dict[str, tuple[int, int, int]]:
        return {f"{FOLDER}{place.name}": stamp(place) for place in sorted(self._folder.glob("*.pdf"))}


def own(found: tuple[Diagnostic, ...], others: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """What only setting them has found: the rest of a build's problems is told already."""
    known = set(others)
    return tuple(one for one in found if one not in known)
