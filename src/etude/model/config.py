"""Configuration of a book, as `parse` validated it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from etude.model.block import Resources
from etude.model.config_forms import EpubConfig, HtmlConfig, PdfConfig
from etude.model.environment import PYTHON, Environment
from etude.model.localized import Localized
from etude.model.span import NOWHERE, Span
from etude.model.tolerance import Tolerance

Policy = Literal["auto", "strict", "frozen", "force", "off"]

Worker = Literal["auto", "lean", "warm", "cold"]
"""Which kind of kernel runs cells; see `protocols.Backend`."""

Timings = Literal["keep", "hide"]
"""Whether durations in outputs are shown."""


class Author(Struct, frozen=True):
    """Someone who wrote the book."""

    name: str
    url: str = ""
    orcid: str = ""
    affiliation: str = ""


class Variant(Struct, frozen=True):
    """A framework that the book's code comes in."""

    name: str
    title: str | Localized
    """How it is called in print: in every language, or in each."""
    kernel: str = ""
    library: str = ""
    """Module that saved code of cells goes to that name none; empty: that of their page."""

    def called(self, language: str) -> str:
        """How it is called in a language."""
        title = self.title if isinstance(self.title, str) else self.title.get(language)
        return title or self.name


class Entry(Struct, frozen=True):
    """A line of the contents as written: a page or a glob, with what stands below it."""

    pattern: str
    span: Span = NOWHERE
    """In `etude.toml`."""
    sections: tuple[Entry, ...] = ()
    numbered: bool | None = None
    title: Localized = Localized()
    """What the contents call the page; empty: as it calls itself."""
    url: str = ""
    """Of an entry that leads out of the book; it has no pattern."""
    hidden: bool = False
    """Whether the page is built, and not shown in the contents of the site."""


class Part(Struct, frozen=True):
    """A part of the contents; a book without parts has one without a title."""

    title: Localized
    chapters: tuple[Entry, ...]
    numbered: bool = True
    """Whether its chapters are numbered."""


class ExecuteConfig(Struct, frozen=True):
    """How cells run unless a page says otherwise."""

    kernel: str = PYTHON
    requires: tuple[str, ...] = ()
    """As `Environment.written`; `Config.environments` has what comes of it."""
    python: str = ""
    timeout: float = 600.0
    """Seconds a cell may take."""
    run_timeout: float = 3600.0
    """Seconds a run may take."""
    policy: Policy = "auto"
    pythonpath: tuple[str, ...] = (".",)
    """Folders of the book that cells import from."""
    inputs: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    """Patterns of files outside of the book whose contents its own code checks."""
    environment: tuple[str, ...] = ()
    seed: int = 0
    output_limit: int = 10_000_000
    """Bytes of outputs a cell may make; what is more is cut and reported."""
    worker: Worker = "auto"
    record: bool = False
    """Whether every build records the results in the book."""
    results: str = "results"
    """Folder of the book that recorded results lie in."""
    remote: str = ""
    """Address or path where results are shared; empty: nowhere."""
    pull: bool = False
    """Whether a build looks there before it runs anything."""
    memory_limit: int = 0
    """Bytes of memory a run may take; 0: as many as the machine has to give."""
    checkpoint: float = 30.0
    """Seconds of cells after which the state of a run is written into a file; 0: never."""
    resources: Resources = Resources()
    tolerance: Tolerance = Tolerance()
    """How much results may differ when they are verified."""
    timings: Timings = "keep"
    exclude: tuple[str, ...] = ()
    """Patterns of pages that never run."""
    stored: Literal["run", "keep"] = "run"
    """Whether a notebook whose cells all have outputs runs, or shows these."""
    allow_errors: bool = False
    """Whether every cell may raise an exception, as with the tag `raises-exception`."""
    stderr: Literal["keep", "remove"] = "keep"
    """Whether what cells write to standard error is shown."""


class Macro(Struct, frozen=True):
    """A command that formulas of the book use."""

    name: str
    """Without the backslash."""
    body: str
    """LaTeX; ``#1`` to ``#9`` stand for arguments, as many as the highest says."""
    optional: str | None = None
    """What the first argument is when it is left out; None: it cannot be."""


class LaunchConfig(Struct, frozen=True):
    """Where readers can run a page's notebook."""

    repository: str = ""
    """That holds the notebooks; empty: the book's."""
    branch: str = ""
    """Empty: the book's."""
    folder: str = ""
    """Of the notebooks in the repository."""
    colab: bool = False
    binder: str = ""
    """Address of a BinderHub; empty: none."""
    jupyterhub: str = ""
    """Address of a JupyterHub with nbgitpuller; empty: none."""
    download: bool = True
    """Whether the site has the notebooks of pages that were run, to be downloaded."""


