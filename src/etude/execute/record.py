"""What is stored of a cell, and what of it can be used again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import msgspec
from msgspec import Struct

from etude.execute.digest import digest
from etude.execute.plan import Run, Step
from etude.execute.recipe import Recipe
from etude.execute.requests import Request
from etude.model.protocols import Store
from etude.model.result import CellResult, Output, Value

__all__ = [
    "TAKEN_OVER",
    "Kept",
    "Record",
    "ResultStore",
    "load_recipe",
    "make",
    "measure",
    "read",
    "recipe_bytes",
    "recipe_key",
    "record_bytes",
    "save",
]


TAKEN_OVER: Final = "notebook"
"""Where a result comes from that was not made by running the book: a notebook that it was imported from."""


class ResultStore(Store, Protocol):
    """A store that gives many entries at once."""

    def get_many(self, kind: str, keys: Iterable[str]) -> dict[str, bytes]:
        """The entries there are among `keys`."""
        ...


class Record(Struct, frozen=True, omit_defaults=True):
    """A cell's results; made only of a cell that went as it should."""

    status: Literal["ok", "error"]
    """``error`` when the cell raised what it was meant to raise."""
    outputs: tuple[Output, ...]
    values: dict[str, Value]
    """By `Request.name`; none that failed."""
    seconds: float
    digest: str
    """Of status and outputs."""
    size: int
    """Bytes of the outputs."""
    text: str = ""
    """`Cursor.text`, when the outputs may show the code; the record then serves this text only."""
    limit: int = 0
    """The output limit when it ran."""
    cut: bool = False
    """Whether the outputs were cut at the limit."""
    origin: str = ""
    """`TAKEN_OVER`, or empty when the cell ran in the book."""

    def serves(self, text: str, output_limit: int) -> bool:
        """Whether running the step now would give these outputs; `text` hashes the code as it stands."""
        if self.text and self.text != text:
            return False
        if self.cut or output_limit < self.size:
            return self.limit == output_limit
        return True

    def result(self, step: Step, number: int) -> CellResult:
        """The record as what a page shows; values are added by who knows their names."""
        return CellResult(
            key=step.key,
            status=self.status,
            outputs=self.outputs,
            seconds=self.seconds,
            execution_count=number,
            digest=self.digest,
            origin=self.origin,
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """What the store has for one step."""

    record: Record | None
    missing: tuple[Request, ...]
    """Values that are asked for and not stored."""

    @property
    def complete(self) -> bool:
        """Whether nothing has to run for it."""
        return self.record is not None and not self.missing


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Record).decode
_decode_recipe = msgspec.json.Decoder(Recipe).decode


def read(data: bytes | None) -> Record | None:
    """A stored record; None when there is none that can be read."""
    try:
        return _decode(data) if data else None
    except msgspec.DecodeError:
        return None


def make(
    status: Literal["ok", "error"],
    outputs: tuple[Output, ...],
    values: dict[str, Value],
    seconds: float,
    *,
    text: str,
    limit: int,
    cut: bool,
    origin: str = "",
) -> Record:
    """A record of a step that went as it should; `text` is what it serves, if only that."""
    total, size = measure(status, outputs)
    return Record(
        status=status,
        outputs=outputs,
        values={name: value for name, value in values.items() if not value.error},
        seconds=round(seconds, 6),
        digest=total,
        size=size,
        text=text,
        limit=limit,
        cut=cut,
        origin=origin,
    )


def measure(status: str, outputs: tuple[Output, ...]) -> tuple[str, int]:
    """`Record.digest` and `Record.size`."""
    data = _encode(outputs)
    return digest(status, data), len(data)


def save(store: Store, key: str, record: Record) -> None:
    """Keep a record."""
    store.put("cell", key, record_bytes(record))


def record_bytes(record: Record) -> bytes:
    """A record as it is stored."""
    return _encode(record)


def recipe_key(run: Run) -> str:
    """What a run's recipe is stored under."""
    return f"{run.page.path}|{run.variant}"


def load_recipe(data: bytes | None) -> Recipe | None:
    """A stored recipe; None when there is none that can be read."""
    try:
        return _decode_recipe(data) if data else None
    except msgspec.DecodeError:
        return None


def recipe_bytes(recipe: Recipe) -> bytes:
    """A recipe as it is stored."""
    return _encode(recipe)
