"""What a run read, as it is now: the answers that a stored result is held against.

In: kinds and names of what was read, the page that read it. Out: components with hashes. An answer
is found once for a plan, as files are taken not to change meanwhile; who stores a result makes sure.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import Final, Protocol

from etude.execute.digest import digest
from etude.execute.library import Library
from etude.execute.modules import Inputs, View
from etude.execute.normalise import normalise, reads_source
from etude.execute.pinned import PINNED, THERE
from etude.execute.recipe import Component
from etude.execute.tree import read_tree
from etude.model.protocols import Store

__all__ = ["ABSENT", "LOOSE", "SHADOWED", "UNKNOWN", "Facts", "Packages"]

ABSENT: Final = "absent"
SHADOWED: Final = "a module of the book"
"""Stands for the version of a package whose name leads to the book."""
LOOSE: Final = "loose"
"""Stands for a file that is not pinned any more."""
UNKNOWN: Final = "?"
"""The version of a package of which nothing is known: it differs from none."""


class Packages(Protocol):
    """Installed distributions."""

    def version(self, kernel: str, name: str) -> str | None:
        """``numpy 2.3.1`` for the top-level name of a package; empty when it belongs to none.

        None when nothing is known of the kernel's packages.
        """
        ...

    def state(self, kernel: str) -> str:
        """What tells whether any distribution of a kernel's Python is another than before."""
        ...


class Facts:
    """Answers questions about the world; each once."""

    def __init__(
        self, inputs: Inputs, library: Library, packages: Packages, home: str, store: Store | None
    ) -> None:
        """`home` is the user's; `store` keeps normal forms of modules."""
        self._inputs = inputs
        self._library = library
        self._packages = packages
        self._home = home.rstrip("/")
        self._store = store
        self._known: dict[tuple[str, str], Component] = {}
        self._shadows: dict[tuple[str, tuple[str, ...]], bool] = {}

    def answers(self, reads: Iterable[tuple[str, str]], view: View, kernel: str) -> tuple[Component, ...]:
        """Answers to questions of kind and name, sorted; pinned files by their names of every place."""
        asked = {one for kind, name in reads if (one := self._asked(kind, name, view)) is not None}
        return tuple(self.answer(kind, name, view, kernel) for kind, name in sorted(asked))

    @staticmethod
    def _asked(kind: str, name: str, view: View) -> tuple[str, str] | None:
        """A question as it is kept; None for that of a folder of pinned files."""
        if kind == "file" and (pinned := view.pinned.name(name)) is not None:
            return PINNED, pinned
        return None if kind == "folder" and view.pinned.lists(name) else (kind, name)

    def hold(self, reads: Iterable[Component], view: View, kernel: str, *, versions: bool) -> bool:
        """Whether everything is as it was; with `versions` packages must be, too."""
        return all(self._holds(part, view, kernel, versions=versions) for part in reads)

    def _holds(self, part: Component, view: View, kernel: str, *, versions: bool) -> bool:
        if part.kind == "package" and not versions:
            return not self.shadowed(part.name, view)
        asked = self._asked(part.kind, part.name, view) if view.pinned else (part.kind, part.name)
        if asked is None:
            return True
        if asked[0] == PINNED:
            return view.pinned.knows(asked[1])
        return self.answer(*asked, view, kernel).digest == part.digest

    def pinned(self, reads: Iterable[Component], view: View) -> dict[str, bool]:
        """The pinned files among these answers: whether each was there when they were given."""
        found: dict[str, bool] = {}
        for part in reads if view.pinned else ():
            asked = self._asked(part.kind, part.name, view)
            if asked is not None and asked[0] == PINNED:
                found[asked[1]] = found.get(asked[1], False) or part.digest != ABSENT
        return found

    def is_there(self, name: str, view: View) -> bool:
        """Whether a pinned file is in one of its places."""
        places = (self._place(place) for place in view.pinned.places(name))
        return any(
            posixpath.basename(place) in (self._inputs.names(posixpath.dirname(place)) or ())
            for place in places
        )

    def shadowed(self, name: str, view: View) -> bool:
        """Whether a module of the book is found where a package of this name was."""
        mark = name, view.folders
        if mark not in self._shadows:
            places = (posixpath.join(folder, name) for folder in view.folders)
            files = [file for place in places for file in (f"{place}.py", f"{place}/__init__.py")]
            self._shadows[mark] = any(self._inputs.content(file) != ABSENT for file in files)
        return self._shadows[mark]

    def answer(self, kind: str, name: str, view: View, kernel: str) -> Component:
        """The answer to one question."""
        if kind == "library":
            module = self._library.module(name, view.language, view.position, view.variant)
            return (
                Component(kind, name, module.normal, module.text) if module else Component(kind, name, ABSENT)
            )
        if kind == "package":
            if self.shadowed(name, view):
                return Component(kind, name, SHADOWED)
            version = self._packages.version(kernel, name)
            return Component(kind, name, UNKNOWN if version is None else version)
        if kind == PINNED:
            there = THERE if self.is_there(name, view) else ABSENT
            return Component(kind, name, there if view.pinned.knows(name) else LOOSE)
        if name.startswith(("/", "~")):
            return self._file(kind, name)  # cells may change what is outside of the book
        mark = (kind, name)
        if mark not in self._known:
            self._known[mark] = self._file(kind, name)
        return self._known[mark]

    def installed(self, kernel: str) -> str:
        """What tells whether a kernel's packages are others than before."""
        return self._packages.state(kernel)

    def _file(self, kind: str, name: str) -> Component:
        place = self._place(name)
        if kind == "folder":
            names = self._inputs.names(place)
            return Component(kind, name, ABSENT if names is None else digest(*names))
        value = self._inputs.content(place)
        if kind == "module" and value not in (ABSENT, "folder", "unreadable"):
            return Component(kind, name, self._normal(place, value), value)
        return Component(kind, name, value)

    def _place(self, name: str) -> str:
        return self._home + name[1:] if name.startswith("~/") else name

    def _normal(self, place: str, value: str) -> str:
        """Hash of a module that comments do not change, unless it looks at its own source."""
        kept = self._store.get("module", value) if self._store else None
        if kept is not None:
            return kept.decode()
        try:
            code = self._inputs.read(place).decode()
        except (OSError, UnicodeDecodeError):
            return value
        tree = read_tree(code)
        found = value if tree is None or reads_source(code, tree) else digest(normalise(code, tree))
        if self._store is not None:
            self._store.put("module", value, found.encode())
        return found
