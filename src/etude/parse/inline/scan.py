"""The one pass over a text: each character that can mean something has its function here."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable

from etude.model.inline import (
    Anchor,
    Citation,
    FootnoteReference,
    HardBreak,
    Inline,
    InlineCode,
    InlineMath,
    SoftBreak,
    Styled,
    Text,
)
from etude.model.rules import Rule
from etude.parse import addresses, attributes, citing, formulas, links, raw_html, roles
from etude.parse.addresses import Address
from etude.parse.context import Context
from etude.parse.han import is_cjk
from etude.parse.inline import tags
from etude.parse.inline.emphasis import mark, pair_up
from etude.parse.inline.fold import MAX_NESTING, fold
from etude.parse.inline.items import Bracket, Item, Mark, Tag, Words
from etude.parse.lines import Fixed, Places
from etude.parse.outline import is_block

_SPECIAL = re.compile(r"[\n!$&*<@\[\\\]_`{~]").search
_SPECIAL_AND_ADDRESS = re.compile(r"[\n!$&*<@\[\\\]_`{~]|(?<![\w/])https?://(?=\w)", re.ASCII).search
_RUN = re.compile(r"([*_~])\1*").match
_TICKS = re.compile(r"`+")
_ROLE = re.compile(r"\{([A-Za-z][\w.:+-]*)\}(`+)").match
_SUBSTITUTION = re.compile(
    r"""\{\{[ \t]*((?:[^{}"'\s]|[ \t]+(?!\}\})|"[^"\n]*"|'[^'\n]*')+)[ \t]*\}\}"""
).match
_FOOTNOTE = re.compile(r"\[\^([^\]\[\s]+)\]").match
_FORMULA = re.compile(r"\$(?![\s$])((?:[^$\\]|\\.)++)(?<!\s)\$(?![0-9])", re.DOTALL).match
_DISPLAY = re.compile(r"\$\$((?:[^$\\]|\\.|\$(?!\$))++)\$\$", re.DOTALL).match
_BRACED = re.compile(r"\{[^{}]*\}")
_ENTITY = re.compile(r"&(?:#[xX]([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([A-Za-z][A-Za-z0-9]{1,31}));").match
_LABEL = re.compile(r"\[((?:[^\\\[\]]|\\.){0,999})\]", re.DOTALL).match
_GAP = re.compile(r"[ \t\n]*").match
_ATTRIBUTES = re.compile(r"\{([^{}`\n]*)\}").match
_ESCAPABLE = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def parse_inline(context: Context, text: str, places: Places) -> tuple[Inline, ...]:
    """The inline nodes of a text; never raises."""
    if not text:
        return ()
    if (_SPECIAL(text) is None and "://" not in text) or context.inline_depth > MAX_NESTING:
        if context.abbreviations.pattern is not None and context.abbreviations.within(text):
            return fold(context, text, places, (Words(0, len(text), text),))
        return (Text(places.span(0, len(text)), text),)
    context.inline_depth += 1
    nodes = Scanner(context, text, places).scan()
    context.inline_depth -= 1
    return nodes


class Scanner:
    """What has been read of a text: items, open marks and brackets, and literal text not yet an item."""

    __slots__ = (
        "begin", "brackets", "context", "dead", "ends", "items", "marks", "parts", "places", "since", "text",
        "ticks",
    )  # fmt: skip

    def __init__(self, context: Context, text: str, places: Places) -> None:
        """Stand at the beginning of `text`."""
        self.context, self.text, self.places = context, text, places
        self.items: list[Item] = []
        self.marks: list[Mark] = []
        self.brackets: list[Bracket] = []
        self.dead = 0
        """So many of the open brackets can become no link, since a link stands in them."""
        self.begin = self.since = 0
        """Literal text begins at `begin`; `parts` holds its value up to `since`, when it has escapes."""
        self.parts: list[str] = []
        self.ticks: dict[int, list[int]] | None = None
        """Where runs of backticks begin, by their length; found when the first is met."""
        self.ends: dict[str, int] = {}
        """As in `tags.tag_end`."""

    def scan(self) -> tuple[Inline, ...]:
        """Read it all."""
        text, handlers, position = self.text, _HANDLERS, 0
        special = _SPECIAL if "://" not in text else _SPECIAL_AND_ADDRESS
        while (found := special(text, position)) is not None:
            at = found.start()
            position = handlers[text[at]](self, at)
        self.flush(len(text))
        pair_up(self.marks)
        return fold(self.context, text, self.places, self.items)

    def flush(self, end: int) -> None:
        """Make an item of the literal text that ends at `end`."""
        if self.parts:
            self.parts.append(self.text[self.since : end])
            self.items.append(Words(self.begin, end, "".join(self.parts)))
            self.parts = []
        elif end > self.begin:
            self.items.append(Words(self.begin, end))

    def add(self, item: Item, start: int, end: int) -> int:
        """Put an item that stands from `start` to `end`; `end` is where to go on."""
        self.flush(start)
        self.items.append(item)
        self.begin = self.since = end
        return end

    def replace(self, start: int, end: int, value: str) -> int:
        """Take `value` as the literal text from `start` to `end`."""
        self.parts += (self.text[self.since : start], value)
        self.since = end
        return end

    def closing_ticks(self, start: int, size: int) -> int:
        """Where the next run of exactly so many backticks begins; -1 when there is none."""
        if self.ticks is None:
            self.ticks = {}
            for run in _TICKS.finditer(self.text):
                self.ticks.setdefault(run.end() - run.start(), []).append(run.start())
        runs = self.ticks.get(size, ())
        i = bisect_left(runs, start)
        return runs[i] if i < len(runs) else -1


# Each function gets the scanner and where its character stands, and answers where to go on.


def _newline(s: Scanner, at: int) -> int:
    text, stop = s.text, at
    while stop > s.since and text[stop - 1] in " \t":
        stop -= 1
    after = at + 1
    while after < len(text) and text[after] in " \t":
        after += 1
    if at - stop > 1 and text[at - 1] == text[at - 2] == " ":
        s.add(HardBreak(s.places.span(stop, at + 1)), stop, after)
    else:
        s.add(SoftBreak(s.places.span(at, at + 1)), stop, after)
    return after


def _backslash(s: Scanner, at: int) -> int:
    char = s.text[at + 1 : at + 2]
    if char in _ESCAPABLE:
        return s.replace(at, at + 2, char) if char else at + 1
    if char == "\n":
        after = at + 2
        while after < len(s.text) and s.text[after] in " \t":
            after += 1
        return s.add(HardBreak(s.places.span(at, at + 2)), at, after)
    return at + 1


def _entity(s: Scanner, at: int) -> int:
    match = _ENTITY(s.text, at)
    value = addresses.entity(match[1], match[2], match[3]) if match is not None else None
    return s.replace(at, match.end(), value) if match is not None and value is not None else at + 1


def _code(s: Scanner, at: int) -> int:
    run = _TICKS.match(s.text, at)
    assert run is not None
    start = run.end()
    end = s.closing_ticks(start, start - at)
    if end < 0:
        return start
    value = s.text[start:end].replace("\n", " ")
    if len(value) > 1 and value[0] == value[-1] == " " and value.strip(" "):
        value = value[1:-1]
    stop = end + start - at
    given = attributes.read(s.text, stop) if s.text.startswith("{", stop) else None
    if given is None:
        return s.add(InlineCode(s.places.span(at, stop), value), at, stop)
    span = s.places.span(at, given.end)
    language = given.values.get("l") or given.values.get("lexer", "")
    made = InlineCode(span, value, language)
    return s.add(Styled(span, (made,), given.classes) if given.classes else made, at, given.end)


def _brace(s: Scanner, at: int) -> int:
    match = _ROLE(s.text, at)
    if match is not None:
        start = match.end()
        end = s.closing_ticks(start, len(match[2]))
        if end < 0:
            return start
        stop = end + len(match[2])
        span = s.places.span(at, stop)
        s.flush(at)
        s.items.extend(roles.role(s.context, match[1], s.text[start:end], span, s.places.inner(start)))
        s.begin = s.since = stop
        return stop
    match = _SUBSTITUTION(s.text, at)
    if match is None:
        return at + 1
    stop, span = match.end(), s.places.span(at, match.end())
    value = s.context.substitute(match[1], span)
    if value is None:
        return stop
    if "\n" in value and is_block(value):
        hints = ("let it stand alone, with empty lines around it",)
        message = f"the substitution `{match[1]}` holds blocks, which cannot stand within a line"
        s.context.report(Rule.SUBSTITUTION_UNKNOWN, message, span, hints=hints)
        return stop
    s.flush(at)
    s.context.substituting.append(match[1])
    s.items.extend(parse_inline(s.context, value, Fixed(span)))
    s.context.substituting.pop()
    s.begin = s.since = stop
    return stop


def is_price(tex: str) -> bool:
    """Whether a would-be formula is rather what stands between two prices: ``$5，到$6``."""
    return "0" <= tex[0] <= "9" and any(map(is_cjk, _BRACED.sub("", tex)))


def _dollar(s: Scanner, at: int) -> int:
    match = _DISPLAY(s.text, at) or _FORMULA(s.text, at)
    if match is None or is_price(match[1]):
        return at + 1
    span = s.places.span(at, match.end())
    tex = formulas.inline(s.context, match[1], span)
    return s.add(InlineMath(span, tex), at, match.end())


def _emphasis(s: Scanner, at: int) -> int:
    run = _RUN(s.text, at)
    assert run is not None
    end = run.end()
    if s.text[at] == "~" and end - at < 2:
        return end
    made = mark(s.text, at, end)
    if not (made.opens or made.closes):
        return end
    s.marks.append(made)
    return s.add(made, at, end)


def _open(s: Scanner, at: int) -> int:
    match = _FOOTNOTE(s.text, at)
    if match is not None:
        return s.add(FootnoteReference(s.places.span(at, match.end()), match[1]), at, match.end())
    found = citing.cluster(s.context, s.text, at) if "@" in s.text else None
    if found is not None:
        span = s.places.span(at, found.end)
        return s.add(Citation(span, found.kind, found.keys, found.prefix, found.suffix), at, found.end)
    return _bracket(s, at, at + 1)


def _bang(s: Scanner, at: int) -> int:
    return _bracket(s, at, at + 2) if s.text.startswith("[", at + 1) else at + 1


def _bracket(s: Scanner, at: int, end: int) -> int:
    if s.brackets:
        s.brackets[-1].nested = True
    s.flush(at)
    made = Bracket(at, end, end - at == 2, len(s.items), len(s.marks))
    s.brackets.append(made)
    s.items.append(made)
    s.begin = s.since = end
    return end


def _close(s: Scanner, at: int) -> int:
    if not s.brackets:
        return at + 1
    opener = s.brackets.pop()
    alive = opener.image or len(s.brackets) >= s.dead
    s.dead = min(s.dead, len(s.brackets))
    found = _address(s, opener, at) if alive else None
    if found is None:
        given = attributes.read(s.text, at + 1) if not opener.image else None
        return _words(s, opener, given) if given is not None else at + 1
    address, end = found
    if not s.context.config.trust and not addresses.is_allowed(address.url, picture=opener.image):
        links.warn_address(s.context, address.url, s.places.span(opener.start, end))
        return end
    s.flush(at)
    pair_up(s.marks[opener.marks :])
    del s.marks[opener.marks :]
    children = fold(s.context, s.text, s.places, s.items[opener.index + 1 :])
    del s.items[opener.index :]
    if opener.image:
        after = _ATTRIBUTES(s.text, end)
        stop = after.end() if after is not None else end
        span, at_after = s.places.span(opener.start, stop), s.places.span(end, stop)
        options = links.read_attributes(s.context, after[1], at_after) if after is not None else {}
        if label := options.pop("label", ""):
            s.items.append(Anchor(span, s.context.identify(label), label))
        s.items.append(links.picture(s.context, address, children, span, options))
        end = stop
    else:
        more = attributes.read(s.text, end) if s.text.startswith("{", end) else None
        end = more.end if more is not None else end
        span = s.places.span(opener.start, end)
        made = links.link(s.context, address, children, span)
        s.items.append(Styled(span, (made,), more.classes) if more is not None and more.classes else made)
        s.dead = len(s.brackets)
    s.begin = s.since = end
    return end


def _words(s: Scanner, opener: Bracket, given: attributes.Given) -> int:
    """``[words]{.class #name}``: the bracket that begins at `opener` has attributes and leads nowhere."""
    at = opener.index + 1
    s.flush(given.start - 1)
    pair_up(s.marks[opener.marks :])
    del s.marks[opener.marks :]
    children = fold(s.context, s.text, s.places, s.items[at:])
    del s.items[opener.index :]
    span = s.places.span(opener.start, given.end)
    s.items += [Anchor(span, s.context.identify(label), label) for label in given.labels]
    s.items += [Styled(span, children, given.classes)] if given.classes else children
    s.begin = s.since = given.end
    return given.end


def _at(s: Scanner, at: int) -> int:
    """``@key``, where a bibliography of the book knows the key."""
    found = citing.bare(s.context, s.text, at)
    if found is None:
        return at + 1
    return s.add(
        Citation(s.places.span(at, found.end), found.kind, found.keys, suffix=found.suffix), at, found.end
    )


def _bare_address(s: Scanner, at: int) -> int:
    """``https://…`` among words; not within what is a link, or may become one."""
    end = tags.address_end(s.text, at)
    tags_open = [item.closing for item in s.items if isinstance(item, Tag) and item.name == "a"]
    if s.brackets or (tags_open and not tags_open[-1]):
        return end
    url = s.text[at:end]
    span = s.places.span(at, end)
    return s.add(links.autolink(s.context, url, Text(span, url), span), at, end)


def _address(s: Scanner, opener: Bracket, at: int) -> tuple[Address, int] | None:
    """Where the link or picture whose text ends at `at` leads, and where it ends itself."""
    text = s.text
    if text.startswith("(", at + 1) and (found := _inline_address(text, at + 2)) is not None:
        return found
    references = s.context.references
    match = _LABEL(text, at + 1)
    if match is not None and match[1]:
        known = references.get(addresses.label_key(match[1]))
        return (known, match.end()) if known is not None else None
    if opener.nested or at - opener.end > 999:
        return None
    known = references.get(addresses.label_key(text[opener.end : at])) if references else None
    return (known, match.end() if match is not None else at + 1) if known is not None else None


def _inline_address(text: str, start: int) -> tuple[Address, int] | None:
    gap = _GAP(text, start)
    assert gap is not None
    position, url, title = gap.end(), "", ""
    found = addresses.read_address(text, position)
    if found is not None:
        url, position = found
        gap = _GAP(text, position)
        assert gap is not None
        titled = addresses.read_title(text, gap.end()) if gap.end() > position else None
        position = gap.end()
        if titled is not None:
            title, position = titled
            gap = _GAP(text, position)
            assert gap is not None
            position = gap.end()
    return (Address(url, title), position + 1) if text.startswith(")", position) else None


def _angle(s: Scanner, at: int) -> int:
    found = tags.autolink(s.text, at)
    if found is not None:
        url, shown, end = found
        if not addresses.is_allowed(url):
            return at + 1
        words = Text(s.places.span(at + 1, end - 1), shown)
        return s.add(links.autolink(s.context, url, words, s.places.span(at, end)), at, end)
    end = tags.tag_end(s.text, at, s.ends)
    if end < 0:
        return at + 1
    s.flush(at)
    s.begin = s.since = end
    made = raw_html.tag(s.context, s.text[at:end], at, s.places)
    if made is not None:
        s.items.append(made)
    return end


_HANDLERS: dict[str, Callable[[Scanner, int], int]] = {
    "\n": _newline,
    "!": _bang,
    "$": _dollar,
    "&": _entity,
    "*": _emphasis,
    "<": _angle,
    "@": _at,
    "h": _bare_address,
    "[": _open,
    "\\": _backslash,
    "]": _close,
    "_": _emphasis,
    "`": _code,
    "{": _brace,
    "~": _emphasis,
}
