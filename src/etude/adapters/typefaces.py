"""Fonts of the system that have Chinese, Japanese or Korean: by the names that they are known under."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import Final

from etude.model.card import Face, FontFile

__all__ = ["FONT_SUFFIXES", "font_folders", "open_face", "wide_fonts"]

_FACES: Final = (
    ("NotoSerifCJK-Bold", "NotoSerifCJK-Regular"),
    ("NotoSerifCJK{}-Bold", "NotoSerifCJK{}-Regular"),
    ("SourceHanSerif{}-Bold", "SourceHanSerif{}-Regular"),
    ("SourceHanSerif-Bold", "SourceHanSerif-Regular"),
    ("NotoSerif{}-Bold", "NotoSerif{}-Regular"),
    ("NotoSerif{}[wght]", "NotoSerif{}[wght]"),
    ("Songti", "Songti"),
    ("STSONG", "STSONG"),
    ("NotoSansCJK-Bold", "NotoSansCJK-Regular"),
    ("NotoSansCJK{}-Bold", "NotoSansCJK{}-Regular"),
    ("SourceHanSans{}-Bold", "SourceHanSans{}-Regular"),
    ("NotoSans{}-Bold", "NotoSans{}-Regular"),
    ("PingFang", "PingFang"),
    ("msyhbd", "msyh"),
    ("simhei", "simsun"),
    ("wqy-zenhei", "wqy-zenhei"),
    ("DroidSansFallbackFull", "DroidSansFallbackFull"),
)
"""File names, in bold and regular, the best first; ``{}`` is the language's part of the name."""
FONT_SUFFIXES: Final = (".ttc", ".otc", ".otf", ".ttf")
_FAMILIES: Final = {"zh": "SC", "zh-hant": "TC", "zh-tw": "TC", "zh-hk": "HK", "ja": "JP", "ko": "KR"}
_BOLD: Final = frozenset(("Bold", "SemiBold", "Semibold", "Demibold"))
_MOST: Final = 40
"""Fonts of a collection that are looked at."""


def font_folders() -> tuple[str, ...]:
    """Where the system and the user keep fonts; those that are there."""
    home = Path.home()
    if sys.platform == "darwin":
        places = [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts"]
    elif sys.platform == "win32":
        own = os.environ.get("LOCALAPPDATA") or str(home / "AppData" / "Local")
        system = os.environ.get("WINDIR") or "C:/Windows"
        places = [Path(system, "Fonts"), Path(own, "Microsoft", "Windows", "Fonts")]
    else:
        data = os.environ.get("XDG_DATA_HOME") or str(home / ".local" / "share")
        all_users = (Path("/usr/local/share/fonts"), Path("/usr/share/fonts"))
        places = [Path(data, "fonts"), home / ".fonts", *all_users]
    return tuple(str(place) for place in places if place.is_dir())


@lru_cache(maxsize=1)
def _files() -> dict[str, str]:
    """Every font by its name without suffix, in small letters; the first folder goes before the others."""
    found: dict[str, str] = {}
    for folder in font_folders():
        for at, folders, names in os.walk(folder):
            folders.sort()
            for name in sorted(names):
                stem, dot, suffix = name.lower().rpartition(".")
                if dot + suffix in FONT_SUFFIXES:
                    found.setdefault(stem, f"{at}/{name}")
    return found


def wide_fonts(language: str) -> tuple[FontFile, FontFile] | None:
    """A bold and a regular font for a language's characters, else for Chinese; None when there is none."""
    family = _FAMILIES.get(language.lower()) or _FAMILIES.get(language.lower().partition("-")[0], "SC")
    files = _files()
    for names in _FACES:
        bold, regular = (
            next((files[one] for one in _spellings(name, family) if one in files), "") for name in names
        )
        if bold or regular:
            return FontFile(bold or regular, family, bold=True), FontFile(regular or bold, family)
    return None


def _spellings(name: str, family: str) -> tuple[str, str]:
    return name.format(family).lower(), name.format(family.lower()).lower()


@lru_cache(maxsize=8)
def open_face(file: FontFile) -> Face:
    """A font with its place in a collection; raises `OSError` for what is no font."""
    from PIL import ImageFont  # noqa: PLC0415 -- few builds draw

    data = Path(file.path).read_bytes()
    best, index = -1, 0
    for number in range(_MOST if data[:4] == b"ttcf" else 1):
        try:
            family, style = ImageFont.truetype(file.path, 10, index=number).getname()
        except OSError:
            if number == 0:
                raise
            break
        words = (family or "").split()
        right = not file.family or file.family in words
        fit = 2 * right + ((style in _BOLD) == file.bold) - ("Mono" in words)
        if fit > best:
            best, index = fit, number
    return Face(data, index)
