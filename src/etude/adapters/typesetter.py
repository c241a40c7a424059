"""Typst, which sets a project of its files as a PDF."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct

from etude.adapters.packaged import folders
from etude.adapters.typefaces import FONT_SUFFIXES, font_folders

__all__ = [
    "Again",
    "Figure",
    "Folio",
    "Note",
    "Spot",
    "Standard",
    "Told",
    "Typeset",
    "TypesetError",
    "font_families",
    "font_places",
    "threads_begun",
    "typeset",
    "typst_version",
    "unknown_letters",
]

Standard: TypeAlias = Literal["a-2b", "a-2a", "ua-1"]

_PACKAGES = (
    "fontpkg_source_serif_4",
    "fontpkg_source_sans_3",
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


class Spot(Struct, frozen=True):
    """A place that the theme gave a name."""

    name: str
    page: int
    """Of the PDF, from 1."""
    across: float
    """Points from the left of the page."""
    down: float
    """Points from its top."""


class Folio(Struct, frozen=True):
    """What a page is numbered."""

    page: int
    """Of the PDF, from 1."""
    words: str
    begins: str
    """The name of the first place on it, or of the last one before it."""


class Figure(Struct, frozen=True):
    """A figure that may float."""

    name: str
    floats: bool
    page: int
    """That tells of it."""
    there: int
    """The page that it is on."""
    left: float
    """Points that are left below the text that tells of it."""


class Told(Struct, frozen=True):
    """What a book that was laid out is asked for."""

    notes: tuple[Note, ...]
    spots: tuple[Spot, ...]
    folios: tuple[Folio, ...]
    figures: tuple[Figure, ...]


class Typeset(Struct, frozen=True):
    """A PDF, and what is known of it."""

    pdf: bytes
    told: Told


Again: TypeAlias = Callable[[Told, bool], bool]


_ENDLESS = "did not converge"
_BUILT_IN = frozenset(range(0x2500, 0x25A0))
"""Characters of the code's frames, which a font inside Typst has."""

# Asked of the finished book: in the book, it would be asked each time that anything in it changes.
_ASKED = """{
  let marks = query(metadata)
  let spots = marks.filter(it => it.value == "spot").map(it => {
    let (page, x, y) = it.location().position()
    (name: str(it.label), page: page, across: x.pt(), down: y.pt())
  })
  let first = marks.find(it => it.value == "spot")
  let folios = ()
  if first != none {
    let (next, place, at) = (0, first, first.location())
    for page in range(at.page(), marks.last().location().page() + 1) {
      // Any mark tells how its page is numbered: parts begin with one that is no place.
      let (own, numbered) = (none, none)
      while next < marks.len() and marks.at(next).location().page() <= page {
        let mark = marks.at(next)
        if mark.location().page() == page {
          if numbered == none { numbered = mark.location() }
          if own == none and mark.value == "spot" { own = mark }
        }
        if mark.value == "spot" { place = mark }
        next += 1
      }
      if numbered != none { at = numbered }
      let pattern = at.page-numbering()
      if pattern != none {
        let number = counter(std.page).at(at).first() + page - at.page()
        let begins = if own != none { own } else { place }
        folios.push((page: page, words: numbering(pattern, number), begins: str(begins.label)))
      }
    }
  }
  // The theme's floats.typ marks figures with what it knows of them, and with their names where they stand.
  let there = (:)
  let known = marks.filter(it => type(it.value) == dictionary)
  for it in known.filter(it => "figure" in it.value) {
    there.insert(it.value.figure, it.location().page())
  }
  let figures = known.filter(it => "floats" in it.value).map(it => {
    let (page, y) = it.location().position()
    let name = it.value.name
    (
      name: name, floats: it.value.floats, page: page, there: there.at(name, default: page),
      left: it.value.ends - y.pt(),
    )
  })
  (notes: query(<etude-note>).map(it => it.value), spots: spots, folios: folios, figures: figures)
}"""


_told = msgspec.json.Decoder(Told)
_begun: list[int] = []
"""The process in which Typst has begun threads, which it keeps for the next book."""


def threads_begun() -> bool:
    """Whether Typst has begun threads in this process: it would wait for them for ever in a fork of it."""
    return os.getpid() in _begun


def typeset(
    project: Path, standards: Sequence[Standard], places: Sequence[str], again: Again | None = None
) -> Typeset:
    """The PDF of ``main.typ`` in a folder, with the fonts of some folders; raises `TypesetError`.

    `again` is told of a book that was laid out, and whether Typst came to an end with it; as often as it
    changes the folder and says so, the book is laid out once more.
    """
    try:
        import typst  # noqa: PLC0415 -- loads its library of some ten megabytes
    except ImportError as error:
        raise TypesetError("the package `typst` is not installed") from error
    faces = typst.Fonts(include_system_fonts=False, font_paths=list(places))
    main = str(project / "main.typ")
    _begun[:] = [os.getpid()]
    try:
        while True:
            book = typst.Compiler(main, root=str(project), font_paths=faces, ignore_system_fonts=True)
            said: Any = book.eval(_ASKED)
            told = _told.decode(said)
            if again is not None and again(told, True):
                continue
            pdf, warnings = book.compile_with_warnings(pdf_standards=list(standards))
            ended = not any(_ENDLESS in str(warning) for warning in warnings)
            if again is None or ended or not again(told, False):
                break
    except (typst.TypstError, RuntimeError, ValueError) as error:
        why: object = getattr(error, "message", None) or error
        raise TypesetError(str(why).strip()) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how Rust's mistakes arrive; no `Exception`
            raise
        raise TypesetError(f"Typst failed: {error}") from error
    if not isinstance(pdf, bytes):
        raise TypesetError("it gave no PDF")
    return Typeset(pdf, told)


def typst_version() -> str:
    """The version of Typst; empty when it is not installed."""
    try:
        return version("typst")
    except PackageNotFoundError:
        return ""


def unknown_letters(letters: Iterable[str], places: Sequence[str]) -> frozenset[str]:
    """Those that no font of some folders has; looks into all of them, which takes seconds."""
    from fontTools.ttLib import TTCollection, TTFont, TTLibError  # noqa: PLC0415 -- seldom asked

    left = {ord(letter) for letter in letters if letter > " "} - _BUILT_IN
    for folder in places:
        for place in sorted(Path(folder).rglob("*")):
            if not left:
                return frozenset()
            if place.suffix.lower() not in FONT_SUFFIXES:
                continue
            try:
                many = place.suffix.lower() in (".ttc", ".otc")
                with TTCollection(place, lazy=True) if many else TTFont(place, lazy=True) as found:
                    for face in found if many else [found]:
                        left -= (face.getBestCmap() or {}).keys()
            except (OSError, TTLibError, KeyError, ValueError, AssertionError):
                continue  # Typst leaves it out, too
    return frozenset(map(chr, left))


def font_places(own: str = "") -> tuple[str, ...]:
    """Where fonts are looked for: in a folder of the book, in installed packages, then on the system."""
    packaged = (folder for name in _PACKAGES for folder in folders(name))
    return (*((own,) if own else ()), *packaged, *font_folders())


def font_families(places: Sequence[str]) -> tuple[str, ...]:
    """The names of the fonts of some folders and of those inside Typst, sorted; none without Typst."""
    try:
        import typst  # noqa: PLC0415 -- as above
    except ImportError:
        return ()
    found = typst.Fonts(include_system_fonts=False, font_paths=list(places))
    return tuple(sorted({str(name) for name in found.families()}))
