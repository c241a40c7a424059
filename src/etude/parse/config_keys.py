"""Every key of `etude.toml`: what it accepts, its default and its meaning.

The check of a book's configuration and the handbook's reference page are made from this table.
"""

from __future__ import annotations

from dataclasses import dataclass

from etude.parse.config_contents import AUTHORS, ENTRIES
from etude.parse.config_print import BLEED, LISTS, PAPER
from etude.parse.config_reader import Kind
from etude.parse.config_requirements import PYTHON_VERSION, REQUIREMENTS
from etude.parse.config_values import (
    AMOUNT,
    DATE,
    DEPTH,
    EDIT,
    FLAG,
    FOLDER,
    HUB,
    LANGUAGES,
    LOCALIZED,
    MACRO,
    MODULE,
    NAMES,
    OUTSIDES,
    OWN_LANGUAGE,
    PAGE,
    PATH,
    PATHS,
    SECONDS,
    SEED,
    SITE,
    SIZE,
    TARGET,
    TEXT,
    TEXTS,
    TOLERANCE,
    URL,
    VARIABLES,
    one_of,
)

__all__ = ["KEYS", "OPEN", "RESERVED", "SECTIONS", "Key", "keys_of"]


@dataclass(frozen=True, slots=True)
class Key:
    """One key, or, with the name ``NAME``, all keys of a table whose names the author chooses."""

    section: str
    """Dotted name of its table; ``NAME`` stands for a name that the author chooses."""
    name: str
    """The key itself; `Config` or the section's Struct has a field of that name."""
    kind: Kind
    default: str
    """As TOML, or words in parentheses."""
    meaning: str

    @property
    def path(self) -> str:
        """Its full dotted name."""
        return f"{self.section}.{self.name}"

    @property
    def type(self) -> str:
        """What it accepts, in words."""
        return self.kind.name


SECTIONS: dict[str, str] = {
    "book": "The book itself: what it is called, who wrote it, its languages and variants.",
    "part": "A part of the contents. Written `[[part]]`, once for each part, in reading order.",
    "variant": "How variants are called, and what they run in: a table `[variant.NAME]` for each.",
    "execute": "How cells run, unless a page says otherwise.",
    "html": "The website.",
    "pdf": "The printed book; see [](../how-to/print.md).",
    "epub": "The e-book; see [](../how-to/epub.md).",
    "library": "The Python package made of the cells marked `save`.",
    "launch": "Links that open a page's notebook where readers can run it; see [](../how-to/publish.md).",
    "discussion": "Reserved for discussions beside the text; accepted and not read yet.",
    "bibliography": "Citations.",
    "inventory": "Inventories of other projects, for API links: a table `[inventory.NAME]` for each.",
    "substitutions": "Texts that pages insert with `{{ NAME }}`.",
    "abbreviations": "Short forms; readers are shown what each stands for, wherever it stands in the text.",
    "macros": "Commands that formulas use; see [](../how-to/formulas.md).",
}
"""Every table of the top level, with its meaning."""

OPEN = frozenset({"pdf"})
"""Reserved tables whose keys are not checked either."""

RESERVED: dict[str, tuple[str, ...]] = {
    "discussion": ("discourse", "giscus", "isso"),
}
"""Reserved tables with the keys that they may hold; the values are not checked."""

