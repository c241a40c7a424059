"""What is wrong with the cells of a page, seen before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etude.execute.code import CellCode, PageCode
from etude.execute.normalise import is_python
from etude.model.diagnostic import Diagnostic, Rule, diagnose

__all__ = ["foreign_cells"]


def foreign_cells(page: PageCode, cells: Iterable[CellCode], kernel: str) -> Iterator[Diagnostic]:
    """Cells that name another language than their kernel's; only of a Python kernel the name tells."""
    if "python" not in kernel.lower():
        return
    for cell in cells:
        if cell.language and not is_python(cell.language, kernel):
            yield diagnose(
                Rule.CELL_LANGUAGE,
                f"this cell is in `{cell.language}`, but the page runs in the kernel `{kernel}`",
                page.path_of(cell.span),
                cell.span,
                hints=(
                    "name another kernel in the front matter: `kernelspec: {name: …}`",
                    "the directive `code-block` shows code without running it",
                ),
            )
