"""Seconds and bytes as people say them."""

from __future__ import annotations

__all__ = ["duration", "memory"]

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def duration(seconds: float) -> str:
    """Seconds: ``0.24 s``, ``3.2 s``, ``2 min 5 s``, ``1 h 3 min``."""
    if seconds < 0.995:
        return f"{seconds:.2f} s"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def memory(count: float) -> str:
    """Bytes: ``512 bytes``, ``87 MB``, ``1.5 GB``; units are powers of ten, as in `etude.toml`."""
    number = 0
    while count >= 999.5 and number < len(_UNITS) - 1:
        count /= 1000
        number += 1
    text = f"{count:.1f}" if number > 2 and count < 9.95 else f"{count:.0f}"
    return f"{text.removesuffix('.0')} {_UNITS[number]}"
