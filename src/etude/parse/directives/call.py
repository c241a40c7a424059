"""One use of a directive: its argument, options and body, and what its builder may ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from etude.model.block import BlockNode
from etude.model.inline import Inline
from etude.model.rules import Rule, Severity
from etude.model.span import Span
from etude.parse import values, yamls
from etude.parse.context import Context
from etude.parse.lines import Fixed, Lines, Places
from etude.parse.spelling import did_you_mean

__all__ = ["COMMON", "LABEL", "Build", "Call", "Convert", "Directive", "read_options"]

_OPTION = re.compile(r"[ \t]*:([A-Za-z][\w-]*):(?:[ \t]+(.*)|[ \t]*)\Z", re.DOTALL).match
_QUOTED = re.compile(r"""("(?:[^"\\]|\\.)*+"|'(?:[^']|'')*+')\Z""").match
_FOLDED = re.compile(r"[>|][-+]?\Z").match

Convert: TypeAlias = Callable[[Any], Any]
Build: TypeAlias = "Callable[[Call], Sequence[BlockNode]]"

LABEL: dict[str, Convert] = {"label": values.text, "name": values.text}
COMMON: dict[str, Convert] = {**LABEL, "class": values.classes}


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive: what it takes, what builds its nodes, what the handbook says of it."""

    build: Build
    summary: str
    argument: Literal["none", "optional", "required"] = "none"
    options: Mapping[str, Convert] = field(default_factory=dict)
    body: Literal["none", "optional", "required"] = "optional"
    repeatable: frozenset[str] = frozenset()
    """Options that may be given several times; their values are joined in one list."""
    argument_hint: str = "write it after the name, on the same line"
    """What to write when a required argument is missing."""
    body_hint: str = "write its text on the lines below, before the fence is closed"
    """What to write when a required body is missing."""
    metadata: frozenset[str] = frozenset()
    """What other tools write among the options, and is left to them; so are then unknown keys of YAML."""


@dataclass(slots=True)
class Call:
    """One use of a directive; `options` is filled once its definition is known."""

    context: Context
    name: str
    """As it is known, in lower case."""
    argument: str
    argument_at: int
    """Offset of the argument in the source."""
    body: Lines
    labels: tuple[str, ...]
    """Those on lines above it."""
    span: Span
    options: dict[str, Any] = field(default_factory=dict)
    value_at: dict[str, int] = field(default_factory=dict)
    """Offsets of the values of options, where they stand in the source as they are."""
    head: Lines = field(default_factory=lambda: Lines((), ()))
    """The lines of the options."""
    option_spans: dict[str, Span] = field(default_factory=dict)
    """Where options stand, names and values."""

    # -- reading ----------------------------------------------------------------------------------

    def blocks(self) -> tuple[BlockNode, ...]:
        """The body as blocks."""
        return self.context.parse_blocks(self.body)

    def argument_inline(self) -> tuple[Inline, ...]:
        """The argument as inline nodes."""
        return self.context.parse_inline(self.argument, Places(self.argument_at, self.span.source))

    def option(self, name: str, default: Any = None) -> Any:
        """An option's value, converted."""
        return self.options.get(name, default)

    def flag_option(self, name: str, *, default: bool = False) -> bool:
        """Whether an option that is true or false is true."""
        return bool(self.options.get(name, default))

    def option_inline(self, name: str) -> tuple[Inline, ...]:
        """An option's text as inline nodes."""
        text = str(self.options.get(name) or "")
        at = self.value_at.get(name)
        places = Places(at, self.span.source) if at is not None else Fixed(self.opener)
        return self.context.parse_inline(text, places)

    # -- names ------------------------------------------------------------------------------------

    def names(self) -> tuple[str, ...]:
        """Every label: those on lines above, then the `label` or `name` option."""
        own = tuple(str(self.options[key]) for key in ("label", "name") if self.options.get(key))
        return tuple(dict.fromkeys((*self.labels, *own)))

    def identity(self, kind: str = "") -> str:
        """An id from the last label; without one, counted by `kind`, or empty without a kind."""
        labels = self.names()
        if labels:
            return self.context.identify(labels[-1])
        return self.context.identify("", kind) if kind else ""

    # -- problems ---------------------------------------------------------------------------------

    @property
    def opener(self) -> Span:
        """The first line of the directive, as far as its argument goes."""
        return Span(self.span.start, self.argument_at + len(self.argument), self.span.source)

    @property
    def argument_span(self) -> Span:
        """The argument; the opening line when there is none."""
        if not self.argument:
            return self.opener
        return Span(self.argument_at, self.argument_at + len(self.argument), self.span.source)

    def report(
        self,
        rule: Rule,
        message: str,
        hints: Sequence[str] = (),
        span: Span | None = None,
        severity: Severity | None = None,
    ) -> None:
        """Note a problem of this directive."""
        self.context.report(rule, message, span or self.opener, hints=hints, severity=severity)


