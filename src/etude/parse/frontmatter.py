"""The YAML at the head of a page, validated against the keys Etude knows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import replace

from etude.model.config import Macro, Worker
from etude.model.page import Alias, FrontMatter, PageExecution
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse import yamls
from etude.parse.abbreviations import short_forms
from etude.parse.addresses import is_external
from etude.parse.context import Context
from etude.parse.discussions import discussions
from etude.parse.short import EXPECTED, is_code
from etude.parse.spelling import did_you_mean
from etude.parse.values import (
    Bad,
    names,
    parse_resources,
    seconds,
    size,
    text,
    timings,
    tolerance,
    truth,
    whole,
)

__all__ = ["EXECUTION_FIELDS", "FIELDS", "IGNORED", "Head", "from_data", "read_head", "split_head"]

_END = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
_OPENING = re.compile(r"---[ \t]*\n")

IGNORED = frozenset({
    # Jupyter, jupytext, Colab
    "jupytext", "jupyter", "language_info", "nbformat", "nbformat_minor", "kernel_info", "celltoolbar",
    "widgets", "colab", "accelerator", "keep_ipynb", "varInspector", "toc", "toc-autonumbering",
    # Sphinx and Jupyter Book
    "orphan", "tocdepth", "html_meta", "html_theme", "nosearch", "no-search", "myst", "mystnb", "file_format",
    "sd_hide_title", "bibliography", "tags",
    # MyST
    "exports", "export", "banner", "bannerOptimized", "thumbnailOptimized", "github", "doi", "arxiv", "pmid",
    "pmcid", "downloads", "copyright", "open_access", "venue", "biblio", "volume", "issue",
    "first_page", "last_page", "subject", "site", "options", "settings", "parts",
    "affiliations", "editors", "reviewers", "contributors", "funding", "identifiers", "id", "binder", "thebe",
    "edit_url", "source_url", "requirements", "resources", "references", "content_includes_title",
    "abstract", "acknowledgments", "acknowledgements", "data_availability", "keypoints", "epigraph",
    "dedication", "summary", "enumerator",
    "blogpost", "bluesky", "category", "execution", "execution_mode", "extends", "hide-toc",
    "hide_footer_links", "hide_outline", "hide_title_block", "location", "nocomments", "social",
})  # fmt: skip
"""Keys that other tools read; Etude leaves them alone."""


class Head(Struct, frozen=True):
    """A text's front matter and where its body begins."""

    front: FrontMatter
    substitutions: Mapping[str, Any]
    body: int
    """Offset of the first character after the front matter."""
    title_at: int | None = None
    """Offset of the title, where it stands in the text as it is."""


def split_head(source: str) -> tuple[str, int, int]:
    """The YAML of a page, its offset, and the offset of the body; no YAML when there is none."""
    opening = _OPENING.match(source)
    ending = _END.search(source, opening.end()) if opening is not None else None
    if opening is None or ending is None:
        return "", 0, 0
    return source[opening.end() : ending.start()], opening.end(), ending.end()


def read_head(context: Context, source: str, start: int = 0) -> Head:
    """Validate the front matter of a text that begins at `start` of the page's source.

    Every problem is reported; what is right is kept. `Head.body` is an offset in `source`.
    """
    raw, at, body = split_head(source)
    if not body:
        if re.match(r"---[ \t]*\n\s*[\w-]+[ \t]*:", source):
            context.report(
                Rule.FRONT_MATTER_SYNTAX,
                "the front matter is not closed",
                Span(start, start + 3),
                hints=("end it with a line of three dashes",),
            )
        return Head(FrontMatter(), context.substitutions, 0)
    result = yamls.load(raw)
    if isinstance(result, yamls.YamlProblem):
        span = Span(start, start + 3)
        if result.offset is not None:
            wrong = start + at + min(result.offset, max(len(raw) - 1, 0))
            span = Span(wrong, wrong + 1)
        message = f"the front matter cannot be read: {result.message}"
        context.report(Rule.FRONT_MATTER_SYNTAX, message, span)
        return Head(FrontMatter(), context.substitutions, body)
    for key, offset in result.repeated:
        place = start + at + offset
        span = Span(place, place + len(key))
        hints = ("the last value is taken",)
        context.report(Rule.FRONT_MATTER_VALUE, f"the key `{key}` is given twice", span, hints=hints)
    keys = {key: start + at + offset for key, offset in result.keys.items()}
    title = result.values.get("title")
    head = from_data(context, result.data, keys, Span(start, start + body))
    return Head(head.front, head.substitutions, body, None if title is None else start + at + title)


