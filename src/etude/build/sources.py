"""Stage parse as part of a build: pages from the store where nothing they saw changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct

from etude.adapters.disk import DiskFiles
from etude.adapters.store import SqliteStore
from etude.build.watch import Seen, Watch, digest
from etude.build.workers import Workers
from etude.model.block import MathBlock
from etude.model.config import Config
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.inline import InlineMath
from etude.model.page import Page
from etude.model.rules import Rule
from etude.model.span import Span
from etude.parse.page import VERSION, parse_page
from etude.resolve.index import PageIndex, index_page

_SHOWN = 60
"""Characters of a formula that a message shows."""


class Source(Struct, frozen=True, array_like=True):
    """A page to be read."""

    path: str
    name: str
    language: str


class Parsed(Struct, frozen=True, array_like=True):
    """What a build keeps of a parsed page beside the document itself."""

    source: Source
    key: str
    """Hash of the document; the document is stored under it."""
    index: PageIndex
    runs: bool
    """Whether the page may have code cells or `eval`s; without them it makes no run."""
    diagnostics: tuple[Diagnostic, ...]
    sources: tuple[str, ...]
    files: tuple[str, ...]
    letters: str
    """Characters of its formulas as they are shown, sorted."""
    seen: Seen
    settings: str
    """Digest of the configuration and program that made it."""


class Fresh(NamedTuple):
    """A page that was parsed now, as it is stored."""

    parsed: Parsed
    record: bytes
    """`parsed`, encoded."""
    page: bytes
    """The document, encoded."""


_encode = msgspec.msgpack.Encoder().encode
_decode_parsed = msgspec.msgpack.Decoder(Parsed).decode
_decode_page = msgspec.msgpack.Decoder(Page).decode


def settings_key(config: Config, program: str) -> str:
    """A digest of all that parsing depends on besides the files."""
    return digest(
        VERSION, program, _encode((config.variants, config.languages, config.language_folders)),
        _encode((config.substitutions, config.macros, config.abbreviations, config.inventories)),
        _encode((config.trust, config.library, config.library_modules())),
    )  # fmt: skip


def load(
    sources: Sequence[Source],
    config: Config,
    files: DiskFiles,
    store: SqliteStore,
    program: str,
    workers: Workers,
) -> list[Parsed]:
    """Every page, in the order of `sources`; those that changed are parsed and stored."""
    settings = settings_key(config, program)
    kept = store.get_many("parsed", [s.path for s in sources])
    found: dict[str, Parsed] = {}
    globs: dict[str, str] = {}
    root = str(files.root)
    for path, data in kept.items():
        try:
            parsed = _decode_parsed(data)
        except msgspec.MsgspecError:
            continue
        if parsed.settings == settings and parsed.seen.holds(root, files, globs):
            found[path] = parsed
    missing = [s for s in sources if s.path not in found or found[s.path].source != s]
    fresh = [
        Fresh(_decode_parsed(record), record, page)
        for record, page in workers.parse(missing, config, files, settings)
    ]
    found.update((one.parsed.source.path, one.parsed) for one in fresh)
    if fresh:
        keep(store, fresh)
    return [found[s.path] for s in sources]


def parse_one(source: Source, config: Config, files: DiskFiles, settings: str) -> tuple[bytes, bytes]:
    """Parse a page: its record and its document, both encoded."""
    fresh, _ = parse_source(source, config, files, settings)
    return fresh.record, fresh.page


def parse_source(source: Source, config: Config, files: DiskFiles, settings: str) -> tuple[Fresh, Page]:
    """Parse a page: as it is stored, and its document."""
    watch = Watch(files)
    problem: Diagnostic | None = None
    try:
        data = watch.read(source.path)
    except OSError as error:
        data = b""
        problem = diagnose(
            Rule.READ_FAILED, f"the file cannot be read: {error.strerror or error}", source.path
        )
    page = parse_page(data, source.path, source.name, source.language, config, watch)
    page_bytes = _encode(page)
    letters, wrong = read_formulas(page)
    diagnostics = (*((problem,) if problem else ()), *page.diagnostics, *wrong)
    parsed = Parsed(
        source, digest(page_bytes), index_page(page, config.library.name, config.library_modules()),
        bool(page.cells) or b"Eval" in page_bytes, diagnostics,
        page.sources, page.files, letters, watch.seen(), settings,
    )  # fmt: skip
    return Fresh(parsed, _encode(parsed), page_bytes), page


def keep(store: SqliteStore, fresh: Sequence[Fresh]) -> None:
    """Store pages that were parsed; raises `WriteError`."""
    # A record says that its document is there: it comes second.
    store.put_many("page", [(one.parsed.key, one.page) for one in fresh])
    store.put_many("parsed", [(one.parsed.source.path, one.record) for one in fresh])


def decode_page(data: bytes) -> Page:
    """A stored document."""
    return _decode_page(data)


def read_formulas(page: Page) -> tuple[str, list[Diagnostic]]:
    """The characters of a page's formulas, and a diagnostic for each that cannot be parsed."""
    from etude.render.math import MathError, letters, mathml  # noqa: PLC0415 -- only with formulas

    found: set[str] = set()
    problems: list[Diagnostic] = []
    for formula in page.formulas:
        tex = formula.removeprefix("\x00")
        try:
            found.update(letters(mathml(tex, display=formula != tex)))
        except MathError as error:
            span = _find_formula(page, tex)
            path = page.sources[span.source] if span.source < len(page.sources) else page.path
            shown = tex if len(tex) <= _SHOWN else f"{tex[: _SHOWN - 1]}…"
            message = f"the formula `{shown}` cannot be parsed: {error.problem.message}"
            problems.append(diagnose(Rule.MATH_SYNTAX, message, path, Span(span.start, span.end)))
    return "".join(sorted(found)), problems


def _find_formula(page: Page, tex: str) -> Span:
    """The first node that holds a formula, found by walking all fields: it is rarely needed."""
    stack: list[object] = list(reversed((*page.title, *page.blocks)))
    while stack:
        node = stack.pop()
        if isinstance(node, InlineMath | MathBlock):
            if node.tex == tex:
                return node.span
        elif isinstance(node, Struct):
            stack.extend(reversed([getattr(node, name) for name in node.__struct_fields__]))
        elif isinstance(node, tuple):
            stack.extend(reversed(node))
    return Span(0, 0)
