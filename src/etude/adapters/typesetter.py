"""Typst, which sets a project of its files as a PDF."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct

from etude.adapters.typefaces import font_folders

__all__ = ["Note", "Standard", "Typeset", "TypesetError", "refusal", "typeset", "unknown_letters"]

Standard: TypeAlias = Literal["a-2b", "a-2a", "ua-1"]

_PACKAGES = (
    "fontpkg_source_serif_4",
    "fontpkg_source_code_pro",
    "ziamath",
    "pylopdf_fonts_zh_cn",
    "manimgx_fonts_cjk",
)
"""Python packages that carry fonts; those that are not installed are left out."""


class TypesetError(Exception):
    """Typst refused the project; the message says why and where."""


class Note(Struct, frozen=True):
    """What the theme has to say of something that it set."""

    kind: str
    place: str = ""
    """``path:offset`` in the sources of the book."""


class Typeset(Struct, frozen=True):
    """A PDF, with what was said while it was made."""

    pdf: bytes
    notes: tuple[Note, ...]
    warnings: tuple[str, ...]


_BUILT_IN = frozenset(range(0x2500, 0x25A0))
"""Characters of the code's frames, which a font inside Typst has."""

_notes = msgspec.json.Decoder(tuple[Note, ...])


def typeset(project: Path, fonts: Sequence[str], standards: Sequence[Standard]) -> Typeset:
    """The PDF of ``main.typ`` in a folder; raises `TypesetError`.

    Fonts are looked for in the folders `fonts`, in Python packages, and on the system.
    """
    try:
        import typst  # noqa: PLC0415 -- loads its library of some ten megabytes
    except ImportError as error:
        raise TypesetError("the package `typst` is not installed") from error
    main = project / "main.typ"
    folders = [*fonts, *_packaged(), *font_folders()]
    try:
        faces = typst.Fonts(include_system_fonts=False, font_paths=folders)
        compiler = typst.Compiler(str(main), root=str(project), font_paths=faces, ignore_system_fonts=True)
        pdf, found = compiler.compile_with_warnings(pdf_standards=list(standards))
        notes: Any = compiler.query("<etude-note>", field="value")
    except (typst.TypstError, RuntimeError, ValueError) as error:
        said: object = getattr(error, "message", None) or error
        raise TypesetError(str(said).strip()) from error
    if not isinstance(pdf, bytes):
        raise TypesetError("it gave no PDF")
    return Typeset(pdf, _notes.decode(notes), tuple(str(one.message) for one in found))


def refusal(picture: bytes, suffix: str) -> str:
    """Why a picture cannot be set, on one line; empty when it can. `suffix` is that of its file."""
    import typst  # noqa: PLC0415 -- as above

    with tempfile.TemporaryDirectory(prefix="etude-") as folder:
        name = f"picture{suffix}"
        (Path(folder) / name).write_bytes(picture)
        page = Path(folder) / "page.typ"
        page.write_text(f'#set page(width: auto, height: auto)\n#image("{name}", width: 10pt)', "utf-8")
        try:
            typst.compile(str(page), format="svg")
        except (typst.TypstError, RuntimeError, ValueError) as error:
            said: object = getattr(error, "message", None) or error
            return str(said).strip().partition("\n")[0]
    return ""


def unknown_letters(letters: Iterable[str], fonts: Sequence[str]) -> frozenset[str]:
    """Those that no font has; looks into all of them, which takes seconds."""
    from fontTools.ttLib import TTCollection, TTFont, TTLibError  # noqa: PLC0415 -- seldom asked

    left = {ord(letter) for letter in letters if letter > " "} - _BUILT_IN
    for folder in (*fonts, *_packaged(), *font_folders()):
        for place in sorted(Path(folder).rglob("*")):
            if not left:
                return frozenset()
            if place.suffix.lower() not in (".ttf", ".otf", ".ttc", ".otc"):
                continue
            try:
                many = place.suffix.lower() in (".ttc", ".otc")
                with TTCollection(place, lazy=True) if many else TTFont(place, lazy=True) as found:
                    for face in found if many else [found]:
                        left -= (face.getBestCmap() or {}).keys()
            except (OSError, TTLibError, KeyError, ValueError, AssertionError):
                continue  # Typst leaves it out, too
    return frozenset(map(chr, left))


def _packaged() -> list[str]:
    """Folders of installed packages that carry fonts."""
    found: list[str] = []
    for name in _PACKAGES:
        spec = find_spec(name)
        found += (spec.submodule_search_locations or ()) if spec is not None else ()
    return found
