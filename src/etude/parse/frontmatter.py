"""The YAML at the head of a page, validated against the keys Etude knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from etude.model.page import Alias, FrontMatter, PageExecution
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse import frontmatter_values as values
from etude.parse import yamls
from etude.parse.abbreviations import short_forms
from etude.parse.context import Context
from etude.parse.discussions import discussions
from etude.parse.frontmatter_execution import execution, kernel, turned_off
from etude.parse.frontmatter_ignored import IGNORED
from etude.parse.spelling import did_you_mean
from etude.parse.values import Bad, names, text, truth

__all__ = ["FIELDS", "Head", "from_data", "read_head", "split_head"]

_END = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
_OPENING = re.compile(r"---[ \t]*\n")


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
                substitutions.update(values.substitutions(context, value, span))
            elif name == "kernelspec":
                found["kernel"] = kernel(value)
            elif name == "execute":
                found["execute"] = execution(context, value, span)
            elif name == "skip_execution" or (name == "mystnb" and turned_off(value)):
                skip = name == "mystnb" or truth(value)
                found["execute"] = replace(found.get("execute", PageExecution()), skip=skip)
            elif name == "aliases":
                found["aliases"] = tuple(Alias(one, span) for one in values.aliases(value))
            elif name == "discussion":
                found["discussions"] = discussions(context, value, span)
            elif name == "short":
                found["short"] = Alias(values.code(value), span)
            elif name == "abbreviations":
                own = values.long_forms(value)
                context.abbreviations = short_forms((*context.abbreviations.long.items(), *own.items()))
            elif name == "math":
                context.macros.update(values.macros(value))
            elif name in {"image", "thumbnail"}:
                picture = values.picture(context, value, span)
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


_FIELDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "title": ("title", text),
    "subtitle": ("subtitle", text),
    "short_title": ("short_title", text),
    "label": ("label", text),
    "description": ("description", text),
    "authors": ("authors", values.authors),
    "author": ("authors", values.authors),
    "keywords": ("keywords", names),
    "date": ("date", text),
    "updated": ("updated", text),
    "license": ("license", text),
    "numbered": ("numbered", truth),
    "numbering": ("numbered", values.numbered),
    "variants": ("variants", names),
}

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
