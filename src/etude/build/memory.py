"""The shortest way: when nothing that the last build saw has changed, its answer stands."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from etude.adapters.disk import DiskFiles, sealed, sweep_parts, unsealed, write_atomic
from etude.build.options import BuildOptions
from etude.build.watch import Seen, digest, stamp
from etude.model.diagnostic import Diagnostic, Rule


class Memory(Struct, frozen=True, array_like=True):
    """What the last build saw and said."""

    diagnostics: tuple[Diagnostic, ...]
    pages: int
    runs: int
    cells: int
    """Cells that have a result."""
    seen: Seen
    globs: dict[str, str]
    """Digests of what the patterns of cells' inputs match, files' hashes included."""
    environment: dict[str, str | None]
    """Values of the environment variables that cells declare."""
    outputs: dict[str, tuple[int, int, int]]
    """Stamps of all outputs, below the folder of outputs."""
    program: str = ""


_decode = msgspec.msgpack.Decoder(Memory).decode


def _place(files: DiskFiles, out: Path, options: BuildOptions) -> Path:
    asked = (options.to, options.policy, options.languages, options.variants)
    name = digest(repr(asked), os.fspath(out))
    return files.root / ".etude" / "last" / name


def recall(files: DiskFiles, out: Path, options: BuildOptions, program: str) -> Memory | None:
    """What the last build with these options said, if it would see the same now; else None."""
    if options.policy == "force" or options.record:
        return None
    try:
        memory = _decode(unsealed(_place(files, out, options).read_bytes()) or b"")
    except (OSError, msgspec.MsgspecError):
        return None
    join, base = os.path.join, os.fspath(out)
    stands = (
        memory.program == program
        and all(os.environ.get(name) == value for name, value in memory.environment.items())
        and memory.seen.holds(str(files.root), files, {})
        and inputs_hold(files, memory.globs)
        and all(stamp(join(base, path)) == before for path, before in memory.outputs.items())
    )
    return memory if stands else None


def inputs_hold(files: DiskFiles, globs: dict[str, str]) -> bool:
    """Whether declared inputs are as before; `globs` are patterns with digests of what they matched."""
    if not globs:
        return True
    from etude.adapters.disk_inputs import DiskInputs  # noqa: PLC0415 -- only with declared inputs
    from etude.adapters.store import SqliteStore  # noqa: PLC0415

    with SqliteStore(files.root / ".etude" / "store") as store:
        inputs = DiskInputs(files.root, store)
        return all(digest(repr(inputs.hashes(pattern))) == before for pattern, before in globs.items())


def remember(
    files: DiskFiles, out: Path, options: BuildOptions, program: str, memory: Memory, *, again: bool = False
) -> None:
    """Keep what a build saw and said; a build with failed cells, or with `again`, is tried anew next time."""
    place = _place(files, out, options)
    if again or any(d.rule in RETRIED for d in memory.diagnostics):
        place.unlink(missing_ok=True)
        return
    sweep_parts(place.parent)
    write_atomic(place, sealed(msgspec.msgpack.encode(msgspec.structs.replace(memory, program=program))))


RETRIED = frozenset(
    {
        Rule.CELL_ERROR,
        Rule.CELL_TIMEOUT,
        Rule.RUN_TIMEOUT,
        Rule.ENVIRONMENT_FAILED,
        Rule.KERNEL_MISSING,
        Rule.KERNEL_DIED,
        Rule.WORKER_LOST,
        Rule.MEMORY_LIMIT,
        Rule.RESOURCES_MISSING,
        Rule.WROTE_INTO_BOOK,
        Rule.EVAL_FAILED,
        Rule.STORE_UNREADABLE,
        Rule.READ_FAILED,
        Rule.INPUT_UNREADABLE,
        Rule.RECORDED_UNREADABLE,
        Rule.RECORDED_FOLDER,
        Rule.HISTORY_UNREADABLE,
        Rule.REMOTE_FAILED,
        Rule.REMOTE_UNREADABLE,
        Rule.PANDOC_MISSING,
        Rule.PANDOC_FAILED,
        Rule.WRITE_FAILED,
        Rule.INTERNAL,
    }
)
"""Problems whose cause may be outside what a build can see."""
