"""Folders of notebooks to books of Etude."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from etude.convert.account import Account
from etude.convert.census import Counts
from etude.convert.converted import Asked, CellOutputs, Converted, Copy, NotABookError
from etude.convert.notebooks.addresses import Addresses
from etude.convert.notebooks.anchors import Places
from etude.convert.notebooks.book import book_title, configuration, kernel_of, language_of, main_kernel
from etude.convert.notebooks.census import count_cells
from etude.convert.notebooks.contents import propose
from etude.convert.notebooks.draft import Draft, Launch, label_anchors, make_draft
from etude.convert.notebooks.headings import Settled
from etude.convert.notebooks.names import is_index, place, stem
from etude.convert.notebooks.page import outputs_of, tell_kept, tell_outputs, write_page
from etude.convert.notebooks.pictures import Pictures
from etude.convert.notebooks.reading import Cell, Notebook, UnreadableError, read
from etude.model.protocols import Files
from etude.parse.contents_names import is_listable

__all__ = ["convert"]

_NOT_TAKEN = ("etude.toml", "IMPORT.md", ".etude-import")
_MADE = ("_build/", "_site/", "site/", "node_modules/", "__pycache__/")


def convert(files: Files, asked: Asked) -> Converted:
    """The book in `files`; raises `NotABookError` when there is none."""
    account = Account()
    everything = tuple(
        path for path in files.glob("**") if not path.startswith(_MADE) and path not in _NOT_TAKEN
    )
    notebooks = _read_all(files, everything, account)
    if not any(path.endswith(".ipynb") for path in notebooks):
        message = "there is no file `.ipynb` in it that can be read"
        raise NotABookError(message)
    return _Import(files, asked, account, everything, notebooks).converted()


def _read_all(files: Files, everything: Iterable[str], account: Account) -> dict[str, Notebook]:
    """Notebooks and pages of Markdown, which count as notebooks of one cell, by path."""
    found: dict[str, Notebook] = {}
    paths = frozenset(everything)
    for path in sorted(paths):
        if path.endswith(".ipynb"):
            try:
                notebook = read(files.read(path))
            except UnreadableError as error:
                account.lost("notebook", path, 0, f"taken over as a file: {error}")
                continue
            found[path] = notebook
            for flaw in notebook.flaws:
                account.lost("cell", path, 0, flaw)
            if notebook.upgraded:
                account.kept("notebook of an old format", path, 0, "read as nbformat 4")
        elif path.endswith(".md") and _is_page(path):
            if f"{stem(path)}.ipynb" in paths:
                account.changed(
                    "Markdown page", path, 0, "left out: the notebook of the same name is the page"
                )
                continue
            text = files.read(path).decode("utf-8", "replace").replace("\r\n", "\n").removeprefix("\ufeff")
            found[path] = Notebook((Cell("markdown", text, line=1, spread=True),))
    return found


def _is_page(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return is_listable(f"{folder}/page" if folder else "page") and (is_index(path) or is_listable(stem(name)))


class _Import:
    """One import."""

    def __init__(
        self,
        files: Files,
        asked: Asked,
        account: Account,
        everything: tuple[str, ...],
        notebooks: dict[str, Notebook],
    ) -> None:
        self.files, self.asked, self.account = files, asked, account
        self.everything = frozenset(everything)
        self.notebooks = notebooks
        self.launch = Launch()
        self.pages = asked.form == "pages"
        self.written: dict[str, str] = {}
        texts = [cell.text for one in notebooks.values() for cell in one.cells if cell.kind == "markdown"]
        self.myst = any("```{code-cell}" in text or "{ref}`" in text or "{numref}`" in text for text in texts)
        self.language = language_of(texts)

    def converted(self) -> Converted:
        """The book."""
        drafts = self.drafts()
        self.tell_of_others()
        kernels = {draft.source: kernel_of(draft.notebook) for draft in drafts}
        kernel = main_kernel([kernels[path] for path in kernels if path.endswith(".ipynb")])
        home = next((draft for draft in drafts if draft.name in ("index", "README")), None)
        folder = posixpath.basename(str(getattr(self.files, "root", "")).replace("\\", "/")) or "Notebooks"
        title = book_title(home, folder)
        pictures = Pictures(set(self.everything))
        by_source = {draft.source: draft for draft in drafts}
        places = {draft.source: self.places_of(draft) for draft in drafts}
        outputs: list[tuple[str, tuple[CellOutputs, ...]]] = []
        for draft in drafts:
            made = not self.kept_as_notebook(draft)
            addresses = Addresses(draft, by_source, places, self.everything, pictures, self.account)
            if made:
                self.written[draft.path] = write_page(
                    draft, kernels[draft.source], kernel, addresses, self.account, myst=self.myst
                )
            else:
                tell_kept(draft, self.account)
                if draft.notebook.upgraded:
                    self.written[draft.path] = draft.notebook.upgraded
            if tell_outputs(draft, self.account, pages=made):
                outputs.append((draft.path, outputs_of(draft.notebook.cells)))
        name = home.name if home is not None else "index"
        if home is None:
            self.written["index.md"] = f"# {title}\n\n```{{tableofcontents}}\n```\n"
            self.account.changed("front page", "", 0, "made: there is no README and no index")
        parts = propose(drafts, name)
        self.account.changed("contents", "", 0, "proposed from names and numbers, in `etude.toml`")
        self.written["etude.toml"] = configuration(
            self.files,
            self.asked,
            title,
            self.language,
            home or name,
            parts,
            kernel,
            self.launch,
            drafts,
            self.account,
        )
        return Converted(
            files=tuple(sorted(self.written.items())),
            copies=self.copies(drafts),
            notes=self.account.notes,
            counts=tuple((draft.path, draft.source, self.counts_of(draft)) for draft in drafts),
            pictures=tuple(sorted(pictures.files.items())),
            outputs=tuple(outputs),
        )

    def tell_of_others(self) -> None:
        """Note files that say what the book is in the words of other tools."""
        for path in ("_toc.yml", "_config.yml", "myst.yml", "_quarto.yml"):
            if path in self.everything:
                kind = "quarto" if path == "_quarto.yml" else "jupyter-book"
                said = f"not read: `etude import {kind}` takes the contents from it"
                self.account.changed(path, path, 0, said)

    def places_of(self, draft: Draft) -> Places:
        """Where links into a page lead; headings of a notebook that stays one are as they were."""
        if not self.kept_as_notebook(draft):
            return draft.places
        return Places((Settled(one.was, one.was.level, one.was.text) for one in draft.settled), {})

    def counts_of(self, draft: Draft) -> Counts:
        """What a page must hold."""
        counts = count_cells(draft.cells)
        return Counts(cells=counts.cells) if self.kept_as_notebook(draft) else counts

    def kept_as_notebook(self, draft: Draft) -> bool:
        """Whether its file is taken over."""
        return not self.pages and draft.source.endswith(".ipynb")

    def drafts(self) -> list[Draft]:
        """All pages, by source path."""
        found: list[Draft] = []
        for source, notebook in sorted(self.notebooks.items()):
            path = self.path_of(source)
            if is_index(source) and source != self.lead_of(source):
                self.account.kept("README beside an index", source, 0, "a file; it is no page")
                continue
            numbered = place(source) == 0 and path != "index.md"
            found.append(make_draft(source, path, notebook, self.account, self.launch, numbered=numbered))
        label_anchors(found)
        return found

    def lead_of(self, source: str) -> str:
        """The page that stands for the folder in which another that could do so lies."""
        folder = posixpath.dirname(source)
        others = [path for path in self.notebooks if posixpath.dirname(path) == folder and is_index(path)]
        return min(others, key=lambda path: (stem(path).rpartition("/")[2].casefold() != "index", path))

    def path_of(self, source: str) -> str:
        """The path of a page in the new book."""
        folder = posixpath.dirname(source)
        if not self.pages and source.endswith(".ipynb"):
            return source
        if is_index(source):
            return posixpath.join(folder, "index.md")
        return f"{stem(source)}.md"

    def copies(self, drafts: list[Draft]) -> tuple[Copy, ...]:
        """All other files, as they are."""
        taken = {draft.source for draft in drafts if draft.path in self.written}
        left = {
            path
            for path in self.everything
            if path.endswith(".md") and f"{stem(path)}.ipynb" in self.notebooks
        }
        return tuple(
            Copy(path, path) for path in sorted(self.everything - taken - left) if path not in self.written
        )
