"""HTML of others, from pages and from cells, as XHTML that an e-book may hold.

Elements are closed where HTML would close them, what may not stand where it stands is given a place, and what
nobody can use in a book (forms, frames, scripts) goes. The result is well-formed whatever comes in.
"""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from etude.render.epub.soup_rules import (
    BLOCKS,
    CLOSED_BY,
    GONE,
    HOLDS_TEXT,
    KNOWN,
    MATHML,
    RENAMED,
    VOID,
    attributes_of,
)
from etude.render.epub.svg import clean_svg
from etude.render.html.escape import attribute, text
from etude.render.math import letters

__all__ = ["tidy"]

_SVG = re.compile(r"<svg\b.*?</svg\s*>", re.DOTALL | re.IGNORECASE)
_MATH = re.compile(r"<math\b.*?</math\s*>", re.DOTALL)
_EMPTY = re.compile(r" data-tex(?=[\s>])")
_NAME = re.compile(r"</?([A-Za-z][^\s/>]*)")
_MARK = re.compile("\ue000([0-9]+)\ue001")
_PLAYED = frozenset(("iframe", "video", "audio", "embed"))
_CELLS = (("td", frozenset(("table",))), ("th", frozenset(("table",))))
_ITEMS = frozenset(("ul", "ol", "table", "td", "th", "dl"))
_ENDED = {
    **dict.fromkeys(("td", "th", "tr", "thead", "tbody", "tfoot"), _CELLS),
    "li": (("li", _ITEMS),),
    **dict.fromkeys(("dt", "dd"), (("dt", _ITEMS), ("dd", _ITEMS))),
}
"""Elements that another one ends, with those beyond which is not looked."""
_TABLE = frozenset(("table", "thead", "tbody", "tfoot"))


