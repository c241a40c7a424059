"""One page: its front matter, its blocks, and what stands at its end."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from etude.convert.account import Account
from etude.convert.fences import opening
from etude.convert.quarto.blocks import EXECUTABLE, convert
from etude.convert.quarto.bookdown import text_references
from etude.convert.quarto.cells import LANGUAGES, cell
from etude.convert.quarto.front import Front, defaults, read_front, written
from etude.convert.quarto.lines import lines_of
from etude.convert.quarto.options import Cells
from etude.convert.quarto.places import Book, Context

__all__ = ["KERNELS", "language_of", "notebook", "page"]

KERNELS = {"python": "python3", "r": "ir", "julia": "julia"}


def language_of(text: str, front: Front, fallback: str) -> str:
    """The language that most of a page's cells are in."""
    kernel = front.data.get("jupyter")
    inner = kernel.get("kernelspec") if isinstance(kernel, Mapping) else None
    name = str(inner.get("name", "")) if isinstance(inner, Mapping) else str(kernel or "")
    for word, language in (("julia", "julia"), ("python", "python"), ("ir", "r")):
        if name.lower().startswith(word):
            return language
    found: Counter[str] = Counter()
    for line in text.split("\n"):
        fence = opening(line)
        got = EXECUTABLE.fullmatch(fence["info"].strip()) if fence else None
        if got is not None and got["language"] in LANGUAGES:
            found[LANGUAGES[got["language"]]] += 1
    return found.most_common(1)[0][0] if found else fallback


def page(
    book: Book,
    path: str,
    text: str,
    account: Account,
    cells: Cells,
    *,
    base: str | None = None,
    sources: str = "",
) -> str:
    """The text of a page; `base` is set for a file that pages include, `sources` are lines for its end."""
    front = read_front(text)
    context = Context(book, path, account, defaults(front.data, cells), base)
    context.metadata = {**book.metadata, **front.data}
    context.language = language_of(text, front, book.kernel)
    context.cites = context.cites or "bibliography" in front.data
    context.taken = set(re.findall(r"\[\^([^\]\s]+)\]", text))
    body = text[front.body :]
    first = text.count("\n", 0, front.body) + 1
    if book.bookdown:
        context.captions = text_references(body)
    _examples(context, body)
    kernel = KERNELS[context.language] if context.language != book.kernel and base is None else ""
    head = written(front, account, path, kernel=kernel) if front.body or kernel else []
    lines = convert(context, lines_of(body, first), top=True)
    lines += _later(context)
    while lines and not lines[-1].strip():
        lines.pop()
    if sources:
        lines += ["", *sources.split("\n")]
    if head and (not lines or lines[0].strip()) and body[:1] == "\n":
        lines.insert(0, "")
    return "\n".join([*head, *lines]) + "\n"


def _later(context: Context) -> list[str]:
    return ["", *context.later] if context.later else []


def _examples(context: Context, text: str) -> None:
    """Numbers of named examples, which may be referred to before they come."""
    found = re.findall(r"^[ \t]*\(@([\w-]*)\)[ \t]", text, re.MULTILINE)
    context.examples = {name: number for number, name in enumerate(found, 1) if name}


def notebook(
    book: Book, path: str, text: str, account: Account, cells: Cells, *, sources: str = ""
) -> str | None:
    """A notebook with the text of its cells converted, and options as metadata; None when it is none."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not isinstance(data.get("cells"), list):
        return None
    context = Context(book, path, account, cells)
    kernel = data.get("metadata", {}).get("kernelspec", {}) if isinstance(data.get("metadata"), dict) else {}
    language = str(kernel.get("language") or "python").lower() if isinstance(kernel, dict) else "python"
    context.language = LANGUAGES.get(language, book.kernel)
    made: list[dict[str, Any]] = []
    for number, one in enumerate(data["cells"]):
        if not isinstance(one, dict):
            continue
        source = one.get("source", "")
        source = "".join(map(str, source)) if isinstance(source, list) else str(source)
        if one.get("cell_type") in {"markdown", "raw"} and source.startswith("---\n") and not number:
            front = read_front(source if source.endswith("\n") else source + "\n")
            context.cells = defaults(front.data, cells)
            head = written(front, account, path)
            rest = convert(context, lines_of(source[front.body :]), top=True)
            made.append({**one, "source": "\n".join([*head, *rest])})
        elif one.get("cell_type") == "markdown":
            lines = convert(context, lines_of(source), top=True)
            now = "\n".join([*lines, *_later(context)])
            made.append(dict(one) if now == source.rstrip("\n") else {**one, "source": _shaped(one, now)})
            context.later.clear()
        elif one.get("cell_type") == "code":
            made += _code(context, one, source)
        else:
            made.append(one)
    if sources:
        made.append({"cell_type": "markdown", "metadata": {}, "source": sources})
    return json.dumps({**data, "cells": made}, ensure_ascii=False, indent=1) + "\n"


def _code(context: Context, one: Mapping[str, Any], source: str) -> list[dict[str, Any]]:
    """A cell with its options as metadata, and the figure of its output as a cell of text."""
    lines = tuple(source.split("\n"))
    if not lines[0].startswith("#|"):
        return [dict(one)]
    made = cell(context, 1, "```", f"{{{context.language}}}", lines, listed=False)
    options: dict[str, Any] = {}
    body = list(made.lines[1:-1])
    while body and (found := re.fullmatch(r":([\w-]+):(?:\s(.*))?", body[0])):
        value = found[2] or ""
        options[found[1]] = value[1:-1].split(", ") if found[1] == "tags" else value
        body.pop(0)
    metadata = one.get("metadata") if isinstance(one.get("metadata"), dict) else {}
    code = _shaped(one, "\n".join(body).strip("\n"))
    result = [{**one, "metadata": {**(metadata or {}), **options}, "source": code}]
    if made.after:
        result.append({"cell_type": "markdown", "metadata": {}, "source": "\n".join(made.after).strip("\n")})
    return result


def _shaped(one: Mapping[str, Any], text: str) -> str | list[str]:
    """A source as the cell had it: one text, or a list of lines."""
    return text.splitlines(keepends=True) if isinstance(one.get("source"), list) else text
