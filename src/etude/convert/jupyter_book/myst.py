"""`myst.yml` of Jupyter Book 2 and mystmd: what each of its keys means here."""

from __future__ import annotations

import posixpath
from typing import Final

from msgspec.structs import replace

from etude.convert.jupyter_book import settings
from etude.convert.jupyter_book.contents import read_tree
from etude.convert.jupyter_book.draft import Draft, Handler, Unit
from etude.convert.jupyter_book.settings import address, changed, file, files_of, lost, nothing, put
from etude.convert.jupyter_book.sphinx import inventories
from etude.convert.jupyter_book.tree import Item
from etude.convert.toml import Plain
from etude.model.diagnostic import Place
from etude.model.protocols import Files

__all__ = ["read_myst"]

_THIRD: Final = "a site asks no third party for anything by itself"


def read_myst(draft: Draft, config: Item, files: Files, *, toc: bool) -> None:
    """Read a file into a draft; `toc`: whether a `_toc.yml` has the contents."""
    handlers: dict[str, Handler] = {
        "version": nothing(),
        "extends": nothing("what it names is read, too"),
        "project": lambda draft, item: _project(draft, item, files, toc=toc),
        "site": lambda draft, item: draft.table(item, _SITE, lost("the site has no such setting")),
    }
    # What is said of the project goes before what is said of its site.
    pairs = config.value if isinstance(config.value, dict) else {}
    order = sorted(pairs, key=lambda key: key == "site")
    ordered = replace(config, value={key: pairs[key] for key in order}) if pairs else config
    draft.table(ordered, handlers, settings.unknown)
    if config.get("project", "toc") is None and not toc:
        _contents(draft, files, numbered=_numbered(draft, config.get("project", "numbering")))
    if config.get("project", "bibliography") is None and (works := files.glob("**/*.bib")):
        found: list[Plain] = [path for path in works if not path.startswith("_build/")]
        draft.default("bibliography", "files", found, Place(draft.path))


def _project(draft: Draft, item: Item, files: Files, *, toc: bool) -> None:
    numbered = _numbered(draft, item.get("numbering"))

    def contents(draft: Draft, one: Item) -> None:
        if toc:
            draft.kept(one)
        read_tree(draft, one, files, numbered=numbered)

    places = item.get("affiliations")
    own: dict[str, Handler] = {
        "toc": contents,
        "authors": lambda draft, one: settings.authors(draft, one, places),
        "affiliations": nothing("the authors' affiliations"),
        "numbering": nothing("`numbered` of the parts"),
    }
    draft.table(item, {**_PROJECT, **own}, settings.unknown)


def _numbered(draft: Draft, item: Item | None) -> bool:
    """Whether headings are numbered; MyST says it of all, or of each level."""
    if item is None:
        return False
    if isinstance(item.value, bool):
        return item.value
    asked = [
        one
        for name in ("headings", "title", "heading_1", "heading_2", "all")
        if (one := item.get(name)) is not None
    ]
    found = False
    for one in asked:
        flag = one.get("enabled") if isinstance(one.value, dict) else one
        found = found or (flag is not None and draft.truth(flag) is True)
    return found


def _contents(draft: Draft, files: Files, *, numbered: bool) -> None:
    """A project without a table of contents: its pages in their order, the first of them in front."""
    there = (name for name in ("index", "README", "readme", "main") if _page(files, name))
    if home := next(there, ""):
        draft.default("book", "home", home, Place(draft.path))
    draft.units.append(Unit("", ["**"], Place(draft.path), numbered=numbered))


def _page(files: Files, name: str) -> bool:
    return files.exists(f"{name}.md") or files.exists(f"{name}.ipynb")


def _github(draft: Draft, item: Item) -> None:
    text = (draft.text(item) or "").strip("/")
    if text:
        full = text if "://" in text else f"https://github.com/{text}"
        draft.put("book", "repository", full, item)


def _edit(draft: Draft, item: Item) -> None:
    if item.value is False or not item.text:
        draft.put("html", "edit", "", item)
    else:
        draft.changed(item, "links to edit pages are made of the repository's address")


def _exclude(draft: Draft, item: Item) -> None:
    if found := draft.texts(item):
        draft.put("book", "exclude", found, item)


