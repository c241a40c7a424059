"""A book in memory and a kernel that runs Python in this process, for tests of the pure core."""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import itertools
import json
import sys
import traceback
from dataclasses import dataclass, field
from typing import Any

import pytest

from etude.adapters.memory import MemoryFiles, MemoryInputs, MemoryStore
from etude.execute.code import PageCode, page_code
from etude.execute.desk import Watch, unwatched
from etude.execute.digest import digest
from etude.execute.plan import Plan, Run
from etude.execute.planner import plan
from etude.execute.run import Execution, execute
from etude.execute.schedule import Machine
from etude.execute.snapshots import Snapshots
from etude.execute.ways import scanned
from etude.model.block import CodeCell, Expectation, Paragraph, VariantBlock
from etude.model.config import Config, ExecuteConfig, LibraryConfig, Variant
from etude.model.environment import Environment
from etude.model.inline import Eval
from etude.model.page import FrontMatter, Page, PageExecution
from etude.model.progress import Event
from etude.model.protocols import KernelError, Loaded, Observed, Reply
from etude.model.result import Failure, Output, Result, Stream, Value
from etude.model.span import Span
from etude.worker import values


class FakeKernel:
    """Runs cells with `exec`; `script` overrides what some of them answer."""

    backend = "lean"
    loaded = Loaded()
    root = 0

    def __init__(self, world: World) -> None:
        self.world = world
        self.names: dict[str, object] = {}
        self.count = 0
        self.closed = False

    def execute(self, code, expressions, timeout, _output_limit):
        if not code.strip():
            names = dict(expressions)
            if names.keys() == {"_"}:
                return Reply("ok", (), {"_": Value("None")}, 0.0)
            return Reply("ok", (), {name: self.value(text) for name, text in names.items()}, 0.0)
        self.count += 1
        self.world.ran.append(code)
        self.world.timeouts.append(timeout)
        if code in self.world.script:
            answer = self.world.script[code]
            return answer(self) if callable(answer) else answer
        status, outputs = self.run(code)
        values = {name: self.value(text) for name, text in expressions} if status == "ok" else {}
        return Reply(status, outputs, values, 0.5, self.count)

    def run(self, code: str) -> tuple[str, tuple[Output, ...]]:
        printed = io.StringIO()
        outputs: list[Output] = []
        status = "ok"
        try:
            tree = ast.parse(code)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            with contextlib.redirect_stdout(printed):
                exec(compile(tree, "<cell>", "exec"), self.names)
                if last is not None:
                    value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), self.names)
                    if value is not None:
                        outputs.append(Result({"text/plain": repr(value)}, {}, self.count))
        except Exception as error:  # noqa: BLE001 -- what a kernel does
            status = "error"
            line = traceback.extract_tb(error.__traceback__)[-1].lineno
            if isinstance(error, SyntaxError):
                line = error.lineno
            trace = (
                "\x1b[31m-----------\x1b[39m",
                f"\x1b[31m{type(error).__name__}\x1b[39m   Traceback (most recent call last)",
                f"\x1b[36mCell\x1b[39m\x1b[36m In[{self.count}], line {line}\x1b[39m\n---> {code}",
                f"{type(error).__name__}: {error}",
            )
            outputs.append(Failure(type(error).__name__, str(error), trace))
        if printed.getvalue():
            outputs.insert(0, Stream("stdout", printed.getvalue()))
        return status, tuple(outputs)

    def value(self, expression: str) -> Value:
        self.world.asked.append(expression)
        try:
            found = eval(expression, self.names)
        except Exception as error:  # noqa: BLE001 -- what a kernel does
            return Value(error=f"{type(error).__name__}: {error}")
        if isinstance(found, values.Text):
            data = found._repr_mimebundle_()
            return Value(found.text, data if len(data) > 1 else {})
        return Value(repr(found))

    def copy(self, **_asked) -> FakeCopy | None:
        return FakeCopy(self) if self.world.copies else None

    def retire(self, spared) -> None:
        self.retired = tuple(spared)

    def close(self) -> None:
        self.closed = True


