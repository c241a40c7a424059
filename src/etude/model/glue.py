"""Values that cells give names to (`glue` of MyST-NB): found among outputs, and written as text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["FormatError", "glued", "plain_value"]

PREFIX = "application/papermill.record/"
"""Before the MIME types of values that are named and not shown."""
_NUMPY = re.compile(r"(?:np|numpy)\.\w+\((.*)\)\Z", re.DOTALL).match


class FormatError(ValueError):
    """A value cannot be written in a format."""


def glued(outputs: Iterable[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Names and MIME bundles of the displays among `outputs` that have a name (``metadata.scrapbook``)."""
    for output in outputs:
        about = getattr(output, "metadata", {}).get("scrapbook")
        if isinstance(about, dict) and isinstance(name := about.get("name"), str):
            yield name, {kind.removeprefix(PREFIX): content for kind, content in output.data.items()}


def plain_value(data: Mapping[str, Any], form: str = "") -> str:
    """The text of a bundle: a string without its quotes, a number as `form` asks; raises `FormatError`."""
    content = data.get("text/plain", "")
    text = ("".join(content) if isinstance(content, list) else str(content)).strip()
    inner = _NUMPY(text)
    text = inner[1] if inner is not None else text
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        value = text
    if not isinstance(value, str | int | float):
        value = text
    if form in ("", "s"):
        return value if isinstance(value, str) else text
    try:
        return format(float(value) if isinstance(value, int) and form[-1] in "eEfFgG%" else value, form)
    except (ValueError, TypeError) as error:
        raise FormatError(str(error)) from error
