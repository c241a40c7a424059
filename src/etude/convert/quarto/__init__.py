"""Quarto books to books of Etude: `_quarto.yml`, `.qmd`, notebooks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from etude.convert.account import Account
from etude.convert.addresses import redirects
from etude.convert.census import Counts
from etude.convert.converted import Asked, Converted, Copy
from etude.convert.quarto.bookdown import old_pages
from etude.convert.quarto.cited import list_of_works, works_of
from etude.convert.quarto.commands import Commands, shared_commands
from etude.convert.quarto.contents import Contents, read_contents
from etude.convert.quarto.counting import counts
from etude.convert.quarto.draft import metadata, page_name
from etude.convert.quarto.front import defaults, read_front
from etude.convert.quarto.included import included_files
from etude.convert.quarto.labels import found_labels
from etude.convert.quarto.options import Cells
from etude.convert.quarto.page import KERNELS, language_of, notebook, page
from etude.convert.quarto.places import Book, Label
from etude.convert.quarto.project import Project, read_project, read_text
from etude.convert.quarto.references import KINDS
from etude.convert.quarto.settings import settings
from etude.convert.quarto.unique import unique_labels
from etude.model.protocols import Files

__all__ = ["convert"]

_MADE = re.compile(
    r"(?:.*/)?(?:_book|_site|_freeze|_extensions|_build|site_libs|[^/]+_(?:files|cache)|node_modules)/.*"
)
_OWN = re.compile(
    r"(?:.*/)?(?:_quarto[^/]*\.ya?ml|_variables\.yml|_metadata\.yml|etude\.toml|IMPORT\.md|[^/]*\.(?:qmd|Rproj|scss|lua))"
)
_UNNUMBERED = re.compile(
    r"\A(?:---\n(?:(?!^---$).*\n)*---\n)?\s*(?:# \((?:PART|APPENDIX)[^\n]*\s+)?"
    r"# (?!\((?:PART|APPENDIX))[^\n]*\{(?:[^{}\n]*\s)?(?:-|\.unnumbered)(?:\s[^{}\n]*)?\}",
    re.MULTILINE,
)
"""A page whose title has no number."""
_UNSAFE = re.compile(
    r"\{=html\}|^\s*<(?:script|style|iframe|svg|form|button|input|details|div|table|video)\b", re.MULTILINE
)


def convert(files: Files, asked: Asked) -> Converted:
    """The book in `files`; raises `NotABookError` when there is none."""
    account = Account()
    project = read_project(files, account)
    contents = read_contents(files, project, account)
    texts = {path: text for path in contents.pages if (text := read_text(files, path, account)) is not None}
    unique = unique_labels(texts, {*KINDS, *_custom(project)}, account)
    texts = dict(unique.texts)
    includes, shared = included_files(files, texts, account)
    everything = {**texts, **{path: text for path, (text, _) in includes.items()}}
    kernel = _kernel(project, texts)
    commands = shared_commands(
        files,
        project,
        {path: read_front(text).data for path, text in texts.items()},
        {path: text for path, (text, _) in includes.items()},
        texts if "bookdown" in project.data else {},
        account,
    )
    book = _book(files, project, everything, kernel, shared, contents, commands, unique.renamed)
    cells = defaults({**metadata(project), **project.data}, Cells())
    made: dict[str, str] = {}
    counted: list[tuple[str, str, Counts]] = []
    collected = any(re.search(r"^:::+\s*\{?#refs", text, re.MULTILINE) for text in everything.values())
    for path, text in texts.items():
        sources = "" if collected else list_of_works(project, text, book)
        new, target = _page(book, project, path, text, account, cells, sources)
        made[target] = new
        if not path.endswith(".ipynb"):
            front = read_front(text)
            cites = bool(book.metadata.get("bibliography")) or "bibliography" in front.data
            language = language_of(text, front, kernel)
            counted.append((target, path, counts(text, language, frozenset(book.custom), cites=cites)))
    for path, (text, base) in includes.items():
        if path in commands.files:
            continue
        local = defaults(_folder(project, path), cells)
        made[f"{page_name(path)}.md"] = page(book, path, text, account, local, base=base)
    old = _redirects(contents, asked, texts if book.bookdown else {}, unique.renamed)
    works = tuple(dict.fromkeys(path for one, text in texts.items() for path in works_of(files, one, text)))
    trust = any(_UNSAFE.search(text) for text in everything.values())
    if trust:
        account.changed("raw HTML", project.path, 0, "`trust = true` under `[html]`: it is kept as it is")
    made["etude.toml"] = settings(
        files,
        project,
        contents,
        account,
        kernel=KERNELS[kernel],
        numbered=_numbered(project),
        trust=trust,
        works=works,
        macros=tuple(commands.macros.values()),
        redirects=old,
        unnumbered=frozenset(path for path, text in texts.items() if _UNNUMBERED.search(text)),
    )
    copies = tuple(
        Copy(path, path)
        for path in files.glob("**/*")
        if path not in everything
        and path not in made
        and not _MADE.fullmatch(path)
        and not _OWN.fullmatch(path)
    )
    return Converted(tuple(sorted(made.items())), copies, account.notes, tuple(counted))


def _page(
    book: Book, project: Project, path: str, text: str, account: Account, cells: Cells, sources: str
) -> tuple[str, str]:
    """The text of a new page, and its path."""
    local = defaults(_folder(project, path), cells)
    if path.endswith(".ipynb"):
        new = notebook(book, path, text, account, local, sources=sources)
        if new is None:
            account.lost("notebook", path, 0, "it is no valid JSON; it is left as it is")
        return (text if new is None else new), path
    return page(book, path, text, account, local, sources=sources), f"{page_name(path)}.md"


def _folder(project: Project, path: str) -> dict[str, Any]:
    """What `_metadata.yml` says in the folders that a page lies in, the innermost last."""
    found: dict[str, Any] = {}
    for folder in sorted(project.folders):
        if not folder or path.startswith(f"{folder}/"):
            found |= project.folders[folder]
    return found


def _kernel(project: Project, texts: Mapping[str, str]) -> str:
    """The language that most pages of the book run."""
    jupyter, engine = project.data.get("jupyter"), project.data.get("engine")
    name = (
        jupyter.get("kernelspec", {}).get("name", "") if isinstance(jupyter, Mapping) else str(jupyter or "")
    )
    if name.startswith("julia") or engine == "julia":
        return "julia"
    if name.startswith("python"):
        return "python"
    votes = Counter(
        language for text in texts.values() if (language := language_of(text, read_front(text), ""))
    )
    return votes.most_common(1)[0][0] if votes else "r" if engine == "knitr" else "python"


def _book(
    files: Files,
    project: Project,
    texts: Mapping[str, str],
    kernel: str,
    shared: frozenset[str],
    contents: Contents,
    commands: Commands,
    renamed: Mapping[tuple[str, str], str],
) -> Book:
    """What all pages share; `shared` are files that several include."""
    labels, names = found_labels(texts)
    numbered = _numbered(project)
    plain = {
        contents.home,
        *(page for part in contents.parts if not part.numbered for page in _all(part.chapters)),
    }
    for name, label in labels.items():
        if name.startswith("sec-") and (not numbered or label.path in plain):
            labels[name] = Label(label.path, numbered=False)
    return Book(
        files=frozenset(files.glob("**/*")),
        pages=frozenset(texts),
        labels=labels,
        repeated=names,
        shared=shared,
        variables=project.variables,
        # Texts of `meta` may be asked for with the table's name, or without.
        metadata={**project.data, **metadata(project)},
        commands=commands.files,
        renamed=renamed,
        custom=_custom(project),
        bookdown="bookdown" in project.data,
        rules=kernel == "r",
        kernel=kernel,
        numbered=numbered,
    )


def _custom(project: Project) -> dict[str, str]:
    """The project's own kinds of references, and the words for them."""
    crossref = project.data.get("crossref")
    custom = crossref.get("custom") if isinstance(crossref, Mapping) else None
    return {
        str(one.get("key")): str(one.get("reference-prefix") or one.get("key"))
        for one in (custom if isinstance(custom, list) else ())
        if isinstance(one, Mapping) and one.get("key")
    }


