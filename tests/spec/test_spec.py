"""Runs the literate cases: each source in `*.md` here against the tree and the problems written below it.

A case is an input block (``markdown`` or ``json``) and the ``tree`` block after it; ``file PATH`` blocks
before it are files of the same book. After ``markdown`` may stand: ``path=zh/a.md``, ``show=spans,files``,
``trust``. `pytest --update` writes what the parser answers; read every line of it before you keep it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from etude.adapters.memory import MemoryFiles
from etude.model.config import Config, Variant
from etude.parse.page import parse_page
from etude.parse.text import source_text
from tests.spec.tree import Tree

HERE = Path(__file__).parent
_FENCE = re.compile(r"^(`{3,})(markdown|json|file|tree)([^`\n]*)\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"^## (.*)$", re.MULTILINE)
_CONFIG = Config(
    languages=("zh", "en"),
    variants=(Variant("numpy", "NumPy"), Variant("pytorch", "PyTorch")),
    substitutions=(("book", "《躬行》"),),
)


class Case(NamedTuple):
    """One input, with what is expected of it."""

    name: str
    options: dict[str, str]
    files: dict[str, str]
    source: str
    expected: str | None
    """None when the tree is missing."""
    start: int
    """Offset of the expected tree in its file."""


def cases(path: Path) -> list[Case]:
    text = path.read_text("utf-8")
    titles = [(m.start(), m[1]) for m in _TITLE.finditer(text)]
    found: list[Case] = []
    files: dict[str, str] = {}
    waiting: tuple[dict[str, str], str, int] | None = None
    for block in _FENCE.finditer(text):
        kind, info, content = block[2], block[3].split(), block[4]
        match kind:
            case "file":
                files[block[3].strip()] = content
            case "tree":
                assert waiting is not None, f"{path.name}: a tree without a source"
                found.append(_case(path, titles, found, waiting, files, content, block.start(4)))
                files, waiting = {}, None
            case _:
                if waiting is not None:
                    found.append(_case(path, titles, found, waiting, files, None, 0))
                    files = {}
                options = dict(word.partition("=")[::2] for word in info)
                waiting = ({**options, "kind": kind}, content, block.start())
    if waiting is not None:
        found.append(_case(path, titles, found, waiting, files, None, 0))
    return found


def _case(path, titles, found, waiting, files, expected, start) -> Case:
    options, source, at = waiting
    title = next((name for begin, name in reversed(titles) if begin < at), "")
    name = f"{path.stem}: {title}"
    count = sum(case.name.startswith(name) for case in found)
    return Case(f"{name} ({count + 1})" if count else name, options, files, source, expected, start)


def answer(case: Case) -> str:
    """The tree and problems of a case's source."""
    suffix = ".ipynb" if case.options["kind"] == "json" else ".md"
    path = case.options.get("path", f"zh/a{suffix}")
    language, _, rest = path.partition("/")
    config = Config(
        **{**{f: getattr(_CONFIG, f) for f in _CONFIG.__struct_fields__}, "trust": "trust" in case.options}
    )
    data = case.source.encode()
    page = parse_page(data, path, rest.removesuffix(suffix), language, config, MemoryFiles(case.files))
    texts = {**{p: source_text(t.encode()) for p, t in case.files.items()}, path: source_text(data)}
    show = tuple(filter(None, case.options.get("show", "").split(",")))
    return Tree(page, texts, spans="spans" in show).text(show)


FILES = sorted(HERE.glob("*.md"))
ALL = [(path, index) for path in FILES for index in range(len(cases(path)))]


@pytest.mark.parametrize(("path", "index"), ALL, ids=[cases(path)[index].name for path, index in ALL])
def test_case(path: Path, index: int, update: bool) -> None:
    case = cases(path)[index]
    assert case.expected is not None, "write an empty `tree` block below the source, then run with --update"
    got = answer(case)
    if update:
        text = path.read_text("utf-8")
        path.write_text(text[: case.start] + got + text[case.start + len(case.expected) :], "utf-8")
        return
    assert case.expected == got
