"""The front matter of a page, and what stands at its beginning."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from etude.parse.frontmatter import FIELDS
from etude.parse.frontmatter_ignored import IGNORED

__all__ = ["begins_with_rule", "head", "plain_thread"]

_KEY = re.compile(r"(?P<key>[\w-]+):(?: |$)")


def head(own: Sequence[str], tabs: Sequence[str], named: set[str], threads: Mapping[str, str]) -> list[str]:
    """The lines of the front matter, when there is something to say.

    `own` are the tabs of the page, `tabs` those of the book, `named` those that a cell names; `threads` is
    `Blocks.threads`.
    """
    lines: list[str] = []
    expected = [tab for tab in tabs if tab in named] or list(tabs[:1])
    if own and list(own) != expected:
        lines.append(f"variants: [{', '.join(own)}]")
    whole = threads.get("")
    single = {tab: url for tab, url in threads.items() if tab}
    if len(set(single.values())) == 1 and not whole and {*single} >= {*own}:
        # One thread for every variant of the page.
        whole, single = next(iter(single.values())), {}
    if single and set(single.values()) != {whole}:
        lines += ["discussion:", *(f"  {tab}: {url}" for tab, url in single.items())]
    elif threads:
        lines.append(f"discussion: {whole or next(iter(single.values()))}")
    return ["---", *lines, "---", ""] if lines else []


def plain_thread(threads: Mapping[str, str]) -> str:
    """A link to the thread of the whole page, when the front matter names those of its variants."""
    whole = threads.get("", "")
    beside = {url for tab, url in threads.items() if tab} - {whole}
    return f"[Discussions]({whole})" if whole and beside else ""


def begins_with_rule(lines: Sequence[str]) -> bool:
    """Whether a page begins with a rule, `---`, that is no front matter."""
    if lines[0].rstrip() != "---":
        return False
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), 0)
    keys = [_KEY.match(line) for line in lines[1:end] if not line.startswith((" ", "\t", "- "))]
    known = {*FIELDS, *IGNORED}
    return not keys or not all(key is not None and key["key"] in known for key in keys)
