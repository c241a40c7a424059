"""The faces of the theme, cut to what a book needs; kept for the user, as cutting takes seconds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from etude.adapters.disk import WriteError, sealed, unsealed, write_atomic
from etude.adapters.packaged import packaged
from etude.adapters.user_cache import user_cache
from etude.build.watch import digest
from etude.build.workers import Workers


def faces(letters: str, workers: Workers) -> dict[str, Callable[[], bytes | None]]:
    """By name, how to get each face as WOFF2; those that are not kept are being cut meanwhile.

    `letters` are the characters of the book's formulas; without any there is no face for them.
    """
    from etude.render.html import fonts  # noqa: PLC0415 -- only for this form

    folder = user_cache() / "fonts"
    program = Path(fonts.__file__).read_bytes()
    found: dict[str, Callable[[], bytes | None]] = {}
    for name, (package, resource) in fonts.SOURCES.items():
        if name == "math" and not letters:
            continue
        wanted = letters if name == "math" else ""
        place = folder / f"{name}-{digest(program, package, resource, wanted)}.sealed"
        try:
            kept = unsealed(place.read_bytes())
        except OSError:
            kept = None
        if kept is None:
            found[name] = workers.begin(_cut, (name, package, resource, wanted, place))
        else:
            found[name] = _constant(kept)
    return found


def _constant(value: bytes) -> Callable[[], bytes]:
    return lambda: value


def _cut(task: tuple[str, str, str, str, Path]) -> bytes | None:
    from etude.render.html import fonts  # noqa: PLC0415 -- as above

    name, package, resource, letters, place = task
    source = packaged(package, resource)
    if source is None:
        return None
    data = fonts.math_font(source, letters) if name == "math" else fonts.text_font(source, name)
    with suppress(WriteError):  # a cache that cannot be written is no cache
        write_atomic(place, sealed(data))
    return data
