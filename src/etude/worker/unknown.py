"""What cannot be told of a page's state."""

from __future__ import annotations

__all__ = ["UnknownError"]


class UnknownError(Exception):
    """An object whose state cannot be told."""
