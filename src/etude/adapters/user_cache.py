"""What belongs to a user and not to a book: things that take long to make and are the same for every book."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def user_cache() -> Path:
    """The folder for it: ``$ETUDE_CACHE``, else ``etude`` in the system's own place for caches.

    That is ``$XDG_CACHE_HOME`` or ``~/.cache`` (XDG Base Directory Specification), ``~/Library/Caches`` on
    macOS, ``%LOCALAPPDATA%`` on Windows.
    """
    own = os.environ.get("ETUDE_CACHE")
    if own:
        return Path(own)
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "etude"
