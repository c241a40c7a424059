"""How many cells an edit makes run, by Etude and by simpler rules that a tool could follow.

etude, anew
: what Etude runs; of that, what is not the replay of a run up to the first cell that is stale.

whole page
: every cell of a page whose cells were edited, which names an edited file, or which failed last time.

prefix
: the first cell that was edited, names an edited file or failed, and every cell after it.

ideal
: what no rule can go below: the cells whose code is another, and those whose outputs are.

Only cells that a build from nothing runs are counted: none behind an error.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

RULES = ("etude", "anew", "ideal", "prefix", "whole page")


def code_cells(notebook: dict) -> list[dict]:
    """The cells of a page in its notebook, without the one that sets it up."""
    return [
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and "etude-setup" not in cell["metadata"].get("tags", ())
    ]


def counted(
    before: tuple[Mapping[str, Sequence[str]], Mapping[str, str]],
    now: tuple[Mapping[str, Sequence[str]], Mapping[str, str]],
    notebooks: tuple[Mapping[str, dict], Mapping[str, dict]],
) -> dict[str, int]:
    """Cells that run by each rule but Etude's, and all that a build from nothing runs.

    `before` and `now` are the cells by page and the files of the book, `notebooks` what was made of them.
    """
    found = dict.fromkeys(("cells", *RULES[2:]), 0)
    files = {path for path in {*before[1], *now[1]} if before[1].get(path) != now[1].get(path)}
    come_or_gone = {path for path in files if (path in before[1]) != (path in now[1])}
    for page, cells in now[0].items():
        shown = code_cells(notebooks[1][page])
        runs = [cell["execution_count"] is not None for cell in shown]
        assert len(cells) == len(shown), page
        old = before[0].get(page, ())
        names = [_names(code, files, come_or_gone) for code in cells]
        old_shown = code_cells(notebooks[0][page]) if page in notebooks[0] else []
        failed = next((n for n, cell in enumerate(old_shown) if _failed(cell)), len(cells))
        named = names.index(True) if True in names else len(cells)
        first = min(_first_edited(old, cells), named, failed)
        touched = list(old) != list(cells) or True in names or any(map(_failed, old_shown))
        found["cells"] += sum(runs)
        found["whole page"] += sum(runs) if touched else 0
        found["prefix"] += sum(runs[first:])
        found["ideal"] += sum(runs[n] for n in _changed(old, cells, old_shown, shown))
    return found


def table(told: Sequence[Mapping]) -> str:
    """The share of cells that run, by kind of edit and in all."""
    kinds = sorted({one["kind"] for one in told})
    width = max(map(len, (*kinds, "all")), default=3)
    lines = [f"{'edit':{width}}  edits  cells  " + "  ".join(f"{rule:>10}" for rule in RULES)]
    for kind in (*kinds, "all"):
        some = [one for one in told if kind in (one["kind"], "all")]
        shares = shares_of(some)
        lines.append(
            f"{kind:{width}}  {len(some):5}  {sum(one['cells'] for one in some):5}  "
            + "  ".join(f"{shares[rule]:>10.1%}" for rule in RULES)
        )
    return "\n".join(lines)


def shares_of(told: Iterable[Mapping]) -> dict[str, float]:
    """The share of all cells that run by each rule."""
    told = list(told)
    cells = sum(one["cells"] for one in told) or 1
    return {rule: sum(one[rule] for one in told) / cells for rule in RULES}


def _names(code: str, files: set[str], come_or_gone: set[str]) -> bool:
    """Whether a cell's code names a file that was edited, or lists the folder where one came or went."""
    words = {path.removesuffix(".py").rpartition("/")[2] if path.endswith(".py") else path for path in files}
    data = {path for path in files if path.endswith(".csv")} | come_or_gone
    listed = "iterdir" in code and any(path.startswith("data/") for path in data)
    imported = any(f"import {word}" in code or f", {word}" in code for word in words)
    return listed or imported or any(path in code for path in files)


def _first_edited(old: Sequence[str], new: Sequence[str]) -> int:
    """The number of the first cell that differs; where only the last cells went, none does."""
    pairs = zip(old, new, strict=False)
    return next((n for n, (one, other) in enumerate(pairs) if one != other), min(len(old), len(new)))


def _changed(
    old: Sequence[str], new: Sequence[str], was: Sequence[dict], shown: Sequence[dict]
) -> Iterable[int]:
    """The numbers of the cells whose code or outputs are others than before."""
    matcher = SequenceMatcher(None, list(map(_form, old)), list(map(_form, new)), autojunk=False)
    alike = {c + k: a + k for a, c, size in matcher.get_matching_blocks() for k in range(size)}
    for number, cell in enumerate(shown):
        if number not in alike or _outputs(was[alike[number]]) != _outputs(cell):
            yield number


def _form(code: str) -> str:
    """Code without comments and layout."""
    try:
        return ast.dump(ast.parse(code))
    except SyntaxError:
        return code


def _failed(cell: dict) -> bool:
    return any(output["output_type"] == "error" for output in cell["outputs"])


def _outputs(cell: dict) -> str:
    kept = [{key: value for key, value in one.items() if key != "execution_count"} for one in cell["outputs"]]
    return json.dumps(kept)