KEYS: tuple[Key, ...] = (
    Key("book", "title", LOCALIZED, '""', "What the book is called."),
    Key("book", "subtitle", LOCALIZED, '""', "What stands below the title."),
    Key(
        "book",
        "authors",
        AUTHORS,
        "[]",
        "Who wrote it: names, or tables with `name`, `url`, `orcid`, `affiliation`.",
    ),
    Key("book", "license", TEXT, '""', "An SPDX identifier, such as `CC-BY-SA-4.0`."),
    Key(
        "book",
        "languages",
        LANGUAGES,
        '["en"]',
        "Language tags; each is the folder of its pages. The first is the default.",
    ),
    Key(
        "book",
        "language_folders",
        FLAG,
        "(true if the folder is there)",
        "False: the only language's pages lie in the book's root.",
    ),
    Key(
        "book",
        "variants",
        NAMES,
        "[]",
        "The frameworks that the code comes in, in the order in which they are shown.",
    ),
    Key("book", "home", PAGE, '"index"', "The front page: above the contents and without a number."),
    Key(
        "book",
        "chapters",
        ENTRIES,
        "(all pages)",
        "The contents of a book without parts: pages, patterns, or tables as in `[[part]]`.",
    ),
    Key(
        "book",
        "exclude",
        TEXTS,
        "[]",
        "Patterns of files and folders that hold no pages, below the book: `drafts`, `**/old_*.md`.",
    ),
    Key("book", "description", LOCALIZED, '""', "The book in a sentence, for search engines and previews."),
    Key("book", "keywords", TEXTS, "[]", "Words that the book is found under."),
    Key("book", "identifier", TEXT, '""', "An ISBN, a DOI, or another lasting name."),
    Key("book", "version", TEXT, '""', "The edition."),
    Key("book", "publisher", TEXT, '""', "Who publishes it."),
    Key("book", "date", DATE, '""', "When this edition appeared."),
    Key("book", "repository", URL, '""', "Where its source is kept, such as `https://github.com/ada/dice`."),
    Key("book", "branch", TEXT, '"main"', "The branch of the repository that the book is written on."),
    Key("book", "folder", PATH, '""', "The book's folder in the repository; empty for its root."),
    Key("book", "level", TEXT, '""', "Whom it is for, told to search engines: `undergraduate`."),
    Key("book", "course", FLAG, "false", "True: search engines are told that the book is a course, too."),
    Key("part", "title", LOCALIZED, '""', "The part's title; without one its pages stand for themselves."),
    Key(
        "part",
        "chapters",
        ENTRIES,
        "[]",
        "Pages, patterns, or tables: `page`, `title`, `sections`, `numbered`, `hidden`; `url` with `title`.",
    ),
    Key(
        "part",
        "numbered",
        FLAG,
        "true",
        "Whether its chapters are numbered; false for front and back matter.",
    ),
    Key("variant.NAME", "title", LOCALIZED, "(its name)", "How the variant is called in print."),
    Key(
        "variant.NAME", "kernel", TEXT, '""', "The Jupyter kernel of its runs; empty for that of `[execute]`."
    ),
    Key(
        "variant.NAME",
        "library",
        MODULE,
        '""',
        "The module of the library that its saved code goes to, where a cell names none; empty: the page's.",
    ),
    Key(
        "variant.NAME",
        "requires",
        REQUIREMENTS,
        "(that of `[execute]`)",
        "What is installed for its runs, in an environment that Etude makes: requirements, and files that "
        "list them; `[]`: nothing, its runs use the Python that has Etude.",
    ),
    Key(
        "variant.NAME",
        "python",
        PYTHON_VERSION,
        "(that of `[execute]`)",
        "The Python of that environment.",
    ),
    Key("execute", "kernel", TEXT, '"python3"', "The Jupyter kernel that runs cells."),
    Key(
        "execute",
        "requires",
        REQUIREMENTS,
        "[]",
        "What is installed for runs, unless their variant says otherwise; empty: they use the Python that "
        "has Etude.",
    ),
    Key("execute", "python", PYTHON_VERSION, '""', "The Python of that environment; empty: any."),
    Key("execute", "timeout", SECONDS, "600", "Seconds that a cell may take."),
    Key("execute", "run_timeout", SECONDS, "3600", "Seconds that a whole run may take."),
    Key(
        "execute",
        "policy",
        one_of("auto", "strict", "frozen", "force", "off"),
        '"auto"',
        "auto: run what changed, and tell of packages that have other versions now; strict: run what was "
        "made with other versions, too; frozen: run nothing, and a missing result is an error; "
        "force: run everything; off: run nothing and show what is stored.",
    ),
    Key("execute", "pythonpath", PATHS, '["."]', "Folders of the book that cells import from."),
    Key(
        "execute",
        "inputs",
        TEXTS,
        "[]",
        "Patterns of files that all pages read: below the book, or absolute, with `~` or `$VAR`.",
    ),
    Key(
        "execute",
        "pinned",
        OUTSIDES,
        "[]",
        "Patterns of files outside of the book, absolute or with `~` or `$VAR`, whose contents the book's "
        "code checks itself: results stand whether and wherever these files are there.",
    ),
    Key("execute", "environment", VARIABLES, "[]", "Environment variables that results depend on."),
    Key("execute", "seed", SEED, "0", "The seed that each run starts from."),
    Key(
        "execute",
        "worker",
        one_of("auto", "lean", "warm", "cold"),
        '"auto"',
        "The kind of kernel. lean: forked from a process that has loaded what pages import; warm: a whole "
        "ipykernel, forked likewise; cold: a kernel started anew. auto: the first of these that will do.",
    ),
    Key(
        "execute",
        "output_limit",
        SIZE,
        "10_000_000",
        "Bytes that a cell may print; more is cut and reported.",
    ),
    Key("execute", "record", FLAG, "false", "True: every build records the results in the book."),
    Key("execute", "results", FOLDER, '"results"', "The folder that recorded results lie in."),
    Key(
        "execute",
        "remote",
        TEXT,
        '""',
        "Where results are shared: a path, or an address such as `s3://bucket/book`.",
    ),
    Key(
        "execute",
        "pull",
        FLAG,
        "false",
        "True: a build looks in `remote` for results that are missing before it runs anything.",
    ),
    Key(
        "execute",
        "memory_limit",
        SIZE,
        "0",
        "Bytes of memory that a run may take before it is ended; 0: as many as the machine can spare.",
    ),
    Key(
        "execute",
        "checkpoint",
        AMOUNT,
        "30",
        "Seconds that cells take before the state after them is written into a file, for later builds to go "
        "on from; 0: never.",
    ),
    Key(
        "execute",
        "tolerance",
        TOLERANCE,
        '"rtol=1e-6 atol=1e-12 image=0.02"',
        "How much results may differ when `etude verify` makes them again.",
    ),
    Key(
        "execute",
        "timings",
        one_of("keep", "hide"),
        '"keep"',
        "hide: durations in outputs (3.2 s, 12ms/step) give way to a mark, on pages and when results are "
        "verified. Nothing runs for a change of this.",
    ),
    Key(
        "execute",
        "exclude",
        TEXTS,
        "[]",
        "Patterns of pages that never run: files below the book, or folders.",
    ),
    Key(
        "execute",
        "stored",
        one_of("run", "keep"),
        '"run"',
        "keep: a notebook whose cells all have outputs does not run; these are shown.",
    ),
    Key(
        "execute",
        "allow_errors",
        FLAG,
        "false",
        "True: a cell that raises an exception is no problem, and those after it run.",
    ),
    Key(
        "execute",
        "stderr",
        one_of("keep", "remove"),
        '"keep"',
        "remove: what cells write to standard error is not shown. Nothing runs for a change of this.",
    ),
    Key(
        "execute.resources",
        "cpus",
        AMOUNT,
        "(an equal share)",
        "Processors that a run needs, and how many computing threads it gets.",
    ),
    Key("execute.resources", "memory", SIZE, "(as it took last)", "Memory that a run needs."),
    Key(
        "execute.resources",
        "gpus",
        AMOUNT,
        "(unsaid)",
        "GPUs that a run needs, `0.5` for half of one. It sees these and no others, with `0` none. Unsaid: "
        "it sees all, and none is kept for it.",
    ),
    Key("html", "url", SITE, '""', "Where the site will be published."),
    Key("html", "css", PATHS, "[]", "Style sheets of the book, after the theme's."),
    Key("html", "trust", FLAG, "false", "True: raw HTML of the pages is kept as it is, not made safe."),
    Key("html", "favicon", PATH, '""', "The site's small icon."),
    Key("html", "logo", PATH, '""', "The picture beside the book's title."),
    Key(
        "html",
        "edit",
        EDIT,
        "(from `repository`)",
        "The address where a page is edited, with `{path}` for the page's path; empty: no such links.",
    ),
    Key(
        "html",
        "issues",
        URL,
        "(from `repository`)",
        "The address where problems are reported; empty: no such links.",
    ),
    Key("html", "footer", LOCALIZED, '""', "A line at the foot of every page."),
    Key("html", "search", FLAG, "true", "False: the site has no search, and no index for one."),
    Key(
        "html",
        "listed",
        FLAG,
        "true",
        "False: search engines are asked to leave the site out, as for drafts.",
    ),
    Key(
        "html",
        "image",
        PATH,
        '""',
        "The picture that is shown beside links to pages without an `image`; none is drawn then.",
    ),
    Key(
        "html",
        "cards",
        FLAG,
        "true",
        "Whether such a picture is drawn for each page that has none; only with `url`.",
    ),
    Key(
        "html",
        "card_fonts",
        PATHS,
        "[]",
        "Font files (TrueType, OpenType) that these are drawn with, before the theme's and the system's.",
    ),
    Key(
        "html",
        "feed",
        FLAG,
        "true",
        "Whether there is an RSS feed of new and changed pages; only with `url`.",
    ),
    Key(
        "html",
        "short",
        FLAG,
        "false",
        "Whether each page and section has a short address, `s/ab12`, for printed copies.",
    ),
    Key(
        "html",
        "markdown",
        FLAG,
        "true",
        "Whether each page has a twin in Markdown, and the site `llms.txt` and `llms-full.txt`.",
    ),
    Key(
        "html.redirects",
        "NAME",
        TARGET,
        '""',
        "An address that the site had once, `old/page.html`, or a place there, `old/page.html#part`, and the "
        "page or address that it leads to now.",
    ),
    Key(
        "pdf",
        "size",
        PAPER,
        '"16k"',
        "The size of the trimmed page; 16k is 185 by 260 millimetres, 7x10 is in inches.",
    ),
    Key("pdf", "bleed", BLEED, '"0mm"', "Paper beyond the trimmed page that the printer cuts off."),
    Key("pdf", "marks", FLAG, "false", "True: crop marks show where the pages are cut."),
    Key(
        "pdf",
        "variants",
        one_of("together", "apart"),
        '"together"',
        "together: one book has the code of all variants; apart: there is one for each variant.",
    ),
    Key(
        "pdf",
        "grayscale",
        FLAG,
        "false",
        "True: code, boxes, pictures and outputs are in shades of gray.",
    ),
    Key(
        "pdf",
        "comments",
        one_of("keep", "lift"),
        '"keep"',
        "lift: comments of code become numbered notes, beside the listing or below it.",
    ),
    Key(
        "pdf",
        "qr",
        one_of("sections", "pages", "none"),
        '"sections"',
        "Titles with a QR code of their short address beside them, where the website has some: all titles "
        "in the contents, only those of pages, or none.",
    ),
    Key(
        "pdf",
        "lists",
        LISTS,
        "[]",
        "Lists after the contents, in this order: figures, tables, listings, algorithms.",
    ),
    Key("pdf", "dedication", LOCALIZED, '""', "Words on a page of their own before the contents."),
    Key("pdf", "colophon", LOCALIZED, '""', "Words on the last page, above those on fonts and tools."),
    Key(
        "pdf",
        "identifier",
        TEXT,
        '""',
        "An ISBN or another lasting name of the printed book itself; empty: that of `[book]`.",
    ),
    Key("pdf", "linenos", FLAG, "false", "True: the lines of every listing have numbers."),
    Key(
        "pdf",
        "emphasis",
        one_of("dots", "kai"),
        '"dots"',
        "How Chinese words are emphasised: with dots below the characters, or in a Kai face.",
    ),
    Key("pdf", "fonts", FOLDER, '""', "A folder of the book with fonts, which go before all others."),
    Key("pdf.faces", "text", TEXT, '"Source Serif 4"', "The font of the text's Latin letters."),
    Key("pdf.faces", "sans", TEXT, '"Source Sans 3"', "Of the Latin letters of titles."),
    Key("pdf.faces", "code", TEXT, '"Source Code Pro"', "Of code."),
    Key("pdf.faces", "math", TEXT, '"STIX Two Math"', "Of formulas; one made for them."),
    Key("pdf.faces", "han", TEXT, '"Noto Serif CJK SC"', "Of the text's Chinese characters."),
    Key("pdf.faces", "han_sans", TEXT, '"Noto Sans CJK SC"', "Of Chinese titles and bold words."),
    Key("pdf.faces", "kai", TEXT, '"LXGW WenKai"', 'Of Chinese emphasis, with `emphasis = "kai"`.'),
    Key("epub", "cover", PATH, '""', "The picture on the cover (PNG, JPEG or SVG); empty: one is drawn."),
    Key(
        "epub",
        "variants",
        one_of("together", "apart"),
        '"together"',
        "together: one e-book has the code of all variants; apart: there is one for each variant.",
    ),
    Key(
        "epub",
        "solutions",
        one_of("end", "here"),
        '"end"',
        "Where solutions stand that the website folds: at the end of their page, or where they are written.",
    ),
    Key("epub", "depth", DEPTH, "2", "Levels of the contents below parts: 1 for chapters only, up to 3."),
    Key("epub", "css", PATHS, "[]", "Style sheets of the book, after that of the e-book."),
    Key(
        "epub",
        "identifier",
        TEXT,
        '""',
        "An ISBN or another lasting name of the e-book itself; empty: one is made of that of `[book]`.",
    ),
    Key("launch", "repository", URL, "(that of `[book]`)", "The repository that the notebooks are kept in."),
    Key("launch", "branch", TEXT, "(that of `[book]`)", "The branch that they are on."),
    Key(
        "launch", "folder", PATH, '""', "The folder that `_build/notebook` is copied to; empty for the root."
    ),
    Key("launch", "colab", FLAG, "false", "Whether pages with code lead to Google Colab; for GitHub."),
    Key("launch", "binder", HUB, '""', "The BinderHub that they lead to; true: `https://mybinder.org`."),
    Key("launch", "jupyterhub", URL, '""', "The JupyterHub, with nbgitpuller, that they lead to."),
    Key(
        "launch",
        "download",
        FLAG,
        "true",
        "Whether the site has the notebooks of pages that were run, to be downloaded.",
    ),
    Key(
        "library",
        "name",
        MODULE,
        '""',
        "What pages import saved code from; empty: saved code cannot be imported.",
    ),
    Key(
        "library",
        "whole",
        FLAG,
        "false",
        "True: every page finds what all pages save, itself too; else only what the pages before it save.",
    ),
    Key(
        "library",
        "language",
        OWN_LANGUAGE,
        "(the first of the book)",
        "The language whose pages' code counts where others save the same: only comments may differ.",
    ),
    Key("bibliography", "files", PATHS, "[]", "BibTeX files."),
    Key(
        "bibliography",
        "style",
        TEXT,
        '""',
        "A CSL style's name or file; empty for the built-in author–year style.",
    ),
    Key(
        "bibliography",
        "page",
        PAGE,
        '""',
        "The page that lists the works; empty: the one with the `bibliography` directive.",
    ),
    Key("inventory.NAME", "url", URL, '""', "Where the project's documentation is published."),
    Key(
        "inventory.NAME",
        "file",
        PATH,
        '""',
        "A copy of its `objects.inv` in the book; nothing is fetched. Without it roles find nothing there; "
        "links such as `xref:NAME/page` need none.",
    ),
    Key("substitutions", "NAME", TEXT, '""', "The text that stands for `{{ NAME }}`."),
    Key("abbreviations", "NAME", TEXT, '""', 'What the short form stands for: `CPU = "central …"`.'),
    Key(
        "macros",
        "NAME",
        MACRO,
        '""',
        "The LaTeX that stands for `\\NAME` in formulas, with `#1` to `#9` for its arguments; a table has "
        "it as `body`, and as `optional` what the first argument is when it is left out.",
    ),
)
"""In the order in which the handbook shows them."""


def keys_of(section: str) -> dict[str, Key]:
    """The keys of one table by name."""
    return {key.name: key for key in KEYS if key.section == section}