def from_data(context: Context, data: Any, keys: Mapping[str, int], whole_span: Span) -> Head:
    """The same from data (a notebook's metadata); `keys` are offsets of its keys, where known."""
    found: dict[str, Any] = {}
    substitutions = dict(context.substitutions)
    if data is not None and not isinstance(data, dict):
        message = "the front matter is not a table of keys and values"
        context.report(Rule.FRONT_MATTER_VALUE, message, whole_span)
        data = None
    for key, value in (data or {}).items():
        name = str(key)
        span = Span(keys[name], keys[name] + len(name)) if name in keys else whole_span
        try:
            if name in {"substitutions", "myst_substitutions"}:
                substitutions.update(_substitutions(context, value, span))
            elif name == "kernelspec":
                found["kernel"] = _kernel(value)
            elif name == "execute":
                found["execute"] = _execution(context, value, span)
            elif name == "skip_execution" or (name == "mystnb" and _turned_off(value)):
                skip = name == "mystnb" or truth(value)
                found["execute"] = replace(found.get("execute", PageExecution()), skip=skip)
            elif name == "aliases":
                found["aliases"] = tuple(Alias(one, span) for one in _aliases(value))
            elif name == "discussion":
                found["discussions"] = discussions(context, value, span)
            elif name == "short":
                found["short"] = Alias(_code(value), span)
            elif name == "abbreviations":
                own = _long_forms(value)
                context.abbreviations = short_forms((*context.abbreviations.long.items(), *own.items()))
            elif name == "math":
                context.macros.update(_macros(value))
            elif name in {"image", "thumbnail"}:
                picture = _picture(context, value, span)
                # That of MyST gives way to our own, wherever they stand.
                if name == "image" or "image" not in data:
                    found["image"] = picture
            elif name in _FIELDS:
                field, convert = _FIELDS[name]
                found[field] = convert(value)
                if field == "variants":
                    context.check_variants(found[field], span)
            elif name not in IGNORED:
                context.report(
                    Rule.FRONT_MATTER_UNKNOWN_KEY,
                    f"the key `{name}` is not known",
                    span,
                    hints=did_you_mean(name, FIELDS),
                )
        except Bad as bad:
            context.report(Rule.FRONT_MATTER_VALUE, f"`{name}`: {bad}", span)
    return Head(FrontMatter(**found), substitutions, 0)


def _substitutions(context: Context, value: Any, span: Span) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Bad("expected a table of names and texts")
    found: dict[str, Any] = {}
    for name, given in value.items():
        if isinstance(given, dict | list | dt.date):
            found[str(name)] = given  # for expressions that look into it
            continue
        try:
            words = text(given)
        except Bad as bad:
            words = ""
            context.report(Rule.FRONT_MATTER_VALUE, f"`substitutions.{name}`: {bad}", span)
        found[str(name)] = words
    return found


def _long_forms(value: Any) -> dict[str, str]:
    """Long forms by short ones; an empty one takes that of the book away."""
    if value is not None and not isinstance(value, dict):
        raise Bad("expected a table of short forms with their long ones")
    return {str(name): text(long) if long else "" for name, long in (value or {}).items()}


def _turned_off(value: Any) -> bool:
    """Whether MyST-NB is told not to run a page."""
    return isinstance(value, dict) and str(value.get("execution_mode")).lower() in {"off", "false"}


def _macros(value: Any) -> dict[str, Macro]:
    r"""Commands of formulas: ``'\R': '\mathbb{R}'``, or a table with ``macro``."""
    found: dict[str, Macro] = {}
    for name, given in (value if isinstance(value, dict) else {}).items():
        body = given.get("macro") if isinstance(given, dict) else given
        if not isinstance(body, str):
            raise Bad(f"expected the LaTeX of `{name}`")
        bare = str(name).removeprefix("\\")
        found[bare] = Macro(bare, body.strip())
    if value is not None and not isinstance(value, dict):
        raise Bad("expected a table of commands and LaTeX")
    return found


