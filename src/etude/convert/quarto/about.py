"""What a project says of the book itself: title, authors, day, where its source is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from etude.convert.quarto.draft import Draft, page_name
from etude.convert.toml import Plain, Toml

__all__ = ["about"]


def about(draft: Draft, toml: Toml, language: str) -> None:
    """`[book]`."""
    toml.table("book")
    title = draft.text("title")
    toml.set("title", title)
    for key in ("title", "subtitle", "description"):
        value = draft.text(key)
        if value and key != "title":
            toml.set(key, value)
        if value:
            draft.kept(key, f"[book] {key}")
    authors = _authors(draft)
    if authors:
        toml.set("authors", authors)
    toml.set("languages", [language])
    toml.set("language_folders", value=False)
    if draft.contents.home and draft.contents.home.rpartition(".")[0] != "index":
        toml.set("home", page_name(draft.contents.home))
    date = _date(draft)
    if date:
        toml.set("date", date)
    for key, name in (
        ("doi", "identifier"),
        ("isbn", "identifier"),
        ("license", "license"),
        ("version", "version"),
        ("publisher", "publisher"),
    ):
        if value := draft.text(key):
            toml.set(name, value)
            draft.kept(key, f"[book] {name}")
    if re.match(r"https?://", url := draft.text("repo-url")):
        toml.set("repository", url.rstrip("/"))
        draft.kept("repo-url", "[book] repository")
        for key, name in (("repo-branch", "branch"), ("repo-subdir", "folder")):
            if value := draft.text(key):
                toml.set(name, value.strip("/"))
                draft.kept(key, f"[book] {name}")


def _authors(draft: Draft) -> list[Plain]:
    value = draft.about.get("author", draft.about.get("authors", draft.data.get("author")))
    found: list[Plain] = []
    for one in value if isinstance(value, list) else [value] if value else []:
        if not isinstance(one, Mapping):
            found.append(str(one))
            continue
        name = one.get("name") or one.get("literal")
        if isinstance(name, Mapping):
            name = name.get("literal") or " ".join(str(name[k]) for k in ("given", "family") if k in name)
        where = one.get("affiliation", one.get("affiliations"))
        first = where[0] if isinstance(where, list) and where else where
        first = first.get("name") if isinstance(first, Mapping) else first
        table = {"name": name, "url": one.get("url"), "orcid": one.get("orcid"), "affiliation": first}
        plain = {key: str(item) for key, item in table.items() if item}
        if plain.get("name"):
            found.append(plain["name"] if len(plain) == 1 else plain)
    if value:
        draft.kept("author" if "author" in {**draft.data, **draft.about} else "authors", "[book] authors")
    return found


def _date(draft: Draft) -> str:
    value = draft.about.get("date", draft.data.get("date"))
    draft.used.add("date")
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    if value is None:
        return ""
    text = str(value).strip()
    for form in ("%Y-%m-%d", "%m/%d/%Y", "%B %d, %Y", "%d %B %Y", "%Y/%m/%d", "%B %Y", "%Y-%m", "%Y"):
        try:
            day = dt.datetime.strptime(text, form).date()  # noqa: DTZ007 -- days have no zone
        except ValueError:
            continue
        draft.kept("date", "[book] date")
        return {"%Y": text, "%Y-%m": text, "%B %Y": day.isoformat()[:7]}.get(form, day.isoformat())
    draft.account.changed(
        "date", draft.project.path, draft.project.line(draft.name, "date"), "left out: it names no day"
    )
    return ""
