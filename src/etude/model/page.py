"""A page: one source file of one language, parsed."""

from __future__ import annotations

from msgspec import Struct

from etude.model.block import BlockNode, CodeCell, Resources
from etude.model.diagnostic import Diagnostic
from etude.model.inline import Inline
from etude.model.span import Span
from etude.model.tolerance import Tolerance


class PageExecution(Struct, frozen=True, omit_defaults=True):
    """What a page's front matter says of how its cells run."""

    timeout: float | None = None
    """Seconds a cell may take; None takes the book's."""
    run_timeout: float | None = None
    """Seconds a whole run may take."""
    inputs: tuple[str, ...] = ()
    """Globs of files that the cells read; relative to the book's root, or absolute, ``~``, ``$VAR``."""
    pinned: tuple[str, ...] = ()
    """As `ExecuteConfig.pinned`, for this page."""
    environment: tuple[str, ...] = ()
    """Names of environment variables that the cells read."""
    resources: Resources | None = None
    memory_limit: int | None = None
    """Bytes that a run may take; 0: as many as the machine has to give."""
    checkpoint: float | None = None
    """Seconds of cells after which the run's state is written into a file; 0: never."""
    seed: int | None = None
    worker: str = ""
    """One of `config.Worker`; empty takes the book's."""
    skip: bool = False
    """True: the cells of this page never run."""
    tolerance: Tolerance = Tolerance()
    """How much results may differ when they are verified, unless a cell says otherwise."""
    timings: str = ""
    """One of `config.Timings`; empty takes the book's."""


class Alias(Struct, frozen=True):
    """A name or an address that a page had once."""

    name: str
    """A page's name; with a slash before it, an address below the root of the site."""
    span: Span


class FrontMatter(Struct, frozen=True, omit_defaults=True):
    """The YAML at the head of a page, validated."""

    title: str = ""
    subtitle: str = ""
    short_title: str = ""
    """What the contents call the page; empty: as its title does."""
    label: str = ""
    description: str = ""
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    date: str = ""
    updated: str = ""
    image: str = ""
    """What is shown beside links to the page: a file of the book, or an address."""
    aliases: tuple[Alias, ...] = ()
    license: str = ""
    short: Alias | None = None
    """The code of the page's short address, as its author chose it."""
    numbered: bool | None = None
    """None: as the contents say."""
    discussions: tuple[tuple[str, str], ...] = ()
    """Where readers talk about the page: by variant, or under no name for all of them."""
    variants: tuple[str, ...] = ()
    """The variants the page runs in; empty: those its cells name."""
    kernel: str = ""
    """Kernel spec; empty takes the variant's or the book's."""
    execute: PageExecution = PageExecution()


class Page(Struct, frozen=True):
    """The document of one source file; a pure function of bytes, configuration and included files."""

    path: str
    """Relative to the book's root, with forward slashes: ``zh/start/a.md``."""
    name: str
    """The same without language and suffix: ``start/a``; shared by all languages."""
    language: str
    front: FrontMatter
    title: tuple[Inline, ...]
    """From the front matter, else the first level-1 heading, else the file's name."""
    blocks: tuple[BlockNode, ...]
    """The level-1 heading that is the page's title is among them, when the source has one."""
    cells: tuple[CodeCell, ...] = ()
    """Every code cell, in reading order (they also stand in `blocks`)."""
    sources: tuple[str, ...] = ()
    """Paths of the files that spans point into: the page first, then what it includes."""
    files: tuple[str, ...] = ()
    """Images, downloads and other files of the book that outputs need."""
    formulas: tuple[str, ...] = ()
    """Distinct LaTeX of the page; ``\\x00`` before displayed ones."""
    diagnostics: tuple[Diagnostic, ...] = ()
