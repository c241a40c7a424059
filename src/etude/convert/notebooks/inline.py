"""Links, pictures and bare addresses in the text of notebooks, as pages of a book have them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from etude.convert.notebooks.rows import Row, runs

__all__ = ["Resolve", "escaped", "rewrite", "unstyled"]

Resolve = Callable[[str, int], str]
"""What an address is now; the number is that of its row, for the account."""

_INLINE = re.compile(
    r"(?P<skip>(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`)"
    r"|(?<![\\$])\$\$.+?\$\$|(?<![\\$])\$(?![\s$])(?:\\.|[^$\\])+?(?<!\s)\$(?!\d)"
    r"|<!--.*?-->|<[A-Za-z][\w+.-]*:[^<>\s]*>)"
    r"|\]\((?P<gap>[ ]*)(?P<to><[^<>\n]*>|(?:[^()<>\s\\]|\\.|\([^()\s]*\))+)"
    r"(?P<title>\s+(?:\"[^\"]*\"|'[^']*'))?[ ]*\)"
    r"|\]\((?P<spaced>[^()<>\n\"]*[^()<>\n\" ])\)"
    r"|(?m:^(?P<define>[ ]{0,3}\[[^\]\n^]+\]:[ \t]*)(?P<defined>[^\s<>]+))"
    r"|<a\s+(?P<more>[^<>]*?)href\s*=\s*(?P<quote>[\"'])(?P<href>[^\"'<>]*)(?P=quote)(?P<rest>[^<>]*)>"
    r"(?P<words>[^<>\n]+)</a>"
    r"|(?P<tag><[A-Za-z][^<>]*>)"
    r"|(?<![\w/\"'=(<\[`@.-])(?P<url>https?://[^\s<>\]\"'`|\\，。；）（、]+)",
    re.DOTALL,
)
_SOURCE = re.compile(r"""(\b(?:src|href|poster)\s*=\s*)(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_ROLE = re.compile(r"\{(?=[\w:.+-]+\}`[^`])")
_SUBSTITUTION = re.compile(r"\{\{(?=[ \t]*[\w.-]+[ \t]*\}\})")
_SPECIAL = re.compile(
    r"[ \t]*(?:(?P<comment>%)|(?P<border>\+{3,}(?!\+))|(?P<target>\([^()\n]+\)=[ \t]*$)|(?P<fence>:{3,}))"
)

Told = list[tuple[int, str, str]]


_FONT = re.compile(
    r"(?P<code>(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`))|</?(?:font|big|small|blink|marquee)\b[^<>]*>|</img>",
    re.IGNORECASE,
)


def unstyled(rows: Sequence[Row], told: Told) -> list[Row]:
    """Text without tags that only say how large or in which colour it is."""
    out: list[Row] = []
    for row in rows:
        text = _FONT.sub(lambda found: found["code"] or "", row.text) if row.kind == "text" else row.text
        if text != row.text.replace("</img>", ""):
            told.append((row.number, "<font>", "the text, without colour and size"))
        out.append(row if text == row.text else Row(text, row.number))
    return out


def escaped(rows: Sequence[Row], told: Told) -> list[Row]:
    """What is plain text in Jupyter and would mean something in MyST, with a backslash before it."""
    out: list[Row] = []
    for row in rows:
        text = row.text
        if row.kind == "text" and _SPECIAL.match(text):
            start = len(text) - len(text.lstrip())
            text = f"{text[:start]}\\{text[start:]}"
            told.append((row.number, f"`{text[start + 1]}` at the beginning of a line", "after a backslash"))
        if row.kind == "text" and "{" in text:
            new = _SUBSTITUTION.sub(r"\\{\\{", _ROLE.sub(r"\\{", text))
            if new != text:
                told.append((row.number, "`{…}` in the text", "after a backslash"))
                text = new
        out.append(row if text == row.text else Row(text, row.number))
    return out


def rewrite(rows: Sequence[Row], resolve: Resolve, told: Told) -> list[Row]:
    """Every address as it is now; bare ones between `<` and `>`."""
    out: list[Row] = []
    at = 0
    for start, end in runs(rows, ("text", "mark")):
        out += rows[at:start]
        text = "\n".join(row.text for row in rows[start:end])
        new = _rewritten(text, rows[start:end], resolve, told)
        lines = new.split("\n")
        out += (Row(line, row.number, row.kind) for line, row in zip(lines, rows[start:end], strict=True))
        at = end
    return [*out, *rows[at:]]


def _rewritten(text: str, rows: Sequence[Row], resolve: Resolve, told: Told) -> str:
    def write(match: re.Match[str]) -> str:
        number = rows[text.count("\n", 0, match.start())].number
        if match["skip"] is not None:
            return match[0]
        if match["to"] is not None:
            to = match["to"]
            bare = to[1:-1] if to.startswith("<") else to
            new = resolve(bare, number)
            return match[0] if new == bare else f"]({_bracketed(new)}{match['title'] or ''})"
        if match["spaced"] is not None:
            new = resolve(match["spaced"], number)
            return match[0] if not _is_file(match["spaced"]) else f"]({_bracketed(new)})"
        if match["define"] is not None:
            return match["define"] + resolve(match["defined"], number)
        if match["href"] is not None:
            new = resolve(match["href"], number)
            if new == match["href"]:
                return match[0]
            told.append((number, "<a href>", "a link of Markdown"))
            return f"[{match['words']}]({_bracketed(new)})"
        if match["tag"] is not None:
            return _SOURCE.sub(lambda found: _attribute(found, resolve, number), match["tag"])
        url = match["url"]
        bare = url.rstrip(".,;:!?*_~'\"")
        if bare.endswith(")") and bare.count("(") < bare.count(")"):
            bare = bare[:-1].rstrip(".,;:!?")
        told.append((number, "bare address", "between `<` and `>`"))
        return f"<{bare}>{url[len(bare) :]}"

    return _INLINE.sub(write, text)


def _attribute(found: re.Match[str], resolve: Resolve, number: int) -> str:
    value = found[2] if found[2] is not None else found[3]
    new = resolve(value, number)
    return found[0] if new == value else f'{found[1]}"{new}"'


def _bracketed(address: str) -> str:
    return f"<{address}>" if re.search(r"[\s()]", address) else address


def _is_file(address: str) -> bool:
    return re.search(r"\.\w{1,5}\Z", address) is not None
