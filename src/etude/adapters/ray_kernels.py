"""An actor of a Ray cluster as the builder sees it: a link that may be lost, and the kernel behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, cast

from etude.adapters.ray_actor import Copied
from etude.adapters.ray_cluster import RayCluster
from etude.model.protocols import Backend, Copy, Kernel, KernelError, LostError, Reply, Usage
from etude.model.result import Output

__all__ = ["Link", "RayCopy", "RayKernel", "RayWatch"]

_LOOK: Final = 1.0
"""Seconds between two looks at an actor that works."""
_EYE: Final = "eye"
"""Calls that are answered while a cell runs."""


class Link:
    """An actor, and whether it is still there."""

    GROUPS: Final = {_EYE: 2}
    """Concurrency groups of the actors that are linked to."""

    def __init__(self, cluster: RayCluster, handle: Any) -> None:
        self._ray = cluster.ray
        self.handle = handle

    def ask(
        self, method: str, *args: Any, group: str = "", each: Callable[[], object] | None = None, **named: Any
    ) -> Any:
        """Have the actor do something; raises `LostError` when it is gone.

        `each` is called now and then while the answer is awaited.
        """
        exceptions = self._ray.exceptions
        try:
            call = getattr(self.handle, method)
            call = call.options(concurrency_group=group) if group else call
            answer = call.remote(*args, **named)
            while not self._ray.wait([answer], timeout=_LOOK)[0]:
                if each is not None:
                    each()
            return self._ray.get(answer)
        except exceptions.RuntimeEnvSetupError as error:
            raise KernelError(f"a node cannot set up what it was sent: {_first(error)}") from error
        except exceptions.RayTaskError:
            raise  # an error of our own, there
        except (exceptions.RayError, ConnectionError) as error:
            raise LostError(_first(error)) from error

    def leave(self, seconds: float) -> None:
        """Have it tidy up, and end it."""
        with suppress(Exception):
            self._ray.wait([self.handle.close.remote()], timeout=seconds)
        self.end()

    def begin_to_leave(self) -> Any:
        """Stop what it does and have it tidy up; gives what to wait for."""
        with suppress(Exception):
            self.handle.kill.options(concurrency_group=_EYE).remote()
            return self.handle.close.remote()
        return None

    def end(self) -> None:
        """End it at once."""
        with suppress(Exception):
            self._ray.kill(self.handle)


class RayKernel:
    """A kernel in an actor."""

    root = 0  # its processes are not here
    loaded = None

    def __init__(self, link: Link, backend: Backend) -> None:
        """The actor has opened its desk."""
        self.backend: Backend = backend
        self._link = link
        self._told: Callable[[int], None] | None = None
        self._usage = Usage()

    def execute(
        self, code: str, expressions: Iterable[tuple[str, str]], timeout: float, output_limit: int
    ) -> Reply:
        """Run a cell; raises `LostError` when the node is lost while it runs."""
        args = code, tuple(expressions), timeout, output_limit
        return cast("Reply", self._link.ask("execute", *args, each=self._look))

    def listen(self, told: Callable[[tuple[Output, ...]], None] | None) -> None:
        """Do nothing: of a cell on another machine nothing is heard before it ends."""

    def interrupt(self) -> None:
        """Do nothing: builds that can be interrupted run here."""

    def copy(
        self,
        *,
        digest: bool,
        keep: bool = False,
        save: tuple[str, int] | None = None,  # noqa: ARG002
    ) -> Copy | None:
        """A frozen copy, in the actor; there is none to resume from."""
        found: Copied | None = None if keep else self._link.ask("copy", digest=digest)
        return None if found is None else RayCopy(self._link, found)

    def restore(self, path: str, total: str) -> str:  # noqa: ARG002
        """Nothing: files are not sent to nodes."""
        return "it is on another machine"

    def retire(self, spared: Collection[int]) -> None:  # noqa: ARG002
        """End it: it has no copies to go on from."""
        self.kill()

    def kill(self) -> None:
        """End it without waiting."""
        self._link.begin_to_leave()

    def close(self) -> None:
        """The desk ends it."""

    @contextmanager
    def watched(self, limit: int, kept: int, told: Callable[[int], None]) -> Iterator[Callable[[], Usage]]:
        """Have the actor watch what it takes."""
        self._link.ask("watch", limit, kept)
        self._told = told
        try:
            yield lambda: self._usage
        finally:
            with suppress(LostError):
                self._usage = self._link.ask("unwatch")

    def _look(self) -> None:
        if self._told is not None:
            self._usage = self._link.ask("usage", group=_EYE)
            self._told(self._usage.memory)


class RayCopy:
    """A frozen copy of a kernel in an actor."""

    pid = 0  # it is not here
    memory = 0

    def __init__(self, link: Link, copied: Copied) -> None:
        """The copy is there."""
        self.hazards = copied.hazards
        self.seconds = copied.seconds
        self._number = copied.number
        self._link = link
        self._let_go = False

    def state(self) -> str:
        """The digest of its state."""
        self._let_go = True
        found, self.seconds = self._link.ask("state", self._number)
        return cast("str", found)

    def saved(self) -> tuple[str, int]:
        """Nothing was written."""
        return "", 0

    def resume(self) -> Kernel:
        """Nothing goes on from it: raises `KernelError`."""
        raise KernelError("the copy is on another machine")

    def close(self) -> None:
        """Let it go."""
        if not self._let_go:
            self._let_go = True
            self._link.ask("release", self._number)


class RayWatch:
    """Has each actor watch its own kernel."""

    @staticmethod
    @contextmanager
    def over(
        kernel: Kernel, limit: int, kept: int, told: Callable[[int], None]
    ) -> Iterator[Callable[[], Usage]]:
        """Watch a kernel of a cluster; `told` hears of its memory once a second."""
        assert isinstance(kernel, RayKernel)
        with kernel.watched(limit, kept, told) as usage:
            yield usage


def _first(error: BaseException) -> str:
    """What an exception of Ray says, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines)[:300] or type(error).__name__
