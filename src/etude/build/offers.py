"""What the website offers beside its pages, gathered for all of them: dates, news, twins, notebooks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from etude.adapters.history import HistoryError, Past, history, places, present
from etude.adapters.store import SqliteStore
from etude.build.book import Book
from etude.build.cards import Plan, plan_cards
from etude.build.place import CONFIG
from etude.build.resolution import Resolved
from etude.build.sources import Parsed
from etude.build.watch import Watch, digest
from etude.model.config import Config
from etude.model.diagnostic import Diagnostic, Place, diagnose
from etude.model.offer import Offer
from etude.model.result import RunResult
from etude.model.rules import Rule
from etude.render.html.feed import Change, feed_file, moment, newest
from etude.render.html.moved import Old
from etude.render.html.notebooks import download_file
from etude.render.html.twin import twin_file
from etude.render.said import said

__all__ = ["Offering", "notebooks_of", "offering", "old_addresses", "twin_of"]

_UNKNOWN = Past()

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[str, dict[str, Past]]).decode


@dataclass(slots=True)
class Offering:
    """Everything of it, by language and name of the page."""

    pages: dict[tuple[str, str], Offer] = field(default_factory=dict)
    changes: dict[str, tuple[Change, ...]] = field(default_factory=dict)
    """By language."""
    about: dict[tuple[str, str], str] = field(default_factory=dict)
    cards: Plan = field(default_factory=Plan)
    problems: tuple[Diagnostic, ...] = ()


def offering(
    book: Book,
    results: Mapping[str, Mapping[str, RunResult]],
    resolved: Resolved,
    watch: Watch,
    program: str,
    drawn: Mapping[str, str],
) -> Offering:
    """Gather it; git is asked once per commit, where news are told. `drawn` is as for `plan_cards`.

    `results` are by the path of the page, then by variant.
    """
    html = book.config.html
    past: dict[str, Past] = {}
    problems: tuple[Diagnostic, ...] = ()
    if html.url and html.feed:
        for place in places(book.root):
            watch.note(place)
        try:
            past = _history(book, program)
        except HistoryError as error:
            message = f"when pages were changed is not known: {error}"
            problems = (diagnose(Rule.HISTORY_UNREADABLE, message, ""),)
    copied = {path for pages in book.pages.values() for parsed in pages for path in parsed.files}
    found = Offering(cards=plan_cards(book, resolved, watch, program, drawn), problems=problems)
    for language, pages in book.pages.items():
        dated = {parsed.source.name: _dates(parsed, past) for parsed in pages}
        if html.url and html.feed:
            changes = newest(_changes(book, resolved, language, past))
            if changes:
                found.changes[language] = changes
        feed = feed_file(language) if language in found.changes else ""
        for parsed in pages:
            name = parsed.source.name
            ran = results.get(parsed.source.path, {})
            twin = twin_of(book.config, language, name, copied)
            notebooks = notebooks_of(book.config, language, name, ran, copied)
            published, modified = dated[name]
            card, _, _ = found.cards.drawings.get((language, name), ("", "", b""))
            found.pages[language, name] = Offer(published, modified, card, feed, twin, notebooks)
            found.about[language, name] = parsed.index.description
    return found


def twin_of(config: Config, language: str, name: str, copied: Collection[str]) -> str:
    """The twin of a page; none where a file of the book is copied to its place: the page was made of that."""
    twin = twin_file(language, name, config.home) if config.html.markdown else ""
    return twin if twin not in copied else ""


def notebooks_of(
    config: Config, language: str, name: str, results: Mapping[str, RunResult], copied: Collection[str]
) -> tuple[tuple[str, str], ...]:
    """The notebooks of a page that was run, by variant; none where a file of the book is copied to."""
    if not config.launch.download or name == config.home:
        return ()
    found = ((variant, download_file(language, name, config.home, variant)) for variant in results)
    return tuple((variant, path) for variant, path in found if path not in copied and _ran(results[variant]))


def _ran(result: RunResult) -> bool:
    return any(cell.status != "missing" for cell in result.cells.values())


def _history(book: Book, program: str) -> dict[str, Past]:
    """What git tells, which is read once per commit; raises `HistoryError` and `WriteError`."""
    now = present(book.root)
    if not now:
        return {}
    key = digest(program, now)
    with SqliteStore(book.root / ".etude" / "store") as store:
        try:
            before, past = _decode(store.get("history", "git") or b"")
        except msgspec.MsgspecError:
            before = ""
        if before != key:
            past = history(book.root)
            store.put("history", "git", _encode((key, past)))
    return past


def old_addresses(book: Book) -> Iterator[Old]:
    """Every alias of a page and every redirect of the book, as they were written."""
    config = book.config
    for name, target in config.redirects:
        yield Old(name, target, Place(CONFIG, config.span(f"html.redirects.{name}")))
    for language, pages in book.pages.items():
        for parsed in pages:
            target = f"{language}/{parsed.source.name}"
            for alias in parsed.index.aliases:
                yield Old(alias.name, target, Place(parsed.source.path, alias.span), language)


def _past(parsed: Parsed, past: dict[str, Past]) -> Past:
    """What git knows of a page, with what it includes."""
    own = past.get(parsed.source.path, _UNKNOWN)
    last = max(
        (past.get(path, _UNKNOWN) for path in parsed.sources or (parsed.source.path,)),
        key=lambda one: found.timestamp() if (found := moment(one.changed)) is not None else 0.0,
    )
    return Past(own.added, last.changed, last.said)


def _dates(parsed: Parsed, past: dict[str, Past]) -> tuple[str, str]:
    """When a page appeared and was changed: as its author says, else as git does."""
    date, updated = parsed.index.dates
    known = _past(parsed, past) if past else _UNKNOWN
    return (
        date if moment(date) is not None else known.added,
        updated if moment(updated) is not None else known.changed,
    )


def _changes(book: Book, resolved: Resolved, language: str, past: dict[str, Past]) -> Iterator[Change]:
    resolution = resolved.languages[language]
    titles = {page.name: said(page.title) for page in resolution.navigation.walk()}
    for parsed in book.pages[language]:
        name = parsed.source.name
        facts = resolution.facts.get(name)
        published, modified = _dates(parsed, past)
        if name == book.config.home or facts is None or not (published or modified):
            continue
        is_new = modified in ("", published)
        by_git = not is_new and modified != parsed.index.dates[1]
        yield Change(
            name,
            f"{facts.label} {titles.get(name, '')}".strip(),
            modified or published,
            is_new,
            facts.part,
            _past(parsed, past).said if by_git else parsed.index.description,
        )
