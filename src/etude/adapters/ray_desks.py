"""Desks on the nodes of a Ray cluster: each is an actor, which is asked as a desk of this machine is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, cast

from msgspec.structs import replace

from etude.adapters.ray_actor import Opened, Place, Refused, RemoteDesk
from etude.adapters.ray_book import BookCopy
from etude.adapters.ray_cluster import RayCluster
from etude.adapters.ray_kernels import Link, RayKernel
from etude.adapters.ray_nodes import Asked, asked
from etude.adapters.stamps import Stamps
from etude.adapters.tracing import outdated
from etude.model.protocols import Copy, KernelError, KernelNeeds, Observed

__all__ = ["RayDesks", "Sent"]

_LEAVE: Final = 10.0
"""Seconds that an actor has to end its kernel and to tidy up."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes to nodes with every run."""

    root: str
    """Of the book, here."""
    book: BookCopy
    before: Stamps
    """What the book's files were before the plan was made."""
    pythonpath: tuple[str, ...]
    variables: Mapping[str, str]
    """The builder's own environment: what a run has beyond it is sent."""
    declared: frozenset[str]
    """Variables that are sent in any case."""
    versions: Mapping[str, Mapping[str, str]]
    """By kernel, what runs import and what is installed here for it."""


class RayDesks:
    """Opens desks on a cluster; for several threads."""

    def __init__(self, cluster: RayCluster, sent: Sent) -> None:
        """`sent` is what every node gets."""
        self._cluster = cluster
        self._sent = sent
        self._lock = threading.Lock()
        self._live: dict[Link, bool] = {}
        """Whether the actor is known to be at work."""
        self._checked: dict[tuple[str, str, str], tuple[str, ...]] = {}
        self._closed = False
        self._class = cluster.ray.remote(
            max_restarts=0, max_task_retries=0, concurrency_groups=Link.GROUPS, scheduling_strategy="SPREAD"
        )(RemoteDesk)

    def open(
        self, needs: KernelNeeds, folder: str, library: Mapping[str, str], environment: Mapping[str, str]
    ) -> RayDesk:
        """A desk on a node that has what the run needs; raises `KernelError`, or `LostError`."""
        link = Link(self._cluster, self._actor(needs))
        with self._lock:
            self._live[link] = False
        try:
            opened = self._opened(link, needs, folder, library, environment)
        except BaseException:
            self._left(link)
            raise
        return RayDesk(link, opened, self._sent, self._left)

    def _opened(
        self,
        link: Link,
        needs: KernelNeeds,
        folder: str,
        library: Mapping[str, str],
        environment: Mapping[str, str],
    ) -> Opened:
        self._possible(needs)  # all may have been stopped meanwhile
        # Where nodes are lost, what was asked for may never be there; Ray would wait for it.
        place: Place = link.ask("place", each=lambda: self._possible(needs))
        self._live[link] = True
        self._check(link, place, needs.name)
        sent = self._sent
        variables = {
            name: value
            for name, value in environment.items()
            if name in sent.declared or sent.variables.get(name) != value
        }
        # A parent of one run's own has nothing to share.
        alone = replace(needs, warm=())
        answer: Opened | Refused = link.ask("open", alone, folder, dict(library), variables, sent.pythonpath)
        if isinstance(answer, Refused):
            raise KernelError(*answer.said)
        return answer

    def resume(self, _desk: object, _copy: Copy, _left: object, _library: Mapping[str, str]) -> bool:
        """No: desks of a cluster are for one build."""
        return False

    def close(self) -> None:
        """End every actor and open no more."""
        with self._lock:
            self._closed = True
            live = dict(self._live)
        leaving = [link.begin_to_leave() for link, working in live.items() if working]
        if refs := [ref for ref in leaving if ref is not None]:
            with suppress(Exception):
                self._cluster.ray.wait(refs, num_returns=len(refs), timeout=_LEAVE)
        for link in live:
            link.end()

    def _left(self, link: Link) -> None:
        with self._lock:
            working = self._live.pop(link, False)
            stopped = self._closed
        if working and not stopped:
            link.leave(_LEAVE)
        else:
            link.end()

    def _actor(self, needs: KernelNeeds) -> Any:
        wanted = self._possible(needs)
        options: dict[str, Any] = {"num_cpus": round(wanted.cpus, 4), "num_gpus": wanted.gpus}
        if wanted.memory:
            options["memory"] = wanted.memory
        return self._class.options(**options).remote()

    def _possible(self, needs: KernelNeeds) -> Asked:
        """What to ask for; raises `KernelError` when no node that is left can give it."""
        if self._closed:
            raise KernelError("the build is being stopped")
        found = asked(needs, self._cluster.nodes())
        if found is None:
            count = f"{needs.gpus:g} GPUs" if needs.gpus > 1 else "a GPU"
            raise KernelError(
                f"no node that is left in the cluster has {count}" if needs.gpus else "no node is left"
            )
        return found

    def _check(self, link: Link, place: Place, kernel: str) -> None:
        """Compare what a node has installed with what is here; once for each."""
        wanted = self._sent.versions.get(kernel, {})
        mark = place.host, place.python, kernel
        if mark not in self._checked:
            there: dict[str, str | None] = link.ask("versions", kernel, tuple(wanted))
            self._checked[mark] = tuple(_differences(wanted, there))
        if different := self._checked[mark]:
            more = f"; and {len(different) - 5} more" if len(different) > 5 else ""
            raise KernelError(
                f"the node {place.host} has not what is installed here: {'; '.join(different[:5])}{more}",
                "install the same versions on all nodes: results are kept as those of the versions here",
            )


class RayDesk:
    """A desk in an actor."""

    def __init__(self, link: Link, opened: Opened, sent: Sent, left: Callable[[Link], None]) -> None:
        """`left` ends the actor."""
        self.kernel = RayKernel(link, opened.backend)
        self.replaced = opened.replaced
        self._link = link
        self._sent = sent
        self._left = left

    def observed(self) -> Observed:
        """What the run has read since this was asked last."""
        return cast("Observed", self._link.ask("observed"))

    def outdated(self, reads: Iterable[tuple[str, str]] | None) -> tuple[str, ...]:
        """Files of the book that changed since the plan was begun: that is looked up here."""
        return outdated(reads, self._sent.before, self._sent.book.files)

    def left(self) -> None:
        """Nothing: no build goes on from here."""

    def untouched(self) -> bool:
        """No: as `left`."""
        return False

    def files(self) -> str | None:
        """Hash of the files that the run has written by now."""
        return cast("str | None", self._link.ask("files"))

    def written(self) -> tuple[str, ...]:
        """Files of the node's copy of the book that changed since the desk was opened."""
        return cast("tuple[str, ...]", self._link.ask("written"))

    def close(self) -> None:
        """End the kernel, and the actor."""
        self._left(self._link)


def _differences(here: Mapping[str, str], there: Mapping[str, str | None]) -> Iterator[str]:
    for name, wanted in sorted(here.items()):
        found = there.get(name)
        if found is not None and found != wanted:
            yield f"{found or f'no `{name}`'} where {wanted or f'no `{name}`'} is here"
