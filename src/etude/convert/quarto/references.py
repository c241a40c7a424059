"""Pandoc's citations and Quarto's references: ``@fig-x``, ``[see @a, p. 3; @b]``, ``[-@key]``."""

from __future__ import annotations

import re
from collections.abc import Callable

from etude.convert.quarto.places import Context

__all__ = ["CITES", "KEY", "KINDS", "bare", "bookdown", "group", "is_reference", "key_of", "reference"]

KINDS = (
    *("fig", "tbl", "eq", "sec", "lst", "thm", "lem", "cor", "prp", "cnj", "def", "exm", "exr", "sol"),
    *("rem", "alg", "nte", "tip", "wrn", "imp", "cau"),
)
"""Prefixes of what can be referred to; other keys are works."""

CALLOUTS = ("nte", "tip", "wrn", "imp", "cau")
KEY = re.compile(r"@(?:\{(?P<braced>[^{}\s]+)\}|(?P<plain>[^\W](?:[\w:.#$%&+?<>~/-]*\w)?))")
CITES = re.compile(r"(?<![\w@\\])-?@(?:\{|\w)")
_PART = re.compile(
    r"(?P<before>.*?)(?P<minus>(?<![\w])-)?(?<![\w\\])" + KEY.pattern + r"(?P<after>.*)", re.DOTALL
)
_BOOKDOWN = {
    "fig": "fig", "tab": "tbl", "eq": "eq", "thm": "thm", "lem": "lem", "cor": "cor", "def": "def",
    "exm": "exm", "exr": "exr", "prp": "prp", "cnj": "cnj",
}  # fmt: skip


def key_of(found: re.Match[str]) -> str:
    """The key of a match of `KEY`."""
    return found["braced"] or found["plain"]


def prefix_of(key: str) -> str:
    """The kind that the prefix of a key names."""
    return key.partition("-")[0]


def is_reference(key: str, context: Context) -> bool:
    """Whether a key is a label of the book, and not a work."""
    kind, dash, rest = key.partition("-")
    if not dash or not rest:
        return False
    kind = kind[:1].lower() + kind[1:]
    return kind in KINDS or kind in context.book.custom


def label_of(key: str) -> str:
    """The label that a key means: it may begin with a capital."""
    kind = prefix_of(key)
    return key[:1].lower() + key[1:] if kind[1:] == kind[1:].lower() else key


def reference(label: str, context: Context, line: int, template: str = "") -> str:
    """A role for a label; `template` has `%s` where the number stands, or is empty."""
    label = label_of(label) if is_reference(label, context) else label
    kind, account = prefix_of(label), context.account
    known = context.book.labels.get(label)
    said = f"@{kind}-…" if is_reference(label, context) else "[](#…)"
    if kind == "eq" and template == "%s":
        account.kept(said, context.path, line, "{eq}")
        return f"{{eq}}`{label}`"
    unnumbered = known is not None and not known.numbered
    if kind in CALLOUTS and is_reference(label, context):
        account.changed(
            said, context.path, line, "the reference shows the box's title: boxes have no numbers"
        )
        unnumbered = True
    elif not is_reference(label, context):
        account.kept(said, context.path, line, "[](#…)")
        return f"[](#{label})"
    else:
        account.kept(said, context.path, line, "{ref}" if unnumbered else "{numref}")
    if unnumbered or kind == "sol":
        words = template.replace("%s", "").strip()
        return f"{words} {{ref}}`{label}`".strip() if words else f"{{ref}}`{label}`"
    return f"{{numref}}`{template} <{label}>`" if template else f"{{numref}}`{label}`"


def bookdown(label: str, context: Context, line: int) -> str:
    r"""The reference ``\@ref(fig:x)``: the number alone."""
    kind, colon, rest = label.partition(":")
    if not colon:
        return f"{{numref}}`%s <{label}>`"
    context.account.kept("\\@ref()", context.path, line, "{numref}")
    name = f"{_BOOKDOWN.get(kind, kind)}-{rest}"
    return f"{{eq}}`{name}`" if kind == "eq" else f"{{numref}}`%s <{name}>`"


def bare(key: str, context: Context, line: int, *, suppressed: bool = False, suffix: str = "") -> str:
    """A key that stands in the text: `@key`, `@key [p. 3]`."""
    if is_reference(key, context):
        return reference(key, context, line, "%s" if suppressed else "")
    if not context.cites:
        context.account.kept("@word", context.path, line, "text: the page has no bibliography")
        return f"@{key}" + (f" [{suffix}]" if suffix else "")
    if suppressed:
        context.account.kept("-@key", context.path, line, "{cite:year}")
        return f"{{cite:year}}`{key}`"
    context.account.kept("@key", context.path, line, "{cite:t}")
    after = f"{{, {suffix}}}" if suffix else ""
    return f"{{cite:t}}`{key}{after}`"


def group(inside: str, context: Context, line: int, inner: Callable[[str], str]) -> str | None:
    """What stands between brackets with keys in it; None when it is no group of citations."""
    parts = [_PART.fullmatch(part) for part in re.split(r";(?![^{}]*\})", inside)]
    found = [part for part in parts if part is not None]
    if len(found) != len(parts) or not found:
        return None
    keys = [key_of(part) for part in found]
    if all(is_reference(key, context) for key in keys):
        return ", ".join(_labelled(part, context, line, inner) for part in found)
    if any(is_reference(key, context) for key in keys):
        return None
    if not context.cites:
        return None
    suppressed = [bool(part["minus"]) for part in found]
    context.account.kept("[-@key]" if any(suppressed) else "[@key]", context.path, line, "{cite:p}")
    if all(suppressed):
        return "(" + "; ".join(_year(part, inner) for part in found) + ")"
    words = [
        (_plain(inner(part["before"])).lstrip(), _plain(inner(part["after"])).rstrip()) for part in found
    ]
    between = any(after for _, after in words[:-1]) or any(before for before, _ in words[1:])
    if not between:
        first, last = words[0][0], words[-1][1]
        return f"{{cite:p}}`{_braced(first)}{','.join(keys)}{_braced(last)}`"
    context.account.changed(
        "[see @a; cf. @b]", context.path, line, "each work with words has brackets of its own"
    )
    roles = [
        f"{{cite:p}}`{_braced(one)}{key}{_braced(two)}`" for key, (one, two) in zip(keys, words, strict=True)
    ]
    return "; ".join(roles)


def _braced(words: str) -> str:
    return f"{{{words}}}" if words.strip() else ""


def _year(part: re.Match[str], inner: Callable[[str], str]) -> str:
    before, after = inner(part["before"]).strip(), inner(part["after"]).rstrip()
    return f"{before} " * bool(before) + f"{{cite:year}}`{key_of(part)}`{after}"


def _labelled(part: re.Match[str], context: Context, line: int, inner: Callable[[str], str]) -> str:
    """``Fig @fig-x`` between brackets: words of the author's, and the number."""
    key, after = key_of(part), inner(part["after"])
    if part["minus"]:
        return _words(inner(part["before"])) + reference(key, context, line, "%s") + after
    before = _words(inner(part["before"])).strip()
    template = f"{before} %s" if before and "`" not in before else ""
    return reference(key, context, line, template) + after


def _words(text: str) -> str:
    return " ".join(text.split()) + (" " if text.endswith((" ", "\n")) else "") if text.strip() else ""


def _plain(text: str) -> str:
    """Words that may stand in a role: in one line and without what would end it."""
    return re.sub(r"\s+", " ", text).replace("`", "").replace("{", "(").replace("}", ")")