@dataclass(slots=True)
class _Given:
    """An option as it is written."""

    name: str
    value: Any
    span: Span
    at: int | None
    """Offset of the value, where it stands in the source as it is."""


def read_options(call: Call, definition: Directive) -> None:
    """Take the options off the head of the body, check and convert them."""
    given, taken = _given(call)
    call.head, call.body = call.body.part(0, taken), call.body.part(taken)
    seen: dict[str, _Given] = {}
    for one in given:
        name = one.name.lower().replace("_", "-")
        convert = definition.options.get(name)
        if convert is None:
            _unknown(call, definition, one, name)
            continue
        if name in seen and name not in definition.repeatable:
            message = f"the option `{one.name}` is given twice"
            call.report(Rule.OPTION_VALUE, message, ("the first value is taken",), one.span)
            continue
        try:
            value = convert(one.value)
        except values.Bad as bad:
            call.report(Rule.OPTION_VALUE, f"the option `{one.name}`: {bad}", span=one.span)
            if bad.kept is None:
                continue
            value = bad.kept
        call.options[name] = (*call.options[name], *value) if name in seen else value
        seen[name] = one
        call.option_spans.setdefault(name, one.span)
        if one.at is not None and isinstance(value, str):
            call.value_at[name] = one.at


def _unknown(call: Call, definition: Directive, one: _Given, name: str) -> None:
    """Report an option that is none, unless other tools wrote it."""
    hints = did_you_mean(name, definition.options)
    yaml = call.head.lines[0].strip() == "---"
    if name in definition.metadata or (definition.metadata and yaml and not hints):
        return
    call.report(Rule.UNKNOWN_OPTION, f"`{call.name}` has no option `{one.name}`", hints, one.span)


def skip_options(call: Call) -> None:
    """Take what looks like options off an unknown directive's body."""
    call.body = call.body.part(_given(call)[1])


def _given(call: Call) -> tuple[list[_Given], int]:
    """The options as they are written, and how many lines they take."""
    body = call.body
    if body.lines and body.lines[0].strip() == "---":
        return _yaml(call)
    given: list[_Given] = []
    for number, line in enumerate(body.lines):
        match = _OPTION(line)
        if match is None:
            break
        span = body.span(number, number + 1)
        value, shift = _bare((match[2] or "").rstrip())
        if _FOLDED(value):
            message = f"the option `{match[1]}`: a value of several lines cannot stand here"
            hints = ("write the options as YAML, between two lines of three dashes",)
            call.report(Rule.OPTION_VALUE, message, hints, span)
        at = body.offsets[number] + match.start(2) + shift if value and shift is not None else None
        given.append(_Given(match[1], value, span, at))
    return given, len(given)


def _bare(value: str) -> tuple[str, int | None]:
    """A value without quotes around it, as YAML has them, and where it begins; None when it had escapes."""
    if _QUOTED(value) is None:
        return value, 0
    inner = value[1:-1]
    plain = re.sub(r'\\(["\\])', r"\1", inner) if value[0] == '"' else inner.replace("''", "'")
    return plain, 1 if plain == inner else None


def _yaml(call: Call) -> tuple[list[_Given], int]:
    """The options of a YAML block between lines of dashes."""
    body = call.body
    last = next((i for i, line in enumerate(body.lines[1:], 1) if line.strip() in {"---", "..."}), None)
    if last is None:
        hints = ("end it with a line of three dashes",)
        call.report(Rule.OPTION_VALUE, "the block of options is not closed", hints, body.span(0, 1))
        return [], 0
    inner = body.part(1, last)
    text = inner.text + "\n"
    result = yamls.load(text)
    if isinstance(result, yamls.YamlProblem):
        number = min(1 + text.count("\n", 0, result.offset), last) if result.offset is not None else 0
        span = body.span(number, number + 1)
        call.report(Rule.OPTION_VALUE, f"the options cannot be read: {result.message}", span=span)
        return [], last + 1
    if result.data is not None and not isinstance(result.data, dict):
        call.report(Rule.OPTION_VALUE, "the options are not keys and values", span=body.span(0, last + 1))
        return [], last + 1

    def place(offset: int) -> tuple[int, int]:
        number = text.count("\n", 0, offset)
        return number, inner.offsets[number] + offset - (text.rfind("\n", 0, offset) + 1)

    given = []
    for key, value in (result.data or {}).items():
        name = str(key)
        number = place(result.keys[name])[0] if name in result.keys else 0
        offset = result.values.get(name)
        single = offset is not None and "\n" not in str(value)
        at = place(offset)[1] if offset is not None and single else None
        given.append(_Given(name, value, inner.span(number, number + 1), at))
    for name, offset in result.repeated:
        number = place(offset)[0]
        given.append(_Given(name, None, inner.span(number, number + 1), None))
    return given, last + 1
