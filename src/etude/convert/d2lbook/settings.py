"""`config.ini` as `etude.toml`; what has no counterpart is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from posixpath import basename, dirname, normpath

from etude.convert.account import Account
from etude.convert.d2lbook.contents import Block, Chapter
from etude.convert.d2lbook.project import CONFIG, Project
from etude.convert.toml import Plain, Toml

__all__ = ["languages", "library", "write"]

_TITLES = {
    "mxnet": "MXNet",
    "pytorch": "PyTorch",
    "tensorflow": "TensorFlow",
    "paddle": "Paddle",
    "jax": "JAX",
    "numpy": "NumPy",
    "keras": "Keras",
    "python": "Python",
}
_LICENSE = re.compile(
    r"\b(?:CC-BY(?:-[A-Z]{2})*-[1-4]\.[05]|MIT(?:-0)?|Apache-2\.0|GPL-[23]\.0|BSD-[23]-Clause)\b"
)
_AND = re.compile(r"\s*(?:,\s*and\s+|，|、|;|,|\s+and\s+|\s+和\s*)\s*")

_SILENT = frozenset({
    ("build", "notebooks"), ("build", "exclusions"), ("build", "index"), ("build", "tabs"),
    ("build", "source_dir"), ("build", "output_dir"), ("build", "resources"), ("build", "non-notebooks"),
    ("build", "html_dir"),
    ("project", "lang"), ("translation", "origin_lang"), ("library", "save_mark"),
    ("library", "save_patterns"),
})  # fmt: skip
"""Settings that are in the new book by what it holds."""

_SAID = {
    ("build", "eval_notebook"): 'use `policy = "off"` under `[execute]` to run nothing',
    (
        "build",
        "dependencies",
    ): "what results depend on is found out; name data files under `inputs` of `[execute]`",
    ("build", "warning_is_error"): "use `etude build --strict`",
    ("build", "sphinx_extensions"): "Sphinx is not used",
    (
        "build",
        "sphinx_configs",
    ): "Sphinx is not used; words before numbers, “Figure”, are the language's",
    ("build", "rsts"): "reStructuredText is not read",
    ("project", "name"): "files are named after the book's title",
    ("html", "include_js"): "scripts are not taken into the site",
    ("pdf", "post_latex"): "LaTeX is not used",
    ("pdf", "latex_logo"): "LaTeX is not used",
    ("pdf", "latex_url"): "LaTeX is not used",
    ("pdf", "style"): "LaTeX is not used; see `[pdf]` in `etude.toml`",
    ("deploy", "google_analytics_tracking_id"): "the site does not send anything to Google",
}
"""What is told of a setting that is lost."""


def languages(project: Project, text: str, originals: str) -> tuple[str, ...]:
    """The book's languages; `text` is that of the root page, and tells when `config.ini` does not."""
    said = project.get("project", "lang").replace("_", "-")
    own = said or (
        "zh" if len(re.findall(r"[一-鿿]", text)) > len(re.findall(r"[A-Za-z]{2,}", text)) / 4 else "en"
    )
    return (own, originals) if originals and originals != own else (own,)


def library(project: Project, account: Account) -> tuple[str, dict[str, str]]:
    """The name of the library's package, and for each tab the module that its code is saved to."""
    packages = {dirname(path): None for path in project.modules.values()}
    name = next(iter(packages), "").replace("/", ".")
    line = project.lines.get
    modules: dict[str, str] = {}
    for tab, path in project.modules.items():
        module = basename(path).removesuffix(".py")
        number = line((f"library-{tab}", "lib_file"), 0)
        if not tab:
            number = line(("library", "save_filename"), 0)
            said = f"saved code is imported from `{name or module}.{module}`: change the imports"
            account.changed("[library] save_filename", CONFIG, number, said)
            name, modules[tab] = name or module, module
            continue
        if len(packages) > 1 or not name or "." in name:
            name = name.partition(".")[0] or module
            said = f"saved code is imported from `{name}.{module}`: change the imports"
            account.changed("[library-…] lib_file", CONFIG, number, said)
        else:
            account.kept("[library-…] lib_file", CONFIG, number, "`library` under `[variant.NAME]`")
        modules[tab] = module
    return name, modules


def write(
    project: Project,
    account: Account,
    blocks: Sequence[Block],
    name: Callable[[str], str],
    spoken: Sequence[str],
    titles: Mapping[str, str],
    *,
    package: str,
    modules: Mapping[str, str],
    bibliography: Sequence[str],
    works: str,
    redirects: Mapping[str, str],
    folders: bool | None,
    exists: Callable[[str], bool],
) -> str:
    """The text of `etude.toml`. `name` has the name of a page by its file; `titles` is by language."""
    settings = _Settings(project, account, exists)
    toml = Toml()
    toml.comment(f"Made of `{CONFIG}`.")
    toml.table("book")
    title = settings.take("project", "title", "`[book] title`")
    texts = {spoken[0]: title or titles.get(spoken[0], "")} | {one: titles.get(one, "") for one in spoken[1:]}
    toml.set("title", texts[spoken[0]] if len(spoken) == 1 else {k: v for k, v in texts.items() if v})
    if authors := settings.take("project", "author", "`[book] authors`"):
        toml.set("authors", [one for one in _AND.split(authors) if one])
    footer = settings.take("project", "copyright", "`[html] footer`")
    if found := _LICENSE.search(footer):
        toml.set("license", found[0])
    toml.set("languages", list(spoken))
    if folders is not None:
        toml.set("language_folders", folders)
    if project.tabs:
        account.kept("tabs", CONFIG, project.lines.get(("build", "tabs"), 0), "`[book] variants`")
        toml.set("variants", list(project.tabs))
    if name(project.index) != "index":
        toml.set("home", name(project.index))
    if version := settings.take("project", "release", "`[book] version`"):
        toml.set("version", version)
    if repository := settings.repository():
        toml.set("repository", repository)
    for tab in project.tabs:
        if tab in _TITLES or tab in modules:
            toml.table(f"variant.{tab}")
            toml.set("title", _TITLES.get(tab, tab))
            if tab in modules:
                toml.set("library", modules[tab])
    for block in blocks:
        toml.table("part", many=True)
        if block.caption:
            toml.set("title", block.caption)
        if not block.numbered:
            toml.set("numbered", value=False)
        toml.set("chapters", [_entry(chapter, name) for chapter in block.chapters])
    if package:
        toml.table("library")
        toml.set("name", package)
        toml.set("whole", value=True)
    if bibliography:
        toml.table("bibliography")
        toml.set("files", list(bibliography))
        if works:
            toml.set("page", works)
    _html(toml, settings, footer)
    toml.redirects(redirects)
    settings.tell_rest()
    return toml.written().text


