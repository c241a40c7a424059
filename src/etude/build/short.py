"""Short addresses as part of a build: the indexes of all languages and the record come together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from etude.adapters.store import SqliteStore
from etude.build import book as books
from etude.build.book import Book
from etude.build.options import BuildOptions
from etude.build.resolution import Resolved
from etude.build.watch import Seen, Watch
from etude.build.workers import Workers
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.model.short import RECORD, ShortAddresses
from etude.parse.short import parse_record
from etude.parse.text import check_encoding, source_text
from etude.resolve.entries import AnchorIndex
from etude.resolve.plain import unpack
from etude.resolve.short import shorten

__all__ = ["Short", "gather_short", "short_addresses"]


@dataclass(frozen=True, slots=True)
class Short:
    """The short addresses of a book."""

    found: ShortAddresses = field(default_factory=ShortAddresses)
    diagnostics: tuple[Diagnostic, ...] = ()
    seen: Seen = field(default_factory=Seen)
    """What finding them looked at."""


def short_addresses(
    book: Book, resolved: Resolved, options: BuildOptions, program: str, workers: Workers
) -> Short:
    """Those of all languages, which make the codes together, even where only some are built.

    None when the book is not to have any.
    """
    if not book.config.html.short:
        return Short()
    whole = book
    if options.languages:
        everything = replace(options, languages=(), variants=())
        with SqliteStore(book.root / ".etude" / "store") as store:
            whole = books.load(book.files, store, everything, program, workers)
    found = gather_short(whole, resolved)
    return found if whole is book else replace(found, seen=whole.seen(found.seen))


def gather_short(book: Book, resolved: Resolved) -> Short:
    """Those of the languages that were read, whether the website has them or not."""
    watch = Watch(book.files)
    problems: tuple[Diagnostic, ...] = ()
    text: str | None = ""
    if watch.exists(RECORD):
        try:
            data = watch.read(RECORD)
        except OSError as error:
            message = f"`{RECORD}` cannot be read: {error.strerror or error}"
            return Short(diagnostics=(diagnose(Rule.READ_FAILED, message, RECORD),), seen=watch.seen())
        problems, text = tuple(check_encoding(data, RECORD)), source_text(data)
    record, more = parse_record(text or "")
    from etude.render.said import said  # noqa: PLC0415 -- few books have short addresses

    titles = {
        (language, parsed.source.name): said(unpack(parsed.index.title))
        for language, pages in book.pages.items()
        for parsed in pages
    }

    def say(language: str, page: str, anchor: AnchorIndex | None) -> str:
        resolution = resolved.languages.get(language)
        facts = resolution.facts.get(page) if resolution is not None else None
        if anchor is None:
            return f"{facts.label if facts is not None else ''} {titles[language, page]}".strip()
        number = facts.numbers.get(anchor.id) if facts is not None else None
        is_section = anchor.kind == "section"
        name = "" if number is None else number.number if is_section else number.name
        return f"{name} {said(unpack(anchor.title))}".strip() or titles[language, page]

    indexes = {language: [parsed.index for parsed in pages] for language, pages in book.pages.items()}
    found, wrong = shorten(indexes, record, book.config.home, say)
    return Short(found, (*problems, *more, *wrong), watch.seen())
