"""What a page's parse collects on its way: diagnostics, ids, cells, files, formulas."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterable, Mapping

from etude.model.block import CodeCell
from etude.model.config import Config
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.page import FrontMatter
from etude.model.protocols import Files
from etude.model.rules import Rule, Severity
from etude.model.span import Span

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_NOT_IN_ID = re.compile(r"[^\w\u00b7.:-]+")


class Context:
    """The working state of one page; everything in it ends up in the `Page`."""

    def __init__(self, path: str, name: str, language: str, config: Config, files: Files) -> None:
        """Begin a page; `path` is also the first of its sources."""
        self.path, self.name, self.language = path, name, language
        self.config, self.files = config, files
        self.front = FrontMatter()
        self.substitutions: Mapping[str, str] = dict(config.substitutions)
        self.sources: list[str] = [path]
        self.diagnostics: list[Diagnostic] = []
        self.cells: list[CodeCell] = []
        self.used_files: dict[str, None] = {}
        self.formulas: dict[str, None] = {}
        self.env: dict[str, object] = {}
        self.including: list[str] = [path]
        self.depth = 0
        self.index_marks = 0
        self._ids: set[str] = set()
        self._counts: dict[str, int] = {}

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
        path = self.sources[span.source] if span.source < len(self.sources) else self.path
        place = Span(span.start, span.end)
        self.diagnostics.append(diagnose(rule, message, path, place, hints=hints, severity=severity))

    def check_variants(self, names: Iterable[str], span: Span) -> None:
        """Report variants that the book does not declare."""
        known = tuple(variant.name for variant in self.config.variants)
        declared = f"the book declares {', '.join(f'`{name}`' for name in known)}"
        for name in names:
            if name in known:
                continue
            if known:
                hints = did_you_mean(name, known) or (declared,)
            else:
                hints = (f'declare it in `etude.toml`: `variants = ["{name}"]` under `[book]`',)
            self.report(Rule.VARIANT_UNKNOWN, f"there is no variant `{name}`", span, hints=hints)

    # -- names ------------------------------------------------------------------------------------

    def identify(self, wish: str, kind: str = "block") -> str:
        """A new id, unique in the page, from a label or content; numbered when there is neither."""
        base = _NOT_IN_ID.sub("-", wish.strip().lower()).strip("-.:")[:80]
        if not base:
            self._counts[kind] = count = self._counts.get(kind, 0) + 1
            base = f"{kind}-{count}"
        identity, suffix = base, 1
        while identity in self._ids:
            identity = f"{base}-{suffix}"
            suffix += 1
        self._ids.add(identity)
        return identity

    def formula(self, tex: str, *, display: bool) -> None:
        """Note a formula, so that its signs get into the font and its syntax is checked."""
        self.formulas[f"\x00{tex}" if display else tex] = None

    # -- files ------------------------------------------------------------------------------------

    def locate(self, address: str, span: Span, *, what: str) -> str | None:
        """The book's path of a file named on this page; None (and a diagnostic) when it cannot be had.

        A leading slash is the book's root; other paths start from the page's folder.
        """
        path = self.resolve(address, span)
        if path is None:
            return None
        inside = self.files.inside(path)
        if path.startswith("../") or path == ".." or not inside:
            self.report(
                Rule.PATH_OUTSIDE,
                f"{what} `{address}` lies outside the book's folder",
                span,
                hints=("copy the file into the book; nothing outside its folder is read",),
            )
            return None
        if not self.files.exists(path):
            folder = posixpath.dirname(path)
            near = nearest(path, self.files.glob(posixpath.join(folder, "*") if folder else "*"))
            hint = f"did you mean `{self._relative(near)}`?" if near else f"it was looked for at `{path}`"
            self.report(Rule.FILE_MISSING, f"{what} `{address}` does not exist", span, hints=(hint,))
            return None
        return path

    def resolve(self, address: str, span: Span) -> str | None:
        """The book's path that an address on this page names, whether it exists or not."""
        base = posixpath.dirname(self.sources[span.source] if span.source < len(self.sources) else self.path)
        clean = address.split("#", maxsplit=1)[0].split("?", maxsplit=1)[0].replace("\\", "/")
        if not clean.strip("/"):
            return None
        if clean.startswith("/"):
            return posixpath.normpath(clean.lstrip("/"))
        return posixpath.normpath(posixpath.join(base, clean))

    def use(self, path: str) -> str:
        """Note that outputs need a file of the book."""
        self.used_files[path] = None
        return path

    def _relative(self, path: str) -> str:
        return posixpath.relpath(path, posixpath.dirname(self.path) or ".")

    def page_name(self, path: str) -> str:
        """A page's name from its path: without the language's folder and the suffix."""
        stem = re.sub(r"\.(md|ipynb)$", "", path)
        prefix = f"{self.language}/"
        return stem.removeprefix(prefix) if self.config.language_folders else stem


def is_external(address: str) -> bool:
    """Whether an address has a scheme or a host, and so is no file of the book."""
    return _SCHEME.match(address) is not None


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like `word`, if any is at all."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)), None)


def did_you_mean(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """A hint with the nearest known word; none when nothing is near."""
    near = nearest(word, known)
    return (f"did you mean `{near}`?",) if near else ()