def _authors(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(_author, value if isinstance(value, list) else [value]))


def _author(value: Any) -> str:
    name = text(value.get("name")) if isinstance(value, dict) else text(value)
    if not name:
        raise Bad("expected the name of each author, or a table with its `name`")
    return name


def _aliases(value: Any) -> tuple[str, ...]:
    """Old names: one, or a list; a suffix of a page's file falls away, as it does in the contents."""
    given = value if isinstance(value, list) else [] if value is None else [value]
    old = [text(one) for one in given]
    if not all(name.strip("/") for name in old):
        raise Bad("expected old names of the page, or addresses that begin with a slash")
    return tuple(dict.fromkeys(old))


def _code(value: Any) -> str:
    code = text(value)
    if not is_code(code):
        raise Bad(f"expected {EXPECTED}")
    return code


def _picture(context: Context, value: Any, span: Span) -> str:
    address = text(value)
    if not address or is_external(address):
        return address
    path = context.locate(address, span, what="the image")
    return context.use(path) if path is not None else ""


def _kernel(value: Any) -> str:
    name = value.get("name") if isinstance(value, dict) else value
    if name is not None and not (isinstance(name, str) and name.strip()):
        raise Bad("expected the name of a kernel, or a table with its `name`")
    return text(name)


def _numbered(value: Any) -> bool | None:
    """Whether the page is numbered; MyST's tables of what is numbered leave it to the contents."""
    return None if isinstance(value, dict) else truth(value)


def _worker(value: Any) -> str:
    if value not in get_args(Worker):
        raise Bad(f"expected one of {', '.join(get_args(Worker))}")
    return str(value)


def _checkpoint(value: Any) -> float | None:
    """Seconds; ``true`` is what the book says, ``false`` never."""
    if str(value).strip().lower() in ("true", "false"):
        return None if truth(value) else 0.0
    return 0.0 if str(value).strip() == "0" else seconds(value)


_FIELDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "title": ("title", text),
    "subtitle": ("subtitle", text),
    "short_title": ("short_title", text),
    "label": ("label", text),
    "description": ("description", text),
    "authors": ("authors", _authors),
    "author": ("authors", _authors),
    "keywords": ("keywords", names),
    "date": ("date", text),
    "updated": ("updated", text),
    "license": ("license", text),
    "numbered": ("numbered", truth),
    "numbering": ("numbered", _numbered),
    "variants": ("variants", names),
}

_EXECUTION: dict[str, Callable[[Any], Any]] = {
    "timeout": seconds,
    "run_timeout": seconds,
    "inputs": names,
    "environment": names,
    "resources": parse_resources,
    "memory_limit": size,
    "checkpoint": _checkpoint,
    "seed": whole,
    "worker": _worker,
    "skip": truth,
    "tolerance": tolerance,
    "timings": timings,
}

_ELSEWHERE = frozenset({"cache", "depends_on"})
"""What MyST says of execution, and Etude finds out."""

FIELDS = (
    *_FIELDS,
    *(
        "image",
        "thumbnail",
        "aliases",
        "short",
        "execute",
        "kernelspec",
        "substitutions",
        "math",
        "abbreviations",
        "discussion",
    ),
)
EXECUTION_FIELDS = tuple(_EXECUTION)


def _execution(context: Context, value: Any, span: Span) -> PageExecution:
    if not isinstance(value, dict):
        raise Bad("expected a table of keys and values")
    found: dict[str, Any] = {}
    for key, item in value.items():
        name = str(key).replace("-", "_")
        if name in _ELSEWHERE:
            continue
        if name not in _EXECUTION:
            context.report(
                Rule.FRONT_MATTER_UNKNOWN_KEY,
                f"the key `execute.{key}` is not known",
                span,
                hints=did_you_mean(name, _EXECUTION),
            )
            continue
        try:
            found[name] = _EXECUTION[name](item)
        except Bad as bad:
            context.report(Rule.FRONT_MATTER_VALUE, f"`execute.{key}`: {bad}", span)
    return PageExecution(**found)
