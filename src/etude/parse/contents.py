"""Contents: the entries of `etude.toml` and the files there are become the reading order of each language.

Every name in a `Toc`, the home page too, has a file in that language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from etude.model.config import Config, Entry, Part
from etude.model.contents import Toc, TocPage, TocPart
from etude.model.diagnostic import Diagnostic, Place, Related, diagnose
from etude.model.localized import Localized
from etude.model.protocols import Files
from etude.model.rules import Rule
from etude.model.span import NOWHERE, Span
from etude.parse.config_contents import is_glob
from etude.parse.config_spelling import nearest
from etude.parse.config_values import page_name
from etude.parse.contents_names import compile_pattern, covers, is_listable, natural

__all__ = ["expand", "page_path", "settle"]

CONFIG_FILE = "etude.toml"
SUFFIXES = (".md", ".ipynb")
"""Of source files; the first wins where both are there."""

_UNTITLED = Localized()
_LISTED = 8
"""More pages than this without a translation are reported together."""


def settle(config: Config, files: Files) -> Config:
    """The configuration with `language_folders` as the files have it.

    The pages of a book's only language may lie in the root; they do when its folder has none.
    """
    if (
        not config.language_folders
        or len(config.languages) > 1
        or "book.language_folders" in dict(config.spans)
    ):
        return config
    language = config.languages[0]
    inside = any(files.glob(f"{language}/{middle}*{suffix}") for suffix in SUFFIXES for middle in ("", "**/"))
    return config if inside else replace(config, language_folders=False)


def page_path(config: Config, files: Files, language: str, name: str) -> str | None:
    """The source file of a page in a language: ``zh/start/a.md``; None when there is none."""
    folders = [f"{language}/"] if config.language_folders else [""]
    if config.language_folders and len(config.languages) == 1:
        folders.append("")
    paths = (f"{folder}{name}{suffix}" for folder in folders for suffix in SUFFIXES)
    return next((path for path in paths if files.exists(path)), None)


def expand(config: Config, files: Files) -> tuple[dict[str, Toc], tuple[Diagnostic, ...]]:
    """The contents of every language that has pages, with patterns expanded; and what is wrong with them."""
    contents = _Contents(settle(config, files), files)
    return contents.tocs(), tuple(contents.diagnostics)


class _Contents:
    """The working state of one expansion; pages are names throughout."""

    def __init__(self, config: Config, files: Files) -> None:
        self.config, self.files = config, files
        self.diagnostics: list[Diagnostic] = []
        self.exclude = tuple(compile_pattern(pattern.strip("/")) for pattern in config.exclude)
        self.pages = {language: self.sources(language) for language in config.languages}
        """Source files by page, by language."""
        self.all = tuple(sorted({name for pages in self.pages.values() for name in pages}, key=natural))
        self.places: dict[str, Span] = {}
        """The entry that each page of the contents comes from."""
        self.titles: dict[str, Localized] = {}
        """What the contents call pages, where they say it."""
        self.claimed: set[str] = {config.home}
        """Pages with an entry of their own: no pattern takes them."""

    def sources(self, language: str) -> dict[str, list[str]]:
        """Every source file below a language's folder, by page."""
        folder = f"{language}/" if self.config.language_folders else ""
        pages: dict[str, list[str]] = {}
        for suffix in SUFFIXES:
            # `**/` need not match "no folder at all" in every `Files`.
            found = {path for middle in ("", "**/") for path in self.files.glob(f"{folder}{middle}*{suffix}")}
            for path in sorted(found):
                name = page_name(path.removeprefix(folder))
                if not name.startswith("_build/") and not self.excluded(path):
                    pages.setdefault(name, []).append(path)
        return pages

    def excluded(self, path: str) -> bool:
        """Whether a file, or a folder that it is in, is none of the book's."""
        return bool(self.exclude) and covers(self.exclude, path)

    def tocs(self) -> dict[str, Toc]:
        """Expand once for all languages, then take what each of them has."""
        config = self.config
        parts = config.parts or (Part(Localized(), (Entry("**"),)),)
        for part in parts:
            self.claim(part.chapters)
        whole = tuple((part, self.expand(part.chapters, numbered=part.numbered)) for part in parts)
        self.places.setdefault(config.home, config.span("book.home"))
        self.check_sources()
        self.check_unlisted()
        tocs: dict[str, Toc] = {}
        for index, language in enumerate(config.languages):
            if not self.pages[language]:
                self.report_empty(language, config.span(f"book.languages.{index}"))
                continue
            listed = tuple(
                TocPart(part.title.get(language), self.present(pages, language), part.numbered)
                for part, pages in whole
            )
            tocs[language] = self.with_home(Toc(language, config.home, listed))
        self.check_translations(tuple(tocs))
        return tocs

    def claim(self, entries: Iterable[Entry]) -> None:
        """Note the pages that are named, wherever they stand."""
        for entry in entries:
            if not entry.url and not is_glob(entry.pattern):
                self.claimed.add(entry.pattern)
            self.claim(entry.sections)

    def expand(self, entries: Iterable[Entry], *, numbered: bool) -> tuple[TocPage, ...]:
        """The pages that entries mean, in any language."""
        pages: list[TocPage] = []
        for entry in entries:
            # The numbers that readers see in the contents have no gaps.
            counts = numbered and not entry.hidden if entry.numbered is None else entry.numbered
            if entry.url:
                pages.append(TocPage("", numbered=False, url=entry.url))
                self.titles[entry.url] = entry.title
                continue
            if is_glob(entry.pattern):
                pages += (TocPage(name, counts, hidden=entry.hidden) for name in self.matches(entry))
                continue
            known = self.take(entry)
            below = self.expand(entry.sections, numbered=counts)
            # The sections of a page that is not there stand in its place: nothing else is lost.
            if known:
                self.titles[entry.pattern] = entry.title
                pages.append(TocPage(entry.pattern, counts, below, hidden=entry.hidden))
            else:
                pages += below
        return tuple(pages)

    def matches(self, entry: Entry) -> Iterator[str]:
        """The pages that a pattern takes, in natural order."""
        pattern = compile_pattern(entry.pattern)
        names = [name for name in self.all if is_listable(name) and pattern.fullmatch(name)]
        if not names and self.config.parts:
            message = f"the pattern `{entry.pattern}` matches no page"
            hints = ("patterns are relative to the language's folder; `**` crosses folders",)
            self.report(Rule.TOC_EMPTY_GLOB, message, entry.span, hints=hints)
        for name in names:
            if name not in self.claimed and name not in self.places:
                self.places[name] = entry.span
                yield name

    def take(self, entry: Entry) -> bool:
        """Whether a named page goes into the contents here: it is there, and stands nowhere else."""
        name = entry.pattern
        if name == self.config.home:
            message = f"`{name}` is the front page, which is above the contents"
            chosen = self.config.span("book.home")
            related = (Related(Place(CONFIG_FILE, chosen), "chosen here"),) if chosen != NOWHERE else ()
            hints = ("remove it from the contents",)
            self.report(Rule.TOC_DUPLICATE, message, entry.span, hints=hints, related=related)
            return False
        if name in self.places:
            related = (Related(Place(CONFIG_FILE, self.places[name]), "first here"),)
            self.report(Rule.TOC_DUPLICATE, f"the contents name `{name}` twice", entry.span, related=related)
            return False
        if not any(name in pages for pages in self.pages.values()):
            hints = (self.correction(name),)
            self.report(Rule.TOC_MISSING_FILE, f"there is no page `{name}`", entry.span, hints=hints)
            return False
        self.places[name] = entry.span
        return True

    def correction(self, name: str) -> str:
        """What an entry without a page may have meant."""
        language, _, rest = name.partition("/")
        if rest in self.pages.get(language, {}):
            return f"entries are relative to the language's folder: write `{rest}`"
        if any(page.startswith(f"{name}/") for page in self.all):
            return f"`{name}` is a folder: write `{name}/*` for its pages"
        near = nearest(name, self.all)
        return (
            f"did you mean `{near}`?"
            if near
            else f"write the page, {self.file(self.config.languages[0], name)}"
        )

    def file(self, language: str, name: str) -> str:
        """Where the page of a language would be written."""
        return f"{language}/{name}.md" if self.config.language_folders else f"{name}.md"

    def present(self, pages: Iterable[TocPage], language: str) -> tuple[TocPage, ...]:
        """The pages that a language has; sections of one that it has not stand in its place."""
        found: list[TocPage] = []
        for page in pages:
            if page.url:
                title = self.titles[page.url].get(language)
                found.append(replace(page, title=title or _bare(page.url)))
                continue
            below = self.present(page.pages, language)
            here = page.name in self.pages[language]
            title = self.titles.get(page.name, _UNTITLED).get(language)
            found += (replace(page, pages=below, title=title),) if here else below
        return tuple(found)

    def with_home(self, toc: Toc) -> Toc:
        """The contents of a language with a front page that is there: without one, its first page."""
        if toc.home in self.pages[toc.language]:
            return toc
        first = next((page.name for page, _, _ in toc.walk()), None)
        if first is None:
            return replace(toc, home=next(iter(self.pages[toc.language])))
        parts = tuple(replace(part, pages=_without(part.pages, first)) for part in toc.parts)
        return replace(toc, home=first, parts=parts)

    def check_sources(self) -> None:
        """A page has one source file in a language."""
        for language, pages in self.pages.items():
            for name in self.places:
                paths = pages.get(name, [])
                if len(paths) > 1:
                    message = f"`{name}` has two source files in `{language}`: {' and '.join(paths)}"
                    related = (Related(Place(path), "one of them") for path in paths)
                    self.report(
                        Rule.TOC_DUPLICATE,
                        message,
                        self.places[name],
                        hints=("keep one of them",),
                        related=related,
                    )

    def check_unlisted(self) -> None:
        """Pages that no entry names are not built; say so once."""
        names = [name for name in self.all if name not in self.places and is_listable(name)]
        if names:
            count = "a page is" if len(names) == 1 else f"{len(names)} pages are"
            self.report(Rule.TOC_UNLISTED, f"{count} not in the contents: {_some(names)}", NOWHERE)

    def report_empty(self, language: str, span: Span) -> None:
        """A language without any page."""
        where = f"in `{language}/`" if self.config.language_folders else "in the book"
        hints = [f"write {self.file(language, self.config.home)}"]
        if len(self.config.languages) > 1:
            hints.append(f"or remove `{language}` from `languages`")
        self.report(Rule.TOC_MISSING_FILE, f"there are no pages {where}", span, hints=hints)

    def check_translations(self, languages: Sequence[str]) -> None:
        """Every page of the contents should be there in every language that has pages at all."""
        home = self.config.home
        lacking = [language for language in languages if home not in self.pages[language]]
        for language in lacking:
            hints = [f"write {self.file(language, home)}", "or choose another page with `[book] home`"]
            where = f" in `{language}`" if len(languages) > 1 else ""
            message = f"the front page `{home}` has no file{where}"
            self.report(Rule.TOC_MISSING_FILE, message, self.places[home], hints=hints)
        for language in languages:
            missing = [name for name in self.places if name != home and name not in self.pages[language]]
            if len(missing) > _LISTED:
                index = self.config.languages.index(language)
                message = f"{len(missing)} pages are not translated to `{language}`: {_some(missing)}"
                self.report(
                    Rule.TOC_MISSING_TRANSLATION, message, self.config.span(f"book.languages.{index}")
                )
                continue
            for name in missing:
                message = f"`{name}` is not translated to `{language}`"
                hints = [f"write {self.file(language, name)}"]
                self.report(Rule.TOC_MISSING_TRANSLATION, message, self.places[name], hints=hints)

    def report(
        self,
        rule: Rule,
        message: str,
        span: Span,
        *,
        hints: Iterable[str] = (),
        related: Iterable[Related] = (),
    ) -> None:
        """Note a problem; its place is in `etude.toml`."""
        self.diagnostics.append(diagnose(rule, message, CONFIG_FILE, span, hints=hints, related=related))


def _bare(url: str) -> str:
    """An address as readers say it: without its scheme."""
    return url.partition("://")[2].rstrip("/")


def _some(names: Sequence[str]) -> str:
    """The first names of many."""
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


def _without(pages: Iterable[TocPage], name: str) -> tuple[TocPage, ...]:
    """Pages without one of them; what stood below it takes its place."""
    kept: list[TocPage] = []
    for page in pages:
        below = _without(page.pages, name)
        kept += below if page.name == name else (replace(page, pages=below),)
    return tuple(kept)