def _jupyter(draft: Draft, item: Item) -> None:
    """``thebe`` and ``jupyter``: a BinderHub can be led to, cells of pages do not run through it."""
    binder = item.get("binder")
    if binder is None:
        if item.value is not False:
            draft.lost(item, "cells do not run in the page through Binder")
        return
    url, repo, ref = binder.get("url"), binder.get("repo"), binder.get("ref")
    if isinstance(binder.value, bool) or url is None:
        if binder.value is not False:
            draft.put("launch", "binder", True, binder)
    else:
        draft.put("launch", "binder", url.text, url)
    if repo is not None and repo.text:
        full = repo.text if "://" in repo.text else f"https://github.com/{repo.text}"
        draft.put("launch", "repository", full, repo)
    if ref is not None and ref.text:
        draft.put("launch", "branch", ref.text, ref)


def _thumbnail(draft: Draft, item: Item) -> None:
    text = draft.text(item)
    if text and "://" not in text and posixpath.splitext(text)[1].lower() in {".png", ".jpg", ".jpeg"}:
        draft.put("html", "image", text.removeprefix("./"), item)
    elif text:
        draft.changed(item, "a picture is drawn for links to pages")


def _domains(draft: Draft, item: Item) -> None:
    for one in item.each():
        address("html", "url")(draft, one)


def _options(draft: Draft, item: Item) -> None:
    styles: dict[str, Handler] = {
        "favicon": file("html", "favicon"),
        "logo": file("html", "logo"),
        "style": files_of("html", "css"),
        "folders": nothing("redirects have the folders"),
        "analytics_google": lost(_THIRD),
        "analytics_plausible": lost(_THIRD),
    }
    draft.table(item, styles, changed("Etude has a theme of its own"))


_SITE: Final[dict[str, Handler]] = {
    "template": changed("Etude has a theme of its own"),
    "title": put("book", "title"),
    "description": put("book", "description"),
    "logo": file("html", "logo"),
    "favicon": file("html", "favicon"),
    "domains": _domains,
    "options": _options,
    "nav": lost("the bar has no links of one's own"),
    "actions": lost("the bar has no links of one's own"),
    "parts": lost("the frame of a page has no parts of one's own"),
    "projects": changed("a site is one book"),
    "hide_toc": changed("Etude has a theme of its own"),
    "hide_outline": changed("Etude has a theme of its own"),
    "hide_title_block": changed("Etude has a theme of its own"),
}

_PROJECT: Final[dict[str, Handler]] = {
    "id": changed("not needed"),
    "title": put("book", "title"),
    "short_title": changed("the whole title is shown"),
    "subtitle": put("book", "subtitle"),
    "description": put("book", "description"),
    "keywords": lambda draft, item: draft.put("book", "keywords", draft.texts(item), item),
    "tags": changed("`keywords` are told to search engines"),
    "date": settings.date,
    "license": settings.license_,
    "copyright": put("html", "footer"),
    "doi": put("book", "identifier"),
    "subject": changed("`keywords` are told to search engines"),
    "arxiv": changed("not shown"),
    "pmid": changed("not shown"),
    "pmcid": changed("not shown"),
    "github": _github,
    "source_url": changed("links are made of the repository's address"),
    "edit_url": _edit,
    "language": settings.language,
    "math": settings.macros,
    "abbreviations": settings.texts("abbreviations"),
    "bibliography": files_of("bibliography", "files"),
    "references": inventories,
    "substitutions": settings.texts("substitutions"),
    "exclude": _exclude,
    "exports": changed("`etude build --to pdf,epub` makes books of it"),
    "downloads": changed("readers get the notebooks of pages that were run"),
    "export": changed("`etude build --to pdf,epub` makes books of it"),
    "requirements": changed("packages are named under `requires` in `[execute]`"),
    "resources": changed("not needed"),
    "thebe": _jupyter,
    "jupyter": _jupyter,
    "binder": address("launch", "binder"),
    "thumbnail": _thumbnail,
    "banner": lost("the front page has no banner"),
    "funding": changed("not shown: write it on a page"),
    "open_access": changed("not shown"),
    "venue": changed("not shown"),
    "volume": changed("not shown"),
    "issue": changed("not shown"),
    "reviewers": changed("not shown: write it on a page"),
    "editors": changed("not shown: write it on a page"),
    "contributors": changed("not shown: write it on a page"),
    "settings": changed("not needed"),
    "error_rules": changed("each problem is told"),
    "plugins": lost("plugins of mystmd are not run"),
    "parts": lost("the frame of a page has no parts of one's own"),
    "options": changed("Etude has a theme of its own"),
}