def _entry(chapter: Chapter, name: Callable[[str], str]) -> Plain:
    if not chapter.sections:
        return name(chapter.page)
    return {"page": name(chapter.page), "sections": [_entry(one, name) for one in chapter.sections]}


def _html(toml: Toml, settings: _Settings, footer: str) -> None:
    found: dict[str, Plain] = {}
    for key, new in (("favicon", "favicon"), ("html_logo", "logo")):
        if path := settings.file("html", key, f"`[html] {new}`"):
            found[new] = path
    if styles := list(settings.files("html", "include_css", "`[html] css`")):
        found["css"] = styles
    if footer:
        found["footer"] = f"© {footer}" if re.match(r"\d", footer) else footer
    if found:
        toml.table("html")
        for key, value in found.items():
            toml.set(key, value)


class _Settings:
    """The settings, each of which is told once."""

    def __init__(self, project: Project, account: Account, exists: Callable[[str], bool]) -> None:
        self.project, self.account, self.exists = project, account, exists
        self.told: set[tuple[str, str]] = {("library", "save_filename")}

    def _line(self, section: str, key: str) -> int:
        return self.project.lines.get((section, key), 0)

    def take(self, section: str, key: str, said: str) -> str:
        value = " ".join(self.project.get(section, key).split())
        if value:
            self.told.add((section, key))
            self.account.kept(f"[{section}] {key}", CONFIG, self._line(section, key), said)
        return value

    def files(self, section: str, key: str, said: str) -> Iterator[str]:
        for path in self.project.get(section, key).split():
            self.told.add((section, key))
            if self.exists(normpath(path)):
                self.account.kept(f"[{section}] {key}", CONFIG, self._line(section, key), said)
                yield normpath(path)
            else:
                said_no = f"there is no file `{path}`"
                self.account.lost(f"[{section}] {key}", CONFIG, self._line(section, key), said_no)

    def file(self, section: str, key: str, said: str) -> str:
        return next(self.files(section, key, said), "")

    def repository(self) -> str:
        """The address of the source: what a link of the head calls GitHub."""
        self.told.add(("html", "header_links"))
        found = ""
        line = self._line("html", "header_links")
        for number, text in enumerate(self.project.get("html", "header_links").splitlines()):
            words = [word.strip() for word in text.split(",")]
            if len(words) < 2 or not words[1]:
                continue
            github = re.fullmatch(r"https://git(?:hub|lab)\.com/[\w.-]+/[\w.-]+/?", words[1])
            if github and not found:
                found = words[1].rstrip("/")
                said = "`[book] repository`; say its `branch` if that is not `main`"
                self.account.changed("[html] header_links", CONFIG, line + number, said)
            else:
                said = "links of the head have no counterpart: put them on the front page or into `footer`"
                self.account.lost("[html] header_links", CONFIG, line + number, said)
        return found

    def tell_rest(self) -> None:
        """Tell of every setting that nothing was made of."""
        for (section, key), value in self.project.settings.items():
            if not value.strip() or (section, key) in self.told or section == "DEFAULT":
                continue
            line = self._line(section, key)
            if (section, key) in _SILENT:
                self.account.kept(f"[{section}] {key}", CONFIG, line)
            elif (section, key) == ("pdf", "bibfile"):
                self.account.kept("[pdf] bibfile", CONFIG, line, "`[bibliography] files`")
            elif section.startswith("library-") and section.removeprefix("library-") in self.project.tabs:
                if key not in ("lib_file", "lib_name"):
                    said = "the code of each variant has its own names"
                    self.account.kept(f"[library-…] {key}", CONFIG, line, said)
            elif (section, key) == ("build", "eval_notebook") and value.strip().lower() == "true":
                self.account.kept("[build] eval_notebook", CONFIG, line)
            else:
                said = _SAID.get((section, key)) or _of_section(section)
                self.account.lost(f"[{section}] {key}", CONFIG, line, said)


def _of_section(section: str) -> str:
    return {
        "colab": "see `[launch]`: notebooks open in Colab from a repository that holds `_build/notebook`",
        "sagemaker": "see `[launch]`",
        "slides": "slides are not made",
        "deploy": "see `etude publish`",
        "translation": "translations are pages of their own: import with `--originals`",
        "library": "the package is made by each build, and has the version of the book",
        "pdf": "choose it under `[pdf]` in `etude.toml`",
    }.get(section, "Etude has no such setting")
