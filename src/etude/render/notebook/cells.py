"""Cells of a notebook: ids that derive from content, texts split into lines as nbformat stores them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

__all__ = ["Cells", "output_of"]

_TEXTS = frozenset({"application/javascript", "image/svg+xml"})
_ID = re.compile(r"[A-Za-z0-9_-]{1,60}")


class Cells:
    """The cells of one notebook, in order."""

    def __init__(self) -> None:
        """Start without cells."""
        self.cells: list[dict[str, Any]] = []
        self._ids: set[str] = set()

    def add_markdown(self, text: str) -> None:
        """A cell of prose; without words there is none."""
        if text.strip():
            cell = {"cell_type": "markdown", "id": self._id("", "markdown", text), "metadata": {}}
            self.cells.append({**cell, "source": _lines(text)})

    def add_code(
        self,
        code: str,
        metadata: Mapping[str, Any],
        *,
        label: str = "",
        count: int | None = None,
        outputs: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        """A cell of code with its outputs; `label` names it for good."""
        self.cells.append(
            {
                "cell_type": "code",
                "execution_count": count,
                "id": self._id(label, "code", code),
                "metadata": dict(metadata),
                "outputs": [dict(one) for one in outputs],
                "source": _lines(code),
            }
        )

    def _id(self, label: str, kind: str, text: str) -> str:
        """An id that stays while the cell's text does; equal cells are counted."""
        stem = label if _ID.fullmatch(label) else sha256(f"{kind}\0{text}".encode()).hexdigest()[:12]
        number = 1
        name = stem
        while name in self._ids:
            number += 1
            name = f"{stem}-{number}"
        self._ids.add(name)
        return name


def output_of(output: Mapping[str, Any]) -> dict[str, Any]:
    """An output as nbformat 4 stores it: only its own fields, texts as lists of lines."""
    match output["output_type"]:
        case "stream":
            return {"name": output["name"], "output_type": "stream", "text": _text(output["text"])}
        case "error":
            return {
                "ename": output["ename"],
                "evalue": output["evalue"],
                "output_type": "error",
                "traceback": list(output["traceback"]),
            }
        case kind:
            shown: dict[str, Any] = {
                "data": {name: _content(name, content) for name, content in output["data"].items()},
                "metadata": output.get("metadata", {}),
                "output_type": kind,
            }
            if kind == "execute_result":
                shown["execution_count"] = output.get("execution_count")
            return shown


def _content(kind: str, content: Any) -> Any:
    """Text as lines; base64 and JSON as they are."""
    return _text(content) if kind.startswith("text/") or kind in _TEXTS else content


def _text(text: Any) -> Any:
    return _lines(text) if isinstance(text, str) else text


def _lines(text: str) -> list[str]:
    """Lines with their ends; joined they are the text."""
    return text.splitlines(keepends=True)
