"""Inline nodes of a manuscript: footnotes as Markdown has them, and places that links lead to."""

from __future__ import annotations

from etude.model.inline import Anchor, FootnoteReference, Inline
from etude.render.manuscript.scene import Spot
from etude.render.markdown_inline import InlineWriter, Setting
from etude.render.markdown_text import html_text

__all__ = ["ManuscriptInline"]


class ManuscriptInline(InlineWriter):
    """Writes the inline nodes of one page."""

    def __init__(self, setting: Setting, spot: Spot, wanted: set[str]) -> None:
        """`wanted` are the ids that something leads to, and that have not been met yet."""
        super().__init__(setting)
        self.spot, self.wanted = spot, wanted

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
