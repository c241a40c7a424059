"""What stands in lines of prose: roles, `:numref:`x``, become those of MyST; addresses lead to new places."""

from __future__ import annotations

import re
from collections.abc import Callable

from etude.convert.account import Account

__all__ = ["ROLE", "Roles", "begins_han", "ends_han"]

ROLE = re.compile(r"(?<![\w`\\:]):(?P<name>[A-Za-z][\w:.-]*):(?P<tick>`+)(?P<text>[^`\n]+)(?P=tick)(?!`)")
_TOKEN = re.compile(
    r"(?P<escape>\\[\\$`:{])|(?P<brace>\{\{)"
    rf"|(?P<role>{ROLE.pattern.replace('tick', 'quote').replace('name', 'kind').replace('text', 'words')})"
    r"|(?P<code>(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`))"
    r"|(?P<link>\]\((?P<address>[^()\s<>]+(?:\([^()\s]*\)[^()\s]*)*)|\b(?:src|href)=[\"'](?P<file>[^\"'\n]+))"
    r"|(?P<display>\$\$.+?\$\$)"
    r"|(?P<math>\$(?![\s$])(?:\\.|[^$\\\n]|\n(?!\s*\n))+?(?<!\s)\$(?!\d))",
    re.DOTALL,
)
_NAMES = {
    "numref": "numref",
    "eqref": "eq",
    "ref": "ref",
    "cite": "cite",
    "citet": "cite:t",
    "citep": "cite:p",
    "math": "math",
    "doc": "doc",
    "term": "term",
    "option": "std:option",
    **{one: f"py:{one}" for one in ("func", "class", "mod", "meth", "attr", "exc", "data", "obj", "const")},
}
_BLOCK = ("label", "eqlabel", "width", "height", "bibliography", "begin_tab", "end_tab")
"""Marks that are for blocks, and stand on lines of their own."""
_HAN = re.compile(r"[⺀-⿟\u3000-〿㇀-㇯㐀-䶿一-鿿豈-﫿！-｠￠-￦“”‘’…—·]")
_SHARED = frozenset("“”‘’…—·")
"""Signs that stand between Latin letters, too."""


def is_han(character: str) -> bool:
    """Whether it is a Chinese character or one of the signs that stand between them."""
    return _HAN.fullmatch(character) is not None


def ends_han(text: str) -> bool:
    """Whether Chinese stands at the end of a text; signs that are also Latin are what is before them.

    Emphasis is what stands in it.
    """
    bare = text.rstrip("".join(_SHARED) + "*")
    return bool(bare) and is_han(bare[-1])


def begins_han(text: str) -> bool:
    """Whether Chinese stands at its beginning."""
    bare = text.lstrip("".join(_SHARED) + "*")
    return bool(bare) and is_han(bare[0])


class Roles:
    """Rewrites the roles of one page."""

    def __init__(
        self, path: str, account: Account, address: Callable[[str, int], str], unnumbered: frozenset[str]
    ) -> None:
        """`address` takes the address of a link or picture and its line, and has that for the new page.

        `unnumbered` are labels of what has no number.
        """
        self.path, self.account, self.address, self.unnumbered = path, account, address, unnumbered

    def rewrite(self, text: str, line: int) -> str:
        """Prose that begins on a line of the file, with its roles as MyST has them."""
        out: list[str] = []
        at = 0
        for found in _TOKEN.finditer(text):
            number = line + text.count("\n", 0, found.start())
            if found["brace"] is not None:
                # It would begin a substitution.
                out += [text[at : found.start()], "\\{{"]
                at = found.end()
                continue
            if found["link"] is not None:
                name = "address" if found["address"] is not None else "file"
                out += [text[at : found.start(name)], self.address(found[name], number)]
                at = found.end(name)
                continue
            if found["role"] is None:
                continue
            role = self._role(found["kind"], found["words"], number)
            if role is None:
                continue
            before = text[at : found.start()]
            out += [self._before(before), role]
            at = found.end()
            spaces = re.match(r" +(?=\S)", text[at:])
            if spaces and begins_han(text[at + spaces.end() :]):
                at += spaces.end()
        return "".join((*out, text[at:]))

    @staticmethod
    def _before(before: str) -> str:
        bare = before.rstrip(" ")
        return bare if ends_han(bare) else before

    def _role(self, name: str, words: str, line: int) -> str | None:
        if name in _BLOCK:
            return None
        new = _NAMES.get(name) or (name if name.startswith(("py:", "cite:", "std:", "c:")) else "")
        if not new:
            said = "not known; kept as it stands"
            self.account.changed(f":{name}:", self.path, line, said)
            return None
        words = (
            ",".join(part.strip() for part in words.split(",")) if new.startswith("cite") else words.strip()
        )
        if new == "numref" and words in self.unnumbered:
            said = "`{ref}`: what it leads to has no number, and its title is shown"
            self.account.changed(":numref:", self.path, line, said)
            return f"{{ref}}`{words}`"
        self.account.kept(f":{name}:", self.path, line, f"`{{{new}}}`")
        return f"{{{new}}}`{words}`"
