"""`etude serve`: the book in a browser, as it is being written."""

from __future__ import annotations

import os
import sys
import threading
import time
import webbrowser
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from etude.adapters.disk import DiskFiles
from etude.adapters.editor import editor_command, open_editor
from etude.adapters.watching import WatchError, Watching
from etude.adapters.web import PortError, WebServer
from etude.build.place import require, unwatchable
from etude.cli.options import BOOK, JOBS, LANG, OUT, VARIANT
from etude.cli.output import Output, find_book, say
from etude.cli.report import duration, listed, plural
from etude.model.diagnostic import BookError, Diagnostic, diagnose
from etude.model.rules import Rule

if TYPE_CHECKING:
    from etude.build.live.browsers import Message
    from etude.build.live.served import Served
    from etude.build.live.session import Live

__all__ = ["command"]

_STEP = 4
"""Milliseconds without a change after which an edit is taken in."""

_SWITCH = 0.0005
"""Seconds after which a thread lets others go on."""

_GONE = 0.1
"""Seconds after which a file that is gone is taken to be removed."""


@click.command("serve")
@BOOK
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="N", help="Port; 8000, or the next that is free."
)
@click.option(
    "--host",
    type=click.Choice(("127.0.0.1", "localhost", "::1")),
    default="127.0.0.1",
    show_default=True,
    help="Address of this machine; others cannot reach it.",
)
@click.option(
    "--open/--no-open", "show", default=True, help="Open the book in a browser; the default is to do so."
)
@click.option(
    "--execute",
    type=click.Choice(("auto", "off")),
    help="auto: run what edits reach; off: only what is asked for in the page. Without it the book's own "
    "policy counts.",
)
@click.option(
    "--editor",
    metavar="CMD",
    help="Command that opens an editor, with {path}, {line} and {column}; without it, that of ETUDE_EDITOR, "
    "VISUAL or EDITOR, or one that is installed.",
)
@click.option(
    "--to",
    multiple=True,
    type=click.Choice(("pdf",)),
    help="pdf: also set the printed books anew after each edit, and show them in the browser.",
)
@JOBS
@OUT
@LANG
@VARIANT
def command(
    book: str | None,
    *,
    port: int | None,
    host: str,
    show: bool,
    execute: Any,
    editor: str | None,
    to: tuple[Any, ...],
    jobs: int | None,
    out: Path | None,
    lang: tuple[str, ...],
    variant: tuple[str, ...],
) -> int:
    """Show BOOK in a browser while it is written; a saved change appears at once, and what it reaches runs.

    BOOK is a folder with an etude.toml; without it, the nearest one above the working folder. Ends with
    Ctrl-C.
    """
    output = Output(find_book(book))

    def serve() -> int:
        from etude.build.options import ServeOptions  # noqa: PLC0415 -- loads all stages

        options = ServeOptions(to=to, out=out, policy=execute, jobs=jobs, languages=lang, variants=variant)
        try:
            opens = editor_command(editor, os.environ)
        except ValueError as error:
            message = f"the command of --editor cannot be read: {error}"
            raise BookError((diagnose(Rule.USAGE, message, ""),)) from error
        return _Serving(output, options, opens).go(host, port, show=show)

    return output.guard(serve)


class _Serving:
    """One session, with its server and its eye on the files; also the author that it talks to."""

    def __init__(self, output: Output, options: Any, editor: tuple[str, ...]) -> None:
        self._output = output
        self._options = options
        self._editor = editor
        self._server: WebServer | None = None
        self._watching: Watching | None = None
        self._deaf: WatchError | None = None
        """Why no change is told of any more."""

    def go(self, host: str, port: int | None, *, show: bool) -> int:
        """Until somebody ends it."""
        require(DiskFiles(self._output.root))
        # The thread that sends a page is not to wait for the next task of the one that made it.
        sys.setswitchinterval(_SWITCH)
        from etude.build.live.served import Served  # noqa: PLC0415 -- loads all stages
        from etude.build.live.session import Live  # noqa: PLC0415

        live = Live(self._output.root, self._options, self, self)
        try:
            with Watching(self._output.root, _STEP) as self._watching:
                live.start()
                self._serve(Served(live), host, port)
                threading.Thread(target=self._listen, args=(self._watching, live), daemon=True).start()
                if show and self._server is not None:
                    webbrowser.open(self._server.url)
                while True:
                    live.step()
                    if self._deaf is not None:
                        raise self._deaf
        except KeyboardInterrupt:
            say("")
            return 0
        except WatchError as error:
            raise BookError((unwatchable(str(error)),)) from error
        finally:
            live.close()
            if self._server is not None:
                self._server.close()

    def _serve(self, served: Served, host: str, port: int | None) -> None:
        try:
            self._server = WebServer(served, host, 8000 if port is None else port, strict=port is not None)
        except PortError as error:
            hint = "choose another with --port"
            raise BookError((diagnose(Rule.USAGE, str(error), "", hints=(hint,)),)) from error
        self._server.start()
        say(f"serving {self._output.path(self._output.root)} at {self._server.url}, until Ctrl-C")

    def _listen(self, watching: Watching, live: Live) -> None:
        from etude.build.live.events import Files  # noqa: PLC0415 -- loads all stages

        try:
            while True:
                paths = watching.wait()
                if not all((self._output.root / path).exists() for path in paths):
                    # Some programs remove a file and write it again: is it really gone?
                    time.sleep(_GONE)
                live.tell(Files(paths))
        except WatchError as error:
            self._deaf = error

    # what the session tells

    def watch(self, folders: Collection[str]) -> None:
        """Folders outside of the book that cells have read."""
        if self._watching is not None:
            self._watching.follow(folders)

    def send(self, client: int, message: Message) -> None:
        """To a browser."""
        if self._server is not None:
            self._server.send(client, message)

    def changed(self, paths: Collection[str], pages: int, seconds: float) -> None:
        """An edit was taken in."""
        shown = f", {plural(pages, 'open page')} shown anew" if pages else ""
        say(f"{listed(paths)}: {duration(seconds)}{shown}")

    def ran(self, cells: int, seconds: float) -> None:
        """Cells have run."""
        say(f"ran {plural(cells, 'cell')} in {duration(seconds)}")

    def printed(self, files: Collection[str], seconds: float) -> None:
        """Printed books were set anew."""
        url = self._server.url if self._server is not None else ""
        shown = ", ".join(f"{url}{file.removesuffix('.pdf')}" for file in files)
        say(f"{listed(files)}: {duration(seconds)}, at {shown}")

    def problems(self, fresh: tuple[Diagnostic, ...], left: int) -> None:
        """Problems have come or gone."""
        if fresh:
            from etude.build.texts import SourceTexts  # noqa: PLC0415 -- only for problems

            self._output.report(fresh, SourceTexts(DiskFiles(self._output.root)), None)
        say(f"{plural(left, 'problem')} now" if left else "no problems")

    def open(self, path: Path, line: int, column: int) -> None:
        """The reader wants to see a place in the source."""
        why = open_editor(self._editor, path, line, column) if self._editor else "no editor is known"
        if why:
            say(f"{path}:{line}:{column} ({why}; name one with --editor)")
