"""Options of cells: ``#|`` lines of YAML, knitr's ``{r name, echo=FALSE}``, and the defaults of a book."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from etude.parse import yamls

__all__ = ["Cells", "Options", "read_options", "settled"]

COMMENTS = {
    "ojs": "//", "js": "//", "javascript": "//", "typescript": "//", "rust": "//", "cpp": "//", "c": "//",
    "java": "//", "go": "//", "scala": "//", "node": "//", "rcpp": "//", "stan": "//", "dot": "//",
    "mermaid": "%%", "matlab": "%", "sql": "--", "haskell": "--", "lua": "--", "fortran": "!",
}  # fmt: skip
"""What begins a comment, where it is no ``#``."""

_KNITR = re.compile(
    r"\s*,?\s*(?P<key>[\w.-]+)\s*=\s*(?P<value>\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'"
    r"|[cC]?\((?:[^()]|\([^()]*\))*\)|[^,\"'(]+(?:\([^)]*\))?)"
)
_OLD = {
    "fig.cap": "fig-cap", "fig.alt": "fig-alt", "fig.width": "fig-width", "fig.height": "fig-height",
    "fig.align": "fig-align", "fig.subcap": "fig-subcap", "fig.asp": "fig-asp", "out.width": "out-width",
    "tab.cap": "tbl-cap", "fig.scap": "fig-scap", "fig.show": "fig-show", "fig.pos": "fig-pos",
    "message": "message", "out.height": "out-height",
}  # fmt: skip


class Cells(Struct, frozen=True):
    """How cells are shown and run unless they say otherwise."""

    values: tuple[tuple[str, Any], ...] = ()

    def table(self) -> dict[str, Any]:
        """Options by name."""
        return dict(self.values)

    def with_(self, values: Mapping[str, Any]) -> Cells:
        """The same with other values for some."""
        return Cells(tuple({**dict(self.values), **values}.items()))


class Options(Struct, frozen=True):
    """The options of a cell."""

    language: str
    values: Mapping[str, Any]
    code: tuple[str, ...]
    """The code without the lines that are options."""
    taken: int
    """How many lines these are."""
    problem: str = ""
    classes: tuple[str, ...] = ()


def read_options(info: str, code: tuple[str, ...]) -> Options:
    """The options of a cell that begins with ``{python …}``."""
    inner = info.strip().strip("{}").strip()
    head = re.match(r"([\w+#.-]+)\s*(.*)", inner, re.DOTALL)
    language, rest = (head[1], head[2].strip()) if head else (inner, "")
    values, classes = _knitr(rest.lstrip(", "))
    mark = COMMENTS.get(language.lower(), "#")
    taken = 0
    text: list[str] = []
    while taken < len(code) and code[taken].lstrip().startswith(f"{mark}|"):
        line = code[taken].strip()[len(mark) + 1 :].rstrip()
        text.append(line.removesuffix("*/").removeprefix(" "))
        taken += 1
    problem = ""
    loaded = yamls.load(re.sub(r"!expr\s", "", "\n".join(text)))
    if isinstance(loaded, yamls.YamlProblem):
        problem = loaded.message
        values |= _plain(text)
    elif isinstance(loaded.data, dict):
        values |= {_OLD.get(str(key), str(key)): value for key, value in loaded.data.items()}
    body = list(code[taken:])
    while body and not body[0].strip():
        body.pop(0)
        taken += 1
    return Options(language, values, tuple(body), taken, problem, classes)


def _plain(lines: list[str]) -> dict[str, Any]:
    """Keys and texts, where YAML does not understand what is said."""
    pairs = (re.match(r"([\w.-]+):\s*(.*)", line) for line in lines)
    found: dict[str, Any] = {}
    for pair in pairs:
        if pair is not None:
            word = pair[2].strip()
            found[pair[1]] = {"true": True, "false": False}.get(word.lower(), word.strip("\"'"))
    return found


def _knitr(text: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    values: dict[str, Any] = {}
    classes = tuple(re.findall(r"(?:^|\s)\.([\w-]+)", text)) if text.startswith((".", "#")) else ()
    if named := re.match(r"#([\w:-]+)", text):
        values["label"] = named[1]
    text = re.sub(r"^(?:[.#][\w:-]+\s*)+", "", text)
    first = re.match(r"(?P<name>[^,=\"'\s][^,=\"']*?)\s*(?:,|\Z)", text)
    at = 0
    if first is not None:
        values["label"] = first["name"]
        at = first.end()
    while found := _KNITR.match(text, at):
        key, value = found["key"], found["value"].strip()
        plain: Any = value
        if value in {"TRUE", "T", "true"}:
            plain = True
        elif value in {"FALSE", "F", "false"}:
            plain = False
        elif value[:1] in "\"'" and value:
            plain = re.sub(r"\\(.)", r"\1", value[1:-1])
        values[_OLD.get(key, key)] = plain
        at = found.end()
    return values, classes


def settled(values: Mapping[str, Any], defaults: Cells) -> dict[str, Any]:
    """The options with those of the page and the book behind them."""
    return {**defaults.table(), **values}
