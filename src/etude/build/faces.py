"""The faces of the theme, cut to what a book needs; kept for the user, as cutting takes seconds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from etude.adapters.disk import WriteError, sealed, unsealed, write_atomic
from etude.adapters.packaged import packaged
from etude.adapters.user_cache import user_cache
from etude.build.watch import digest
from etude.build.workers import Workers

Slices = Mapping[str, bytes]

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(dict[str, bytes]).decode


def faces(letters: str, workers: Workers, groups: Collection[str] = ()) -> list[Callable[[], Slices]]:
    """How to get the slices of each group, as WOFF2 by name; those that are not kept are being cut meanwhile.

    `letters` are the characters of the book's formulas; without any there is no face for them. `groups` are
    those that are wanted; empty: all.
    """
    from etude.render.html.fonts import slices  # noqa: PLC0415 -- only for this form

    folder = user_cache() / "fonts"
    here = Path(slices.__file__).parent
    program = digest(*(place.read_bytes() for place in sorted(here.glob("*.py"))))
    found: list[Callable[[], Slices]] = []
    for group, (package, resource) in slices.GROUPS.items():
        if (group == "math" and not letters) or (groups and group not in groups):
            continue
        wanted = letters if group == "math" else ""
        place = folder / f"{group}-{digest(program, package, resource, wanted)}.sealed"
        kept = _kept(place)
        if kept is None:
            found.append(workers.begin(_cut, (group, package, resource, wanted, place)))
        else:
            found.append(_constant(kept))
    return found


def _kept(place: Path) -> Slices | None:
    try:
        return _decode(unsealed(place.read_bytes()) or b"")
    except (OSError, msgspec.MsgspecError):
        return None


def _constant(value: Slices) -> Callable[[], Slices]:
    return lambda: value


def _cut(task: tuple[str, str, str, str, Path]) -> Slices:
    from etude.render.html.fonts.formulas import math_slices  # noqa: PLC0415 -- as above
    from etude.render.html.fonts.text import text_slices  # noqa: PLC0415

    group, package, resource, letters, place = task
    source = packaged(package, resource)
    if source is None:
        return {}
    made = math_slices(source, letters) if group == "math" else text_slices(source, group)
    with suppress(WriteError):  # a cache that cannot be written is no cache
        write_atomic(place, sealed(_encode(made)))
    return made
