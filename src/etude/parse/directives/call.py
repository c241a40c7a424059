"""One use of a directive: its argument, options and body, and what its builder may ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from etude.model.block import Align, BlockNode
from etude.model.inline import Inline
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse import values, yamls
from etude.parse.context import Context, did_you_mean
from etude.parse.lines import Lines, Places

_OPTION = re.compile(r"[ \t]*:([A-Za-z][\w-]*):(?:[ \t]+(.*?))?[ \t]*\Z")

Convert: TypeAlias = Callable[[Any], Any]
Build: TypeAlias = "Callable[[Call], Sequence[BlockNode]]"


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive: what it takes, what builds its nodes, what the handbook says of it."""

    build: Build
    summary: str
    argument: Literal["none", "optional", "required"] = "none"
    options: Mapping[str, Convert] = field(default_factory=dict)
    body: Literal["none", "optional", "required"] = "optional"


@dataclass(slots=True)
class Call:
    """One use of a directive; `options` is filled once its definition is known."""

    context: Context
    name: str
    argument: str
    argument_at: int
    """Offset of the argument in the source."""
    body: Lines
    labels: tuple[str, ...]
    span: Span
    options: dict[str, Any] = field(default_factory=dict)

    # -- reading ----------------------------------------------------------------------------------

    def blocks(self) -> tuple[BlockNode, ...]:
        """The body as blocks."""
        from etude.parse.blocks import parse_blocks  # noqa: PLC0415 -- directives and blocks contain each other

        return parse_blocks(self.context, self.body)

    def inline(self, text: str, offset: int | None = None) -> tuple[Inline, ...]:
        """Text as inline nodes; without an offset it has the place of the whole directive."""
        from etude.parse.inlines import parse_inline  # noqa: PLC0415 -- as above

        if offset is None:
            places = Places.at(0, self.span.source, self.body.frozen or self.span)
        else:
            places = Places.at(offset, self.span.source, self.body.frozen)
        return parse_inline(self.context, text, places)

    def argument_inline(self) -> tuple[Inline, ...]:
        """The argument as inline nodes."""
        return self.inline(self.argument, self.argument_at)

    def option(self, name: str, default: Any = None) -> Any:
        """An option's value, converted."""
        return self.options.get(name, default)

    def option_inline(self, name: str) -> tuple[Inline, ...]:
        """An option's text as inline nodes."""
        text = str(self.options.get(name) or "")
        at = self.body_of_option.get(name)
        return self.inline(text, at) if text else ()

    @property
    def body_of_option(self) -> dict[str, int]:
        """Offsets of the values of options, where they are plain lines."""
        return self.options.get("\x00offsets", {})  # type: ignore[no-any-return]

    @property
    def text(self) -> str:
        """The body as it stands, without the last line end."""
        return self.body.text.rstrip("\n")

    # -- names ------------------------------------------------------------------------------------

    def names(self) -> tuple[str, ...]:
        """Every label: those on lines above, then the `label` or `name` option."""
        own = tuple(str(self.options[key]) for key in ("label", "name") if self.options.get(key))
        return tuple(dict.fromkeys((*self.labels, *own)))

    def identity(self, kind: str = "", wish: str = "") -> str:
        """An id from the last label; else from `wish` or counted by `kind`; empty without either."""
        labels = self.names()
        if labels:
            return self.context.identify(labels[-1])
        return self.context.identify(wish, kind) if kind else ""

    # -- problems ---------------------------------------------------------------------------------

    @property
    def opener(self) -> Span:
        """The first line of the directive."""
        if self.body.frozen is not None:
            return self.body.frozen
        end = self.argument_at + len(self.argument) if self.argument else self.span.start + len(self.name) + 5
        return Span(
            self.span.start,
            min(max(end, self.span.start + 1), max(self.span.end, self.span.start + 1)),
            self.span.source,
        )

    def report(self, rule: Rule, message: str, hints: Sequence[str] = (), span: Span | None = None) -> None:
        """Note a problem of this directive."""
        self.context.report(rule, message, span or self.opener, hints=hints)


ALIGNMENTS = ("left", "center", "right")


