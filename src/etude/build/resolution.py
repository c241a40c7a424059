"""Stage resolve as part of a build: bibliography, styles and inventories read, languages numbered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from etude.build.book import Book
from etude.build.place import CONFIG
from etude.build.watch import Seen, Watch
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.parse.text import check_encoding, source_text
from etude.resolve.book import Resolution, resolve
from etude.resolve.inventory import Inventory, parse_inventory

T = TypeVar("T")


@dataclass(slots=True)
class Resolved:
    """The resolved facts of every language."""

    languages: dict[str, Resolution]
    diagnostics: tuple[Diagnostic, ...]
    seen: Seen


@dataclass(slots=True)
class _Reader:
    """Reads the files that the configuration names; what is missing is reported at its key."""

    book: Book
    watch: Watch
    problems: list[Diagnostic] = field(default_factory=list)

    def read(self, path: str, key: str, decode: Callable[[bytes], T | None], what: str) -> T | None:
        """The decoded file, or None."""
        span = self.book.config.span(key)
        try:
            data = self.watch.read(path)
        except FileNotFoundError:
            near = self.watch.files.glob("**/*." + path.rpartition(".")[2])
            hints = (f"the book has `{near[0]}`",) if near else ("the path is relative to the book's folder",)
            self.problems.append(
                diagnose(Rule.FILE_MISSING, f"{what} `{path}` does not exist", CONFIG, span, hints=hints)
            )
            return None
        except OSError as error:
            message = f"{what} `{path}` cannot be read: {error.strerror or error}"
            self.problems.append(diagnose(Rule.READ_FAILED, message, CONFIG, span))
            return None
        if decode is source_text:
            self.problems.extend(check_encoding(data, path))
        decoded = decode(data)
        if decoded is None:
            self.problems.append(
                diagnose(Rule.CONFIG_VALUE, f"{what} `{path}` cannot be understood", CONFIG, span)
            )
        return decoded


def resolve_languages(book: Book, only: Collection[str] = (), before: Resolved | None = None) -> Resolved:
    """Number every language of the book and answer its references.

    Languages that are not among `only` stay as they were `before`, where that is given.
    """
    config = book.config
    reader = _Reader(book, Watch(book.files))
    bibliography: dict[str, str] = {}
    for number, path in enumerate(config.bibliography.files):
        text = reader.read(path, f"bibliography.files.{number}", source_text, "the bibliography")
        if text is not None:
            bibliography[path] = text
    styles: dict[str, str] = {}
    if config.bibliography.style.endswith(".csl"):
        text = reader.read(config.bibliography.style, "bibliography.style", source_text, "the style")
        if text is not None:
            styles[config.bibliography.style] = text
    inventories: dict[str, Inventory] = {}
    for item in config.inventories:
        if item.file:
            found = reader.read(item.file, f"inventory.{item.name}.file", parse_inventory, "the inventory")
            if found is not None:
                inventories[item.name] = found
    present: dict[str, list[str]] = {}
    for language, pages in book.pages.items():
        for parsed in pages:
            present.setdefault(parsed.source.name, []).append(language)
    languages = {name: tuple(found) for name, found in present.items()}
    results = {
        language: before.languages[language]
        if before is not None and language not in only
        else resolve(
            book.tocs[language],
            {parsed.source.name: parsed.index for parsed in pages},
            config,
            bibliography=bibliography,
            styles=styles,
            inventories=inventories,
            languages=languages,
        )
        for language, pages in book.pages.items()
    }
    reader.problems.extend(_check_bibliography(book))
    diagnostics = (*reader.problems, *(d for r in results.values() for d in r.diagnostics))
    return Resolved(results, tuple(dict.fromkeys(diagnostics)), reader.watch.seen())


def _check_bibliography(book: Book) -> Iterator[Diagnostic]:
    """The page that the configuration names for the list of works must have one."""
    wanted = book.config.bibliography.page
    found = [p for pages in book.pages.values() for p in pages if p.source.name == wanted]
    if wanted and not any(parsed.index.bibliography == "book" for parsed in found):
        message = f"the page `{wanted}` has no list of works" if found else f"there is no page `{wanted}`"
        hints = ("put a `bibliography` directive on it",) if found else ()
        if any(parsed.index.bibliography == "page" for parsed in found):
            message = f"the list of works on the page `{wanted}` is that page's own, not the book's"
            hints = ("take `:filter:` or `:scope: page` away from its `bibliography`",)
        span = book.config.span("bibliography.page")
        yield diagnose(Rule.CONFIG_VALUE, message, CONFIG, span, hints=hints)
