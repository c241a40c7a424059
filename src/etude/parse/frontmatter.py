"""The YAML at the head of a page, validated against the keys Etude knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from etude.model.page import FrontMatter, PageExecution
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse import yamls
from etude.parse.context import Context, did_you_mean
from etude.parse.values import Bad, names, parse_resources, seconds, text, truth, whole

_HEAD = re.compile(r"---[ \t]*\n(.*?)(?:^(?:---|\.\.\.)[ \t]*(?:\n|\Z))", re.DOTALL | re.MULTILINE)

IGNORED = frozenset({
    "jupytext", "exports", "thumbnail", "banner", "github", "doi", "tags", "bibliography", "jupyter", "short_title",
    "downloads", "copyright", "open_access", "venue", "site", "options", "myst", "html_theme", "orphan", "math",
    "abbreviations", "export", "parts", "language_info", "nbformat", "nbformat_minor", "mystnb", "toc", "keep_ipynb",
})  # fmt: skip
"""Keys that other tools read; Etude leaves them alone."""


class Head(Struct, frozen=True):
    """A text's front matter and where its body begins."""

    front: FrontMatter
    substitutions: Mapping[str, str]
    body: int
    """Offset of the first character after the front matter."""


def split_head(source: str) -> tuple[str, int, int]:
    """The YAML of a page, its offset, and the offset of the body; no YAML when there is none."""
    if not source.startswith("---"):
        return "", 0, 0
    match = _HEAD.match(source)
    if match is None:
        return "", 0, 0
    return match[1], match.start(1), match.end()


def read_head(context: Context, source: str) -> Head:
    """Validate a page's front matter; every problem is reported, what is right is kept."""
    raw, start, body = split_head(source)
    if not body and re.match(r"---[ \t]*\n\s*[\w-]+[ \t]*:", source):
        context.report(
            Rule.FRONT_MATTER_SYNTAX,
            "the front matter is not closed",
            Span(0, 3),
            hints=("end it with a line of three dashes",),
        )
    if not body:
        return Head(FrontMatter(), context.substitutions, 0)
    result = yamls.load(raw)
    if isinstance(result, yamls.YamlProblem):
        at = min(start + result.offset, body)
        context.report(
            Rule.FRONT_MATTER_SYNTAX, f"the front matter cannot be read: {result.message}", Span(at, at + 1)
        )
        return Head(FrontMatter(), context.substitutions, body)
    return from_data(context, result.data, {k: start + v for k, v in result.keys.items()}, body)


def from_data(context: Context, data: Any, keys: Mapping[str, int], body: int) -> Head:
    """The same from data (a notebook's metadata); `keys` are offsets of its keys."""
    if data is None:
        return Head(FrontMatter(), context.substitutions, body)
    if not isinstance(data, dict):
        context.report(
            Rule.FRONT_MATTER_VALUE, "the front matter is not a table of keys and values", Span(0, body)
        )
        return Head(FrontMatter(), context.substitutions, body)
    found: dict[str, Any] = {}
    substitutions = dict(context.substitutions)
    for key, value in data.items():
        name = str(key)
        at = keys.get(name, 0)
        span = Span(at, at + len(name))
        if name in {"substitutions", "myst_substitutions"} and isinstance(value, dict):
            substitutions.update({str(k): str(v) for k, v in value.items()})
        elif name == "kernelspec":
            found["kernel"] = str(value.get("name", "")) if isinstance(value, dict) else str(value)
        elif name == "execute":
            found["execute"] = _execution(context, value, span)
        elif name in _FIELDS:
            field, convert = _FIELDS[name]
            try:
                found[field] = convert(value)
            except Bad as bad:
                context.report(Rule.FRONT_MATTER_VALUE, f"`{name}`: {bad}", span)
            if field == "variants":
                context.check_variants(found.get(field, ()), span)
        elif name not in IGNORED:
            context.report(
                Rule.FRONT_MATTER_UNKNOWN_KEY,
                f"the key `{name}` is not known",
                span,
                hints=did_you_mean(name, [*_FIELDS, "execute", "kernelspec", "substitutions"]),
            )
    return Head(FrontMatter(**found), substitutions, body)


def _authors(value: Any) -> tuple[str, ...]:
    if isinstance(value, dict):
        value = [value]
    if isinstance(value, list):
        return tuple(str(item.get("name", "")) if isinstance(item, dict) else text(item) for item in value)
    return (text(value),)


_FIELDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "title": ("title", text),
    "subtitle": ("subtitle", text),
    "label": ("label", text),
    "description": ("description", text),
    "authors": ("authors", _authors),
    "author": ("authors", _authors),
    "keywords": ("keywords", names),
    "date": ("date", text),
    "license": ("license", text),
    "numbered": ("numbered", truth),
    "numbering": ("numbered", truth),
    "variants": ("variants", names),
}

_EXECUTION: dict[str, Callable[[Any], Any]] = {
    "timeout": seconds,
    "run_timeout": seconds,
    "inputs": names,
    "environment": names,
    "resources": parse_resources,
    "seed": whole,
    "skip": truth,
}

FIELDS = (*_FIELDS, "execute", "kernelspec", "substitutions")
EXECUTION_FIELDS = tuple(_EXECUTION)


def _execution(context: Context, value: Any, span: Span) -> PageExecution:
    if not isinstance(value, dict):
        context.report(Rule.FRONT_MATTER_VALUE, "`execute` is not a table of keys and values", span)
        return PageExecution()
    found: dict[str, Any] = {}
    for key, item in value.items():
        name = str(key).replace("-", "_")
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


__all__ = ["EXECUTION_FIELDS", "FIELDS", "Head", "from_data", "read_head", "split_head"]
