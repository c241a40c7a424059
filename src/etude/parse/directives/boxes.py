"""Boxes: admonitions, theorems, exercises, notes beside the text, and what arranges them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from etude.model.block import (
    Admonition,
    Aside,
    BlockNode,
    Comment,
    Dropdown,
    Exercise,
    Paragraph,
    Proof,
    Solution,
)
from etude.model.inline import Inline, Text
from etude.model.rules import Rule
from etude.model.words import word
from etude.parse import values
from etude.parse.directives import layout
from etude.parse.directives.call import COMMON, Call, Convert, Directive

__all__ = ["ADMONITIONS", "DIRECTIVES", "PROOFS"]

ADMONITIONS = (
    "note", "tip", "important", "warning", "caution", "danger", "error", "hint", "attention", "seealso",
    "admonition",
)  # fmt: skip
PROOFS = (
    "theorem", "lemma", "definition", "proposition", "corollary", "axiom", "assumption", "conjecture",
    "criterion", "example", "remark", "observation", "property", "algorithm", "proof",
)  # fmt: skip


def _difficulty(value: Any) -> int:
    level = values.whole(value)
    if not 0 <= level <= 3:
        raise values.Bad("expected 1, 2 or 3")
    return level


def _admonition(call: Call) -> Sequence[BlockNode]:
    kind, classes = call.name, call.option("class", ())
    title = call.argument_inline()
    if kind == "admonition":
        kind = next((c for c in classes if c in ADMONITIONS), kind)
        if not title:
            hints = ("write it after `{admonition}`",)
            call.report(Rule.DIRECTIVE_ARGUMENT, "`admonition` needs a title", hints)
    folded = None
    collapsible = call.option("collapsible")
    if {"dropdown", "toggle", "toggle-shown"}.intersection(classes) or call.option("open") is not None:
        folded = not call.flag_option("open") and "toggle-shown" not in classes
    elif collapsible is not None:
        folded = collapsible != "open"
    identity, children = call.identity(), call.blocks()
    if not children and title and call.name != "admonition":  # its one line is what it says
        title, children = (), (Paragraph(call.argument_span, children=title),)
    elif not children:
        call.report(
            Rule.DIRECTIVE_BODY,
            f"`{call.name}` has no content",
            ("write its text on the lines below, before the fence is closed",),
        )
    return (Admonition(call.span, identity, call.names(), kind, title, children, folded),)


def _dropdown(call: Call) -> Sequence[BlockNode]:
    title, opened = call.argument_inline(), call.flag_option("open")
    return (Dropdown(call.span, call.identity(), call.names(), title, call.blocks(), opened),)


def _title(call: Call) -> tuple[Inline, ...]:
    return call.argument_inline() or call.option_inline("title")


def _numbered(call: Call) -> bool:
    return call.flag_option("enumerated", default=True) and not call.flag_option("nonumber")


def _content(call: Call) -> tuple[BlockNode, ...]:
    """The body; behind a click when the class `dropdown` asks for it."""
    blocks = call.blocks()
    if "dropdown" not in call.option("class", ()) or not blocks:
        return blocks
    words = "显示" if call.context.language.startswith("zh") else "Show"
    return (Dropdown(call.span, title=(Text(call.opener, words),), children=blocks),)


def _proof(call: Call) -> Sequence[BlockNode]:
    kind = call.name.partition(":")[2]
    numbered = kind != "proof" and _numbered(call)
    identity, title = call.identity(kind), _title(call)
    if kind == "proof" and "dropdown" in call.option("class", ()):
        name = Text(call.opener, word(call.context.language, "proof"))
        title = (name, Text(call.opener, ": "), *title) if title else (name,)
        return (Dropdown(call.span, identity if call.names() else "", call.names(), title, call.blocks()),)
    return (Proof(call.span, identity, call.names(), kind, title, _content(call), numbered),)


def _exercise(call: Call) -> Sequence[BlockNode]:
    if call.flag_option("hidden"):
        return (Comment(call.span, value=call.body.text),)
    identity, title, grade = call.identity("exercise"), _title(call), call.option("difficulty", 0)
    return (Exercise(call.span, identity, call.names(), title, _content(call), _numbered(call), grade),)


def _solution(call: Call) -> Sequence[BlockNode]:
    if call.flag_option("hidden"):
        return (Comment(call.span, value=call.body.text),)
    folded = "dropdown" in call.option("class", ()) or not call.flag_option("open")
    exercise = call.argument.strip().removeprefix("#")
    identity, title = call.identity("solution"), call.option_inline("title")
    return (Solution(call.span, identity, call.names(), exercise, title, call.blocks(), folded),)


def _gate(_call: Call) -> Sequence[BlockNode]:
    """The end of what `exercise-start` or `solution-start` began: `gates` joins what lies between."""
    return ()


def _aside(call: Call) -> Sequence[BlockNode]:
    kind: Literal["margin", "aside", "sidebar"] = "aside"
    match call.name:
        case "margin":
            kind = "margin"
        case "sidebar":
            kind = "sidebar"
        case _:
            pass
    title = call.argument_inline()
    return (Aside(call.span, call.identity(), call.names(), kind, title, call.blocks()),)


BOX: dict[str, Convert] = {
    **COMMON, "open": values.truth, "icon": values.text, "collapsible": values.text,
    **dict.fromkeys(
        ("color", "chevron", "animate", "margin", "class-container", "class-title", "class-body"), values.text
    ),
}  # fmt: skip
ASIDE: dict[str, Convert] = {
    **COMMON, "subtitle": values.text,
    **dict.fromkeys(("align", "width", "margin", "class-title", "class-body"), values.text),
}  # fmt: skip
PROOF: dict[str, Convert] = {
    **COMMON, "nonumber": values.truth, "enumerated": values.truth, "title": values.text,
}  # fmt: skip
EXERCISE: dict[str, Convert] = {**PROOF, "difficulty": _difficulty, "hidden": values.truth}
SOLUTION: dict[str, Convert] = {**COMMON, "open": values.truth, "title": values.text, "hidden": values.truth}

DIRECTIVES: dict[str, Directive] = {
    **{kind: Directive(_admonition, f"A box of the kind `{kind}`.", "optional", BOX) for kind in ADMONITIONS},
    "dropdown": Directive(_dropdown, "Content behind a title.", "optional", BOX, "required"),
    **{
        f"{prefix}{kind}": Directive(
            _proof, f"A numbered {kind}." if kind != "proof" else "A proof.", "optional", PROOF, "required"
        )
        for kind in PROOFS
        for prefix in ("prf:", "proof:")
    },
    "exercise": Directive(
        _exercise,
        "A task for the reader.",
        "optional",
        EXERCISE,
        "required",
        body_hint="write the task on the lines below, before the fence is closed",
    ),
    "solution": Directive(
        _solution,
        "The answer to the exercise with this label.",
        "required",
        SOLUTION,
        "required",
        argument_hint="write the exercise's label after it, as in `{solution} ex-mean`",
        body_hint="write the answer on the lines below, before the fence is closed",
    ),
    "exercise-start": Directive(
        _exercise, "Begins a task that ends at `exercise-end`: it may hold cells.", "optional", EXERCISE
    ),
    "solution-start": Directive(
        _solution,
        "Begins the answer to the exercise with this label; it ends at `solution-end`.",
        "required",
        SOLUTION,
        argument_hint="write the exercise's label after it, as in `{solution-start} ex-mean`",
    ),
    "exercise-end": Directive(_gate, "Ends what `exercise-start` or `solution-start` began."),
    **layout.DIRECTIVES,
    "aside": Directive(_aside, "A note beside the text.", "optional", ASIDE, "required"),
}
for _alias, _name in (
    ("margin", "aside"), ("sidebar", "aside"), ("topic", "aside"), ("details", "dropdown"),
    ("see-also", "seealso"), ("solution-end", "exercise-end"),
):  # fmt: skip
    DIRECTIVES[_alias] = DIRECTIVES[_name]
