"""Outputs that pages share: the theme, the site's own pages, files that pages show, the library."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from etude.adapters.disk import write_atomic
from etude.build.book import Book
from etude.build.execution import Executed
from etude.build.place import CONFIG
from etude.build.resolution import Resolved
from etude.build.watch import Seen, Watch, stamp
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.model.short import ShortAddresses

if TYPE_CHECKING:
    from etude.build.offers import Offering

__all__ = ["Output", "own_files", "shared_html", "shared_notebooks", "unread"]


@dataclass(slots=True)
class Output:
    """What was written."""

    stamps: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    written: int = 0
    diagnostics: tuple[Diagnostic, ...] = ()
    seen: Seen = field(default_factory=Seen)
    """The files of the book that outputs are copies of."""
    environment: dict[str, str | None] = field(default_factory=dict)
    """Environment variables that were looked at, with their values."""

    def put(self, out: Path, path: str, data: bytes) -> None:
        """Write a shared file; raises `WriteError`."""
        self.written += write_atomic(out / path, data)
        self.stamps[path] = stamp(out / path)


def shared_html(
    book: Book,
    resolved: Resolved,
    out: Path,
    started: Iterable[Callable[[], Mapping[str, bytes]]],
    watch: Watch,
    output: Output,
    offered: Offering,
    elsewhere: Collection[str],
    sheets: Mapping[str, str],
    short: ShortAddresses,
) -> None:
    """The files of the website that are no pages; raises `WriteError`.

    `elsewhere` are languages of the book that are not built now; `sheets` are versions of style sheets.
    """
    from etude.build.offers import old_addresses  # noqa: PLC0415
    from etude.render.html.assets import assets  # noqa: PLC0415 -- only for this form
    from etude.render.html.moved import moved  # noqa: PLC0415
    from etude.render.html.short import short_pages  # noqa: PLC0415
    from etude.render.html.site_files import Offered, site_files  # noqa: PLC0415

    config = book.config
    cut = {name: data for get in started for name, data in get().items()}
    homes = {
        language for language, pages in book.pages.items() if any(p.source.name == config.home for p in pages)
    }
    shared = {
        **assets(config, cut),
        **site_files(
            config,
            {lang: r.navigation for lang, r in resolved.languages.items()},
            homes,
            Offered(offered.pages, sheets, offered.changes, offered.about),
        ),
    }
    own = own_files(book)
    for path in sorted({f for pages in book.pages.values() for p in pages for f in p.files} | own.keys()):
        try:
            shared[path] = watch.read(path)
        except OSError as error:
            if path in own:  # that of a page was reported when the page was parsed
                output.diagnostics += (unread(book, path, own[path], error),)
    names = {language: resolution.facts.keys() for language, resolution in resolved.languages.items()}
    led, problems = moved(config, tuple(old_addresses(book)), names, shared.keys(), elsewhere)
    called, wrong = short_pages(config, short.addresses, {*shared, *led})
    output.diagnostics += (*problems, *wrong)
    for path, data in {**shared, **led, **called}.items():
        output.put(out, f"html/{path}", data)


def own_files(book: Book) -> dict[str, str]:
    """Files that the configuration names for the site, each with its key."""
    html = book.config.html
    named = {"html.favicon": html.favicon, "html.logo": html.logo}
    if html.url:
        named["html.image"] = html.image
    named |= {f"html.css.{number}": path for number, path in enumerate(html.css)}
    return {path: key for key, path in named.items() if path}


def unread(book: Book, path: str, key: str, error: OSError) -> Diagnostic:
    """What is wrong with a file that the configuration names under a key."""
    span = book.config.span(key)
    if isinstance(error, FileNotFoundError):
        hints = ("the path is relative to the book's folder",)
        return diagnose(Rule.FILE_MISSING, f"the file `{path}` does not exist", CONFIG, span, hints=hints)
    message = f"the file `{path}` cannot be read: {error.strerror or error}"
    return diagnose(Rule.READ_FAILED, message, CONFIG, span)


def shared_notebooks(book: Book, run: Executed, out: Path, output: Output) -> None:
    """The modules of saved cells, beside the notebooks that import them: as the last of these finds them."""
    files: dict[str, bytes] = {}
    for planned in sorted(run.plan.runs, key=lambda one: one.view.position) if run.plan else ():
        assert run.plan is not None
        modules = run.plan.library(planned)
        for page in planned.pages:
            language = page.partition("/")[0] if book.config.language_folders else book.config.languages[0]
            if language not in book.pages:
                continue
            folder = "/".join(filter(None, ("notebook", language, planned.variant, "_library")))
            files.update((f"{folder}/{path}", source.encode()) for path, source in modules.items())
    for path, data in files.items():
        output.put(out, path, data)
