"""The files that all pages share: style sheet, script, icon, fonts."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping

from etude.model.config import Config
from etude.render.html.fonts.slices import SLICES, Slice, shown
from etude.render.html.theme_data import theme_files, theme_version
from etude.render.html.words_late import late_words

__all__ = ["STATIC", "assets", "face_sheets", "part_sheets", "sheet_versions", "theme_version"]

STATIC = "_static"

_PLACE = f"{STATIC}/fonts"

_SOME = {"lists.css": re.compile(r'<div class="(?:index|contents)"')}
"""Style sheets for what only few pages hold, each with how that is known."""

_LICENCE = """\
The fonts of this folder are parts, cut to what this site shows and renamed, of
Source Serif 4 (© 2014 - 2021 Adobe, https://github.com/adobe-fonts/source-serif) and of
STIX Two Math (© 2001-2020 The STIX Fonts Project Authors, https://github.com/stipub/stixfonts).
They are licensed under the SIL Open Font License, Version 1.1: https://openfontlicense.org
""".encode()

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_JOINT = re.compile(r"(?<=[;,{(])\n|\n(?=[})])")
_AROUND = re.compile(r"\s*([{};,>])\s*|(:)\s+")


def assets(config: Config, fonts: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Paths relative to the root of the site, with their content.

    `fonts` are WOFF2 by name (see `fonts.slices`); for a face that it lacks the system's own is shown. Most
    come within a style sheet of their own, for pages that show them (`face_sheets`): browsers wait for style
    sheets, so the first frame has its final faces and nothing moves afterwards. The others are files that the
    common style sheet names, which browsers fetch when they find that they need them.
    """
    faces = dict(fonts or {})
    css = "".join(
        _face(part, han, _url(faces[part.name], part.name))
        for part in SLICES
        if part.name in faces and not part.at_once
        for han in _hans(part)
    )
    css += _joined("css")
    out = {
        f"{STATIC}/etude.css": minified(css).encode(),
        f"{STATIC}/late.css": minified(_joined("css/late")).encode(),
        f"{STATIC}/etude.js": _script(_joined("js")),
        f"{STATIC}/icon.svg": theme_files("image")["icon.svg"],
    }
    out |= {
        f"{STATIC}/{name}": minified(one.decode()).encode() for name, one in theme_files("css/some").items()
    }
    out |= {f"{STATIC}/{name}": _script(late.decode()) for name, late in theme_files("js/late").items()}
    out |= {f"{STATIC}/{name}": said for name, said in map(late_words, config.languages)}
    for part in SLICES:
        content = faces.get(part.name)
        if part.at_once:
            for han in _hans(part):
                sheet = "" if content is None else _face(part, han, _data(content))
                out[f"{_PLACE}/{_sheet(part, han=han)}"] = sheet.encode()
        elif content is not None:
            out[f"{_PLACE}/{part.name}.woff2"] = content
    return out | ({f"{_PLACE}/LICENSE.txt": _LICENCE} if faces else {})


def face_sheets(content: str, *, han: bool, home: bool) -> list[str]:
    """The style sheets with the faces that a page of this content shows, below the root of the site."""
    names = shown(content, han=han, home=home)
    return [f"{_PLACE}/{_sheet(part, han=han)}" for part in SLICES if part.name in names]


def part_sheets(content: str) -> list[str]:
    """The style sheets of the parts that only few pages have, for a page of this content."""
    return [f"{STATIC}/{name}" for name, mark in _SOME.items() if mark.search(content)]


def sheet_versions(letters: str) -> dict[str, str]:
    """Versions of the style sheets that are cut to a book's formulas, by path: new when what they hold is.

    `letters` are the characters of the formulas; the other sheets are of the theme's version.
    """
    from etude.render.html.fonts.formulas import math_points  # noqa: PLC0415 -- only for whole books

    points = math_points(letters) if letters else {}
    return {
        f"{_PLACE}/{_sheet(part, han=False)}": hashlib.sha256(
            f"{theme_version()}{points.get(part.name)}".encode()
        ).hexdigest()[:12]
        for part in SLICES
        if part.group == "math"
    }


def _sheet(part: Slice, *, han: bool) -> str:
    return f"{part.name}-han.css" if han and part.han else f"{part.name}.css"


def _hans(part: Slice) -> tuple[bool, ...]:
    return (False, True) if part.han else (False,)


def _url(content: bytes, name: str) -> str:
    version = hashlib.sha256(content).hexdigest()[:8]
    return f"url(fonts/{name}.woff2?v={version})"


def _data(content: bytes) -> str:
    return f"url(data:font/woff2;base64,{base64.b64encode(content).decode()})"


def _face(part: Slice, han: bool, url: str) -> str:
    return "".join(
        f'@font-face{{{part.face(weight, han=han)};src:{url} format("woff2");font-display:swap}}\n'
        for weight in part.weights
    )


def _script(source: str) -> bytes:
    """A script in a scope of its own, without comments and indentation; strings must hold neither."""
    lines = _COMMENT.sub("", source).splitlines()
    bare = "".join(f"{stripped}\n" for line in lines if (stripped := line.strip()))
    return f'(()=>{{"use strict";\n{_JOINT.sub("", bare)}}})();\n'.encode()


def _joined(folder: str) -> str:
    return "".join(content.decode() for content in theme_files(folder).values())


def minified(css: str) -> str:
    """A style sheet without comments and needless white space; strings must hold neither."""
    css = _SPACE.sub(" ", _COMMENT.sub("", css))
    return _AROUND.sub(r"\1\2", css).replace(";}", "}").strip() + "\n"
