"""`_quarto.yml` as `etude.toml`."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from etude.convert.account import Account
from etude.convert.quarto.contents import Contents
from etude.convert.quarto.project import Project
from etude.convert.quarto.unplaced import unplaced
from etude.convert.toml import Plain, Toml
from etude.model.protocols import Files

__all__ = ["metadata", "page_name", "settings"]

_SIZES = {"a4": "a4", "a5": "a5", "b5": "b5", "letter": "letter", "a4paper": "a4", "letterpaper": "letter"}


def metadata(project: Project) -> Mapping[str, Any]:
    """The table that describes the book or the website."""
    for name in ("book", "website"):
        table = project.data.get(name)
        if isinstance(table, Mapping):
            return table
    return {}


def page_name(source: str) -> str:
    """The name of a page in the contents."""
    return posixpath.splitext(source)[0]


class _Settings:
    def __init__(
        self,
        files: Files,
        project: Project,
        contents: Contents,
        account: Account,
        unnumbered: frozenset[str] = frozenset(),
    ) -> None:
        self.unnumbered = unnumbered
        self.files, self.project, self.contents, self.account = files, project, contents, account
        self.data, self.about = project.data, metadata(project)
        self.name = "book" if isinstance(project.data.get("book"), Mapping) else "website"
        self.html = self.format("html")
        self.used: set[str] = set()

    def format(self, name: str) -> Mapping[str, Any]:
        formats = self.data.get("format")
        found = formats.get(name) if isinstance(formats, Mapping) else None
        return found if isinstance(found, Mapping) else {}

    def kept(self, key: str, said: str) -> None:
        top = key in self.about
        line = self.project.line(self.name, key) if top else self.project.line(*key.split("."))
        self.account.kept(key, self.project.path, line, said)
        self.used.add(key)

    def text(self, key: str) -> str:
        value = self.about.get(key, self.data.get(key))
        return (
            " ".join(value.split())
            if isinstance(value, str)
            else str(value)
            if isinstance(value, int | float) and not isinstance(value, bool)
            else ""
        )

    def path(self, value: Any, key: str) -> str:
        """A file of the project; empty, and told, when it is not there."""
        path = str(value).removeprefix("/").removeprefix("./") if isinstance(value, str) else ""
        if path and not self.files.exists(path):
            if not re.match(r"https?://", path):
                self.account.lost(
                    key, self.project.path, self.project.line(self.name, key), f"there is no file `{path}`"
                )
            return ""
        return path

    def book(self, toml: Toml, language: str) -> None:
        toml.table("book")
        title = self.text("title")
        toml.set("title", title)
        for key in ("title", "subtitle", "description"):
            value = self.text(key)
            if value and key != "title":
                toml.set(key, value)
            if value:
                self.kept(key, f"[book] {key}")
        authors = self.authors()
        if authors:
            toml.set("authors", authors)
        toml.set("languages", [language])
        toml.set("language_folders", value=False)
        if self.contents.home and self.contents.home.rpartition(".")[0] != "index":
            toml.set("home", page_name(self.contents.home))
        date = self.date()
        if date:
            toml.set("date", date)
        for key, name in (
            ("doi", "identifier"),
            ("isbn", "identifier"),
            ("license", "license"),
            ("version", "version"),
            ("publisher", "publisher"),
        ):
            if value := self.text(key):
                toml.set(name, value)
                self.kept(key, f"[book] {name}")
        if re.match(r"https?://", url := self.text("repo-url")):
            toml.set("repository", url.rstrip("/"))
            self.kept("repo-url", "[book] repository")
            for key, name in (("repo-branch", "branch"), ("repo-subdir", "folder")):
                if value := self.text(key):
                    toml.set(name, value.strip("/"))
                    self.kept(key, f"[book] {name}")

    def authors(self) -> list[Plain]:
        value = self.about.get("author", self.about.get("authors", self.data.get("author")))
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
            self.kept("author" if "author" in {**self.data, **self.about} else "authors", "[book] authors")
        return found

    def date(self) -> str:
        value = self.about.get("date", self.data.get("date"))
        self.used.add("date")
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
            self.kept("date", "[book] date")
            return {"%Y": text, "%Y-%m": text, "%B %Y": day.isoformat()[:7]}.get(form, day.isoformat())
        self.account.changed(
            "date", self.project.path, self.project.line(self.name, "date"), "left out: it names no day"
        )
        return ""

    def parts(self, toml: Toml, *, numbered: bool) -> None:
        for part in self.contents.parts:
            if not part.chapters:
                continue
            toml.table("part", many=True)
            if part.title:
                toml.set("title", part.title)
            toml.set("chapters", [self.chapter(one, part.numbered and numbered) for one in part.chapters])
            if not part.numbered or not numbered:
                toml.set("numbered", value=False)

    def chapter(self, one: Any, numbered: bool) -> Plain:
        """An entry of the contents."""
        if not isinstance(one, str):
            inner = [self.chapter(each, numbered) for each in one["sections"]]
            return {"page": page_name(one["page"]), "sections": inner}
        if numbered and one in self.unnumbered:
            return {"page": page_name(one), "numbered": False}
        return page_name(one)

    def execute(self, toml: Toml, kernel: str) -> None:
        execute = self.data.get("execute")
        execute = execute if isinstance(execute, Mapping) else {}
        values: dict[str, Plain] = {}
        if kernel not in {"", "python3"}:
            values["kernel"] = kernel
        for key, value in execute.items():
            line = self.project.line("execute", str(key))
            if key in {"echo", "eval", "output", "include", "error", "code-fold"}:
                self.account.kept(f"execute: {key}", self.project.path, line, "tags of cells")
            elif key in {"freeze", "cache"}:
                self.account.kept(f"execute: {key}", self.project.path, line, "results are always kept")
            elif key == "timeout" and isinstance(value, int) and value > 0:
                values["timeout"] = value
                self.account.kept("execute: timeout", self.project.path, line, "[execute] timeout")
            elif key == "enabled":
                if value is False:
                    values["policy"] = "off"
                self.account.kept("execute: enabled", self.project.path, line, "[execute] policy")
            elif key in {"warning", "message"}:
                self.account.changed(
                    f"execute: {key}",
                    self.project.path,
                    line,
                    "warnings are shown unless the code turns them off",
                )
            else:
                self.account.changed(f"execute: {key}", self.project.path, line, "left out")
        if values:
            toml.table("execute")
            for name, one in values.items():
                toml.set(name, one)

    def site(self, toml: Toml, *, trust: bool) -> None:
        values: dict[str, Plain] = {}
        if re.match(r"https?://", url := self.text("site-url")):
            values["url"] = url
            self.kept("site-url", "[html] url")
        css = self.html.get("css", self.data.get("css"))
        sheets = [
            path for one in (css if isinstance(css, list) else [css]) if (path := self.path(one, "css"))
        ]
        if sheets:
            values["css"] = sheets
            self.account.kept(
                "css", self.project.path, self.project.line("format", "html", "css"), "[html] css"
            )
        if self.about.get("favicon") and (path := self.path(self.about["favicon"], "favicon")):
            values["favicon"] = path
            self.kept("favicon", "[html] favicon")
        bar = (
            self.about.get("navbar")
            if isinstance(self.about.get("navbar"), Mapping)
            else self.about.get("sidebar")
        )
        logo = bar.get("logo") if isinstance(bar, Mapping) else None
        if logo and (path := self.path(logo, "logo")):
            values["logo"] = path
        if footer := _footer(self.about.get("page-footer")):
            values["footer"] = footer
        if "page-footer" in self.about:
            self.account.changed(
                "page-footer",
                self.project.path,
                self.project.line(self.name, "page-footer"),
                "its texts in one line, without links",
            )
            self.used.add("page-footer")
        if self.about.get("search") is False:
            values["search"] = False
        self.used.add("search")
        if "repo-actions" in self.about:
            self.kept("repo-actions", "pages lead to the repository")
        if trust:
            values["trust"] = True
        if values:
            toml.table("html")
            for key, one in values.items():
                toml.set(key, one)

    def works(self, toml: Toml, extra: tuple[str, ...]) -> None:
        value = self.data.get("bibliography", self.about.get("bibliography"))
        wanted = value if isinstance(value, list) else [value] if value else []
        paths = [path for one in wanted if (path := self.path(one, "bibliography"))]
        paths = list(dict.fromkeys([*paths, *extra]))
        self.used |= {"bibliography", "csl", "references"}
        others = [path for path in paths if not path.endswith((".bib", ".bibtex"))]
        for path in others:
            self.account.lost(
                "bibliography",
                self.project.path,
                self.project.line("bibliography"),
                f"`{path}` is no BibTeX file",
            )
        paths = [path for path in paths if path not in others]
        style = self.path(self.data.get("csl", self.about.get("csl")), "csl")
        if not paths and not style:
            return
        toml.table("bibliography")
        if paths:
            toml.set("files", paths)
            self.account.kept(
                "bibliography", self.project.path, self.project.line("bibliography"), "[bibliography] files"
            )
        if style:
            toml.set("style", style)
            self.account.kept("csl", self.project.path, self.project.line("csl"), "[bibliography] style")

    def print(self, toml: Toml) -> None:
        size = _SIZES.get(str(self.format("pdf").get("papersize", "")).lower())
        if size:
            toml.table("pdf")
            toml.set("size", size)
        cover = self.about.get("cover-image") or self.format("epub").get("cover-image")
        self.used.add("cover-image")
        if cover and (path := self.path(cover, "cover-image")):
            toml.table("epub")
            toml.set("cover", path)
            self.account.kept(
                "cover-image", self.project.path, self.project.line(self.name, "cover-image"), "[epub] cover"
            )


def settings(
    files: Files,
    project: Project,
    contents: Contents,
    account: Account,
    *,
    kernel: str,
    numbered: bool,
    trust: bool,
    works: tuple[str, ...],
    redirects: Mapping[str, str],
    unnumbered: frozenset[str],
) -> str:
    """The text of `etude.toml`. `works` are further BibTeX files, `redirects` old addresses.

    `unnumbered` are sources of pages whose title has no number.
    """
    made, toml = _Settings(files, project, contents, account, unnumbered), Toml()
    language = str(project.data.get("lang") or "en").partition("-")[0].lower()
    if "lang" in project.data:
        account.kept("lang", project.path, project.line("lang"), "[book] languages")
    toml.comment(f"Made of `{project.path}`.")
    made.book(toml, language)
    made.parts(toml, numbered=numbered)
    made.execute(toml, kernel)
    made.site(toml, trust=trust)
    made.works(toml, works)
    made.print(toml)
    toml.redirects(redirects)
    unplaced(project, made.about, made.name, frozenset(made.used), account)
    return toml.written().text


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
