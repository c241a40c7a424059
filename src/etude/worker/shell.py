"""The shell of a lean worker: that of ipykernel, with a channel of its own in the place of ZeroMQ.

What a page can ask of the shell is thus what it can ask in Jupyter; what needs a kernel around the
shell (comms, graphical event loops) is told to the builder, which sends the page to a real kernel.
"""

from __future__ import annotations

import builtins
import getpass
import os
import sys
import tempfile
import zlib
from collections.abc import Callable
from typing import Any

import comm
from ipykernel import zmqshell
from IPython.core.compilerop import CachingCompiler
from IPython.core.error import StdinNotImplementedError, UsageError
from jupyter_client.session import Session
from traitlets.config import Config

__all__ = ["ElsewhereError", "connect", "make_shell"]

Publish = Callable[[str, Any], None]


class ElsewhereError(RuntimeError):
    """A cell asked for what only a whole kernel has."""


class _Channel(Session):
    """Takes the messages that the shell sends to sockets, and publishes their content."""

    publish: Publish

    def msg(self, msg_type: str, content: Any = None, **_more: Any) -> dict[str, Any]:  # type: ignore[override]
        """A message as the shell's hooks expect it."""
        return {"header": {"msg_type": msg_type}, "msg_type": msg_type, "content": content or {}}

    def send(self, _stream: Any, message: Any, content: Any = None, *_rest: Any, **_more: Any) -> Any:  # type: ignore[override]
        """Publish a message, or the content of a new one."""
        if isinstance(message, dict):
            self.publish(message["msg_type"], message["content"])
        else:
            self.publish(message, content or {})


class _Compiler(CachingCompiler):
    """Names a cell's code as ipykernel does, at less cost."""

    def get_code_name(self, raw_code: str, _code: Any, _number: int) -> str:
        """A file of the process's own; it does not exist."""
        number = 10**9 + zlib.crc32(raw_code.encode("utf-8", "surrogatepass"))
        return os.path.join(tempfile.gettempdir(), f"ipykernel_{os.getpid()}", f"{number}.py")


class ZMQInteractiveShell(zmqshell.ZMQInteractiveShell):
    """Ipykernel's shell without a kernel; libraries tell notebooks by the class's name."""

    elsewhere: Any = None

    def enable_gui(self, gui: Any = None) -> None:
        """Nothing for inline figures; a real event loop needs a kernel."""
        if gui not in (None, "inline", "agg"):
            if self.elsewhere is not None:
                self.elsewhere(f"the event loop `{gui}`")
            raise UsageError(f"no event loop `{gui}` here")

    def ask_exit(self) -> None:
        """End after this cell, as a kernel does."""
        self.exit_now = True

    def _update_exit_now(self, _change: Any) -> None:
        pass


ZMQInteractiveShell.__module__ = zmqshell.__name__


def make_shell() -> Any:
    """A shell for this process and those that are forked from it."""
    settings = Config()
    # A history in a file would start a thread.
    settings.HistoryManager.hist_file = ":memory:"
    ZMQInteractiveShell.clear_instance()
    return ZMQInteractiveShell.instance(config=settings, compiler_class=_Compiler)


def connect(shell: Any, publish: Publish, elsewhere: Callable[[str], None]) -> None:
    """Make a forked shell this process's own: `publish` gets its messages, `elsewhere` what it cannot do."""
    channel = _Channel()
    channel.publish = publish
    for publisher in (shell.displayhook, shell.display_pub):
        publisher.session = channel
    shell.displayhook.topic = b"execute_result"
    shell.elsewhere = elsewhere
    shell.init_environment()
    shell.starting_dir = os.getcwd()

    def create_comm(*_arguments: Any, **_named: Any) -> Any:
        elsewhere("widgets")
        raise ElsewhereError("widgets need a whole kernel; the page is run again in one")

    comm.create_comm = create_comm

    def refuse(*_arguments: Any, **_named: Any) -> str:
        raise StdinNotImplementedError(
            "raw_input was called, but this frontend does not support input requests."
        )

    builtins.input = refuse
    getpass.getpass = refuse
    sys.stdin = open(os.devnull)  # noqa: SIM115 -- the process's own