def _all(chapters: Iterable[Any]) -> Iterator[str]:
    """The sources of entries of the contents, those within others too."""
    for one in chapters:
        if isinstance(one, str):
            yield one
        else:
            yield one["page"]
            yield from _all(one["sections"])


def _numbered(project: Project) -> bool:
    """Whether sections have numbers: those of books have."""
    formats = project.data.get("format")
    html = formats.get("html") if isinstance(formats, Mapping) else None
    said = html.get("number-sections") if isinstance(html, Mapping) else None
    said = project.data.get("number-sections") if said is None else said
    return isinstance(project.data.get("book"), Mapping) if said is None else bool(said)


def _redirects(
    contents: Contents, asked: Asked, texts: Mapping[str, str], renamed: Mapping[tuple[str, str], str]
) -> dict[str, str]:
    """Addresses of the old site's pages; `texts` are sources of bookdown, named by their titles.

    `renamed` are new labels by page and old label.
    """
    if not asked.old_base:
        return {}
    pages = {f"{page_name(path)}.html": page_name(path) for path in contents.pages}
    for path, text in texts.items():
        pages |= {old: page_name(path) for old in old_pages(text, path) if old not in pages}
    pages |= {
        f"{page_name(path)}.html#{old}": f"{page_name(path)}#{new}" for (path, old), new in renamed.items()
    }
    return redirects(pages, asked.old_base, asked.new_base, real=("index.html",))
