"""Settings that several keys of several files mean: authors, languages, addresses, macros, lists of files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from etude.convert.jupyter_book.draft import Draft, Handler
from etude.convert.jupyter_book.tree import Item
from etude.convert.toml import Placed, Plain

__all__ = [
    "address", "authors", "changed", "date", "file", "files_of", "language", "license_", "lost", "macros",
    "nothing", "put", "texts", "unknown",
]  # fmt: skip

_URL: Final = re.compile(r"https?://[^\s/]+\S*")
_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_ORCID: Final = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])/?")
NAMED: Final = {"zh_cn": "zh", "zh-hans": "zh", "zh_hans": "zh", "zh-cn": "zh", "zh": "zh"}
_COMMAND: Final = re.compile(r"\\?([A-Za-z]+|[^A-Za-z\s])")


def put(table: str, key: str) -> Handler:
    """A text goes to a key."""

    def handle(draft: Draft, item: Item) -> None:
        if text := draft.text(item):
            draft.put(table, key, text, item)

    return handle


def lost(said: str) -> Handler:
    """A setting that readers may miss."""
    return lambda draft, item: draft.lost(item, said)


def changed(said: str) -> Handler:
    """A setting that is not needed, or is otherwise here."""
    return lambda draft, item: draft.changed(item, said)


def nothing(said: str = "") -> Handler:
    """A setting that is as Etude has it anyway."""
    return lambda draft, item: draft.kept(item, said)


def unknown(draft: Draft, item: Item) -> None:
    """A key that is not known here."""
    draft.lost(item, "unknown to Etude")


def address(table: str, key: str) -> Handler:
    """An address of the web; one without a scheme gets it."""

    def handle(draft: Draft, item: Item) -> None:
        text = draft.text(item)
        if not text:
            return
        full = text if "://" in text else f"https://{text}"
        if _URL.fullmatch(full):
            draft.put(table, key, full, item)
        else:
            draft.wrong(item, "an address that begins with http:// or https://")

    return handle


def file(table: str, key: str) -> Handler:
    """A file of the book; one that lies elsewhere on the web cannot be had."""

    def handle(draft: Draft, item: Item) -> None:
        text = draft.text(item)
        if text and "://" in text:
            draft.lost(item, "a file of another site is not fetched: put it into the book")
        elif text:
            draft.put(table, key, text.removeprefix("./"), item)

    return handle


def files_of(table: str, key: str) -> Handler:
    """A list of files of the book; others are left out."""

    def handle(draft: Draft, item: Item) -> None:
        found: list[Plain] = []
        for one in item.each():
            text = draft.text(one)
            if text and "://" in text:
                draft.lost(one, "a file of another site is not fetched: put it into the book")
            elif text:
                found.append(Placed(text.removeprefix("./"), one.place))
        if found:
            draft.put(table, key, found, item)

    return handle


def language(draft: Draft, item: Item) -> None:
    """The language of the book, as a tag."""
    if text := draft.text(item):
        tag = NAMED.get(text.lower(), text.replace("_", "-"))
        draft.put("book", "languages", [Placed(tag, item.place)], item)


def date(draft: Draft, item: Item) -> None:
    """A date that numbers say."""
    text = draft.text(item)
    if text and _DATE.fullmatch(text[:10]):
        draft.put("book", "date", text[:10], item)
    elif text:
        draft.changed(item, "a date is written YYYY-MM-DD")


def license_(draft: Draft, item: Item) -> None:
    """The licence of the text; MyST may have another for the code."""
    content = item.get("content") or item.get("id") if isinstance(item.value, dict) else item
    if content is not None and (text := draft.text(content)):
        draft.put("book", "license", text, content)
    if (code := item.get("code")) is not None:
        draft.changed(code, "a book has one licence: tell of that of the code on a page")


def authors(draft: Draft, item: Item, places: Item | None = None) -> None:
    """Who wrote the book: names, or tables of MyST; `places` are the affiliations that these name."""
    found: list[Plain] = []
    for one in item.each():
        if isinstance(one.value, dict):
            found += _author(draft, one, places)
        elif text := draft.text(one):
            found.append(Placed(text, one.place))
    if found:
        draft.put("book", "authors", found, item)


def _author(draft: Draft, item: Item, places: Item | None) -> Iterable[Plain]:
    name = item.get("name")
    words = ""
    if name is not None and isinstance(name.value, dict):
        parts = [part.text for key in ("given", "family") if (part := name.get(key)) is not None]
        words = " ".join(parts) or (literal.text if (literal := name.get("literal")) is not None else "")
    elif name is not None:
        words = draft.text(name) or ""
    if not words:
        draft.wrong(item, "an author with a `name`")
        return
    entry: dict[str, Plain] = {"name": Placed(words, item.place)}
    for key in ("url", "website", "github"):
        link = item.get(key)
        if link is not None and link.text and "url" not in entry:
            entry["url"] = Placed(_home(link.text, key), link.place)
    orcid = item.get("orcid")
    if orcid is not None and (known := _ORCID.fullmatch(orcid.text)):
        entry["orcid"] = Placed(known[1], orcid.place)
    belongs = item.get("affiliations") or item.get("affiliation")
    if belongs is not None and (named := [_place(one, places) for one in belongs.each()]):
        entry["affiliation"] = Placed("; ".join(filter(None, named)), belongs.place)
    for key, one in item.items():
        if key not in {"name", "url", "website", "github", "orcid", "affiliations", "affiliation", "id"}:
            draft.changed(one, "not shown")
    yield entry if len(entry) > 1 else entry["name"]


def _home(text: str, key: str) -> str:
    if "://" in text:
        return text
    return f"https://github.com/{text.removeprefix('@')}" if key == "github" else f"https://{text}"


def _place(item: Item, places: Item | None) -> str:
    """What an affiliation is called: itself, or what the list of them says."""
    if not isinstance(item.value, dict):
        known = next(
            (one for one in (places.each() if places is not None else ()) if _named(one) == item.text), None
        )
        item = known if known is not None else item
    name = item.get("name") or item.get("institution") if isinstance(item.value, dict) else item
    return name.text if name is not None else ""


def _named(item: Item) -> str:
    found = item.get("id")
    return found.text if found is not None else ""


def texts(table: str) -> Handler:
    """A table of names and texts."""

    def handle(draft: Draft, item: Item) -> None:
        def one(draft: Draft, value: Item) -> None:
            if isinstance(value.value, tuple | dict):
                draft.lost(value, "only texts are read")
            else:
                draft.put(table, value.at.removeprefix(f"{item.at}."), value.text, value)

        draft.table(item, {}, one)

    return handle


def macros(draft: Draft, item: Item) -> None:
    r"""Commands of formulas: MathJax's ``R: …`` and ``norm: ["…#1…", 1, "default"]``, MyST's ``"\\R": …``."""

    def one(draft: Draft, value: Item) -> None:
        name = value.at.removeprefix(f"{item.at}.")
        command = _COMMAND.fullmatch(name)
        parts = value.each() if not isinstance(value.value, dict) else ()
        body = value.get("macro") if isinstance(value.value, dict) else next(iter(parts), None)
        if command is None or body is None or isinstance(body.value, tuple | dict):
            draft.wrong(value, "the definition of a command")
            return
        optional = parts[2].text if len(parts) > 2 else None
        plain: Plain = Placed(body.text, body.place)
        if optional is not None:
            plain = {"body": plain, "optional": Placed(optional, parts[2].place)}
        draft.put("macros", command[1], plain, value, f"`{command[1]}` in `[macros]`")

    draft.table(item, {}, one)
