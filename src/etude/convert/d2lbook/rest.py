"""Blocks of reStructuredText, `eval_rst`: what has a counterpart, and the others as listings."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from etude.convert.account import Account
from etude.convert.fences import Fence

__all__ = ["convert_rest", "is_rest"]

_DIRECTIVE = re.compile(r"\.\. (?P<name>[\w:-]+)::[ \t]*(?P<argument>.*)")
_FILE = re.compile(r"[ \t]+:file:[ \t]*(?P<path>\S+)[ \t]*")
_UNDERLINE = re.compile(r"([=\-~^\"'#*+])\1{2,}")
_LEVELS = {"=": 1, "-": 2, "~": 3}


def is_rest(fence: Fence) -> bool:
    """Whether a fence holds reStructuredText."""
    return fence.info.strip("{. }") == "eval_rst"


def convert_rest(
    fence: Fence, path: str, account: Account, read: Callable[[str], str | None]
) -> tuple[str, ...]:
    """What a block becomes; `read` has the text of a file that is named relative to the page."""
    lines = [line.rstrip() for line in fence.body]
    out: list[str] = []
    at = 0
    while at < len(lines):
        if not lines[at]:
            at += 1
            continue
        end = at + 1
        while end < len(lines) and (not lines[end] or lines[end].startswith((" ", "\t"))):
            end += 1
        chunk = lines[at:end]
        while not chunk[-1]:
            chunk.pop()
        out += (
            ["", *_piece(chunk, path, fence.line + 1 + at, account, read)]
            if out
            else _piece(chunk, path, fence.line + 1 + at, account, read)
        )
        at = end
    return tuple(out)


def _piece(
    chunk: Sequence[str], path: str, number: int, account: Account, read: Callable[[str], str | None]
) -> list[str]:
    found = _DIRECTIVE.fullmatch(chunk[0])
    if found is not None and found["name"] == "raw" and found["argument"].strip() == "html":
        return _raw(chunk, path, number, account, read)
    if found is not None and found["name"] == "only":
        return _only(found["argument"].strip(), chunk, path, number, account)
    name = found["name"] if found else "text"
    account.changed(
        f"eval_rst {name}", path, number, "kept as a listing; Sphinx is needed to make more of it"
    )
    return ["```{code-block} rst", *chunk, "```"]


def _raw(
    chunk: Sequence[str], path: str, number: int, account: Account, read: Callable[[str], str | None]
) -> list[str]:
    named = next((found["path"] for line in chunk[1:] if (found := _FILE.fullmatch(line))), None)
    if named is None:
        body = _dedented(chunk[1:])
    else:
        text = read(named)
        if text is None:
            account.lost("eval_rst raw", path, number, f"there is no file `{named}`")
            return []
        if re.search(r"<(?:html|head|body|script)\b", text, re.IGNORECASE):
            said = f"`{named}` is a page of its own; make a front page of it by hand"
            account.lost("eval_rst raw", path, number, said)
            return []
        body = text.rstrip("\n").split("\n")
    said = "`{raw} html`; made safe unless the book says `trust = true` under `[html]`"
    account.changed("eval_rst raw", path, number, said)
    mark = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", "\n".join(body))), 3)
    return [f"{mark}{{raw}} html", *body, mark]


def _only(output: str, chunk: Sequence[str], path: str, number: int, account: Account) -> list[str]:
    body = _dedented(chunk[1:])
    if output != "html":
        account.lost("eval_rst only", path, number, f"for `{output}` alone")
        return []
    if len(body) == 2 and (rule := _UNDERLINE.fullmatch(body[1])):
        account.kept("eval_rst only", path, number, "a heading, in every output")
        return [f"{'#' * _LEVELS.get(rule[1], 2)} {body[0].strip()}"]
    account.changed("eval_rst only", path, number, "kept as a listing; Sphinx is needed to make more of it")
    return ["```{code-block} rst", *chunk, "```"]


def _dedented(lines: Sequence[str]) -> list[str]:
    body = list(lines)
    while body and not body[0].strip():
        body.pop(0)
    while body and not body[-1].strip():
        body.pop()
    step = min((len(line) - len(line.lstrip()) for line in body if line.strip()), default=0)
    return [line[step:] for line in body]