class LibraryConfig(Struct, frozen=True):
    """The package made of saved cells."""

    name: str = ""
    """Import name; empty: saved cells are not importable."""
    whole: bool = False
    """Whether every page finds what all pages save, not only those before it."""
    language: str = ""
    """Whose pages it is taken from where those of several save the same; empty: the book's first."""


class BibliographyConfig(Struct, frozen=True):
    """Citations."""

    files: tuple[str, ...] = ()
    style: str = ""
    """Name of a CSL style or path of a ``.csl`` file; empty for the built-in author–year style."""
    page: str = ""
    """Name of the page that lists the works; empty: the page that has the directive."""


class InventoryConfig(Struct, frozen=True):
    """Another project's inventory, for API links."""

    name: str
    url: str
    file: str = ""
    """A copy of its ``objects.inv`` in the book; nothing is fetched. Empty: no role finds it."""


class Config(Struct, frozen=True):
    """A whole `etude.toml`."""

    title: Localized = Localized()
    subtitle: Localized = Localized()
    authors: tuple[Author, ...] = ()
    license: str = ""
    languages: tuple[str, ...] = ("en",)
    """The first is the default."""
    exclude: tuple[str, ...] = ()
    """Patterns of files that are no pages, below the book's root."""
    variants: tuple[Variant, ...] = ()
    home: str = "index"
    """Name of the page that is the front page; it is unnumbered and above the contents."""
    description: Localized = Localized()
    keywords: tuple[str, ...] = ()
    identifier: str = ""
    version: str = ""
    publisher: str = ""
    date: str = ""
    repository: str = ""
    branch: str = "main"
    """Of the repository, that the book is written on."""
    folder: str = ""
    """The book's, in the repository; empty for its root."""
    level: str = ""
    """Whom it is for."""
    course: bool = False
    """Whether it is told to search engines as a course, too."""
    language_folders: bool = True
    """False: the only language's pages lie in the book's root."""
    parts: tuple[Part, ...] = ()
    execute: ExecuteConfig = ExecuteConfig()
    environments: tuple[Environment, ...] = ()
    """One for each variant whose runs have an environment; in a book without variants one at most."""
    html: HtmlConfig = HtmlConfig()
    pdf: PdfConfig = PdfConfig()
    epub: EpubConfig = EpubConfig()
    redirects: tuple[tuple[str, str], ...] = ()
    """Addresses of the site that lead elsewhere, below its root, and what each leads to."""
    launch: LaunchConfig = LaunchConfig()
    library: LibraryConfig = LibraryConfig()
    bibliography: BibliographyConfig = BibliographyConfig()
    inventories: tuple[InventoryConfig, ...] = ()
    substitutions: tuple[tuple[str, str], ...] = ()
    macros: tuple[Macro, ...] = ()
    abbreviations: tuple[tuple[str, str], ...] = ()
    """Short forms, and what they stand for."""
    trust: bool = False
    file: str = "etude.toml"
    """The file that it was read from, mainly: a folder with it is the book's."""
    spans: tuple[tuple[str, Span], ...] = ()
    """Where values stand in `etude.toml`, by dotted key; for diagnostics only, never part of a key."""

    def span(self, key: str) -> Span:
        """Where a value stands in `etude.toml` (``bibliography.files.0``); `NOWHERE` when it is a default."""
        return dict(self.spans).get(key, NOWHERE)

    def requirement_span(self, environment: Environment, number: int = -1) -> Span:
        """Where one of an environment's requirements stands, else all of them, else its Python."""
        places = (self.span(f"{environment.key}.{number}"), self.span(environment.key))
        return next((span for span in places if span != NOWHERE), self.python_span(environment))

    def python_span(self, environment: Environment) -> Span:
        """Where the Python of an environment is asked for."""
        own = self.span(f"variant.{environment.variant}.python")
        return self.span("execute.python") if own == NOWHERE else own

    def kernel(self, variant: str, asked: str = "") -> tuple[str, Environment | None]:
        """The kernel of a variant's runs on a page that asks for `asked`, and the environment of it."""
        environment = next((one for one in self.environments if one.variant == variant), None)
        own = next((one.kernel for one in self.variants if one.name == variant), "")
        name = asked or (PYTHON if environment else own or self.execute.kernel)
        return name, environment if name == PYTHON else None

    def library_modules(self) -> dict[str, str]:
        """The variants that have a module of their own for saved code, each with it."""
        return {variant.name: variant.library for variant in self.variants if variant.library}

    def variant_title(self, name: str, language: str) -> str:
        """How a variant is called in print in a language."""
        return next((v.called(language) for v in self.variants if v.name == name), name)
