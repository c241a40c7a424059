"""Roles: ``{name}`content` `` to inline nodes, one function a family."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from etude.model.inline import (
    Abbreviation,
    ApiLink,
    Citation,
    CitationKind,
    Eval,
    Glue,
    IndexEntry,
    IndexMark,
    Inline,
    InlineCode,
    InlineMath,
    Keyboard,
    Link,
    Reference,
    Subscript,
    Superscript,
    Text,
    UnknownRole,
)
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse import formulas, links, roles_looks, roles_words
from etude.parse.addresses import is_external
from etude.parse.context import Context
from etude.parse.lines import Places
from etude.parse.role_call import Make, Role, RoleCall, empty, inline, titled
from etude.parse.spelling import did_you_mean

__all__ = ["ROLES", "Role", "RoleCall", "index_entries", "role"]

_API_DOMAINS = ("py", "c", "cpp", "js", "std", "rst")


def role(context: Context, name: str, content: str, span: Span, places: Places) -> Sequence[Inline]:
    """The nodes of one role; an unknown one keeps its text and is reported with the nearest name."""
    call = RoleCall(context, name, content, span, places)
    known = ROLES.get(name) or ROLES.get(name.lower())
    if known is not None:
        return known.make(call)
    if name.startswith("external"):
        project, _, name = name.removeprefix("external").partition(":")
        if ":" not in name:
            name = f"any:{name or 'any'}"
        domain, _, rest = name.partition(":")
        return _api(call, domain, rest, project.removeprefix("+"))
    domain, _, rest = name.partition(":")
    if domain in _API_DOMAINS and rest:
        return _api(call, domain, rest)
    if name.lower() == "nb-download":
        return roles_words.made_file(call)
    if name.lower().startswith("raw-"):
        return roles_words.raw(call)
    context.report(
        Rule.UNKNOWN_ROLE, f"the role `{name}` is not known", span, hints=did_you_mean(name, ROLES)
    )
    return (UnknownRole(span, name, content),)


def _reference(kind: Literal["ref", "numref", "eq", "any"]) -> Make:
    def make(call: RoleCall) -> Sequence[Inline]:
        target, children = titled(call)
        target = target.removeprefix("#")
        if not target:
            return empty(call, Rule.REFERENCE_BROKEN, "label")
        return (Reference(call.span, kind, target, children),)

    return make


def _doc(call: RoleCall) -> Sequence[Inline]:
    target, children = titled(call)
    path = call.context.resolve(target, call.span)
    if path is None:
        return empty(call, Rule.REFERENCE_BROKEN, "page")
    return (Reference(call.span, "doc", call.context.page_name(path), children),)


def _download(call: RoleCall) -> Sequence[Inline]:
    target, children = titled(call)
    if not target:
        return empty(call, Rule.FILE_MISSING, "file")
    if is_external(target):
        url = links.safe(call.context, target, call.span)
        return (Link(call.span, children or (Text(call.span, target),), url),)
    path = call.context.locate(target, call.span, what="the file")
    if path is None:
        return children or (Text(call.span, target),)
    return (Reference(call.span, "download", call.context.use(path), children),)


def _term(call: RoleCall) -> Sequence[Inline]:
    target, children = titled(call)
    if not target:
        return empty(call, Rule.TERM_UNKNOWN, "term")
    return (Reference(call.span, "term", target, children),)


def _cite(kind: CitationKind) -> Make:
    def make(call: RoleCall) -> Sequence[Inline]:
        content, prefix, suffix = call.content.strip(), "", ""
        if content.startswith("{") and "}" in content:
            prefix, _, content = content[1:].partition("}")
        if content.endswith("}") and "{" in content:
            content, _, suffix = content[:-1].rpartition("{")
        keys = tuple(k for k in (part.strip() for part in re.split(r"[,;，；]", content)) if k)
        if not keys:
            return empty(call, Rule.CITATION_UNKNOWN, "work")
        return (Citation(call.span, kind, keys, prefix.strip(), suffix.strip()),)

    return make


def _eval(call: RoleCall) -> Sequence[Inline]:
    expression = call.content.strip()
    if not expression:
        return empty(call, Rule.EVAL_FAILED, "expression")
    return (Eval(call.span, expression, len(call.context.cells)),)


def _around(make: Make) -> Make:
    """What a role makes, in parentheses."""

    def made(call: RoleCall) -> Sequence[Inline]:
        before, after = "（）" if call.context.language.startswith("zh") else "()"
        return (Text(call.span, before), *make(call), Text(call.span, after))

    return made


def _glue(call: RoleCall) -> Sequence[Inline]:
    return _glued(call, call.content.strip(), "")


def _glue_text(call: RoleCall) -> Sequence[Inline]:
    """``path::name:format``; the format is that of a number."""
    page, mark, rest = call.content.strip().rpartition("::")
    name, _, form = rest.rpartition(":")
    return _glued(call, page + mark + (name or form), form if name else "s")


def _glued(call: RoleCall, name: str, form: str) -> Sequence[Inline]:
    page, _, name = name.rpartition("::")
    if not name:
        return empty(call, Rule.EVAL_FAILED, "value")
    if page:
        path = call.context.resolve(page, call.span)
        page = call.context.page_name(path) if path is not None else page
    return (Glue(call.span, name, 0, page, form),)


def _math(call: RoleCall) -> Sequence[Inline]:
    tex = formulas.inline(call.context, call.content.strip(), call.span)
    return (InlineMath(call.span, tex),)


def _abbreviation(call: RoleCall) -> Sequence[Inline]:
    content = call.content.strip()
    opening = next((i for i, char in enumerate(content) if char in "(（"), -1)
    if opening < 0 or content[-1] not in ")）":
        return (Abbreviation(call.span, content, ""),)
    return (Abbreviation(call.span, content[:opening].strip(), content[opening + 1 : -1].strip()),)


def _wrap(kind: type[Superscript | Subscript]) -> Make:
    def make(call: RoleCall) -> Sequence[Inline]:
        return (kind(call.span, inline(call, call.content)),)

    return make


def _code(call: RoleCall) -> Sequence[Inline]:
    return (InlineCode(call.span, " ".join(call.content.split("\n"))),)


def _keyboard(call: RoleCall) -> Sequence[Inline]:
    return (Keyboard(call.span, call.content.strip()),)


def index_entries(text: str) -> tuple[IndexEntry, ...]:
    """Entries as Sphinx writes them: ``single: a; b``, ``pair: a; b``, ``see: a; b``, or plain ``a; b``."""
    text = text.strip()
    kind, colon, rest = text.lstrip("!").strip().partition(":")
    kind = kind.strip().lower() if colon else ""
    if kind not in {"single", "pair", "triple", "see", "seealso"}:
        kind, rest = "single", text
    rest = rest.strip()
    main = text.startswith("!") or rest.startswith("!")
    parts = tuple(p for p in (part.strip() for part in re.split(r"[;；]", rest.lstrip("!"))) if p)
    match kind, parts:
        case _, ():
            return ()
        case "pair", (one, other):
            return IndexEntry((one, other), main=main), IndexEntry((other, one), main=main)
        case "triple", (one, two, three):
            return tuple(
                IndexEntry(path, main=main)
                for path in ((one, f"{two} {three}"), (two, f"{three}, {one}"), (three, f"{one} {two}"))
            )
        case "see", (one, other):
            return (IndexEntry((one,), "see", other),)
        case "seealso", (one, other):
            return (IndexEntry((one,), "seealso", other),)
        case _:
            return (IndexEntry(parts, main=main),)


def _index(call: RoleCall) -> Sequence[Inline]:
    target, children = titled(call)
    entries = index_entries(target)
    if not entries:
        return empty(call, Rule.DIRECTIVE_BODY, "entry")
    if not children:
        words = call.content.lstrip("! ")
        children = call.context.parse_inline(words, call.places.inner(len(call.content) - len(words)))
    return (IndexMark(call.span, call.context.identify_mark(), entries, children),)


def _api(call: RoleCall, domain: str, name: str, project: str = "") -> Sequence[Inline]:
    target, children = titled(call)
    short = target.startswith("~")
    target = target.lstrip("~!")
    if not target:
        return empty(call, Rule.INVENTORY_UNKNOWN, "object")
    shown = target.rpartition(".")[2] if short else target
    if project:
        target = f"{project}:{target}"
    return (ApiLink(call.span, domain, name, target, children or (InlineCode(call.span, shown),)),)


ROLES: dict[str, Role] = {
    "ref": Role(_reference("ref"), "A link to a label, with the title or the number of what it leads to."),
    "numref": Role(_reference("numref"), "A link to a label, with its number; takes a template with `%s`."),
    "eq": Role(_reference("eq"), "A link to a numbered formula."),
    "any": Role(_reference("any"), "A link to a label of any kind."),
    "doc": Role(_doc, "A link to a page."),
    "term": Role(_term, "A link to a term of the glossary."),
    "download": Role(_download, "A link to a file of the book."),
    "cite": Role(_cite("p"), "A citation in parentheses."),
    "cite:p": Role(_cite("p"), "A citation in parentheses."),
    "cite:t": Role(_cite("t"), "A citation in the text."),
    "cite:alp": Role(_cite("alp"), "A citation without parentheses."),
    "cite:empty": Role(_cite("empty"), "A work that is listed and not cited."),
    "cite:title": Role(_cite("title"), "The title of a work."),
    "cite:yearpar": Role(_around(_cite("year")), "The year of a work, in parentheses."),
    "cite:authorpar": Role(_around(_cite("author")), "The authors of a work, in parentheses."),
    "cite:year": Role(_cite("year"), "The year of a work."),
    "cite:author": Role(_cite("author"), "The authors of a work."),
    "glue": Role(_glue, "A value that a cell has named with `glue`."),
    "glue:text": Role(_glue_text, "Such a value as text; a format may follow its name."),
    "eval": Role(_eval, "A value from the kernel, after the cell before it."),
    "math": Role(_math, "A formula."),
    "sup": Role(_wrap(Superscript), "Raised text."),
    "sub": Role(_wrap(Subscript), "Lowered text."),
    "kbd": Role(_keyboard, "A key to press."),
    "abbr": Role(_abbreviation, "A short form with its long form in parentheses."),
    "code": Role(_code, "Code."),
    "index": Role(_index, "Words that the index leads to."),
    **roles_words.ROLES,
    **roles_looks.ROLES,
}
for _alias, _name in (
    ("citep", "cite:p"), ("citet", "cite:t"), ("superscript", "sup"), ("subscript", "sub"),
    ("abbreviation", "abbr"), ("evaluate", "eval"), ("literal", "code"), ("keyboard", "kbd"),
    ("prf:ref", "ref"), ("proof:ref", "ref"), ("math:numref", "eq"), ("glue:", "glue"), ("glue:any", "glue"),
    ("glue:md", "glue"), ("cite:ps", "cite:p"), ("cite:ts", "cite:t"), ("cite:ct", "cite:t"),
    ("cite:cts", "cite:t"), ("cite:label", "cite:p"), ("cite:labels", "cite:p"), ("cite:labelpar", "cite:p"),
    ("cite:labelpars", "cite:p"), ("cite:alps", "cite:alp"), ("cite:cite", "cite:p"),
    ("cite:years", "cite:year"),
    ("cite:yearpars", "cite:yearpar"), ("cite:authors", "cite:author"), ("cite:authorpars", "cite:authorpar"),
    ("cite:cauthor", "cite:author"), ("cite:cauthors", "cite:author"), ("citeauthor", "cite:author"),
    ("citeyear", "cite:year"), ("citealp", "cite:alp"), ("nocite", "cite:empty"), ("footcite", "cite:p"),
    ("footcite:p", "cite:p"), ("footcite:ps", "cite:p"), ("footcite:t", "cite:t"), ("footcite:ts", "cite:t"),
    ("footcite:ct", "cite:t"), ("footcite:cts", "cite:t"), ("footfullcite", "cite:p"), ("fullcite", "cite:p"),
    ("cite:full", "cite:p"),
):  # fmt: skip
    ROLES[_alias] = ROLES[_name]
