"""The program `etude`: finds the command, runs it, and turns every way it can end into an exit code.

0: clean; 1: the book has problems; 2: wrong use or an environment that does not let it work;
130: interrupted (143: asked to end by the system).
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import Any, TextIO

import click

from etude import __version__

__all__ = ["COMMANDS", "Stopped", "main", "program"]

COMMANDS: dict[str, tuple[str, str]] = {
    "new": ("etude.cli.new", "Make a new book."),
    "import": ("etude.cli.import_", "Make a book of a d2lbook, Jupyter Book, Quarto or notebook project."),
    "build": ("etude.cli.build", "Run what changed and write the book's outputs."),
    "run": ("etude.cli.run", "Run what changed and write no outputs; with --watch, after every edit."),
    "serve": ("etude.cli.serve", "Show the book in a browser while it is written, and run what edits reach."),
    "status": ("etude.cli.status", "Show what a build would run, and why."),
    "verify": ("etude.cli.verify", "Run again from nothing, and compare with what is recorded."),
    "push": ("etude.cli.push", "Share the stored results."),
    "pull": ("etude.cli.pull", "Take over results that others have shared."),
    "short": ("etude.cli.short", "Record the short addresses of pages and sections."),
    "clean": ("etude.cli.clean", "Remove what builds made."),
}
"""Commands in the order of the help, each with the module that has it as `command`, and its help."""

INTERRUPTED = 130
BROKEN_PIPE = 141


class LazyGroup(click.Group):
    """A group that imports a command's module when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, imported; None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name; for a slip the error says what was meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from etude.parse.config_spelling import did_you_mean  # noqa: PLC0415 -- only for errors

            near = "".join(f" ({hint})" for hint in did_you_mean(args[0], COMMANDS))
            ctx.fail(f"there is no command `{args[0]}`{near}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="etude", message="%(prog)s %(version)s")
def program() -> None:
    """Etude publishes executable textbooks: one source, run and checked, as website and notebooks."""


def main(args: Sequence[str] | None = None) -> None:
    """Run the program on `args` (those of the process when None) and end the process."""
    for stream in (sys.stdout, sys.stderr):
        _make_safe(stream)
    if args is None:
        listen()
    sys.exit(_run(list(sys.argv[1:]) if args is None else list(args)))


def _run(args: list[str]) -> int:
    try:
        code: Any = program.main(args=args, prog_name="etude", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as stopped:
        with contextlib.suppress(OSError):  # the terminal may be gone
            sys.stderr.write("interrupted; the results of finished cells are kept\n")
        cause = stopped.__cause__ or stopped  # click makes its own exception of ours
        return 128 + cause.number if isinstance(cause, Stopped) else INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python must not complain when it closes the pipe.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 -- the last resort: no traceback ever reaches the screen
        from etude.cli.crash import report_crash  # noqa: PLC0415 -- only for errors

        return report_crash(error)
    return code if isinstance(code, int) else 0


class Stopped(KeyboardInterrupt):
    """The user or the system asks the process to end."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


_ECHO = 0.5
"""Seconds in which the same wish may arrive twice: from the terminal, and passed on by `make`."""


def listen() -> None:
    """Have the signals that ask for an end stop the work in order; asked once more, end at once."""
    for number in _SIGNALS:
        # What is ignored from the start is ignored for a reason: nohup, a shell's background.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(number: int, _frame: object) -> None:
    since = time.monotonic()
    for other in _SIGNALS:
        if signal.getsignal(other) is _stop:
            signal.signal(other, partial(_end, since))
    raise Stopped(number)


def _end(since: float, number: int, _frame: object) -> None:
    """End without clearing away: kernels end with this process, the next build tidies up."""
    if time.monotonic() - since < _ECHO:
        return
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr.isatty():
            os.write(sys.stderr.fileno(), b"\x1b[?25h\n")  # the display may have hidden the cursor
    os._exit(128 + number)


def _make_safe(stream: TextIO) -> None:
    """Characters that a terminal's encoding lacks are printed as escapes, and never stop us."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[attr-defined]
