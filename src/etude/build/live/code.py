"""What of a page decides what its cells give: when that is as before, nothing has to run."""

from __future__ import annotations

import msgspec

from etude.execute.code import CellCode, page_code
from etude.model.page import Page
from etude.model.span import NOWHERE

__all__ = ["first_changed"]

_encode = msgspec.msgpack.Encoder().encode


def first_changed(before: Page, now: Page) -> int | None:
    """The number of the first cell that may give something else now; None when none does.

    Behind the last one when only what the prose asks for has changed.
    """
    old, new = page_code(before), page_code(now)
    if (old.variants, old.kernel, old.execute) != (new.variants, new.kernel, new.execute):
        return 0
    for number, (one, other) in enumerate(zip(old.cells, new.cells, strict=False)):
        if _essence(one) != _essence(other):
            return number
    if len(old.cells) != len(new.cells):
        return min(len(old.cells), len(new.cells))
    asked = [[(item.expression, item.after, item.variants) for item in code.evals] for code in (old, new)]
    return None if asked[0] == asked[1] else len(new.cells)


def _essence(cell: CellCode) -> bytes:
    bare = msgspec.structs.replace(
        cell,
        span=NOWHERE,
        code_span=NOWHERE,
        expect=tuple(msgspec.structs.replace(one, span=NOWHERE) for one in cell.expect),
        text=cell.text if cell.shows_source else "",
        code="",
    )
    return _encode(bare)
