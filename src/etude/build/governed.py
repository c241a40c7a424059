"""What the book says of all its cells: which do not run, which may fail, what of their outputs is shown."""

from __future__ import annotations

from msgspec.structs import replace

from etude.execute.code import CellCode, PageCode
from etude.model.config import ExecuteConfig
from etude.parse.contents_names import compile_pattern, covers

__all__ = ["governed"]


def governed(pages: list[PageCode], config: ExecuteConfig) -> list[PageCode]:
    """Pages as they run in the book."""
    if not (config.exclude or config.allow_errors or config.stored == "keep" or config.stderr == "remove"):
        return pages
    exclude = [compile_pattern(pattern.strip("/")) for pattern in config.exclude]
    found: list[PageCode] = []
    for page in pages:
        skip = (exclude and covers(exclude, page.path)) or (config.stored == "keep" and _complete(page))
        execute = replace(page.execute, skip=True) if skip else page.execute
        found.append(
            replace(page, execute=execute, cells=tuple(_governed(cell, config) for cell in page.cells))
        )
    return found


def _complete(page: PageCode) -> bool:
    """Whether a notebook has outputs of all its cells."""
    return page.path.endswith(".ipynb") and all(cell.outputs for cell in page.cells)


def _governed(cell: CellCode, config: ExecuteConfig) -> CellCode:
    raises = cell.raises or config.allow_errors
    return replace(cell, raises=raises, silent=cell.silent or config.stderr == "remove")
