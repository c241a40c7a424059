"""What a page contributes to execution: its cells in normal form, what they name, its `eval`s.

In: a `Page`. Out: a `PageCode`, a pure function of the page that can be kept under the page's
key, so that a build in which nothing changed parses no code.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from etude.execute.digest import digest
from etude.execute.normalise import bound_names, is_python, normalise, reads_history, reads_source
from etude.execute.scan import Scan, scan_code
from etude.execute.tree import read_tree
from etude.model.block import CodeCell, Expectation, Resources, VariantBlock
from etude.model.inline import Eval, Glue
from etude.model.page import Page, PageExecution
from etude.model.span import Span
from etude.model.tolerance import Tolerance

__all__ = ["CellCode", "EvalCode", "PageCode", "page_code"]


class CellCode(Struct, frozen=True, array_like=True):
    """A cell as execution sees it."""

    index: int
    """`CodeCell.index`."""
    language: str
    code: str
    span: Span
    """The whole cell in its source."""
    code_span: Span
    """The code alone."""
    normal: str
    """Hash of the normal form (of Python, when the cell names no language)."""
    text: str
    """Hash of the code as it stands."""
    scan: Scan
    shows_source: bool
    """What it gives may depend on the code as it stands, of itself and of earlier cells."""
    names: str = ""
    """What its statements bind, each name with a hash: to say of a change which names it concerns."""
    history: bool = False
    """It may use the shell's memory of earlier inputs and outputs."""
    variants: tuple[str, ...] = ()
    save: str | None = None
    skip: bool = False
    raises: bool = False
    """An exception is meant to happen."""
    timeout: float | None = None
    expect: tuple[Expectation, ...] = ()
    outputs: bytes = b""
    resources: Resources | None = None
    tolerance: Tolerance = Tolerance()
    timings: str = ""
    """As `CodeCell.timings`."""
    silent: bool = False
    """What it writes to standard error is not shown."""
    page_module: bool = False
    """As `CodeCell.page_module`."""


class EvalCode(Struct, frozen=True, array_like=True):
    """An `eval` of the prose."""

    expression: str
    after: int
    span: Span
    variants: tuple[str, ...] | None = None
    """The variants whose prose it stands in; None for prose of all."""


class PageCode(Struct, frozen=True, array_like=True):
    """A page as execution sees it."""

    path: str
    name: str
    language: str
    variants: tuple[str, ...]
    """As the front matter says; empty when it does not."""
    kernel: str
    execute: PageExecution
    cells: tuple[CellCode, ...]
    evals: tuple[EvalCode, ...]
    sources: tuple[str, ...] = ()
    """Paths that spans point into."""

    def path_of(self, span: Span) -> str:
        """The file that a span points into."""
        return self.sources[span.source] if span.source < len(self.sources) else self.path


def page_code(page: Page) -> PageCode:
    """Take from a page what execution needs."""
    return PageCode(
        path=page.path,
        name=page.name,
        language=page.language,
        variants=page.front.variants,
        kernel=page.front.kernel,
        execute=page.front.execute,
        cells=tuple(map(_cell_code, page.cells)),
        evals=tuple(_evals(page.blocks, None)),
        sources=page.sources or (page.path,),
    )


def _cell_code(cell: CodeCell) -> CellCode:
    python = is_python(cell.language, "python")
    tree = read_tree(cell.code) if python else None
    return CellCode(
        index=cell.index,
        language=cell.language,
        code=cell.code,
        span=cell.span,
        code_span=Span(*cell.code_span) if cell.code_span != (0, 0, 0) else cell.span,
        normal=digest(normalise(cell.code, tree)),
        text=digest(cell.code),
        scan=scan_code(cell.code, python=python, tree=tree),
        shows_source=python and reads_source(cell.code, tree),
        names=" ".join(f"{name}={digest(form)[:8]}" for name, form in bound_names(tree)),
        history=not python or reads_history(tree),
        variants=cell.variants,
        save=cell.save,
        skip="skip-execution" in cell.tags,
        raises="raises-exception" in cell.tags,
        timeout=cell.timeout,
        expect=cell.expect,
        outputs=cell.outputs,
        resources=cell.resources,
        tolerance=cell.tolerance,
        timings=cell.timings,
        silent="remove-stderr" in cell.tags,
        page_module=cell.page_module,
    )


def _evals(value: object, variants: tuple[str, ...] | None) -> Iterator[EvalCode]:
    """Every `Eval` below a node or a tuple of nodes, in reading order."""
    if isinstance(value, tuple):
        for item in value:
            if isinstance(item, Struct | tuple):
                yield from _evals(item, variants)
        return
    match value:
        case Glue():
            pass
        case Eval(span=span, expression=expression, after=after):
            yield EvalCode(expression, after, span, variants)
        case VariantBlock(variants=names, children=children):
            inner = names if variants is None else tuple(name for name in names if name in variants)
            yield from _evals(children, inner)
        case Struct():
            for name in value.__struct_fields__:
                field = getattr(value, name)
                if isinstance(field, tuple) and field:
                    yield from _evals(field, variants)
        case _:
            pass
