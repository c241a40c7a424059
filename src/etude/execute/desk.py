"""What running asks of the world: a place to work with a kernel in it, many hands, and an eye on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

from etude.execute.schedule import Placed, Schedule
from etude.model.protocols import Copy, Kernel, KernelNeeds, Observed, Usage

__all__ = ["Desk", "Desks", "Left", "Pool", "Watch", "unwatched"]

T = TypeVar("T")
R = TypeVar("R")


class Left(Protocol):
    """The files that a run has written by some moment, to be put back later by its desk."""

    @property
    def total(self) -> str:
        """Their hash, as `Desk.files` tells it."""
        ...


class Desk(Protocol):
    """A folder made for one run, which mirrors the book, and a kernel that works in it."""

    @property
    def kernel(self) -> Kernel:
        """The kernel; nothing has run in it."""
        ...

    @property
    def replaced(self) -> tuple[tuple[str, str], ...]:
        """Texts that are particular to this desk, as the paths of its folders, and what stands for them."""
        ...

    def observed(self) -> Observed:
        """What the run has read since this was asked last."""
        ...

    def outdated(self, reads: Iterable[tuple[str, str]] | None) -> tuple[str, ...]:
        """Files of the book that changed since the plan was begun: among `reads`; of all, if that is None."""
        ...

    def files(self) -> str | None:
        """Hash of the files that the run has written by now; None when it cannot be told."""
        ...

    def left(self) -> Left | None:
        """The files that the run has written by now, to be put back later; None when that cannot be done."""
        ...

    def untouched(self) -> bool:
        """Whether the run has written no file that it could read again."""
        ...

    def written(self) -> tuple[str, ...]:
        """Files of the book itself that changed since the desk was opened, sorted."""
        ...

    def close(self) -> None:
        """End the kernel and remove the folder; never raises."""
        ...


class Desks(Protocol):
    """Opens desks."""

    def open(
        self, needs: KernelNeeds, folder: str, library: Mapping[str, str], environment: Mapping[str, str]
    ) -> Desk:
        """A desk whose kernel works in `folder` of the mirror and can import `library` (path to source).

        Raises `KernelError` when there is no such kernel, or the folder cannot be made; `LostError`, as
        everything that is asked of the desk may, when the machine that it is on is lost.
        """
        ...

    def resume(self, desk: object, copy: Copy, left: Left | None, library: Mapping[str, str]) -> bool:
        """Have a desk of an earlier build go on from a copy of its kernel, over the book as it is now.

        `left` is what the desk had told of its files then. False when it cannot be done; the desk is of no
        use then.
        """
        ...


class Pool(Protocol):
    """Does several things at a time."""

    def run(self, schedule: Schedule[T], work: Callable[[Placed[T]], R]) -> list[R]:
        """Results of `work` for everything that the schedule has start, in any order."""
        ...


class Watch(Protocol):
    """Sees what runs take of the machine, and ends those that take too much of its memory."""

    def over(
        self, kernel: Kernel, limit: int, kept: int, told: Callable[[int], None]
    ) -> AbstractContextManager[Callable[[], Usage]]:
        """Watch a kernel; gives what tells of it. `limit`: bytes that it may take (0: no limit of its own).

        `kept`: bytes that were kept for it; `told` hears of the memory that it takes, from any thread.
        """
        ...


class unwatched:  # noqa: N801 -- a value, as `silent` is
    """Nothing is seen, and nobody is ended."""

    @staticmethod
    @contextmanager
    def over(
        _kernel: Kernel, _limit: int, _kept: int, _told: Callable[[int], None]
    ) -> Iterator[Callable[[], Usage]]:
        """Watch nothing."""
        yield Usage