def align(value: Any) -> Align:
    """``left``, ``center`` or ``right``."""
    for known in ALIGNMENTS:
        if values.text(value) == known:
            return known  # type: ignore[return-value]
    raise values.Bad("expected `left`, `center` or `right`")


def length(value: Any) -> str:
    """A CSS length or a percentage; a bare number is pixels."""
    text = values.text(value)
    match = re.fullmatch(r"(\d*\.?\d+)\s*(px|em|rem|ex|ch|cm|mm|in|pt|pc|%|vw|vh|lh)?", text)
    if match is None:
        raise values.Bad(f"expected a length such as `400px`, `10cm` or `80%`, not `{text}`")
    return match[1] + (match[2] or "px")


def classes(value: Any) -> tuple[str, ...]:
    """Names of classes: letters, digits and dashes."""
    return tuple(c for c in re.split(r"[\s,]+", values.text(value)) if re.fullmatch(r"[\w-]+", c))


LABEL: dict[str, Convert] = {"label": values.text, "name": values.text}
CLASS: dict[str, Convert] = {"class": classes}
COMMON: dict[str, Convert] = {**LABEL, **CLASS}


def read_options(call: Call, definition: Directive) -> None:
    """Take the options off the head of the body, check and convert them."""
    raw, offsets, spans, taken = _raw_options(call)
    call.body = call.body.drop(taken)
    for key, value in raw.items():
        name = key.lower()
        span = spans.get(key, call.opener)
        convert = definition.options.get(name) or definition.options.get(name.replace("_", "-"))
        if convert is None:
            call.report(
                Rule.UNKNOWN_OPTION,
                f"`{call.name}` has no option `{key}`",
                did_you_mean(name, definition.options),
                span,
            )
            continue
        try:
            call.options[name.replace("_", "-")] = convert(value)
        except values.Bad as bad:
            call.report(Rule.OPTION_VALUE, f"the option `{key}`: {bad}", span=span)
    call.options["\x00offsets"] = offsets


def _raw_options(call: Call) -> tuple[dict[str, Any], dict[str, int], dict[str, Span], int]:
    """Options as written, offsets of their values, their spans, and how many lines they took."""
    lines = call.body.lines
    if lines and lines[0].strip() == "---":
        return _yaml_options(call)
    raw: dict[str, Any] = {}
    offsets: dict[str, int] = {}
    spans: dict[str, Span] = {}
    taken = 0
    for number, line in enumerate(lines):
        match = _OPTION.match(line)
        if match is None:
            break
        taken = number + 1
        raw[match[1]] = match[2] or ""
        at = call.body.offsets[number]
        if match[2]:
            offsets[match[1].lower()] = at + match.start(2)
        spans[match[1]] = call.body.frozen or Span(
            at + match.start(1) - 1, at + match.end(), call.body.source
        )
    return raw, offsets, spans, taken


def _yaml_options(call: Call) -> tuple[dict[str, Any], dict[str, int], dict[str, Span], int]:
    lines = call.body.lines
    last = next((i for i, line in enumerate(lines[1:], 1) if line.strip() in {"---", "..."}), None)
    if last is None:
        call.report(
            Rule.OPTION_VALUE,
            "the block of options is not closed",
            ("end it with a line of three dashes",),
            call.body.span(0, 1),
        )
        return {}, {}, {}, 0
    text = "\n".join(lines[1:last]) + "\n"
    result = yamls.load(text)
    if isinstance(result, yamls.YamlProblem):
        line = min(1 + text.count("\n", 0, result.offset), last)
        call.report(
            Rule.OPTION_VALUE,
            f"the options cannot be read: {result.message}",
            span=call.body.span(line, line + 1),
        )
        return {}, {}, {}, last + 1
    if result.data is None:
        return {}, {}, {}, last + 1
    if not isinstance(result.data, dict):
        call.report(
            Rule.OPTION_VALUE, "the options are not keys and values", span=call.body.span(0, last + 1)
        )
        return {}, {}, {}, last + 1
    spans = {}
    for key, offset in result.keys.items():
        number = 1 + text.count("\n", 0, offset)
        spans[key] = call.body.span(number, number + 1)
    return {str(k): v for k, v in result.data.items()}, {}, spans, last + 1
