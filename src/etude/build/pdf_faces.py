"""The fonts of printed books: which there are, which are taken, and when they have changed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct, structs

from etude.adapters.typefaces import FONT_SUFFIXES
from etude.adapters.typesetter import font_families, font_places
from etude.build.book import Book
from etude.build.place import CONFIG
from etude.build.watch import Watch, digest, stamp
from etude.model.config_forms import PdfConfig
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.render.typst.book import Faces
from etude.resolve.nearest import Nearest, did_you_mean

__all__ = ["Fonts", "fonts_of"]

_HAN: Final = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Songti SC", "SimSun")
_HAN_SANS: Final = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "PingFang SC", "SimHei")
_KAI: Final = (
    "LXGW WenKai",
    "LXGW WenKai GB",
    "Kaiti SC",
    "STKaiti",
    "KaiTi",
    "FandolKai",
    "AR PL KaitiM GB",
    "AR PL UKai CN",
)


class Fonts(Struct, frozen=True):
    """Fonts of the printed books of a book."""

    places: tuple[str, ...]
    """Folders, the book's own first."""
    key: str
    """Changes when a font in them does."""
    faces: Faces
    problems: tuple[Diagnostic, ...]


def fonts_of(book: Book, watch: Watch) -> Fonts:
    """What the settings of a book name, else what Etude knows; names that no font has are reported."""
    settings = book.config.pdf
    own = str(book.root / settings.fonts) if settings.fonts else ""
    places = font_places(own)
    # Names are read out of all fonts, which takes a while: only where the settings ask for some.
    asked = own or settings.emphasis == "kai" or any(structs.astuple(settings.faces))
    names = font_families(places) if asked else ()
    kai = tuple(name for name in (settings.faces.kai, *_KAI) if name in names)
    return Fonts(places, _key(places, watch), _faces(settings, kai), tuple(_problems(book, names, kai, own)))


def _faces(settings: PdfConfig, kai: tuple[str, ...]) -> Faces:
    named = settings.faces
    return Faces(
        text=_first(named.text, "Source Serif 4"),
        sans=_first(named.sans, "Source Sans 3"),
        mono=_first(named.code, "Source Code Pro", "DejaVu Sans Mono"),
        math=_first(named.math, "STIX Two Math", "New Computer Modern Math"),
        han=_first(named.han, *_HAN),
        han_sans=_first(named.han_sans, *_HAN_SANS),
        kai=kai if settings.emphasis == "kai" else (),
    )


def _first(own: str, *known: str) -> tuple[str, ...]:
    return (*((own,) if own else ()), *(name for name in known if name != own))


def _problems(book: Book, names: Sequence[str], kai: tuple[str, ...], own: str) -> Iterator[Diagnostic]:
    """Names that no font has; nothing when none was asked for, or there is no Typst to tell."""
    if not names:
        return
    settings = book.config.pdf
    if own and not os.path.isdir(own):
        message = f"there is no folder `{settings.fonts}` with fonts"
        yield diagnose(Rule.FONT_UNKNOWN, message, CONFIG, book.config.span("pdf.fonts"))
    nearest = Nearest(names)
    for role in type(settings.faces).__struct_fields__:
        name: str = getattr(settings.faces, role)
        if name and name not in names:
            span = book.config.span(f"pdf.faces.{role}")
            hints = did_you_mean(nearest(name)) or ("put the font into the folder that `[pdf] fonts` names",)
            yield diagnose(Rule.FONT_UNKNOWN, f"there is no font `{name}`", CONFIG, span, hints=hints)
    if settings.emphasis == "kai" and not kai:
        hints = ("put one, such as LXGW WenKai, into the folder that `[pdf] fonts` names",)
        message = "there is no Kai font: emphasis has dots"
        yield diagnose(Rule.FONT_UNKNOWN, message, CONFIG, book.config.span("pdf.emphasis"), hints=hints)


def _key(places: Sequence[str], watch: Watch) -> str:
    """A digest of what tells that a font came, went or changed; all of them are watched for that."""
    seen: list[str] = []
    for place in places:
        watch.note(place)
        for folder, below, names in os.walk(place):
            below.sort()
            watch.note(folder)
            fonts = sorted(name for name in names if name.lower().endswith(FONT_SUFFIXES))
            for name in fonts:
                font = os.path.join(folder, name)
                watch.note(font)
                seen.append(repr((font, stamp(font))))
    return digest(*seen)
