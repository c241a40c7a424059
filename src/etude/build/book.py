"""A book as read: configuration, contents and the records of its pages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from etude.adapters.disk import DiskFiles
from etude.adapters.store import SqliteStore
from etude.build.options import BuildOptions
from etude.build.place import CONFIG
from etude.build.sources import Parsed, Source
from etude.build.sources import load as load_pages
from etude.build.watch import Seen, Watch
from etude.build.workers import Workers
from etude.model.config import Config
from etude.model.contents import Toc
from etude.model.diagnostic import BookError, Diagnostic, diagnose
from etude.model.rules import Rule, Severity
from etude.parse import contents, requirements
from etude.parse.config import parse_config
from etude.parse.text import check_encoding, source_text


@dataclass(frozen=True, slots=True)
class Book:
    """Everything a build knows after parsing."""

    files: DiskFiles
    config: Config
    tocs: dict[str, Toc]
    """By language, in the order of the configuration."""
    pages: dict[str, list[Parsed]]
    """By language; the home page first, then reading order."""
    problems: tuple[Diagnostic, ...]
    """Of the configuration and the contents."""
    head: Seen
    """What reading the configuration and the contents looked at."""

    @property
    def root(self) -> Path:
        """The book's folder."""
        return self.files.root

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All problems until now, those of the pages among them."""
        return (*self.problems, *(d for pages in self.pages.values() for p in pages for d in p.diagnostics))

    def editions(
        self, how: Literal["together", "apart"], asked: Collection[str]
    ) -> tuple[tuple[str, str], ...]:
        """Language and variant of each book that is made, no variant where all are in one.

        `asked` are the variants that were asked for, if not all.
        """
        apart = how == "apart" and len(self.config.variants) > 1
        names = [variant.name for variant in self.config.variants] if apart else [""]
        wanted = [name for name in names if not name or not asked or name in asked]
        return tuple((language, name) for language, pages in self.pages.items() if pages for name in wanted)

    def seen(self, *others: Seen) -> Seen:
        """All that was looked at until now."""
        stamps, present, globs = dict(self.head.stamps), dict(self.head.present), dict(self.head.globs)
        folders = dict(self.head.folders)
        for seen in (*(p.seen for pages in self.pages.values() for p in pages), *others):
            stamps.update(seen.stamps)
            present.update(seen.present)
            globs.update(seen.globs)
            folders.update(seen.folders)
        return Seen(stamps, present, globs, folders)


def load(files: DiskFiles, store: SqliteStore, options: BuildOptions, program: str, workers: Workers) -> Book:
    """Read a book; raises `BookError` when there is none or the options do not fit it."""
    watch = Watch(files)
    config, problems = read_config(watch)
    _check_names("language", options.languages, config.languages)
    _check_names("variant", options.variants, tuple(v.name for v in config.variants))
    tocs, more = contents.expand(config, watch)
    wanted = {
        lang: tocs[lang] for lang in config.languages if lang in tocs and lang in (options.languages or tocs)
    }
    sources: list[Source] = []
    for language, toc in wanted.items():
        names = dict.fromkeys((*((toc.home,) if toc.home else ()), *(page.name for page, _, _ in toc.walk())))
        for name in names:
            path = contents.page_path(config, watch, language, name)
            if path is not None:
                sources.append(Source(path, name, language))
    head = watch.seen()
    records = load_pages(sources, config, files, store, program, workers)
    pages: dict[str, list[Parsed]] = {language: [] for language in wanted}
    for record in records:
        pages[record.source.language].append(record)
    return Book(files, config, wanted, pages, (*problems, *more), head)


def read_config(watch: Watch) -> tuple[Config, tuple[Diagnostic, ...]]:
    """The validated configuration; raises `BookError` when the file cannot be read or is no TOML."""
    try:
        data = watch.read(CONFIG)
    except OSError as error:
        message = f"`{CONFIG}` cannot be read: {error.strerror or error}"
        raise BookError((diagnose(Rule.READ_FAILED, message, CONFIG),)) from error
    config, problems = parse_config(source_text(data), CONFIG)
    if any(d.rule is Rule.CONFIG_SYNTAX and d.severity is Severity.ERROR for d in problems):
        raise BookError(problems)
    config, more = requirements.settle(config, watch, CONFIG)
    return contents.settle(config, watch), (*check_encoding(data, CONFIG), *problems, *more)


def _check_names(what: str, asked: tuple[str, ...], known: tuple[str, ...]) -> None:
    unknown = [name for name in asked if name not in known]
    if unknown:
        hint = f"the book has {', '.join(known)}" if known else f"the book declares no {what}s"
        message = f"the book has no {what} `{unknown[0]}`"
        raise BookError((diagnose(Rule.USAGE, message, "", hints=(hint,)),))
