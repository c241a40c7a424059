"""How the pages' runs went, as a table that every output writes as it writes others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from etude.model.block import Align, BlockNode, Cell, Paragraph, Row, RunTable, Table
from etude.model.book import PageFacts
from etude.model.inline import Inline, Reference, Text
from etude.model.result import Ran, RunResult, RunStatus

__all__ = ["run_table"]


class _Words(Struct, frozen=True):
    page: str
    kernel: str
    variant: str
    seconds: str
    status: str
    said: dict[RunStatus, str]


_ZH = _Words(
    "页面", "内核", "代码版本", "用时（秒）", "状态",
    {"done": "完成", "failed": "出错", "missing": "暂无结果", "notebook": "取自笔记本"},
)  # fmt: skip
_EN = _Words(
    "Page", "Kernel", "Variant", "Seconds", "Status",
    {"done": "done", "failed": "failed", "missing": "no results", "notebook": "from the notebook"},
)  # fmt: skip


def run_table(node: RunTable, facts: PageFacts, results: Iterable[RunResult]) -> Table | None:
    """The table, in reading order, pages without a known run among them; None when no page has code."""
    known: dict[str, list[Ran]] = {}
    for one in next((result.table for result in results if result.table), ()):
        known.setdefault(one.page, []).append(one)
    rows = [one for name in facts.coded for one in known.get(name) or (Ran(name),)]
    if not rows:
        return None
    words = _ZH if facts.language.lower().startswith("zh") else _EN
    places = any(one.place for one in rows)
    timed = any(one.seconds is not None for one in rows)

    def row(one: Ran | None) -> Iterator[Cell]:
        yield cell(Text(node.span, words.page) if one is None else Reference(node.span, "doc", one.page))
        if places:
            yield text(place if one is None else one.place)
        if timed:
            seconds = "" if one is None or one.seconds is None else f"{one.seconds:.2f}"
            yield text(words.seconds if one is None else seconds, "right")
        yield text(words.status if one is None else words.said[one.status])

    def cell(content: Inline, align: Align = "") -> Cell:
        shown: tuple[BlockNode, ...] = (Paragraph(node.span, children=(content,)),)
        return Cell(node.span, children=shown, align=align)

    def text(said: str, align: Align = "") -> Cell:
        return cell(Text(node.span, said), align) if said else Cell(node.span, align=align)

    place = words.variant if any(one.variant for one in rows) else words.kernel
    return Table(
        node.span,
        node.id,
        node.labels,
        head=(Row(node.span, cells=tuple(row(None))),),
        body=tuple(Row(node.span, cells=tuple(row(one))) for one in rows),
    )
