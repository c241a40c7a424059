"""Shortcodes: ``{{< name arguments >}}``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from etude.convert.quarto.places import Context

__all__ = ["SHORTCODE", "block_shortcode", "included", "inline_shortcode"]

SHORTCODE = re.compile(
    r"\{\{(?P<escape>\{?)<\s*(?P<slash>/\*\s*)?(?P<name>[\w-]+)(?P<rest>.*?)(?:\s*\*/)?\s*>\}\}\}?", re.DOTALL
)
_ARGUMENT = re.compile(
    r"(?:(?P<key>[\w-]+)\s*=\s*)?(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"']+))"
)


def arguments(rest: str) -> tuple[list[str], dict[str, str]]:
    """Arguments without and with names."""
    plain: list[str] = []
    named: dict[str, str] = {}
    for found in _ARGUMENT.finditer(rest):
        value = next(filter(None, (found["double"], found["single"], found["bare"])), "")
        if found["key"]:
            named[found["key"]] = value
        else:
            plain.append(value)
    return plain, named


def included(path: str, context: Context) -> str:
    """The file that an include names, from the root of the project."""
    if path.startswith("/"):
        return path[1:]
    return posixpath.normpath(posixpath.join(context.base, path))


def inline_shortcode(found: re.Match[str], context: Context, line: int) -> str:
    """What a shortcode within text becomes."""
    name, account, path = found["name"], context.account, context.path
    plain, named = arguments(found["rest"])
    construct = f"{{{{< {name} >}}}}"
    if found["escape"] or found["slash"]:
        account.kept("{{{< … >}}}", path, line, "text")
        return (
            f"`{{{{< {name}{found['rest'].rstrip()} >}}}}`"
            if not found["slash"]
            else f"{{{{< {name}{found['rest']} >}}}}"
        )
    match name:
        case "meta" | "var":
            source = context.metadata if name == "meta" else context.book.variables
            value = _look_up(source, plain[0] if plain else "")
            if value is not None:
                account.kept(construct, path, line, "its text")
                return value
        case "kbd" if plain or named:
            account.kept(construct, path, line, "{kbd}")
            return f"{{kbd}}`{plain[0] if plain else next(iter(named.values()))}`"
        case "pagebreak":
            account.changed(construct, path, line, "left out: pages of print break by themselves")
            return ""
        case "video" if plain or named.get("src"):
            account.changed(construct, path, line, "a link, since it stands within a line")
            target = plain[0] if plain else named["src"]
            return f"[{named.get('title') or target}]({target})"
        case "lipsum":
            account.lost(construct, path, line, "filler text is left out")
            return ""
        case "include" if plain:
            account.lost(construct, path, line, "put it on a line of its own, between empty lines")
        case "fa" | "bi" | "iconify" | "ai":
            account.lost(construct, path, line, "icons are left out")
            return ""
        case "placeholder":
            account.lost(construct, path, line, "left out")
            return ""
        case _:
            account.lost(construct, path, line, "not known; it is code now")
            return f"`{found[0]}`"
    account.lost(construct, path, line, "there is no such text; it is code now")
    return f"`{found[0]}`"


def block_shortcode(text: str, context: Context, line: int) -> list[str] | None:
    """The lines of a shortcode that stands alone; None when it is none, or one for text."""
    found = SHORTCODE.fullmatch(text.strip())
    if found is None or found["escape"] or found["slash"]:
        return None
    name, account, path = found["name"], context.account, context.path
    indent = text[: len(text) - len(text.lstrip())]
    plain, named = arguments(found["rest"])
    construct = f"{{{{< {name} >}}}}"
    if name == "include" and plain:
        target = included(plain[0], context)
        if target in context.book.commands:
            account.kept(construct, path, line, "`[macros]`: the file only defines commands of formulas")
            return []
        if target not in context.book.files:
            account.lost(construct, path, line, f"the file `{plain[0]}` is not there")
            return [f"{indent}% {text.strip()}"]
        written = plain[0]
        if context.base != context.folder and not written.startswith("/"):
            written = f"/{target}"
        if target in context.book.pages:
            written = posixpath.splitext(written)[0] + ".md"
        account.kept(construct, path, line, "{include}")
        return [f"{indent}```{{include}} {written}", f"{indent}```"]
    if name == "video" and (plain or named.get("src")):
        target = plain[0] if plain else named["src"]
        account.kept(construct, path, line, "{video}")
        return [f"{indent}{one}" for one in _video(target, named, context)]
    if name == "embed" and plain:
        account.changed(construct, path, line, "a link to the notebook, whose cell is not shown here")
        file, _, cell = plain[0].partition("#")
        return [f"{indent}[{cell or posixpath.basename(file)}]({context.located(file)})"]
    if name == "pagebreak":
        account.changed(construct, path, line, "left out: pages of print break by themselves")
        return []
    return None


def _video(target: str, named: Mapping[str, str], context: Context) -> list[str]:
    """A film: players of others are pages within the page."""
    watch = re.search(r"(?:youtu\.be/|youtube(?:-nocookie)?\.com/(?:watch\?v=|embed/))([\w-]+)", target)
    vimeo = re.search(r"vimeo\.com/(?:video/)?(\d+)", target)
    kind, address = "video", context.located(target)
    if watch:
        kind, address = "iframe", f"https://www.youtube-nocookie.com/embed/{watch[1]}"
    elif vimeo:
        kind, address = "iframe", f"https://player.vimeo.com/video/{vimeo[1]}"
    lines = [f"```{{{kind}}} {address}"]
    if named.get("title"):
        lines.append(f":alt: {named['title']}")
    if named.get("width"):
        lines.append(f":width: {named['width']}")
    return [*lines, "```"]


def _look_up(source: Mapping[str, Any], key: str) -> str | None:
    value: Any = source
    for part in key.split("."):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    if isinstance(value, bool):
        return str(value).lower()
    return None if isinstance(value, Mapping | list) or value is None else str(value)
