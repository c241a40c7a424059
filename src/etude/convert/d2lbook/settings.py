"""`config.ini` as `etude.toml`; what has no counterpart is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from posixpath import basename, dirname

from etude.convert.account import Account
from etude.convert.d2lbook.contents import Block, Chapter
from etude.convert.d2lbook.project import CONFIG, Project
from etude.convert.d2lbook.taken import Settings
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
    settings = Settings(project, account, exists)
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


def _html(toml: Toml, settings: Settings, footer: str) -> None:
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
