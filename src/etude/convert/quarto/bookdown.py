"""Books of bookdown: `_bookdown.yml` and `.Rmd` files, told as a Quarto project."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import Any

from etude.convert.account import Account
from etude.model.protocols import Files
from etude.parse import yamls
from etude.parse.frontmatter import split_head

__all__ = ["BOOKDOWN", "as_quarto", "old_pages", "text_references"]

BOOKDOWN = "_bookdown.yml"
_PART = re.compile(
    r"^#\s+\((?P<kind>PART|APPENDIX)(?:\\?\*)?\)\s+(?P<title>.*?)\s*(?:\{[^{}]*\})?\s*$", re.MULTILINE
)
_TITLE = re.compile(
    r"^#\s+(?!\((?:PART|APPENDIX))(?P<words>.*?)\s*"
    r"(?:\{(?:[^{}#]*#(?P<id>[\w:.-]+))?[^{}]*\})?\s*$",
    re.MULTILINE,
)
_REFERENCE = re.compile(
    r"^\(ref:(?P<name>[\w -]+)\)[ \t]+(?P<text>\S.*(?:\n(?!\s*\n|\(ref:).*)*)", re.MULTILINE
)
_TAKEN = (
    "title",
    "subtitle",
    "author",
    "date",
    "description",
    "cover-image",
    "url",
    "github-repo",
    "favicon",
)
_RENAMED = {"url": "site-url"}


def as_quarto(files: Files, data: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """The metadata of a Quarto book that says the same as `_bookdown.yml` and the head of `index.Rmd`."""
    chapters = _chapters(files, data)
    first = next((path for path in chapters if posixpath.basename(path).lower().startswith("index.")), "")
    head = _head(files, first) if first else {}
    book: dict[str, Any] = {
        _RENAMED.get(key, key): value for key, value in head.items() if key in _TAKEN and key != "github-repo"
    }
    if isinstance(head.get("github-repo"), str):
        book["repo-url"] = f"https://github.com/{head['github-repo']}"
    account.kept(BOOKDOWN, BOOKDOWN, 0, "etude.toml")
    book["chapters"] = _parts(files, chapters)
    made: dict[str, Any] = {"project": {"type": "book"}, "book": book, "engine": "knitr", "bookdown": True}
    for key in ("bibliography", "csl", "lang"):
        if head.get(key):
            made[key] = head[key]
    if before := _before(files, head):
        made["include-in-header"] = before
    return made


def _before(files: Files, head: Mapping[str, Any]) -> list[str]:
    """Files that are put before pages: `_output.yml` and the head of `index.Rmd` say so."""
    loaded = yamls.load(_text(files, "_output.yml"))
    said = loaded.data if isinstance(loaded, yamls.Yaml) else {}
    found: list[str] = []
    for outputs in (said, head.get("output")):
        for table in outputs.values() if isinstance(outputs, Mapping) else ():
            inner = table.get("includes") if isinstance(table, Mapping) else None
            for key in ("in_header", "before_body"):
                value = inner.get(key) if isinstance(inner, Mapping) else None
                found += [str(one) for one in (value if isinstance(value, list) else [value]) if one]
    return [one for one in dict.fromkeys(found) if files.exists(one)]


def _chapters(files: Files, data: Mapping[str, Any]) -> list[str]:
    """Sources in reading order: those that are named, or all in the folder."""
    named = data.get("rmd_files")
    if isinstance(named, Mapping):
        named = named.get("html") or next(iter(named.values()), None)
    if isinstance(named, str):
        named = [named]
    if isinstance(named, list) and not data.get("rmd_subdir"):
        return [str(one) for one in named]
    found = [path for path in (*files.glob("*.Rmd"), *files.glob("*.rmd")) if not path.startswith("_")]
    folders = data.get("rmd_subdir")
    for folder in folders if isinstance(folders, list) else ["**"] if folders else []:
        found += [
            path for path in files.glob(f"{folder}/*.Rmd") if not posixpath.basename(path).startswith("_")
        ]
    return sorted(dict.fromkeys(found), key=lambda path: (not path.lower().startswith("index."), path))


def _head(files: Files, path: str) -> Mapping[str, Any]:
    loaded = yamls.load(split_head(_text(files, path))[0])
    return loaded.data if isinstance(loaded, yamls.Yaml) and isinstance(loaded.data, dict) else {}


def _text(files: Files, path: str) -> str:
    try:
        return files.read(path).decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    except OSError:
        return ""


def _parts(files: Files, chapters: Sequence[str]) -> list[Any]:
    """The chapters, with those that stand below a heading of a part in that part."""
    found: list[Any] = []
    for path in chapters:
        heading = _PART.search(_text(files, path))
        if heading is not None:
            found.append({"part": heading["title"], "chapters": [path]})
        elif found and isinstance(found[-1], dict):
            found[-1]["chapters"].append(path)
        else:
            found.append(path)
    return found


def old_pages(text: str, path: str) -> list[str]:
    """Addresses that bookdown gave a source: one for each of its chapters."""
    found = [f"{title['id'] or _slug(title['words'])}.html" for title in _TITLE.finditer(_without_code(text))]
    return [one for one in found if one != ".html"] or [f"{posixpath.splitext(path)[0]}.html"]


def _without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def _slug(words: str) -> str:
    plain = re.sub(r"[^\w\s.-]", "", words.lower())
    return re.sub(r"^[^a-z]+", "", re.sub(r"\s+", "-", plain.strip()))


def text_references(text: str) -> dict[str, str]:
    """Captions that stand for themselves, ``(ref:name) words``."""
    return {one["name"].strip(): " ".join(one["text"].split()) for one in _REFERENCE.finditer(text)}
