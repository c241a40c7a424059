"""A folder of notebooks as a book: which files are pages, what they are called, what `etude.toml` says."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Sequence

from etude.convert.account import Account
from etude.convert.addresses import redirects
from etude.convert.converted import Asked
from etude.convert.notebooks.contents import Part
from etude.convert.notebooks.draft import Draft, Launch, title_words
from etude.convert.notebooks.environment import needs_of
from etude.convert.notebooks.names import is_index, readable
from etude.convert.notebooks.page import Kernel
from etude.convert.notebooks.reading import Notebook
from etude.convert.toml import Plain, Toml
from etude.model.protocols import Files

__all__ = ["book_title", "configuration", "kernel_of", "language_of", "main_kernel"]

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{2,}")
_PYTHONS = re.compile(r"python[23]?|py\d*|conda.*|.*env.*|.*venv.*|ipykernel.*", re.IGNORECASE)


def kernel_of(notebook: Notebook) -> Kernel:
    """What runs a notebook; environments of its author's machine are Python as there is."""
    language = notebook.language or (
        "python" if not notebook.kernel or _PYTHONS.fullmatch(notebook.kernel) else ""
    )
    language = re.sub(r"[^\w+#.-]", "", {"ipython": "python"}.get(language, language))
    if language in ("python", "") and not notebook.kernel.startswith(("xpython", "sos", "robot")):
        return Kernel("python3", "Python 3", language or "python")
    return Kernel(notebook.kernel, notebook.shown, language)


def main_kernel(kernels: Sequence[Kernel]) -> Kernel:
    """The kernel of most notebooks."""
    names = Counter(kernel.name for kernel in kernels if kernel.name)
    if not names:
        return Kernel("python3", "Python 3", "python")
    name = min(names, key=lambda one: (-names[one], one))
    return next(kernel for kernel in kernels if kernel.name == name)


def language_of(texts: Sequence[str]) -> str:
    """The language of most of a text: Chinese, or English for want of better knowledge."""
    han = sum(len(_HAN.findall(text)) for text in texts)
    latin = sum(len(_LATIN.findall(text)) for text in texts)
    return "zh" if han > 2 * latin or (han > latin and han > 20) else "en"


def configuration(
    files: Files,
    asked: Asked,
    title: str,
    language: str,
    home: Draft | str,
    parts: Sequence[Part],
    kernel: Kernel,
    launch: Launch,
    drafts: Sequence[Draft],
    account: Account,
) -> str:
    """The text of `etude.toml`."""
    toml = Toml()
    toml.comment("Proposed from the names of files and their headings.")
    toml.table("book")
    toml.set("title", title)
    toml.set("languages", [language])
    toml.set("language_folders", value=False)
    name = home if isinstance(home, str) else home.name
    if name != "index":
        toml.set("home", name)
    if launch.repository:
        toml.set("repository", launch.repository)
        if launch.branch not in ("", "main"):
            toml.set("branch", launch.branch)
    for part in parts:
        toml.table("part", many=True)
        if part.title:
            toml.set("title", part.title)
        if not part.numbered:
            toml.set("numbered", value=False)
        toml.set("chapters", part.chapters)
    _execute(toml, files, kernel, account)
    if launch.colab or launch.binder:
        toml.table("launch")
        if launch.colab:
            toml.set("colab", value=bool(launch.repository))
        if launch.binder:
            toml.set("binder", value=True)
    if asked.old_base:
        olds = _redirects(asked, language, name, drafts)
        toml.redirects(olds)
        for draft in drafts:
            account.kept("address", draft.source, 0, "leads to the page")
    return toml.written().text


def _execute(toml: Toml, files: Files, kernel: Kernel, account: Account) -> None:
    settings: dict[str, Plain] = {}
    if kernel.name != "python3":
        settings["kernel"] = kernel.name
    text_file = next(
        (name for name in ("requirements.txt", "binder/requirements.txt") if files.exists(name)), ""
    )
    conda = next(
        (n for n in ("environment.yml", "environment.yaml", "binder/environment.yml") if files.exists(n)), ""
    )
    if kernel.language == "python":
        if text_file:
            settings["requires"] = [text_file]
            account.kept("requirements.txt", text_file, 0, "`[execute] requires`")
        elif conda:
            needs = needs_of(files.read(conda).decode("utf-8", "replace"))
            if needs is None:
                account.lost("environment.yml", conda, 0, "it cannot be read; see `[execute] requires`")
            else:
                if needs.requires:
                    settings["requires"] = list(needs.requires)
                if needs.python:
                    settings["python"] = needs.python
                account.changed("environment.yml", conda, 0, "`[execute] requires`, with the names of PyPI")
                for one in needs.left_out:
                    account.changed(
                        "environment.yml", conda, 0, f"`{one}` is left out: it is no package of PyPI"
                    )
    if any(path.startswith("results/") for path in files.glob("results/**")):
        settings["results"] = "recorded"
    if settings:
        toml.table("execute")
        for key, value in settings.items():
            toml.set(key, value)


def _redirects(asked: Asked, language: str, home: str, drafts: Sequence[Draft]) -> dict[str, str]:
    """nbconvert, nbsphinx and Jupyter Book write NAME.html, others a folder NAME."""
    pages: dict[str, str] = {}
    for draft in drafts:
        stem = posixpath.splitext(draft.source)[0]
        page = f"{language}/{'index' if draft.name == home else draft.name}"
        pages[f"{stem}.html"] = page
        if is_index(draft.source):
            pages[posixpath.join(posixpath.dirname(stem), "index.html")] = page
        else:
            pages.setdefault(f"{stem}/index.html", page)
    return redirects(pages, asked.old_base, asked.new_base, real=["index.html"])


def book_title(home: Draft | None, folder: str) -> str:
    """The title of the book: that of its first page, or the folder's name."""
    return title_words(home) if home is not None and home.titled else readable(folder)
