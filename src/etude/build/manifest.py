"""The list of a build's outputs, kept beside them: what is not on it is none of ours and stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from etude.adapters.disk import MANIFEST, sweep_parts, write_atomic

__all__ = ["announce", "sweep"]


def announce(out: Path, paths: Iterable[str]) -> None:
    """Name outputs in the manifest before they are there, so that what a killed build made is known."""
    fresh = set(paths)
    if fresh:
        write_atomic(out / MANIFEST, _lines(_listed(out) | fresh))


def _listed(out: Path) -> set[str]:
    try:
        return set((out / MANIFEST).read_text("utf-8").splitlines())
    except (OSError, UnicodeDecodeError):
        return set()


def _lines(paths: Iterable[str]) -> bytes:
    return "".join(f"{path}\n" for path in sorted(paths)).encode()


def sweep(out: Path, outputs: Collection[str], forms: Iterable[str], *, everything: bool) -> None:
    """Note that the `outputs` are there; remove those of `forms` that only an earlier build made, or began.

    Nothing is removed unless `everything` was built.
    """
    earlier, now = _listed(out), set(outputs)
    mine = tuple(f"{form}/" for form in forms)
    gone = {p for p in earlier - now if everything and p.startswith(mine)}
    write_atomic(out / MANIFEST, _lines((earlier | now) - gone))
    for folder in {out, *(parent for path in earlier | now for parent in (out / path).parents[:1])}:
        sweep_parts(folder)
    for path in sorted(gone):
        place = out / path
        try:
            place.unlink(missing_ok=True)
            for folder in place.relative_to(out).parents:
                if str(folder) != ".":
                    (out / folder).rmdir()
        except (OSError, ValueError):
            continue  # a folder that still holds something stays
