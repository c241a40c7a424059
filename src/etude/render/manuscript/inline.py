"""Inline nodes of a manuscript: footnotes as Markdown has them, and places that links lead to."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from etude.model.inline import Anchor, FootnoteReference, Inline
from etude.render.images import MIME_SUFFIX
from etude.render.manuscript.scene import OUTPUTS, Spot
from etude.render.markdown_inline import InlineWriter, Setting
from etude.render.markdown_text import html_text

__all__ = ["ManuscriptInline"]

_SVG = "image/svg+xml"
_DATA = re.compile(rf"data:({'|'.join(map(re.escape, MIME_SUFFIX))});base64,([\s\S]+)")


class ManuscriptInline(InlineWriter):
    """Writes the inline nodes of one page."""

    def __init__(self, setting: Setting, spot: Spot, wanted: set[str], site: str) -> None:
        """Write with what `setting` says, where a page stands.

        `wanted` are the ids that something leads to, and that have not been met yet; `site` is the address
        of the website, or empty.
        """
        super().__init__(setting)
        self.files: dict[str, bytes] = {}
        """Pictures that are no files of the book, below the folder of the manuscript."""
        self.spot, self.wanted, self.site = spot, wanted, site

    def node(self, node: Inline) -> str:
        """One node that needs no neighbours."""
        match node:
            case FootnoteReference(name=name):
                number = self.facts.footnotes.get(name)
                return f"[^{self.note(number)}]" if number else ""
            case Anchor(id=id_):
                return self.mark(id_)
            case _:
                return super().node(node)

    def picture(self, source: str) -> str:
        """The address of an image; what stands in the page itself becomes a file."""
        if found := _DATA.fullmatch(source):
            return self.put(found[1], found[2]) or source
        return super().picture(source)

    def put(self, kind: str, content: str) -> str:
        """Where a picture in base64 lies, named by its content; empty when it cannot be read."""
        try:
            data = (
                content.encode()
                if kind == _SVG
                else base64.b64decode("".join(content.split()), validate=True)
            )
        except (binascii.Error, ValueError):
            return ""
        path = f"{OUTPUTS}/{hashlib.sha256(data).hexdigest()[:20]}.{MIME_SUFFIX[kind]}"
        self.files[path] = data
        return self.spot.root + path

    def note(self, number: int) -> str:
        """The name of a footnote, unlike all others of the file."""
        return f"{self.spot.anchor(self.setting.name, '')}-{number}" if self.spot.whole else str(number)

    def mark(self, target: str) -> str:
        """What makes a place one that links can lead to; nothing where none does, or when it is there."""
        if target not in self.wanted:
            return ""
        self.wanted.discard(target)
        return self.marked(self.spot.anchor(self.setting.name, target))

    def marked(self, name: str) -> str:
        """The mark of a place."""
        return f'<a id="{html_text(name)}"></a>'
