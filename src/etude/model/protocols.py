"""What the stages ask of the world; `adapters` answers, tests answer from memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from etude.model.result import Output, Value


class Files(Protocol):
    """The files of a book, read-only; paths are relative to its root with forward slashes.

    A path that leads out of the root (``..``, a link) is treated as absent by `read` and
    reported by `inside`.
    """

    def read(self, path: str) -> bytes:
        """The content of a file; raises `OSError` when there is none."""
        ...

    def exists(self, path: str) -> bool:
        """Whether `path` is a file inside the book."""
        ...

    def inside(self, path: str) -> bool:
        """Whether `path`, with links followed, stays inside the book's folder."""
        ...

    def glob(self, pattern: str) -> tuple[str, ...]:
        """Files that match, sorted; ``**`` crosses folders; hidden and ignored folders are skipped."""
        ...


class Store(Protocol):
    """Results and documents kept between builds, under keys that are hashes of what made them."""

    def get(self, kind: str, key: str) -> bytes | None:
        """The entry, or None; a damaged entry is None and is noted in `damaged`."""
        ...

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Keep an entry; atomic, and safe with other processes."""
        ...

    @property
    def damaged(self) -> tuple[str, ...]:
        """Keys of entries that were found damaged."""
        ...


class Reply(Struct, frozen=True):
    """What a kernel answered to one cell."""

    status: str
    """``ok``, ``error``, ``timeout`` or ``dead``."""
    outputs: tuple[Output, ...]
    values: dict[str, Value]
    seconds: float
    execution_count: int | None = None
    truncated: bool = False
    """Outputs were cut at the limit."""
    elsewhere: str = ""
    """What the cell asked for that this kernel has not and another has; the run must start anew there."""


class Observed(Struct, frozen=True):
    """What a run was seen to read since it was asked last."""

    reads: tuple[tuple[str, str], ...] = ()
    """Pairs of kind and name, sorted. Kinds: ``file``, ``module`` (a file that was imported), ``folder`` (its
    names were listed), ``library`` (a module's dotted name), ``package`` (a top-level name). Names of files
    and folders are relative to the book's root, or absolute (``~`` for the user's home) outside of it."""
    complete: bool = False
    """Whether nothing that was read of the book can be missing."""
    programs: bool = False
    """Whether other programs were started: what they read outside of the book is not seen."""


Backend: TypeAlias = Literal["lean", "warm", "cold"]
"""How a kernel comes to be: a worker of our own forked from a parent that has loaded what pages import;
an ipykernel forked likewise; a kernel of any language started from nothing."""


class Usage(Struct, frozen=True):
    """What a run has taken of the machine until now; nothing of it is told on some systems."""

    memory: int = 0
    """Bytes that its processes take now; what they share with others counts in part."""
    peak: int = 0
    """The most that they took."""
    seconds: float = 0.0
    """Processor time."""
    processes: int = 0
    ended: Literal["", "limit", "machine", "crowded"] = ""
    """Why it was ended: it took more than its limit; it took all that the machine had; several took all
    together, and it was the one to go."""


class Loaded(Struct, frozen=True, array_like=True, gc=False):
    """What the parent of kernels has loaded."""

    modules: tuple[str, ...] = ()
    """Sorted."""
    seconds: float = 0.0
    """How long that took."""


class Kernel(Protocol):
    """One live kernel."""

    @property
    def backend(self) -> Backend:
        """What it turned out to be."""
        ...

    @property
    def loaded(self) -> Loaded | None:
        """What was loaded before it was there; None for kernels whose states nobody knows again."""
        ...

    @property
    def root(self) -> int:
        """The process below which all of the run's processes are; 0 when that is not known."""
        ...

    def execute(
        self, code: str, expressions: Iterable[tuple[str, str]], timeout: float, output_limit: int
    ) -> Reply:
        """Run a cell; then evaluate `expressions` (pairs of name and Python), if it went well.

        Times are in seconds. Never raises for what the code does.
        """
        ...

    def listen(self, told: Callable[[tuple[Output, ...]], None] | None) -> None:
        """Have `told` hear of a cell's outputs, all that there are, from time to time while it runs.

        It is called from the thread that executes.
        """
        ...

    def interrupt(self) -> None:
        """Stop the cell that is running, as Ctrl-C does; any thread may call this."""
        ...

    def copy(self, *, digest: bool, keep: bool = False, save: tuple[str, int] | None = None) -> Copy | None:
        """A frozen copy of the kernel as it is now, between two cells; None where there is no such thing.

        `digest`: the digest of its state will be asked for; `keep`: it can be resumed from; `save`: it
        writes its state into a new file of this path, of so many bytes at most.
        """
        ...

    def restore(self, path: str, name: str) -> str:
        """Take over the state in a file whose bytes have the hash `name`; why that failed, or nothing.

        Nothing may have run in the kernel, and after a failure it is of no use.
        """
        ...

    def retire(self, spared: Collection[int]) -> None:
        """End the kernel and what it started, but not its `spared` copies: one may take its place."""
        ...

    def kill(self) -> None:
        """End it without waiting; any thread may call this."""
        ...

    def close(self) -> None:
        """End the kernel, every process it started, and every copy of it."""
        ...


