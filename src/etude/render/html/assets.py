"""The files that all pages share: style sheet, script, icon, fonts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from etude.model.config import Config
from etude.render.html.theme_data import theme_files, theme_version
from etude.render.html.words_late import late_words

__all__ = ["STATIC", "assets", "theme_version"]

STATIC = "_static"

# Dashes, quotation marks and dots are full-width in Chinese: there they are left to the Chinese face.
# The bullet is not: the dots below emphasised characters are made of it.
_WESTERN = "U+0-B6,U+B8-200F,U+2022,U+2030-2DFF"
_FACES = (
    ("text", "Etude Serif", "font-weight:400 700"),
    ("text-italic", "Etude Serif", "font-weight:400 700;font-style:italic"),
    ("display", "Etude Display", "font-weight:600 700"),
    ("text", "Etude Serif Han", f"font-weight:400 700;unicode-range:{_WESTERN}"),
    ("text-italic", "Etude Serif Han", f"font-weight:400 700;font-style:italic;unicode-range:{_WESTERN}"),
    ("display", "Etude Display Han", f"font-weight:600 700;unicode-range:{_WESTERN}"),
    ("math", "Etude Math", ""),
)
"""Font, family, and what else is said of it; a font serves more than one family and loads once."""

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_JOINT = re.compile(r"(?<=[;,{(])\n|\n(?=[})])")
_AROUND = re.compile(r"\s*([{};,>])\s*|(:)\s+")


def assets(config: Config, fonts: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Paths relative to the root of the site, with their content.

    `fonts` are WOFF2 by name (see `fonts.SOURCES`); for a face that it lacks the system's own is shown.
    """
    faces = dict(fonts or {})
    css = "".join(_face(*face, faces[face[0]]) for face in _FACES if face[0] in faces)
    css += "".join(content.decode() for content in theme_files("css").values())
    out = {
        f"{STATIC}/etude.css": minified(css).encode(),
        f"{STATIC}/etude.js": _script("".join(content.decode() for content in theme_files("js").values())),
        f"{STATIC}/icon.svg": theme_files("image")["icon.svg"],
    }
    out |= {f"{STATIC}/{name}": _script(late.decode()) for name, late in theme_files("js/late").items()}
    out |= {f"{STATIC}/{name}": said for name, said in map(late_words, config.languages)}
    return out | {f"{STATIC}/fonts/{name}.woff2": content for name, content in sorted(faces.items())}


def _face(name: str, family: str, more: str, content: bytes) -> str:
    version = hashlib.sha256(content).hexdigest()[:8]
    return (
        f'@font-face{{font-family:"{family}";src:url(fonts/{name}.woff2?v={version}) format("woff2");'
        f"font-display:swap;{more}}}\n"
    )


def _script(source: str) -> bytes:
    """A script in a scope of its own, without comments and indentation; strings must hold neither."""
    lines = _COMMENT.sub("", source).splitlines()
    bare = "".join(f"{stripped}\n" for line in lines if (stripped := line.strip()))
    return f'(()=>{{"use strict";\n{_JOINT.sub("", bare)}}})();\n'.encode()


def minified(css: str) -> str:
    """A style sheet without comments and needless white space; strings must hold neither."""
    css = _SPACE.sub(" ", _COMMENT.sub("", css))
    return _AROUND.sub(r"\1\2", css).replace(";}", "}").strip() + "\n"