class FakeCopy:
    """A copy whose digest is made of the names of the cells."""

    seconds = 0.01
    memory = 100
    made = itertools.count(1)

    def __init__(self, kernel: FakeKernel) -> None:
        kept = {name: value for name, value in kernel.names.items() if not name.startswith("__")}
        self.hazards = kernel.world.hazards
        self.digest = digest(repr(sorted(kept.items())))
        self.kernel = kernel
        self.names = copy.deepcopy(kept)
        self.pid = next(FakeCopy.made)
        self.closed = False

    def state(self) -> str:
        return self.digest

    def resume(self) -> FakeKernel:
        if self.closed or self.kernel.world.lost:
            raise KernelError("the copy is gone")
        kernel = FakeKernel(self.kernel.world)
        kernel.names = copy.deepcopy(self.names)
        kernel.count = self.kernel.count
        return kernel

    def close(self) -> None:
        self.closed = True


@dataclass(frozen=True)
class FakeLeft:
    """Nothing was written."""

    total: str = ""


@dataclass
class FakeDesk:
    kernel: FakeKernel
    world: World
    replaced: tuple[tuple[str, str], ...] = (("/scratch/7/", ""),)

    def outdated(self, _reads: Any) -> tuple[str, ...]:
        return self.world.newer

    def written(self) -> tuple[str, ...]:
        return self.world.written

    def files(self) -> str | None:
        return ""

    def untouched(self) -> bool:
        return not self.world.touched

    def left(self) -> FakeLeft | None:
        return None if self.world.touched else FakeLeft()

    def observed(self) -> Observed:
        reads, self.world.reads = self.world.reads, ()
        return Observed(reads, complete=self.world.seen_whole)

    def close(self) -> None:
        self.kernel.close()


class LinePool:
    """Runs tasks one after the other."""

    def run(self, schedule, work):
        out = []
        while (placed := schedule.start(0.0)) is not None:
            out.append(work(placed))
            schedule.done(placed)
        return out


