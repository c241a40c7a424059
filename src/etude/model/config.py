"""Configuration of a book, as `parse` validated it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from etude.model.block import Resources
from etude.model.environment import PYTHON, Environment
from etude.model.paper import SIZES
from etude.model.span import NOWHERE, Span
from etude.model.tolerance import Tolerance

Policy = Literal["auto", "strict", "frozen", "force", "off"]

Worker = Literal["auto", "lean", "warm", "cold"]
"""Which kind of kernel runs cells; see `protocols.Backend`."""

Timings = Literal["keep", "hide"]
"""Whether durations in outputs are shown."""


class Localized(Struct, frozen=True):
    """A text in one or more languages."""

    texts: tuple[tuple[str, str], ...] = ()
    """Pairs of language and text; language ``""`` serves every language."""

    def get(self, language: str) -> str:
        """The text for a language, else the one for all, else the first, else empty."""
        table = dict(self.texts)
        if language in table:
            return table[language]
        return table.get("") or (self.texts[0][1] if self.texts else "")

    def __bool__(self) -> bool:
        """Whether there is any text."""
        return any(text for _, text in self.texts)


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


class HtmlConfig(Struct, frozen=True):
    """The website."""

    url: str = ""
    """Where it will be published; absolute, with a final slash, or empty."""
    css: tuple[str, ...] = ()
    trust: bool = False
    """True: raw HTML is not sanitised."""
    favicon: str = ""
    logo: str = ""
    edit: str | None = None
    """Template of a page's edit address, with ``{path}``; None: that of the book's repository."""
    issues: str | None = None
    """Where problems are reported; None: at the book's repository."""
    footer: Localized = Localized()
    search: bool = True
    """Whether the site has a search of its own."""
    listed: bool = True
    """False: search engines are asked to leave the site out."""
    image: str = ""
    """The picture that stands for pages which have none of their own, where a link is shared."""
    cards: bool = True
    """Whether such a picture is drawn for each page otherwise."""
    card_fonts: tuple[str, ...] = ()
    """Fonts of the book that it is drawn with, before those of the system."""
    feed: bool = True
    """Whether changes are told as RSS."""
    short: bool = False
    """Whether each page and section has a short address."""
    markdown: bool = True
    """Whether each page has a twin in Markdown, and the site ``llms.txt`` and ``llms-full.txt``."""


class PdfFaces(Struct, frozen=True):
    """Names of fonts for the printed book; empty: those that Etude knows."""

    text: str = ""
    """Latin letters of the text."""
    sans: str = ""
    """Latin letters of titles."""
    code: str = ""
    math: str = ""
    han: str = ""
    """Chinese characters of the text."""
    han_sans: str = ""
    """Those of titles and of bold words."""
    kai: str = ""
    """Those of emphasis."""


class PdfConfig(Struct, frozen=True):
    """The printed book."""

    size: tuple[float, float] = SIZES["16k"]
    """Width and height of the trimmed page in millimetres."""
    bleed: float = 0.0
    """Millimetres of paper beyond the trimmed page that are cut off."""
    marks: bool = False
    """Whether there are crop marks."""
    variants: Literal["together", "apart"] = "together"
    """Whether all variants are in one book, or each in one of its own."""
    grayscale: bool = False
    comments: Literal["keep", "lift"] = "keep"
    """Whether comments of code stay in it or become numbered notes below it."""
    qr: Literal["sections", "pages", "none"] = "sections"
    """What has a QR code of its short address beside its title; sections are those of the contents."""
    lists: tuple[str, ...] = ()
    """Those after the contents: of ``figures``, ``tables``, ``listings`` and ``algorithms``."""
    dedication: Localized = Localized()
    """Stands on a page of its own; a line is a line, an empty line parts paragraphs."""
    colophon: Localized = Localized()
    """Stands on the last page, above what Etude says there of fonts and tools."""
    identifier: str = ""
    """Its own ISBN or other lasting name; empty: that of the book."""
    linenos: bool = False
    """Whether the lines of every listing have numbers."""
    emphasis: Literal["dots", "kai"] = "dots"
    """Of Chinese: dots below the characters, or a Kai face."""
    fonts: str = ""
    """A folder of the book with fonts."""
    faces: PdfFaces = PdfFaces()


class EpubConfig(Struct, frozen=True):
    """The e-book."""

    cover: str = ""
    """A picture of the book; empty: one is drawn."""
    variants: Literal["together", "apart"] = "together"
    """Whether all variants are in one e-book, or each in one of its own."""
    solutions: Literal["end", "here"] = "end"
    """Where solutions stand that the website folds: at the end of the page, or where the author put them."""
    depth: int = 2
    """Levels of the contents below parts: 1 for chapters only."""
    css: tuple[str, ...] = ()
    identifier: str = ""
    """Its own ISBN or other lasting name; empty: one is made of the book's."""


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
    """A copy of its ``objects.inv`` in the book; nothing is fetched at build time."""


class Config(Struct, frozen=True):
    """A whole `etude.toml`."""

    title: Localized = Localized()
    subtitle: Localized = Localized()
    authors: tuple[Author, ...] = ()
    license: str = ""
    languages: tuple[str, ...] = ("en",)
    """The first is the default."""
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
    trust: bool = False
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

    def variant_title(self, name: str, language: str) -> str:
        """How a variant is called in print in a language."""
        return next((v.called(language) for v in self.variants if v.name == name), name)
