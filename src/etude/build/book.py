"""A book as read: configuration, contents and the records of its pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import structs

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

if TYPE_CHECKING:
    from etude.convert.jupyter_book.project import Project


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
    project: Project | None = None
    """Where the configuration was read, when there is no `etude.toml`."""

    def told(self, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """Diagnostics, once each, those of the configuration where its author finds them."""
        if self.project is None:
            return tuple(dict.fromkeys(diagnostics))
        from etude.build.project import told  # noqa: PLC0415 -- few books have none of their own

        return told(self.project, diagnostics)

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
    project = read_settings(watch)
    try:
        config, problems = read_config(watch, project)
    except BookError as error:
        if project is None:
            raise
        from etude.build.project import told  # noqa: PLC0415 -- as above

        raise BookError(told(project, error.diagnostics)) from error
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
    return Book(files, config, wanted, pages, (*problems, *more), head, project)


def read_settings(watch: Watch) -> Project | None:
    """What stands for an `etude.toml` where there is none: the project of another tool; None for nothing."""
    if watch.exists(CONFIG):
        return None
    from etude.convert.jupyter_book.project import read_project  # noqa: PLC0415 -- few books need it

    try:
        return read_project(watch)
    except OSError as error:
        name = Path(str(error.filename or CONFIG)).name
        message = f"`{name}` cannot be read: {error.strerror or error}"
        raise BookError((diagnose(Rule.READ_FAILED, message, name),)) from error


def read_config(watch: Watch, project: Project | None = None) -> tuple[Config, tuple[Diagnostic, ...]]:
    """The validated configuration; raises `BookError` when the file cannot be read or is no TOML."""
    if project is not None:
        if project.broken:
            raise BookError(project.diagnostics)
        config, problems = parse_config(project.written.text, CONFIG)
        config, more = requirements.settle(config, watch, CONFIG)
        config = structs.replace(contents.settle(config, watch), file=project.main)
        return config, (*project.diagnostics, *problems, *more)
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
