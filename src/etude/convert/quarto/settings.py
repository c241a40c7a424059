"""`_quarto.yml` as `etude.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etude.convert.account import Account
from etude.convert.macros import plain
from etude.convert.quarto.about import about
from etude.convert.quarto.contents import Contents
from etude.convert.quarto.draft import Draft, page_name
from etude.convert.quarto.outputs import printed, site
from etude.convert.quarto.outputs import works as cited
from etude.convert.quarto.project import Project
from etude.convert.quarto.unplaced import unplaced
from etude.convert.toml import Plain, Toml
from etude.model.config import Macro
from etude.model.protocols import Files

__all__ = ["settings"]


def settings(
    files: Files,
    project: Project,
    contents: Contents,
    account: Account,
    *,
    kernel: str,
    numbered: bool,
    trust: bool,
    works: tuple[str, ...],
    macros: tuple[Macro, ...],
    redirects: Mapping[str, str],
    unnumbered: frozenset[str],
) -> str:
    """The text of `etude.toml`. `works` are further BibTeX files, `redirects` old addresses.

    `unnumbered` are sources of pages whose title has no number.
    """
    draft, toml = Draft(files, project, contents, account, unnumbered), Toml()
    language = str(project.data.get("lang") or "en").partition("-")[0].lower()
    if "lang" in project.data:
        account.kept("lang", project.path, project.line("lang"), "[book] languages")
    toml.comment(f"Made of `{project.path}`.")
    about(draft, toml, language)
    _parts(draft, toml, numbered=numbered)
    _execute(draft, toml, kernel)
    site(draft, toml, trust=trust)
    cited(draft, toml, works)
    if macros:
        toml.table("macros")
        for name, one in plain(macros).items():
            toml.set(name, one)
    printed(draft, toml)
    toml.redirects(redirects)
    unplaced(project, draft.about, draft.name, frozenset(draft.used), account)
    return toml.written().text


def _parts(draft: Draft, toml: Toml, *, numbered: bool) -> None:
    for part in draft.contents.parts:
        if not part.chapters:
            continue
        toml.table("part", many=True)
        if part.title:
            toml.set("title", part.title)
        toml.set("chapters", [_chapter(draft, one, part.numbered and numbered) for one in part.chapters])
        if not part.numbered or not numbered:
            toml.set("numbered", value=False)


def _chapter(draft: Draft, one: Any, numbered: bool) -> Plain:
    """An entry of the contents."""
    if not isinstance(one, str):
        inner = [_chapter(draft, each, numbered) for each in one["sections"]]
        return {"page": page_name(one["page"]), "sections": inner}
    if numbered and one in draft.unnumbered:
        return {"page": page_name(one), "numbered": False}
    return page_name(one)


def _execute(draft: Draft, toml: Toml, kernel: str) -> None:
    execute = draft.data.get("execute")
    execute = execute if isinstance(execute, Mapping) else {}
    values: dict[str, Plain] = {}
    if kernel not in {"", "python3"}:
        values["kernel"] = kernel
    for key, value in execute.items():
        line = draft.project.line("execute", str(key))
        if key in {"echo", "eval", "output", "include", "error", "code-fold"}:
            draft.account.kept(f"execute: {key}", draft.project.path, line, "tags of cells")
        elif key in {"freeze", "cache"}:
            draft.account.kept(f"execute: {key}", draft.project.path, line, "results are always kept")
        elif key == "timeout" and isinstance(value, int) and value > 0:
            values["timeout"] = value
            draft.account.kept("execute: timeout", draft.project.path, line, "[execute] timeout")
        elif key == "enabled":
            if value is False:
                values["policy"] = "off"
            draft.account.kept("execute: enabled", draft.project.path, line, "[execute] policy")
        elif key in {"warning", "message"}:
            draft.account.changed(
                f"execute: {key}",
                draft.project.path,
                line,
                "warnings are shown unless the code turns them off",
            )
        else:
            draft.account.changed(f"execute: {key}", draft.project.path, line, "left out")
    if values:
        toml.table("execute")
        for name, one in values.items():
            toml.set(name, one)
