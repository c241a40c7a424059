"""What a project says of the website, of print, and of the works that it cites."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from etude.convert.quarto.draft import Draft
from etude.convert.toml import Plain, Toml

__all__ = ["printed", "site", "works"]

_SIZES = {"a4": "a4", "a5": "a5", "b5": "b5", "letter": "letter", "a4paper": "a4", "letterpaper": "letter"}


def site(draft: Draft, toml: Toml, *, trust: bool) -> None:
    """`[html]`."""
    values: dict[str, Plain] = {}
    if re.match(r"https?://", url := draft.text("site-url")):
        values["url"] = url
        draft.kept("site-url", "[html] url")
    css = draft.html.get("css", draft.data.get("css"))
    sheets = [path for one in (css if isinstance(css, list) else [css]) if (path := draft.path(one, "css"))]
    if sheets:
        values["css"] = sheets
        draft.account.kept(
            "css", draft.project.path, draft.project.line("format", "html", "css"), "[html] css"
        )
    if draft.about.get("favicon") and (path := draft.path(draft.about["favicon"], "favicon")):
        values["favicon"] = path
        draft.kept("favicon", "[html] favicon")
    bar = (
        draft.about.get("navbar")
        if isinstance(draft.about.get("navbar"), Mapping)
        else draft.about.get("sidebar")
    )
    logo = bar.get("logo") if isinstance(bar, Mapping) else None
    if logo and (path := draft.path(logo, "logo")):
        values["logo"] = path
    if footer := _footer(draft.about.get("page-footer")):
        values["footer"] = footer
    if "page-footer" in draft.about:
        draft.account.changed(
            "page-footer",
            draft.project.path,
            draft.project.line(draft.name, "page-footer"),
            "its texts in one line, without links",
        )
        draft.used.add("page-footer")
    if draft.about.get("search") is False:
        values["search"] = False
    draft.used.add("search")
    if "repo-actions" in draft.about:
        draft.kept("repo-actions", "pages lead to the repository")
    if trust:
        values["trust"] = True
    if values:
        toml.table("html")
        for key, one in values.items():
            toml.set(key, one)


def works(draft: Draft, toml: Toml, extra: tuple[str, ...]) -> None:
    """`[bibliography]`; `extra` are further BibTeX files."""
    value = draft.data.get("bibliography", draft.about.get("bibliography"))
    wanted = value if isinstance(value, list) else [value] if value else []
    paths = [path for one in wanted if (path := draft.path(one, "bibliography"))]
    paths = list(dict.fromkeys([*paths, *extra]))
    draft.used |= {"bibliography", "csl", "references"}
    others = [path for path in paths if not path.endswith((".bib", ".bibtex"))]
    for path in others:
        draft.account.lost(
            "bibliography",
            draft.project.path,
            draft.project.line("bibliography"),
            f"`{path}` is no BibTeX file",
        )
    paths = [path for path in paths if path not in others]
    style = draft.path(draft.data.get("csl", draft.about.get("csl")), "csl")
    if not paths and not style:
        return
    toml.table("bibliography")
    if paths:
        toml.set("files", paths)
        draft.account.kept(
            "bibliography", draft.project.path, draft.project.line("bibliography"), "[bibliography] files"
        )
    if style:
        toml.set("style", style)
        draft.account.kept("csl", draft.project.path, draft.project.line("csl"), "[bibliography] style")


def printed(draft: Draft, toml: Toml) -> None:
    """`[pdf]` and `[epub]`."""
    size = _SIZES.get(str(draft.format("pdf").get("papersize", "")).lower())
    if size:
        toml.table("pdf")
        toml.set("size", size)
    cover = draft.about.get("cover-image") or draft.format("epub").get("cover-image")
    draft.used.add("cover-image")
    if cover and (path := draft.path(cover, "cover-image")):
        toml.table("epub")
        toml.set("cover", path)
        draft.account.kept(
            "cover-image", draft.project.path, draft.project.line(draft.name, "cover-image"), "[epub] cover"
        )


def _footer(value: Any) -> str:
    if isinstance(value, str):
        words = re.sub(r"\[([^\[\]]*)\]\([^()]*\)(?:\{[^{}]*\})?", r"\1", re.sub(r"<[^<>]*>", " ", value))
        return " ".join(unescape(words).split())
    if isinstance(value, Mapping):
        value = [value.get(key) for key in ("left", "center", "right")]
    pieces = []
    for one in value if isinstance(value, list) else ():
        text = _footer(one) if isinstance(one, list) else _footer(one) if isinstance(one, str) else ""
        if isinstance(one, Mapping) and one.get("text"):
            text = _footer(str(one["text"]))
        pieces += [" ".join(text.split())] if text else []
    return " · ".join(pieces)
