"""What `_quarto.yml` says that has no place in `etude.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etude.convert.account import Account
from etude.convert.quarto.project import Project

__all__ = ["unplaced"]

_REASONS = {
    "sidebar": "the contents are the sidebar", "navbar": "the contents lead through the book",
    "downloads": "write `etude build --to pdf`", "sharing": "pages have no buttons for other sites",
    "open-graph": "made of titles and descriptions", "twitter-card": "made of titles and descriptions",
    "page-navigation": "pages lead on to the next anyway",
    "google-analytics": "no page asks anything of others",
    "cookie-consent": "no page asks anything of others", "reader-mode": "left out",
    "comments": "see `[discussion]`", "back-to-top-navigation": "left out", "bread-crumbs": "left out",
    "body-footer": "left out", "body-header": "left out", "announcement": "left out",
    "margin-footer": "left out", "margin-header": "left out", "output-file": "left out",
    "open-source": "left out", "filters": "filters of pandoc do not run",
    "resources": "all files of the project are copied", "pre-render": "run it before `etude build`",
    "post-render": "run it after `etude build`", "theme": "the theme is Etude's",
    "include-in-header": "put styles into `css` under `[html]`", "interlinks": "see `[inventory.NAME]`",
    "editor": "of no use here", "lightbox": "left out",
    "crossref": "words of references are those of the language", "repo-link-target": "left out",
    "repo-link-rel": "left out", "issue-url": "see `issues` under `[html]`",
}  # fmt: skip

_NOTHING = "it has no meaning here"
_PLACED = frozenset({
    "chapters", "appendices", "title", "author", "authors", "type", "logo", "cover-image-alt",
})  # fmt: skip
_TOP = frozenset({
    "bookdown", "project", "book", "website", "bibliography", "csl", "lang", "execute", "title", "subtitle",
    "author", "date", "metadata-files", "profile", "number-sections", "jupyter", "engine", "css",
    "description", "knitr",
})  # fmt: skip
_FORMAT = frozenset(
    {"css", "toc", "code-fold", "papersize", "cover-image", "number-sections", "echo", "eval"}
)


def unplaced(
    project: Project, about: Mapping[str, Any], name: str, used: frozenset[str], account: Account
) -> None:
    """Take down what was not used; `about` is the table `name`, that of the book or the website."""
    path = project.path
    for key in map(str, about):
        if key not in used | _PLACED and not (key == "sidebar" and name == "website"):
            account.changed(f"{name}: {key}", path, project.line(name, key), _REASONS.get(key, _NOTHING))
    for key, value in project.data.items():
        if key == "format" and isinstance(value, Mapping):
            _formats(project, value, account)
        elif key not in used | _TOP:
            account.changed(key, path, project.line(key), _REASONS.get(key, _NOTHING))
    table = project.data.get("project")
    for key in map(str, table if isinstance(table, Mapping) else ()):
        if key not in {"type", "output-dir", "render"}:
            account.changed(
                f"project: {key}", path, project.line("project", key), _REASONS.get(key, _NOTHING)
            )


def _formats(project: Project, formats: Mapping[str, Any], account: Account) -> None:
    for name, table in formats.items():
        line = project.line("format", str(name))
        if not str(name).startswith(("html", "pdf", "epub", "typst")):
            account.changed(f"format: {name}", project.path, line, "there is no such output")
            continue
        account.kept(f"format: {name}", project.path, line, "etude build")
        for key in map(str, table if isinstance(table, Mapping) else ()):
            if key not in _FORMAT:
                line = project.line("format", str(name), key)
                account.changed(f"format: {name}: {key}", project.path, line, "the theme decides")
