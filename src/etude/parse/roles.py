"""Roles: ``{name}`content` `` to inline nodes, one function a family."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias, cast

from msgspec import Struct

from etude.model.inline import (
    Abbreviation,
    ApiLink,
    Citation,
    Eval,
    IndexEntry,
    IndexMark,
    Inline,
    InlineCode,
    InlineMath,
    Keyboard,
    Reference,
    Subscript,
    Superscript,
    Text,
    UnknownRole,
)
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse.context import Context, did_you_mean, is_external
from etude.parse.lines import Places

_TITLED = re.compile(r"(.*?)\s*<([^<>]*)>\s*\Z", re.DOTALL)
_ABBREVIATION = re.compile(r"(.*?)\s*[(（](.*)[)）]\s*\Z", re.DOTALL)
_API_DOMAINS = ("py", "c", "cpp", "js", "std", "rst")


class RoleCall(Struct, frozen=True):
    """One use of a role."""

    context: Context
    name: str
    content: str
    span: Span
    places: Places


Make: TypeAlias = Callable[[RoleCall], Sequence[Inline]]


class Role(Struct, frozen=True):
    """A role: what makes its nodes, and what the handbook says of it."""

    make: Make
    summary: str


def role(context: Context, name: str, content: str, span: Span, places: Places) -> Sequence[Inline]:
    """The nodes of one role; an unknown one keeps its text and is reported with the nearest name."""
    call = RoleCall(context, name, content, span, places)
    known = ROLES.get(name)
    if known is not None:
        return known.make(call)
    domain, _, rest = name.partition(":")
    if domain in _API_DOMAINS and rest:
        return _api(call, domain, rest)
    context.report(
        Rule.UNKNOWN_ROLE, f"the role `{name}` is not known", span, hints=did_you_mean(name, ROLES)
    )
    return (UnknownRole(span, name, content),)


def unknown_substitution(context: Context, name: str, span: Span) -> None:
    """Report a substitution that is not defined (or that contains itself)."""
    if name in context.substitutions:
        message = f"the substitution `{name}` contains itself"
    else:
        message = f"the substitution `{name}` is not defined"
    hints = did_you_mean(name, context.substitutions) or (
        "define it under `substitutions:` in the front matter",
    )
    context.report(Rule.SUBSTITUTION_UNKNOWN, message, span, hints=hints)


def _titled(call: RoleCall) -> tuple[str, tuple[Inline, ...]]:
    """Target and own text of ``text <target>``, or the content as the target."""
    match = _TITLED.match(call.content)
    if match is None:
        return call.content.strip(), ()
    return match[2].strip(), _inline(call, match[1], 0)


def _inline(call: RoleCall, text: str, start: int) -> tuple[Inline, ...]:
    from etude.parse.inlines import parse_inline  # noqa: PLC0415 -- roles and inline text contain each other

    return parse_inline(call.context, text, call.places.inner(start) if start else call.places)


def _reference(kind: Literal["ref", "numref", "eq", "any"]) -> Make:
    def make(call: RoleCall) -> Sequence[Inline]:
        target, children = _titled(call)
        if not target:
            call.context.report(Rule.REFERENCE_BROKEN, f"`{call.name}` names no target", call.span)
            return (Text(call.span, call.content),)
        return (Reference(call.span, kind, target.removeprefix("#"), children),)

    return make


def _doc(call: RoleCall) -> Sequence[Inline]:
    target, children = _titled(call)
    path = call.context.resolve(target, call.span)
    name = call.context.page_name(path) if path else target
    return (Reference(call.span, "doc", name, children),)


def _download(call: RoleCall) -> Sequence[Inline]:
    target, children = _titled(call)
    if is_external(target):
        from etude.model.inline import Link  # noqa: PLC0415 -- only here

        return (Link(call.span, children or (Text(call.span, target),), target),)
    path = call.context.locate(target, call.span, what="the file")
    if path is None:
        return children or (Text(call.span, target),)
    return (Reference(call.span, "download", call.context.use(path), children),)


def _term(call: RoleCall) -> Sequence[Inline]:
    target, children = _titled(call)
    return (Reference(call.span, "term", target, children),)


def _cite(kind: Literal["p", "t", "year", "author"]) -> Make:
    def make(call: RoleCall) -> Sequence[Inline]:
        content, prefix, suffix = call.content, "", ""
        match = re.match(r"\s*\{(.*?)\}(.*?)(?:\{(.*?)\})?\s*\Z", content, re.DOTALL)
        if match is not None:
            prefix, content, suffix = match[1], match[2], match[3] or ""
        keys = tuple(k for k in (part.strip() for part in re.split(r"[,;，；]", content)) if k)
        if not keys:
            call.context.report(Rule.CITATION_UNKNOWN, f"`{call.name}` names no work", call.span)
            return ()
        return (Citation(call.span, kind, keys, prefix, suffix),)

    return make


def _eval(call: RoleCall) -> Sequence[Inline]:
    expression = call.content.strip()
    if not expression:
        call.context.report(Rule.EVAL_FAILED, "`eval` holds no expression", call.span)
        return ()
    return (Eval(call.span, expression, len(call.context.cells)),)


def _math(call: RoleCall) -> Sequence[Inline]:
    call.context.formula(call.content, display=False)
    return (InlineMath(call.span, call.content),)


def _abbreviation(call: RoleCall) -> Sequence[Inline]:
    match = _ABBREVIATION.match(call.content)
    if match is None:
        return (Abbreviation(call.span, call.content.strip(), ""),)
    return (Abbreviation(call.span, match[1].strip(), match[2].strip()),)


def _wrap(kind: type[Superscript | Subscript]) -> Make:
    def make(call: RoleCall) -> Sequence[Inline]:
        return (kind(call.span, _inline(call, call.content, 0)),)

    return make


def _code(call: RoleCall) -> Sequence[Inline]:
    return (InlineCode(call.span, call.content),)


def _keyboard(call: RoleCall) -> Sequence[Inline]:
    return (Keyboard(call.span, call.content.strip()),)


def index_entries(text: str) -> tuple[IndexEntry, ...]:
    """Entries as Sphinx writes them: ``single: a; b``, ``pair: a; b``, ``see: a; b``, or plain ``a; b``."""
    text = text.strip()
    main = text.startswith("!")
    kind, colon, rest = text.lstrip("!").strip().partition(":")
    kind = kind.strip().lower() if colon else ""
    if kind not in {"single", "pair", "triple", "see", "seealso"}:
        kind, rest = "single", text.lstrip("!")
    parts = tuple(p for p in (part.strip() for part in re.split(r"[;；]", rest)) if p)
    if not parts:
        return ()
    match kind:
        case "pair" if len(parts) == 2:
            return IndexEntry(parts, main=main), IndexEntry(parts[::-1], main=main)
        case "see" | "seealso" if len(parts) == 2:
            return (IndexEntry(parts[:1], cast('Literal["see", "seealso"]', kind), parts[1]),)
        case _:
            return (IndexEntry(parts, main=main),)


def _index(call: RoleCall) -> Sequence[Inline]:
    target, children = _titled(call)
    children = children or _inline(call, call.content, 0)
    call.context.index_marks += 1
    identity = call.context.identify(f"index-{call.context.index_marks}")
    return (IndexMark(call.span, identity, index_entries(target), children),)


def _api(call: RoleCall, domain: str, name: str) -> Sequence[Inline]:
    target, children = _titled(call)
    shown = target
    if not children:
        short = target.startswith("~")
        target = target.lstrip("~!")
        shown = target.rpartition(".")[2] if short else target
        children = (InlineCode(call.span, shown),)
    return (ApiLink(call.span, domain, name, target.lstrip("~!"), children),)


ROLES: dict[str, Role] = {
    "ref": Role(_reference("ref"), "A link to a label, with the title of what it leads to."),
    "numref": Role(_reference("numref"), "A link to a label, with its number; takes a template with `%s`."),
    "eq": Role(_reference("eq"), "A link to a numbered formula."),
    "any": Role(_reference("any"), "A link to a label of any kind."),
    "doc": Role(_doc, "A link to a page."),
    "term": Role(_term, "A link to a term of the glossary."),
    "download": Role(_download, "A link to a file of the book."),
    "cite": Role(_cite("p"), "A citation in parentheses."),
    "cite:p": Role(_cite("p"), "A citation in parentheses."),
    "cite:t": Role(_cite("t"), "A citation in the text."),
    "cite:year": Role(_cite("year"), "The year of a work."),
    "cite:author": Role(_cite("author"), "The authors of a work."),
    "eval": Role(_eval, "A value from the kernel, after the cell before it."),
    "math": Role(_math, "A formula."),
    "sup": Role(_wrap(Superscript), "Raised text."),
    "sub": Role(_wrap(Subscript), "Lowered text."),
    "kbd": Role(_keyboard, "A key to press."),
    "abbr": Role(_abbreviation, "A short form with its long form in parentheses."),
    "code": Role(_code, "Code."),
    "index": Role(_index, "Words that the index leads to."),
}
for _alias, _name in (
    ("citep", "cite:p"), ("citet", "cite:t"), ("superscript", "sup"), ("subscript", "sub"),
    ("abbreviation", "abbr"), ("evaluate", "eval"), ("literal", "code"), ("keyboard", "kbd"),
):  # fmt: skip
    ROLES[_alias] = ROLES[_name]
