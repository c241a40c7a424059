"""The front matter of a page: keys that Etude knows stay as they are, others are noted and left out."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from etude.convert.account import Account
from etude.convert.quarto.options import Cells
from etude.parse import yamls
from etude.parse.frontmatter import FIELDS, split_head

__all__ = ["Front", "defaults", "read_front", "written"]

_KEY = re.compile(r"(?P<key>[\w.\"'-][^:#\n]*?)\s*:(?=\s|$)")
_RENAMED = {"categories": "keywords", "date-modified": "updated", "abstract": "description"}
_APPLIED = frozenset({
    "execute", "format", "code-fold", "engine", "jupyter", "knitr", "number-sections", "code-line-numbers",
    "bibliography", "csl", "lang", "echo", "output", "ipynb-filters",
})  # fmt: skip
_LOOKS = frozenset({
    "toc", "toc-depth", "toc-location", "toc-title", "toc-expand", "page-layout", "theme", "css",
    "fig-width", "fig-height", "fig-align", "fig-cap-location", "tbl-cap-location", "reference-location",
    "citation-location", "code-tools", "code-copy", "code-overflow", "code-annotations", "highlight-style",
    "anchor-sections", "smooth-scroll", "title-block-banner", "page-navigation", "number-depth",
    "shift-heading-level-by", "sidebar", "navbar", "body-classes", "grid", "html-math-method",
    "link-external-icon", "link-external-newwindow", "fontsize", "linestretch", "mainfont", "editor",
    "editor_options", "date-format", "self-contained", "embed-resources", "knit", "site", "documentclass",
    "link-citations", "bread-crumbs", "back-to-top-navigation", "repo-actions", "search", "lightbox",
    "comments", "df-print", "margin-header", "title-block-style", "image-alt", "pagetitle", "card-style",
    "twitter-card", "open-graph", "colorlinks", "geometry", "layout", "notebook-links",
    "notebook-view", "order", "biblio-style", "fig-format", "fig-dpi",
})  # fmt: skip


_LOST = frozenset(
    {"listing", "params", "include-before-body", "include-after-body", "citation", "runtime", "server"}
)


class Front(Struct, frozen=True):
    """What stands at the head of a page."""

    raw: str = ""
    data: Mapping[str, Any] = {}
    body: int = 0
    """Offset of the text after it."""
    problem: str = ""


def read_front(text: str) -> Front:
    """The front matter of a page."""
    raw, _, body = split_head(text)
    if not body:
        return Front()
    loaded = yamls.load(re.sub(r"!expr\s", "", raw))
    if isinstance(loaded, yamls.YamlProblem):
        return Front(raw, {}, body, loaded.message)
    data = loaded.data if isinstance(loaded.data, dict) else {}
    return Front(raw, {str(key): value for key, value in data.items()}, body)


def defaults(data: Mapping[str, Any], cells: Cells) -> Cells:
    """How cells are shown where this metadata holds."""
    found: dict[str, Any] = {}
    formats = data.get("format")
    html = formats.get("html") if isinstance(formats, Mapping) else None
    knitr = data.get("knitr")
    chunk = knitr.get("opts_chunk") if isinstance(knitr, Mapping) else None
    for table in (data, html, chunk, data.get("execute")):
        if not isinstance(table, Mapping):
            continue
        for key in ("code-fold", "echo", "eval", "output", "include", "error", "code-line-numbers"):
            if key in table:
                found[key] = table[key]
        inner = table.get("execute")
        if isinstance(inner, Mapping):
            found |= {
                key: inner[key] for key in ("echo", "eval", "output", "include", "error") if key in inner
            }
    return cells.with_(found) if found else cells


def written(front: Front, account: Account, path: str, *, kernel: str = "") -> list[str]:
    """The front matter with its dashes; nothing when nothing is left of it."""
    if front.problem:
        account.lost("front matter", path, 1, f"it is no valid YAML: {front.problem}")
    kept: list[str] = []
    block: list[str] = []
    key = ""
    start = 2
    for number, line in enumerate([*front.raw.split("\n"), "end:"], 2):
        found = _KEY.match(line) if line[:1].strip() and not line.startswith(("#", "- ")) else None
        if found is None:
            block.append(line)
            continue
        if key or any(one.strip() for one in block):
            kept += _block(key, block, front, account, path, start)
        key, block, start = found["key"].strip("\"'"), [line], number
    if kernel:
        kept.append(f"kernelspec: {{name: {kernel}}}")
    while kept and not kept[-1].strip():
        kept.pop()
    return ["---", *kept, "---"] if kept else []


def _block(key: str, block: list[str], front: Front, account: Account, path: str, line: int) -> list[str]:
    """The lines of a key, as they stay."""
    value = front.data.get(key)
    if front.problem:
        return block if key in {"title", "subtitle", "author", "description"} and len(block) == 1 else []
    if not key:
        return block
    if key in {"date", "date-modified"} and str(value) in {"today", "now", "last-modified"}:
        account.changed(key, path, line, "left out: no date is made while a book is built")
        return []
    if key == "number-sections":
        account.kept(key, path, line, "numbered")
        return ["numbered: false"] if value is False else []
    if key == "execute" and isinstance(value, Mapping):
        account.kept(key, path, line, "tags of cells")
        return ["execute: {skip: true}"] if value.get("enabled") is False else []
    if key in {"author", "authors"} and not _named(value):
        account.changed(key, path, line, "left out: the author's name is not one text")
        return []
    if key == "aliases":
        return _aliases(value, account, path, line)
    if key in _RENAMED and _RENAMED[key] not in front.data and isinstance(value, str | list):
        account.kept(key, path, line, _RENAMED[key])
        return [re.sub(r"^[^:]+", _RENAMED[key], block[0], count=1), *block[1:]]
    if key in FIELDS:
        if key in {"numbering", "label", "execute", "variants", "substitutions", "short", "thumbnail"}:
            return block
        account.kept(key, path, line)
        return block
    if key in _APPLIED:
        account.kept(key, path, line, "applied to the page, or said in etude.toml")
    elif key in _LOOKS:
        account.changed(key, path, line, "left out: the theme decides")
    elif key in _LOST:
        account.lost(key, path, line, "this key of the front matter has no meaning here")
    else:
        account.kept(key, path, line, "left out: no page of Quarto shows it either")
    return []


def _aliases(value: Any, account: Account, path: str, line: int) -> list[str]:
    """Old addresses as those of the site: in Quarto they start from the page's folder."""
    found: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        text = str(one)
        whole = text if text.startswith("/") else "/" + posixpath.join(posixpath.dirname(path), text)
        whole = posixpath.normpath(whole)
        if whole in {"/", "/index.html"} or whole.startswith("/.."):
            account.lost("aliases", path, line, "the front page's own address")
        else:
            account.kept("aliases", path, line)
            found.append(json.dumps(whole, ensure_ascii=False))
    return [f"aliases: [{', '.join(found)}]"] if found else []


def _named(value: Any) -> bool:
    many = value if isinstance(value, list) else [value]
    return all(
        isinstance(one, str) or (isinstance(one, Mapping) and isinstance(one.get("name"), str))
        for one in many
    )
