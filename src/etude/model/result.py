"""Results of running cells: nbformat outputs, values of `eval`, and how it went."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, Union

from msgspec import Struct

from etude.model.block import CodeCell, Pasted
from etude.model.glue import FormatError, glued, plain_value
from etude.model.inline import Eval, Glue


class Stream(Struct, frozen=True, tag_field="output_type", tag="stream", gc=False):
    """Printed text."""

    name: Literal["stdout", "stderr"]
    text: str


class Display(Struct, frozen=True, tag_field="output_type", tag="display_data"):
    """A rich display: MIME type to content, as nbformat stores it."""

    data: dict[str, Any]
    metadata: dict[str, Any] = {}


class Result(Struct, frozen=True, tag_field="output_type", tag="execute_result"):
    """The value of a cell's last expression."""

    data: dict[str, Any]
    metadata: dict[str, Any] = {}
    execution_count: int | None = None


class Failure(Struct, frozen=True, tag_field="output_type", tag="error"):
    """An exception that reached the top of a cell."""

    ename: str
    evalue: str
    traceback: tuple[str, ...] = ()


Output: TypeAlias = Union[Stream, Display, Result, Failure]  # noqa: UP007 -- see `Inline`
"""Encoded as JSON these are nbformat 4 outputs as they are."""


class Value(Struct, frozen=True):
    """The value of an `eval` or an expectation."""

    text: str = ""
    """As it prints."""
    data: dict[str, Any] = {}
    """Its MIME bundle, when the value has more than text."""
    error: str = ""
    """``Name: message`` of the exception; empty when there was none."""


CellStatus: TypeAlias = Literal["ok", "error", "timeout", "dead", "skipped", "missing"]


class CellResult(Struct, frozen=True):
    """What one cell gave in one run; stored under its key."""

    key: str
    """Empty when the cell is one that never runs."""
    status: CellStatus
    outputs: tuple[Output, ...] = ()
    values: dict[str, Value] = {}
    """By the expression as `Eval.expression` or `Expectation.source` has it."""
    seconds: float = 0.0
    execution_count: int | None = None
    digest: str = ""
    """Hash of status, outputs and values: results with equal ones look the same."""
    packages: tuple[str, ...] = ()
    """What is installed of what its code imports, as it was when it ran: ``numpy 2.3.1``."""
    origin: str = ""
    """``notebook`` when it was taken over from one and the cell did not run; else empty."""


RunStatus: TypeAlias = Literal["done", "failed", "missing", "notebook"]
"""How a run went: all results are there; a cell went wrong; some are not there; they are a notebook's."""


class Ran(Struct, frozen=True):
    """A row of the table of runs: one page in one variant."""

    page: str
    """Name of the page."""
    variant: str = ""
    place: str = ""
    """What its code ran in: the variant's title, or the kernel's name where there are no variants."""
    seconds: float | None = None
    """That its cells took when their results were made; None when that is hidden, or not all are there."""
    status: RunStatus = "missing"


class RunResult(Struct, frozen=True):
    """The results of one page in one variant."""

    page: str
    """Name of the page."""
    variant: str
    cells: dict[int, CellResult] = {}
    """By `CodeCell.index`; cells of other variants are absent."""
    gpus: float = 0
    """How many the run asks for."""

    others: dict[str, dict[str, Any]] = {}
    """MIME bundles of values with names that the page shows of other pages, by ``page::name``."""

    table: tuple[Ran, ...] = ()
    """How the runs of the book went, when the page shows that (`RunTable`)."""

    def named(self, name: str, page: str = "") -> dict[str, Any] | None:
        """The MIME bundle that a cell of a page has given a name; of this page when `page` is empty."""
        if page:
            return self.others.get(f"{page}::{name}")
        return next(
            (
                data
                for cell in reversed(self.cells.values())
                for own, data in glued(cell.outputs)
                if own == name
            ),
            None,
        )

    def names(self) -> tuple[str, ...]:
        """All names that cells of this page have given."""
        return tuple(name for cell in self.cells.values() for name, _ in glued(cell.outputs))

    def value(self, node: Eval) -> Value | None:
        """What a page shows for a node; None when there is none."""
        if not isinstance(node, Glue):
            cell = self.after(node.after)
            return cell.values.get(node.expression) if cell is not None else None
        data = self.named(node.expression, node.page)
        if data is None:
            return None
        try:
            return Value(plain_value(data, node.form), {} if node.form else data)
        except FormatError as error:
            return Value(error=str(error))

    def result(self, node: CodeCell | Pasted) -> CellResult | None:
        """What stands where a block is: a cell's outputs, or those that some cell has given a name."""
        if isinstance(node, CodeCell):
            return self.cells.get(node.index)
        data = self.named(node.name, node.page)
        return CellResult("", "ok", (Display(data),)) if data else None

    def formula(self, node: Pasted) -> str | None:
        """The LaTeX that a cell has given a name, with the marks around it; None when there is none."""
        tex = (self.named(node.name, node.page) or {}).get("text/latex")
        return "".join(tex) if isinstance(tex, list) else tex if isinstance(tex, str) else None

    def after(self, count: int) -> CellResult | None:
        """The result an `Eval` reads: that of the last cell that runs among the page's first `count`."""
        before = (self.cells[i] for i in range(count - 1, -1, -1) if i in self.cells)
        return next((cell for cell in before if cell.key or cell.status != "skipped"), None)
