"""What every form of a book is made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from etude.build.book import Book
from etude.build.execution import Executed
from etude.build.options import BuildOptions
from etude.build.outputs import Made
from etude.build.pictures import Picture
from etude.build.resolution import Resolved
from etude.build.shared import Output
from etude.build.watch import Watch
from etude.build.workers import Workers
from etude.model.short import ShortAddresses

__all__ = ["Making"]


@dataclass(frozen=True, slots=True)
class Making:
    """The outputs of one build while they are made."""

    book: Book
    run: Executed
    resolved: Resolved
    out: Path
    options: BuildOptions
    program: str
    """Stands for the version of Etude: other code makes other outputs."""
    workers: Workers
    before: Mapping[str, Made]
    """What the state keeps of the build before."""
    pictures: Mapping[str, Picture]
    short: ShortAddresses
    watch: Watch
    output: Output
    """What was written by now, and what there is to say."""

    def stands(self, target: str, key: str) -> Made | None:
        """What was made under a name, when it is as it would be made now."""
        old = self.before.get(target)
        return old if old is not None and old.key == key and old.stands(self.out) else None

    def kept(self, target: str, key: str, there: Collection[str]) -> Made | None:
        """The same of a part, whose contents are one of those `there`."""
        old = self.before.get(target)
        return old if old is not None and old.key == key and old.part in there else None

    def put(self, path: str, data: bytes) -> None:
        """Write a file below the folder of outputs; raises `WriteError`."""
        self.output.put(self.out, path, data)
