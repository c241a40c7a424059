"""What a page's parse collects on its way: diagnostics, ids, cells, files, formulas."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from etude.model.block import BlockNode, CodeCell
from etude.model.config import Config, Macro
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.inline import Inline
from etude.model.page import FrontMatter
from etude.model.protocols import Files
from etude.model.rules import Rule, Severity
from etude.model.slug import slug
from etude.model.span import Span
from etude.parse.abbreviations import ShortForms, short_forms
from etude.parse.addresses import Address
from etude.parse.lines import Lines, Places
from etude.parse.spelling import did_you_mean, nearest
from etude.parse.substitution import ExpressionError, evaluate
from etude.parse.text import source_text

MAX_NESTING = 60
"""Blocks in blocks, directives included; deeper ones are kept as text."""
MAX_SUBSTITUTIONS = 10_000
"""Substitutions in a page, those within others included."""
MAX_INCLUDES = 500
"""Files that a page includes, those that included files include among them."""

_ENTRY = re.compile(r"@\s*[A-Za-z]+\s*[{(]\s*([^,\s\"#%{}]+)\s*,").findall
_NAME = re.compile(r"[\w-]+").fullmatch

ParseBlocks: TypeAlias = "Callable[[Context, Lines, tuple[str, ...]], tuple[BlockNode, ...]]"
"""Lines, and labels that name the first block made of them, to nodes."""
ParseInline: TypeAlias = "Callable[[Context, str, Places], tuple[Inline, ...]]"


class Fence(NamedTuple):
    """A fence whose content is being read."""

    mark: str
    told: bool
    """Whether it has been said that its end was meant for a fence inside it."""


class Context:
    """The working state of one page; what it collects ends up in the `Page`.

    Blocks, directives, text and roles contain each other; they reach each other through `parse_blocks`
    and `parse_inline`, so that their modules need not.
    """

    def __init__(
        self,
        path: str,
        name: str,
        language: str,
        config: Config,
        files: Files,
        parse_blocks: ParseBlocks,
        parse_inline: ParseInline,
    ) -> None:
        """Begin a page; `path` is also the first of its sources."""
        self.path, self.name, self.language = path, name, language
        self.config, self.files = config, files
        self._parse_blocks, self._parse_inline = parse_blocks, parse_inline
        self.front = FrontMatter()
        # what becomes of the page
        self.sources: list[str] = [path]
        self.diagnostics: list[Diagnostic] = []
        self.cells: list[CodeCell] = []
        self.used_files: dict[str, None] = {}
        self.formulas: dict[str, None] = {}
        # what is known at this point
        self.references: dict[str, Address] = {}
        """Link reference definitions read so far, by `addresses.label_key`."""
        self.attachments: Mapping[str, str] = {}
        """Data URIs of the pictures that the notebook cell at hand carries, by name."""
        self.substitutions: Mapping[str, Any] = dict(config.substitutions)
        self.macros: dict[str, Macro] = {macro.name: macro for macro in config.macros}
        """Commands of formulas that are known at this point, by name."""
        self.abbreviations: ShortForms = short_forms(config.abbreviations)
        """Short forms that the text is searched for."""
        self.substituting: list[str] = []
        """Names of the substitutions whose text is being read, outermost first."""
        self.including: list[str] = [path]
        """Paths of the files being read, outermost first."""
        self.variants: tuple[str, ...] = ()
        """Those of the `variant` directive around this point; empty outside of any."""
        self.tabs = False
        """Whether the blocks at hand are those of a `tab-set`."""
        self.fence: Fence | None = None
        """The fence around this point."""
        self.depth = 0
        """Blocks around this point."""
        self.inline_depth = 0
        self.nested_marks = False
        """Whether marks that are nested too deeply have been reported."""
        self._variants = tuple(variant.name for variant in config.variants)
        self._substituted = self._included = self._indexed = 0
        self._works: frozenset[str] | None = None
        self._ids: dict[str, int] = {}
        """Ids in use, with the number that the next one like it gets."""
        self._counts: dict[str, int] = {}

    def parse_blocks(self, lines: Lines, labels: tuple[str, ...] = ()) -> tuple[BlockNode, ...]:
        """The blocks of some lines; `labels` name the first of them."""
        return self._parse_blocks(self, lines, labels)

    def parse_inline(self, text: str, places: Places) -> tuple[Inline, ...]:
        """The inline nodes of a text."""
        return self._parse_inline(self, text, places)

    # -- problems ---------------------------------------------------------------------------------

    def report(
        self,
        rule: Rule,
        message: str,
        span: Span,
        *,
        hints: Iterable[str] = (),
        severity: Severity | None = None,
    ) -> None:
        """Note a problem at a span of this page or of a file it includes."""
        place = Span(span.start, span.end)
        self.diagnostics.append(
            diagnose(rule, message, self.sources[span.source], place, hints=hints, severity=severity)
        )

    # -- names ------------------------------------------------------------------------------------

    def identify(self, wish: str, kind: str = "block") -> str:
        """A new id, unique in the page, from a label or content; numbered when there is neither."""
        base = slug(wish)
        if not base:
            self._counts[kind] = count = self._counts.get(kind, 0) + 1
            base = f"{kind}-{count}"
        identity = base
        while identity in self._ids:
            number = self._ids[base]
            self._ids[base] = number + 1
            identity = f"{base}-{number}"
        self._ids[identity] = 1
        return identity

    def identify_mark(self) -> str:
        """A new id for a place that the index leads to."""
        self._indexed += 1
        return self.identify(f"index-{self._indexed}")

    def formula(self, tex: str, *, display: bool) -> None:
        """Note a formula, so that its signs get into the font and its syntax is checked."""
        self.formulas[f"\x00{tex}" if display else tex] = None

    def check_variants(self, names: Iterable[str], span: Span) -> None:
        """Report variants that the book does not declare."""
        known = self._variants
        for name in names:
            if name in known:
                continue
            if known:
                declared = f"the book declares {', '.join(f'`{one}`' for one in known)}"
                hints = did_you_mean(name, known) or (declared,)
            else:
                hints = (f'declare it in `etude.toml`: `variants = ["{name}"]` under `[book]`',)
            self.report(Rule.VARIANT_UNKNOWN, f"there is no variant `{name}`", span, hints=hints)

    def have_modules(self, names: tuple[str, ...]) -> bool:
        """Whether each of these variants (of none: of all) has a module of its own for saved code."""
        own = self.config.library_modules()
        return bool(own) and all(name in own for name in names or self._variants)

    def knows_work(self, key: str) -> bool:
        """Whether a bibliography of the book has an entry of this key; read when it is first asked for."""
        if self._works is None:
            found: set[str] = set()
            for path in self.config.bibliography.files:
                try:
                    found.update(_ENTRY(source_text(self.files.read(path))))
                except OSError:  # told of where the bibliography is read
                    continue
            self._works = frozenset(found)
        return key in self._works

    def substitute(self, name: str, span: Span) -> str | None:
        """The text of a substitution, or the value of an expression over them.

        None (and a diagnostic) when it has none or never ends.
        """
        value = self.substitutions.get(name)
        if value is None and _NAME(name) is None:
            value = self._evaluate(name, span)
            if value is None:
                return None
        hints: tuple[str, ...] = ()
        if value is None:
            message = f"the substitution `{name}` is not defined"
            hints = did_you_mean(name, self.substitutions) or (
                "define it under `substitutions:` in the front matter",
            )
        elif name in self.substituting:
            message = f"the substitution `{name}` contains itself"
        elif self._substituted >= MAX_SUBSTITUTIONS:
            if self._substituted > MAX_SUBSTITUTIONS:
                return None
            self._substituted += 1
            message = f"the page has more than {MAX_SUBSTITUTIONS:,} substitutions"
        else:
            self._substituted += 1
            return str(value)
        self.report(Rule.SUBSTITUTION_UNKNOWN, message, span, hints=hints)
        return None

    def _evaluate(self, expression: str, span: Span) -> str | None:
        """The value of an expression; None (and a diagnostic) when it has none."""
        page = {"docname": self.name, "project": self.config.title.get(self.language)}
        try:
            return evaluate(expression, {"env": page, "config": page, **self.substitutions})
        except ExpressionError as error:
            self.report(Rule.SUBSTITUTION_UNKNOWN, f"`{expression}` has no value: {error}", span)
        return None

    # -- files ------------------------------------------------------------------------------------

    def locate(self, address: str, span: Span, *, what: str) -> str | None:
        """The book's path of a file named on this page; None (and a diagnostic) when it cannot be had.

        A leading slash is the book's root; other paths start from the page's folder.
        """
        path = self.resolve(address, span)
        if path is None:
            self.report(Rule.FILE_MISSING, f"{what} `{address}` does not exist", span)
            return None
        outside = path.startswith("../") or path == ".."
        try:
            outside = outside or not self.files.inside(path)
            if not outside and self.files.exists(path):
                return path
            near = None if outside else self._near(path)
        except (OSError, ValueError):  # a name that no file can have
            near = None
        if outside:
            hints = ("copy the file into the book; nothing outside its folder is read",)
            self.report(
                Rule.PATH_OUTSIDE, f"{what} `{address}` lies outside the book's folder", span, hints=hints
            )
            return None
        hint = f"did you mean `{near}`?" if near else f"it was looked for at `{path}`"
        self.report(Rule.FILE_MISSING, f"{what} `{address}` does not exist", span, hints=(hint,))
        return None

    def exists(self, path: str) -> bool:
        """Whether there is such a file in the book."""
        try:
            return not path.startswith("../") and self.files.exists(path)
        except (OSError, ValueError):
            return False

    def _near(self, path: str) -> str | None:
        folder = posixpath.dirname(path)
        pattern = posixpath.join(re.sub(r"([*?\[])", r"[\1]", folder), "*") if folder else "*"
        near = nearest(path, self.files.glob(pattern))
        return posixpath.relpath(near, posixpath.dirname(self.path) or ".") if near else None

    def resolve(self, address: str, span: Span) -> str | None:
        """The book's path that a path on this page names, whether it exists or not; None for none."""
        clean = address.replace("\\", "/")
        if not clean.strip("/") or "\x00" in clean:
            return None
        if clean.startswith("/"):
            return posixpath.normpath(clean.lstrip("/"))
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.sources[span.source]), clean))

    def use(self, path: str) -> str:
        """Note that outputs need a file of the book."""
        self.used_files[path] = None
        return path

    def include(self, path: str) -> int | None:
        """The number of an included file among the sources; None when there are too many."""
        self._included += 1
        if self._included > MAX_INCLUDES:
            return None
        if path not in self.sources:
            self.sources.append(path)
        return self.sources.index(path)

    def page_name(self, path: str) -> str:
        """A page's name from its path: without the language's folder and the suffix."""
        stem = re.sub(r"\.(md|ipynb)$", "", path)
        prefix = f"{self.language}/"
        return stem.removeprefix(prefix) if self.config.language_folders else stem
