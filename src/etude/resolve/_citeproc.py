"""Runs citeproc-py: a CSL style and works -> how each is cited and listed, with private markers.

citeproc-py (and lxml with it) is imported when a book has a style; it is slow, so what it made of
one style and set of works is remembered while the process lives.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import msgspec
from msgspec import Struct

__all__ = ["CITE", "CLOSE", "END", "MARKS", "OPEN", "WORDS", "Rendered", "StyleError", "render"]

OPEN, CLOSE = "\ue000", "\ue001"
"""Around marked text; after `OPEN` one of `MARKS` says how it is marked."""
CITE, WORDS, END = "\ue002", "\ue003", "\ue004"
"""Around a cited work: `CITE`, the work's position, `WORDS`, what cites it, `END`."""
MARKS = "\ue010\ue011\ue012\ue013"
"""Italic, bold, superscript, subscript."""

_UNSAFE = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_LOCALE = re.compile(r"<style\b[^>]*\bdefault-locale=[\"']([A-Za-z-]+)[\"']")
_CITED = re.compile(f"{CITE}([0-9]+){WORDS}.*?{END}", re.DOTALL)


class StyleError(Exception):
    """A style cannot be used; the message says why."""


class Rendered(Struct, frozen=True):
    """What a style makes of works; they are named by their positions."""

    numeric: bool
    """Whether works are cited by numbers."""
    sorts: bool
    """Whether the works cited together are sorted (as `cites` is), or stand as the author has them."""
    collapses: bool
    """Whether three numbers or more that follow each other become a range."""
    before: str
    between: str
    after: str
    """What encloses and parts the works cited together."""
    cites: dict[int, str]
    """How each work is cited, with its markers, in the order of the style."""
    numbers: dict[int, int]
    """The number of each work, from 1."""
    works: tuple[tuple[int, str], ...]
    """The list of works in its order; empty when the style has none."""


def render(style: str, language: str, items: bytes) -> Rendered:
    """Render works in a style.

    Args:
        style: The text of a ``.csl`` file.
        language: Of the page; it chooses the words and quotation marks of the style.
        items: CSL-JSON, an array; the id of each work is ``k`` and its position.

    Raises:
        StyleError: The style is broken, unsafe, or more than citeproc-py can do.
    """
    if not style.strip():
        raise StyleError("its file is absent or empty")
    if _UNSAFE.search(style):
        raise StyleError("a style must not declare a document type or entities")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _render(style, language, items)
    except Exception as error:  # citeproc lets through whatever a style makes fail
        raise StyleError(f"{type(error).__name__}: {error}") from error


@lru_cache(maxsize=8)
def _render(style: str, language: str, items: bytes) -> Rendered:
    import citeproc  # noqa: PLC0415 -- heavy, and few books have a CSL style
    from citeproc.source.json import CiteProcJSON  # noqa: PLC0415
    from citeproc.string import String  # noqa: PLC0415

    sheet = citeproc.CitationStylesStyle(
        BytesIO(style.lstrip("\ufeff").encode()), locale=_locale(style, language), validate=False
    )
    data = msgspec.json.decode(items)
    works = citeproc.CitationStylesBibliography(sheet, CiteProcJSON(data), _formatter(String))
    everything = citeproc.Citation(
        [
            citeproc.CitationItem(item["id"], prefix=f"{CITE}{i}{WORDS}", suffix=END)
            for i, item in enumerate(data)
        ]
    )
    works.register(everything)
    if sheet.has_bibliography():
        works.sort()
    text = str(works.cite(everything, lambda _: ""))
    found = list(_CITED.finditer(text))
    if not found:
        raise StyleError("it cites nothing")
    citation = sheet.root.find("{*}citation")
    return Rendered(
        numeric=_is_numeric(sheet.root),
        sorts=citation.find("{*}sort") is not None,
        collapses=citation.get("collapse") == "citation-number",
        before=text[: found[0].start()],
        between=text[found[0].end() : found[1].start()] if len(found) > 1 else "",
        after=text[found[-1].end() :],
        cites={int(cite[1]): cite[0] for cite in found},
        numbers={int(key[1:]): number for number, key in enumerate(works.keys, 1)},
        works=tuple(
            (int(item.key[1:]), str(text))
            for item, text in zip(works.items, works.bibliography(), strict=True)
        )
        if sheet.has_bibliography()
        else (),
    )


def _formatter(string: Callable[[str], Any]) -> SimpleNamespace:
    """What citeproc asks of the module of an output format; `string` is its kind of text."""

    def mark(sign: str) -> Callable[[object], Any]:
        return lambda text: string(f"{OPEN}{sign}{text}{CLOSE}")

    italic, bold, superscript, subscript = map(mark, MARKS)
    return SimpleNamespace(
        preformat=str,
        Italic=italic,
        Oblique=italic,
        Bold=bold,
        Superscript=superscript,
        Subscript=subscript,
        Light=string,
        Underline=string,
        SmallCaps=string,
    )


def _locale(style: str, language: str) -> str:
    """The locale of a page: Chinese ones their own, others the style's, else American English."""
    if language.startswith("zh"):
        return "zh-TW" if language.lower() in ("zh-tw", "zh-hk", "zh-hant") else "zh-CN"
    found = _LOCALE.search(style)
    return found[1] if found and not found[1].startswith("zh") else "en-US"


def _is_numeric(root: Any) -> bool:
    """Whether citations are numbers."""
    for category in root.iterfind("{*}info/{*}category"):
        if form := category.get("citation-format"):
            return bool(form == "numeric")
    return any(node.get("variable") == "citation-number" for node in root.iterfind("{*}citation//{*}text"))