@dataclass
class World:
    """A book, its store, and what its kernels were asked."""

    files: MemoryFiles = field(default_factory=MemoryFiles)
    store: MemoryStore = field(default_factory=MemoryStore)
    pages: list[Page] = field(default_factory=list)
    languages: tuple[str, ...] = ("zh", "en")
    variants: tuple[str, ...] = ()
    execution: ExecuteConfig = field(default_factory=ExecuteConfig)
    kernel_of: dict[str, str] = field(default_factory=dict)
    environments: tuple[Environment, ...] = ()
    library_name: str = ""
    library_whole: bool = False
    module_of: dict[str, str] = field(default_factory=dict)
    """By variant: the module that its saved code goes to."""
    environment: dict[str, str] = field(default_factory=dict)
    script: dict = field(default_factory=dict)
    written: tuple[str, ...] = ()
    newer: tuple[str, ...] = ()
    no_kernel: tuple[str, ...] = ()
    copies: bool = False
    snapshots: Snapshots | None = None
    touched: bool = False
    """Runs write what cannot be put back."""
    lost: bool = False
    """Copies turn out to be gone."""
    hazards: tuple[str, ...] = ()
    seen_whole: bool = False
    reads: tuple[tuple[str, str], ...] = ()
    ran: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    timeouts: list[float] = field(default_factory=list)
    opened: list[tuple[str, str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    kernels: list[FakeKernel] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    now: float = 0.0
    threads: int = 1
    machine: Machine | None = None
    watch: Watch = unwatched

    def page(
        self,
        name: str,
        *cells: str | CodeCell,
        language: str = "zh",
        evals: tuple = (),
        variants: tuple[str, ...] = (),
        kernel: str = "",
        **execution,
    ) -> Page:
        """Add a page; its source holds the codes one after the other, so spans point to them."""
        path = f"{language}/{name}.md"
        text = "# T\n"
        made: list[CodeCell] = []
        for index, item in enumerate(cells):
            cell = item if isinstance(item, CodeCell) else self.cell(item)
            start = len(text) + len("```{code-cell}\n")
            text += f"```{{code-cell}}\n{cell.code}\n```\n"
            made.append(
                CodeCell(
                    Span(start - 15, len(text)),
                    index=index,
                    language=cell.language,
                    code=cell.code,
                    code_span=(start, start + len(cell.code), 0),
                    variants=cell.variants,
                    page_module=cell.page_module,
                    save=cell.save,
                    tags=cell.tags,
                    timeout=cell.timeout,
                    expect=cell.expect,
                    resources=cell.resources,
                    outputs=cell.outputs,
                    tolerance=cell.tolerance,
                    timings=cell.timings,
                )
            )
        blocks = [self.asking(item) for item in evals]
        page = Page(
            path=path,
            name=name,
            language=language,
            front=FrontMatter(variants=variants, kernel=kernel, execute=PageExecution(**execution)),
            title=(),
            blocks=(*made, *blocks),
            cells=tuple(made),
            sources=(path,),
        )
        self.files.content[path] = text.encode()
        paths = [other.path for other in self.pages]
        if path in paths:
            self.pages[paths.index(path)] = page
        else:
            self.pages.append(page)
        return page

    @staticmethod
    def cell(code: str, *, expect: tuple = (), **more) -> CodeCell:
        """A cell; `expect` are texts, or tuples of expression, expected and tolerance."""
        claims = tuple(
            Expectation(item, source=item)
            if isinstance(item, str)
            else Expectation(*item, source=" ".join(item))
            for item in expect
        )
        return CodeCell(Span(0, 0), code=code, expect=claims, **{"language": "python", **more})

    @staticmethod
    def asking(item) -> Paragraph | VariantBlock:
        """A paragraph with an `eval`: (expression, after) or (expression, after, variants)."""
        expression, after, *rest = item
        paragraph = Paragraph(Span(0, 3), children=(Eval(Span(1, 2), expression, after),))
        return VariantBlock(Span(0, 3), variants=rest[0], children=(paragraph,)) if rest else paragraph

    @property
    def config(self) -> Config:
        return Config(
            languages=self.languages,
            variants=tuple(
                Variant(name, name, self.kernel_of.get(name, ""), self.module_of.get(name, ""))
                for name in self.variants
            ),
            execute=self.execution,
            environments=self.environments,
            library=LibraryConfig(self.library_name, self.library_whole),
        )

    def codes(self) -> list[PageCode]:
        return [page_code(page) for page in self.pages]

    def plan(self) -> Plan:
        return plan(
            self.codes(),
            self.config,
            self.files,
            MemoryInputs(self.files),
            environment=self.environment,
            home="/home/me",
            store=self.store,
        )

    def keys(self, run: int = 0) -> tuple[str, ...]:
        """Hashes of all that each cell depends on, as far as it can be told before it runs."""
        return self.depends(self.plan().runs[run])

    @staticmethod
    def depends(run: Run) -> tuple[str, ...]:
        """The same of a run."""
        keys: list[str] = []
        for step in run.steps:
            keys.append(digest(*keys[-1:], step.key, step.own, step.shown, scanned(step).digest))
        return tuple(keys)

    @property
    def records(self) -> dict[str, dict]:
        """What is stored of cells."""
        return {key: json.loads(self.store.get("cell", key)) for key in self.store.keys("cell")}

    def open(self, needs, folder, library, environment) -> FakeDesk:
        if self.no_kernel:
            raise KernelError(*self.no_kernel)
        self.opened.append((needs.name, folder, dict(library), dict(environment)))
        made = FakeKernel(self)
        self.kernels.append(made)
        return FakeDesk(made, self)

    def take_time(self, seconds: float = 1.0) -> None:
        """From now on, have each cell of the book take so many seconds."""

        def slow(kernel: FakeKernel, code: str) -> Reply:
            self.now += seconds
            status, outputs = kernel.run(code)
            return Reply(status, outputs, {}, seconds, kernel.count)

        for page in self.pages:
            for cell in page.cells:
                self.script[cell.code] = lambda kernel, code=cell.code: slow(kernel, code)

    def edit(self, *cells: str) -> Execution:
        """Build with other cells in the page ``a``, which take a second each."""
        self.page("a", *cells)
        self.take_time()
        return self.execute()

    def resume(self, desk, copy, _left, _library) -> bool:
        try:
            desk.kernel = copy.resume()
        except KernelError:
            return False
        return True

    def execute(self, policy: str = "auto") -> Execution:
        """Build once; `ran`, `asked` and `events` are those of this build."""
        for record in (self.ran, self.asked, self.timeouts, self.opened, self.kernels, self.events):
            record.clear()
        return execute(
            self.plan(),
            files=self.files,
            store=self.store,
            desks=self,
            pool=LinePool(),
            clock=lambda: self.now,
            policy=policy,
            environment=self.environment,
            progress=self.events.append,
            snapshots=self.snapshots,
            threads=self.threads,
            machine=self.machine or Machine(),
            watch=self.watch,
        )


@pytest.fixture
def world(monkeypatch) -> World:
    """An empty book in Chinese and English."""
    monkeypatch.setitem(sys.modules, "_etude", values)
    return World()


def texts(done: Execution) -> list[str]:
    """What the cells of the page ``a`` show."""
    return [
        "".join(getattr(item, "text", "") or item.data["text/plain"] for item in cell.outputs).strip()
        for cell in done.results["zh/a.md"][""].cells.values()
    ]
