"""What the library of a tab holds beside the code that cells save.

That is what its author put at the head of the file, and the aliases that code still asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from etude.convert.account import Account
from etude.convert.d2lbook.aliases import Aliases
from etude.convert.d2lbook.project import CONFIG, Project
from etude.model.protocols import Files

__all__ = ["Header", "headers", "own_part"]

_NAMED = re.compile(r"(\w+)[ \t]*=")
_WARNING = re.compile(r"^#+ *WARNING *#+ *$", re.MULTILINE)


class Header(Struct, frozen=True):
    """Code that a library holds, and no page shows."""

    tab: str
    text: str
    first: bool
    """Before all that is saved; else after it."""

    def cell(self, module: str = "") -> tuple[str, ...]:
        """It as a cell that is not shown."""
        variant = (f":variant: {self.tab}",) if self.tab else ()
        options = (*variant, f":save: {module}".rstrip(), ":tags: [remove-cell]")
        return ("```{code-cell} python", *options, *self.text.split("\n"), "```")


def headers(
    project: Project, files: Files, asked: Mapping[str, frozenset[str]], account: Account
) -> Iterator[Header]:
    """Those of every tab that has a library; `asked` are names of aliases that its code uses."""
    for tab, path in project.modules.items():
        own = own_part(project, files, tab)
        if own.strip():
            said = "what stands above the generated part: a hidden cell that is saved"
            account.changed("library file", path, 1, said)
            yield Header(tab, own, first=True)
        aliases = project.aliases.get(tab)
        defined = _definitions(aliases, asked.get(tab, frozenset())) if aliases else ""
        if defined:
            said = "aliases that code asks the library for: a hidden cell that is saved"
            account.changed("alias", CONFIG, project.lines.get((f"library-{tab}", "alias"), 0), said)
            yield Header(tab, defined, first=False)


def own_part(project: Project, files: Files, tab: str) -> str:
    """What stands above the generated part of a tab's library; empty when there is nothing."""
    path = project.modules.get(tab, "")
    if not path or not files.exists(path):
        return ""
    text = files.read(path).decode(errors="replace").replace("\r\n", "\n")
    found = _WARNING.search(text)
    return text[: found.start()].strip("\n") if found else ""


def _definitions(aliases: Aliases, asked: frozenset[str]) -> str:
    """Python that gives the library the names; what the project itself defines goes before."""
    own = {found[1]: line for line in aliases.definitions.split("\n") if (found := _NAMED.match(line))}
    lines: list[str] = []
    for name in sorted(asked):
        if name in own:
            lines.append(own[name])
        elif name in aliases.simple:
            lines.append(f"{name} = {aliases.library}.{aliases.simple[name]}")
        elif name in aliases.fluent:
            lines.append(f"{name} = lambda x, *args, **kwargs: x.{aliases.fluent[name]}(*args, **kwargs)")
        else:
            call, becomes = aliases.args[name]
            lines.append(f"def {call}:\n    return {becomes}")
    return "\n".join(lines)
