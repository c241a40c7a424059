"""Notebooks as they are read: JSON text to cells that know the lines of the file they stand on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

from msgspec import Struct

from etude.parse import json_places
from etude.parse.json_places import Placed

__all__ = ["Cell", "Notebook", "UnreadableError", "read"]

Kind = Literal["markdown", "code", "raw"]


class UnreadableError(ValueError):
    """The file is no notebook; the message says why."""


class Cell(Struct, frozen=True):
    """One cell."""

    kind: Kind
    text: str
    metadata: Mapping[str, Any] = {}
    outputs: tuple[Any, ...] = ()
    """As nbformat 4 has them."""
    count: int | None = None
    """Its number when it ran; None when it did not, or that was taken away."""
    attachments: Mapping[str, Mapping[str, Any]] = {}
    """By name, a MIME bundle each."""
    line: int = 0
    """Line of the file that its text begins on."""
    spread: bool = False
    """Whether each line of its text has a line of the file."""

    def at(self, row: int) -> int:
        """The line of the file that a line of the text, from 1, stands on."""
        return self.line + row - 1 if self.spread else self.line

    @property
    def tags(self) -> tuple[str, ...]:
        """What Jupyter has as tags."""
        tags = self.metadata.get("tags")
        return tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()

    @property
    def ran(self) -> bool:
        """Whether anything is left of a run."""
        return self.count is not None or bool(self.outputs)


class Notebook(Struct, frozen=True):
    """A notebook."""

    cells: tuple[Cell, ...]
    kernel: str = ""
    """Name of its kernel."""
    shown: str = ""
    """How Jupyter shows that name."""
    language: str = ""
    """Of its code."""
    metadata: Mapping[str, Any] = {}
    upgraded: str = ""
    """The JSON text of nbformat 4, when the file had an older one; `nbformat` says which."""
    nbformat: int = 4
    flaws: tuple[str, ...] = ()
    """What of it cannot be read."""

    @property
    def ran(self) -> bool:
        """Whether any of its cells did."""
        return any(cell.ran for cell in self.cells)


def read(data: bytes) -> Notebook:
    """A notebook of nbformat 3 or 4; raises `UnreadableError`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "it is not UTF-8"
        raise UnreadableError(message) from error
    tree, placed = _decode(text)
    version = tree.get("nbformat")
    if version == 4 and not isinstance(version, bool):
        return _notebook(tree, placed, text)
    if version in (1, 2, 3) and not isinstance(version, bool):
        newer = _upgrade(tree, version)
        again, places = _decode(newer)
        return _notebook(again, places, "", upgraded=newer, nbformat=version)
    message = f"it is of nbformat {version}" if isinstance(version, int) else "it names no nbformat"
    raise UnreadableError(message)


def _decode(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        tree, placed = json_places.decode(text), json_places.decode_places(text)
    except ValueError as error:
        message = f"it is not valid JSON: {getattr(error, 'msg', error)}"
        raise UnreadableError(message) from error
    except RecursionError as error:
        message = "its JSON is nested too deeply"
        raise UnreadableError(message) from error
    if not isinstance(tree, dict):
        message = "it is no JSON object"
        raise UnreadableError(message)
    return tree, placed


def _upgrade(tree: dict[str, Any], version: int) -> str:
    """The same notebook in nbformat 4, without the ids that would be others each time."""
    import json  # noqa: PLC0415 -- rarely needed

    from nbformat import converter, reader  # noqa: PLC0415 -- as above

    try:
        newer: Any = converter.convert(reader.reads(json.dumps(tree)), 4)  # type: ignore[no-untyped-call]
        for cell in newer["cells"]:
            cell.pop("id", None)
        newer["nbformat_minor"] = 4
        return json.dumps(newer, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    except Exception as error:
        # What a library says of broken data may be anything.
        message = f"it is of nbformat {version} and cannot be upgraded: {type(error).__name__}: {error}"
        raise UnreadableError(message) from error


def _notebook(
    tree: dict[str, Any], placed: dict[str, Any], text: str, *, upgraded: str = "", nbformat: int = 4
) -> Notebook:
    cells = tree.get("cells")
    if not isinstance(cells, list):
        message = "it has no list of cells"
        raise UnreadableError(message)
    lines = _Lines(text)
    found: list[Cell] = []
    flaws: list[str] = []
    for number, (cell, places) in enumerate(zip(cells, placed["cells"], strict=True), 1):
        kind = cell.get("cell_type") if isinstance(cell, dict) else None
        if kind not in ("markdown", "code", "raw"):
            flaws.append(f"cell {number} is none: it is of the type `{str(kind)[:40]}`")
            continue
        found.append(_cell(cell, places, lines))
    metadata = _table(tree.get("metadata"))
    spec, info = _table(metadata.get("kernelspec")), _table(metadata.get("language_info"))
    return Notebook(
        tuple(found),
        str(spec.get("name") or ""),
        str(spec.get("display_name") or ""),
        str(info.get("name") or spec.get("language") or "").lower(),
        metadata,
        upgraded,
        nbformat,
        tuple(flaws),
    )


def _cell(cell: dict[str, Any], places: dict[str, Any], lines: _Lines) -> Cell:
    source, outputs, count = cell.get("source"), cell.get("outputs"), cell.get("execution_count")
    strings = places.get("source")
    text = "".join(map(str, source)) if isinstance(source, list) else str(source or "")
    first = strings[0] if isinstance(strings, list) and strings else strings
    parts = strings if isinstance(strings, list) else ()
    numbers = [lines.number(one.at) for one in parts if isinstance(one, Placed)]
    one_each = isinstance(strings, list) and numbers == list(
        range(numbers[0] if numbers else 0, (numbers[0] if numbers else 0) + len(numbers))
    )
    attachments = {
        name: bundle for name, bundle in _table(cell.get("attachments")).items() if isinstance(bundle, dict)
    }
    return Cell(
        cast("Kind", cell["cell_type"]),
        text.replace("\r\n", "\n").replace("\r", "\n"),
        _table(cell.get("metadata")),
        tuple(outputs) if isinstance(outputs, list) else (),
        count if isinstance(count, int) and not isinstance(count, bool) else None,
        attachments,
        lines.number(first.at) if isinstance(first, Placed) else 0,
        one_each and len(numbers) > 1,
    )


class _Lines:
    """Numbers of lines by offsets; 0 where there is no file to point into."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._known = (0, 1)

    def number(self, offset: int) -> int:
        if not self._text:
            return 0
        start, line = self._known if self._known[0] <= offset else (0, 1)
        line += self._text.count("\n", start, offset)
        self._known = (offset, line)
        return line


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
