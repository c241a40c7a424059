"""`etude clean`: remove what builds made, and nothing else."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import click

from etude.adapters.disk import MANIFEST, WriteError
from etude.adapters.lock import BuildLock, LockedError
from etude.cli.options import BOOK, OUT
from etude.cli.output import CONFIG_FILE, Output, find_book, holds_book
from etude.cli.report import plural
from etude.model.diagnostic import BookError, diagnose
from etude.model.rules import Rule

__all__ = ["command"]


@click.command("clean")
@BOOK
@OUT
@click.option("--state", is_flag=True, help="Remove the stored results, too: the next build runs everything.")
@click.option(
    "--environments",
    type=click.IntRange(min=0),
    metavar="DAYS",
    help="Instead, remove the environments, of all books, that no build has used for DAYS days; 0: all that "
    "are not in use now.",
)
def command(book: str | None, *, out: Path | None, state: bool, environments: int | None) -> int:
    """Remove the outputs of BOOK: exactly the files that builds made.

    BOOK is a folder with an etude.toml; without it, the nearest one above the working folder.
    """
    output = Output(find_book(book))
    if environments is not None:
        if book is not None or out is not None or state:
            raise click.UsageError("--environments stands alone: environments are of no book")
        return output.guard(lambda: _clean_environments(output, environments))
    root = output.root

    def work() -> int:
        if not holds_book(root):
            hint = "name the folder of a book"
            raise BookError(
                (diagnose(Rule.CONFIG_MISSING, f"`{root}` has no `{CONFIG_FILE}`", "", hints=(hint,)),)
            )
        folder = out or root / "_build"
        kept = root / ".etude"
        try:
            with BuildLock(kept / "lock") if kept.is_dir() else contextlib.nullcontext():
                count = remove_outputs(folder)
            removed = state and remove_state(kept)
        except LockedError as error:
            raise BookError((diagnose(Rule.BUILD_LOCKED, str(error), ""),)) from error
        except WriteError as error:
            message = f"cannot write `{error.path}`: {error.reason}"
            raise BookError((diagnose(Rule.WRITE_FAILED, message, ""),)) from error
        except OSError as error:
            message = f"cannot remove `{error.filename}`: {error.strerror}"
            raise BookError((diagnose(Rule.WRITE_FAILED, message, ""),)) from error
        parts = [f"{plural(count, 'file')} below {output.path(folder)}"] if count else []
        parts += ["the stored results"] if removed else []
        output.result(f"removed {' and '.join(parts)}" if parts else "nothing to remove")
        return 0

    return output.guard(work)


def _clean_environments(output: Output, days: int) -> int:
    from etude.adapters.environments import remove_unused  # noqa: PLC0415 -- rarely asked for

    try:
        count = remove_unused(days)
    except OSError as error:
        message = f"cannot remove `{error.filename}`: {error.strerror}"
        raise BookError((diagnose(Rule.WRITE_FAILED, message, ""),)) from error
    output.result(f"removed {plural(count, 'environment')}" if count else "nothing to remove")
    return 0


def remove_outputs(folder: Path) -> int:
    """Remove the files that the manifest names, then the folders that this emptied; how many files went."""
    manifest = folder / MANIFEST
    try:
        names = manifest.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return 0
    inside = folder.resolve()
    count = 0
    folders: set[Path] = set()
    for name in names:
        path = folder / name
        # A path or a link may lead to what is not ours.
        if not name or Path(name).anchor or path.parent.resolve() != inside.joinpath(*Path(name).parts[:-1]):
            continue
        with contextlib.suppress(FileNotFoundError, IsADirectoryError, NotADirectoryError):
            path.unlink()
            count += 1
        folders.update(above for above in path.parents if above != folder and folder in above.parents)
    manifest.unlink()
    for path in (*sorted(folders, key=lambda one: len(one.parts), reverse=True), folder):
        # One that holds something else stays.
        with contextlib.suppress(OSError):
            path.rmdir()
    return count


def remove_state(folder: Path) -> bool:
    """Remove the folder of stored results; False when there is none. A link is not followed."""
    if not folder.is_dir() or folder.is_symlink():
        return False
    shutil.rmtree(folder)
    return True
