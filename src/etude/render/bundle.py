"""Stage render: outputs of cells, put in order for printing; every output format starts from here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias, assert_never

from msgspec import Struct

from etude.model.result import Display, Failure, Output, Result, Stream
from etude.render.ansi import carriage

__all__ = ["Failed", "Item", "Printed", "Shown", "choose", "items", "pictures", "text_of"]

PREFERENCE = (
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "text/latex",
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/gif",
    "application/json",
    "text/plain",
)
"""From what tells the reader most to what tells least."""


class Printed(Struct, frozen=True):
    """Text that a cell printed, as a terminal would show it in the end."""

    stderr: bool
    text: str


class Shown(Struct, frozen=True):
    """One content of a rich display."""

    mime: str
    content: str
    """Text; base64 for pictures other than SVG; indented JSON."""
    metadata: dict[str, Any]
    """That of the MIME type."""


class Failed(Struct, frozen=True):
    """An exception."""

    name: str
    message: str
    traceback: str


Item: TypeAlias = Printed | Shown | Failed


def items(outputs: Iterable[Output]) -> tuple[Item, ...]:
    """Outputs in order: neighbouring prints joined, one content chosen of each display."""
    out: list[Item] = []
    for output in outputs:
        match output:
            case Stream(name=name, text=text):
                stderr = name == "stderr"
                last = out[-1] if out else None
                if isinstance(last, Printed) and last.stderr == stderr:
                    out[-1] = Printed(stderr, last.text + text)
                else:
                    out.append(Printed(stderr, text))
            case Display() | Result():
                if (shown := choose(output.data, output.metadata)) is not None:
                    out.append(shown)
            case Failure(ename=name, evalue=message, traceback=traceback):
                out.append(Failed(name, message, "\n".join(traceback)))
            case _:
                assert_never(output)
    return tuple(kept for item in out if (kept := _finish(item)) is not None)


def pictures(found: Sequence[Item]) -> tuple[Item, ...]:
    """What a figure shows: the rich outputs; all but errors and messages, when none is rich."""
    rich = tuple(item for item in found if isinstance(item, Shown) and item.mime != "text/plain")
    return rich or tuple(
        item for item in found if isinstance(item, Shown) or (isinstance(item, Printed) and not item.stderr)
    )


def _finish(item: Item) -> Item | None:
    """A print with its carriage returns carried out; None when nothing is left of it."""
    if not isinstance(item, Printed):
        return item
    text = carriage(item.text).rstrip()
    return Printed(item.stderr, text) if text.strip() else None


def choose(data: Mapping[str, Any], metadata: Mapping[str, Any] | None = None) -> Shown | None:
    """The best content of a MIME bundle that a page can show; None when there is none."""
    for mime in PREFERENCE:
        if mime in data:
            about = (metadata or {}).get(mime)
            return Shown(mime, text_of(data[mime]), about if isinstance(about, dict) else {})
    return None


def text_of(content: Any) -> str:
    """A content as text: nbformat allows lists of lines and, for JSON, anything."""
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(isinstance(line, str) for line in content):
        return "".join(content)
    return json.dumps(content, ensure_ascii=False, indent=2)