class Copy(Protocol):
    """A frozen copy of a kernel."""

    @property
    def hazards(self) -> tuple[str, ...]:
        """Why there is none, as phrases; empty when there is one."""
        ...

    def state(self) -> str:
        """The digest of the state; empty when it cannot be told. Waits until it is there."""
        ...

    @property
    def seconds(self) -> float:
        """Processor time that making it took, and taking the digest once that is there."""
        ...

    @property
    def pid(self) -> int:
        """Its process; 0 when it is gone."""
        ...

    @property
    def memory(self) -> int:
        """Bytes that it takes; what several processes share counts for each in part."""
        ...

    def saved(self) -> tuple[str, int]:
        """Hash and number of the bytes that it was to write; empty when it did not. Waits for it."""
        ...

    def resume(self) -> Kernel:
        """A kernel that goes on from here; the copy stays as it is. Raises `KernelError`.

        The kernel that was copied must have been retired.
        """
        ...

    def close(self) -> None:
        """Let it go."""
        ...


class KernelNeeds(Struct, frozen=True):
    """What a run asks of its kernel."""

    name: str = "python3"
    """Of an installed kernel."""
    python: bool = True
    """Whether it speaks Python, and is to be prepared."""
    seed: int = 0
    backend: Backend = "cold"
    """The first choice; where it cannot be had, the next one is taken."""
    warm: tuple[str, ...] = ()
    """Modules that a parent should have loaded."""
    run: str = ""
    """Of the run: a desk of the same name has the same paths each time, where that can be."""
    installed: str = ""
    """What tells whether packages are others than before: what has loaded them serves no more then."""
    cpus: float = 1.0
    """What is kept for the run: processors."""
    memory: int = 0
    """Bytes; 0: not known."""
    gpus: float = 0.0
    """A share of one, or whole ones."""


class Kernels(Protocol):
    """Starts kernels."""

    def start(
        self, needs: KernelNeeds, environment: dict[str, str], folder: str, path: Sequence[str] = ()
    ) -> Kernel:
        """A fresh, prepared kernel that works in a folder; raises `KernelError` when it cannot be had.

        `environment` names the folders of `path` in ``PYTHONPATH`` already.
        """
        ...


class KernelError(Exception):
    """A kernel is not installed or did not start; the message says why and what helps."""


class LostError(Exception):
    """The machine that a kernel is on is gone, with the kernel; the run can start anew on another."""


class Clock(Protocol):
    """Time, for time-outs and records only."""

    def __call__(self) -> float:
        """Seconds that only grow."""
        ...
