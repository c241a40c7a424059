"""The folder of a book's checkpoints: files that are named by the hash of their bytes."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

__all__ = ["CheckpointFiles"]

_NEW: Final = re.compile(r"new-(\d{1,9})-")


class CheckpointFiles:
    """A folder below the book's ``.etude``."""

    def __init__(self, folder: Path, most: int) -> None:
        """Keep up to `most` bytes in `folder`, which may be missing."""
        self._folder = folder
        self._most = most
        for path in self._all():
            if (found := _NEW.match(path.name)) and _gone(int(found[1])):
                self.drop(str(path))

    def room(self) -> str | None:
        """The path of a file that is to be written; None where there can be none."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return None
        return str(self._folder / f"new-{os.getpid()}-{secrets.token_hex(8)}")

    def keep(self, path: str, name: str) -> None:
        """Give a written file its name, and let others go that are too many: those not used for longest."""
        with suppress(OSError):
            Path(path).replace(self._folder / name)
        kept = []
        for file in self._all():
            with suppress(OSError):
                stat = file.stat()
                if not _NEW.match(file.name):
                    kept.append((file.name != name, stat.st_mtime_ns, stat.st_size, file))
        total = sum(size for _, _, size, _ in kept)
        for other, _, size, file in sorted(kept, key=lambda item: item[1]):
            if total > self._most and other:
                self.drop(str(file))
                total -= size

    def find(self, name: str) -> str | None:
        """The path of a file, which is used now; None when there is none."""
        path = self._folder / name
        try:
            os.utime(path)
        except OSError:
            return None
        return str(path)

    def drop(self, path: str) -> None:
        """Remove a file, if it is there."""
        with suppress(OSError):
            Path(path).unlink()

    def _all(self) -> list[Path]:
        try:
            return list(self._folder.iterdir())
        except OSError:
            return []


def _gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return True
    except OSError:
        return False
    return False