@lru_cache(maxsize=256)
def tidy(html: str) -> str:
    """A piece of HTML as XHTML; formulas in MathML, which are ours, stay as they are."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        if not _formula(found[0]):
            return text(letters(found[0]))
        kept.append(found[0])
        return f"\ue000{len(kept) - 1}\ue001"

    parser = _Soup()
    parser.feed(_SVG.sub(_picture, _MATH.sub(keep, html.replace("\ue000", "").replace("\ue001", ""))))
    parser.close()
    return _MARK.sub(lambda mark: kept[int(mark[1])], parser.finished())


def _formula(markup: str) -> bool:
    """Whether a formula is well-formed, and MathML that shows something."""
    if any(name not in MATHML for name in _NAME.findall(markup)):
        return False
    try:
        ET.fromstring(_EMPTY.sub("", markup))  # noqa: S314 -- it is only looked at, and has no entities of its own
    except ET.ParseError:
        return False
    return True


def _picture(found: re.Match[str]) -> str:
    """A drawing within HTML, as a picture."""
    data = clean_svg(found[0].encode("utf-8", "replace"))
    if data is None:
        return ""
    return f'<img src="data:image/svg+xml;base64,{base64.b64encode(data).decode()}" alt="">'


class _Soup(HTMLParser):
    """Writes what it reads, with every element closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._open: list[tuple[str, str]] = []
        """Elements that are open: as they were called, and as they were written."""
        self._gone = 0
        """How many elements are open that go with all that is in them."""
        self._last: list[str] = []
        """What came last in each list of definitions that is open: ``dt``, ``dd`` or nothing."""
        self._new = False
        """Whether nothing stands in the innermost element yet."""

    def finished(self) -> str:
        """All that was written."""
        while self._open:
            self._close()
        return "".join(self._out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        if tag in GONE:
            if not self._gone and tag in _PLAYED:
                self._lead(next((value for key, value in attrs if key == "src" and value), ""))
            self._gone += tag not in VOID
            return
        if self._gone:
            return
        name = RENAMED.get(tag, tag)
        if name not in KNOWN:
            return
        name = self._placed(name)
        if not name:
            return
        known = attributes_of(tag, name, attrs)
        if name in VOID:
            self._out.append(f"<{name}{known}/>")
            self._new = False
            return
        self._begin(tag, name, known)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element of XHTML without content."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends, with all that is still open in it."""
        if tag in GONE:
            self._gone = max(0, self._gone - (tag not in VOID))
            return
        if self._gone or not any(source == tag for source, _ in self._open):
            return
        # The end of something in a line does not end the cell of a table.
        for source, name in reversed(self._open):
            if source == tag:
                break
            if name in ("td", "th", "table", "li") and RENAMED.get(tag, tag) not in BLOCKS:
                return
        while self._close() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Words."""
        if self._gone:
            return
        top = self._open[-1][1] if self._open else ""
        if not data.strip() and (top in _TABLE or top in ("tr", "ul", "ol", "dl", "colgroup")):
            self._out.append(" ")
            return
        if data.strip():
            self._placed("span")
        self._out.append(text(data))
        self._new = self._new and not data.strip()

    def _lead(self, url: str) -> None:
        """A link to what a book cannot hold."""
        if url.startswith(("https://", "http://")):
            name = self._placed("a")
            self._out.append(f'<a href="{attribute(url)}">{text(url)}</a>' if name == "a" else text(url))
            self._new = False

    def _begin(self, source: str, name: str, known: str = "") -> None:
        if name == "dl":
            self._last.append("")
        elif name in ("dt", "dd"):
            self._out.append("<dt></dt>" if name == "dd" and not self._last[-1] else "")
            self._last[-1] = name
        self._out.append(f"<{name}{known}>")
        self._open.append((source, name))
        self._new = True

    def _close(self) -> str:
        source, name = self._open.pop()
        if name == "details" and self._new:
            self._out.append("<summary>…</summary>")
        if name == "dl" and self._last.pop() == "dt":
            self._out.append("<dd></dd>")
        self._out.append(f"</{name}>")
        self._new = False
        return source

    def _placed(self, name: str) -> str:
        """How an element is called here, after what it ends is closed and what it needs is opened."""
        self._end_before(name)
        while self._open and name in CLOSED_BY.get(self._open[-1][1], ()):
            self._close()
        if name == "a" and any(one == "a" for _, one in self._open):
            return "span"
        if name in BLOCKS:
            while self._open and self._open[-1][1] in HOLDS_TEXT:
                self._close()
        top = self._open[-1][1] if self._open else ""
        if top == "details" and self._new and name != "summary":
            self._out.append("<summary>…</summary>")
            self._new = False
        match name:
            case "li":
                return "li" if top in ("ul", "ol") else "div"
            case "dt" | "dd":
                return name if top == "dl" else "div"
            case "summary":
                return "summary" if top == "details" and self._new else "span"
            case "figcaption":
                return "figcaption" if top == "figure" else "div"
            case "caption" | "colgroup":
                return name if top == "table" and self._new else ""
            case "col":
                return "col" if top == "colgroup" else ""
            case "thead" | "tbody" | "tfoot":
                return ("thead" if name == "thead" and self._headed() else "tbody") if top == "table" else ""
            case "tr":
                if top == "table":
                    self._begin("", "tbody")
                return "tr" if self._open and self._open[-1][1] in _TABLE else "div"
            case "td" | "th":
                self._rows(top)
                return name if self._open and self._open[-1][1] == "tr" else "div"
        if top in ("ul", "ol"):
            self._begin("", "li")
        elif top == "dl":
            self._begin("", "dd")
        elif top in _TABLE or top == "tr":
            self._rows(top)
            self._begin("", "td")
        return name

    def _end_before(self, name: str) -> None:
        """End the cell or item that another one follows, with all that is left open in it."""
        for ended, bounds in _ENDED.get(name, ()):
            for i in range(len(self._open) - 1, -1, -1):
                if self._open[i][1] in bounds:
                    break
                if self._open[i][1] == ended:
                    while len(self._open) > i:
                        self._close()
                    break

    def _rows(self, top: str) -> None:
        """Open what a cell stands in."""
        if top == "table":
            self._begin("", "tbody")
        if top in _TABLE:
            self._begin("", "tr")

    def _headed(self) -> bool:
        """Whether a table may begin with a head here: nothing else stands in it."""
        return self._new or self._out[-1].startswith(("</colgroup", "</caption", " "))
