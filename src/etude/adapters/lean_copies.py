"""Frozen copies of lean workers, as the builder sees them: to ask for a digest, and to resume from."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from etude.adapters.lean_ends import Ends
from etude.adapters.processes import proportional
from etude.adapters.warm_parent import hello
from etude.model.protocols import KernelError
from etude.worker.wire import receive, send

if TYPE_CHECKING:
    from etude.adapters.lean import LeanKernel

__all__ = ["LeanCopy"]

_DIGEST_TIMEOUT: Final = 60.0
"""Seconds after which a state is taken to be one that cannot be told."""
_SAVE_TIMEOUT: Final = 120.0
"""Seconds after which a checkpoint is given up."""


class LeanCopy:
    """A frozen copy of a worker."""

    def __init__(
        self,
        channel: socket.socket,
        hazards: tuple[str, ...],
        seconds: float,
        succeed: Callable[[Ends, int], LeanKernel],
    ) -> None:
        """`hazards`: why there is none; `seconds`: processor time that making it took.

        `succeed` makes a kernel of a worker that goes on where the copied one was.
        """
        self._channel = channel
        self._seconds = seconds
        self._succeed = succeed
        self.hazards = hazards
        self.refused = ""
        """Why a checkpoint was not written."""
        self._told: dict[str, Any] | None = {} if hazards else None

    @property
    def pid(self) -> int:
        """Its process; 0 when it is gone. Waits until it is there."""
        return int(self._hello(_DIGEST_TIMEOUT).get("pid", 0))

    def state(self, timeout: float = _DIGEST_TIMEOUT) -> str:
        """The digest of the state; empty when it cannot be told. Waits for it."""
        return str(self._hello(timeout).get("digest", ""))

    @property
    def seconds(self) -> float:
        """Processor time that making the copy and its digest took, as far as it is known."""
        return self._seconds + float((self._told or {}).get("seconds", 0.0))

    @property
    def memory(self) -> int:
        """Bytes that it takes; what several processes share counts for each in part."""
        return proportional(self.pid) or 0 if self.pid else 0

    @property
    def why(self) -> str:
        """What stood in the way of a digest."""
        return "; ".join(self.hazards) or str(self._hello(_DIGEST_TIMEOUT).get("why", ""))

    def saved(self, timeout: float = _SAVE_TIMEOUT) -> tuple[str, int]:
        """Hash and size of the checkpoint that it was to write; empty when there is none. Waits for it."""
        self._hello(_DIGEST_TIMEOUT)
        try:
            self._channel.settimeout(timeout)
            message, _ = receive(self._channel)
        except OSError:
            message = None
        self.refused = (
            str((message or {}).get("why", "the copy is gone")) if "sum" not in (message or {}) else ""
        )
        return str((message or {}).get("sum", "")), int((message or {}).get("size", 0))

    def resume(self) -> LeanKernel:
        """A worker that goes on from here; the copy stays as it is. Raises `KernelError`.

        The worker that was copied must have been retired: the two would print into one run.
        """
        if not self.pid:
            raise KernelError("the copy to resume from is gone")
        ends = Ends()
        try:
            self._channel.settimeout(_DIGEST_TIMEOUT)
            send(self._channel, {"op": "resume"}, ends.theirs)
            ends.hand_over()
            return self._succeed(ends, hello(ends.channel, tuple))
        except OSError as error:
            ends.close()
            raise KernelError("the copy to resume from is gone") from error
        except BaseException:
            ends.close()
            raise

    def close(self) -> None:
        """Let the copy go."""
        self._channel.close()

    def _hello(self, timeout: float) -> dict[str, Any]:
        if self._told is None:
            try:
                self._channel.settimeout(timeout)
                message, _ = receive(self._channel)
            except OSError:
                message = None
            self._told = message or {}
        return self._told
