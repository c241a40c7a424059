"""Markup of a page as the website has it becomes that of an e-book: XHTML in which nothing hangs loose.

Only what our own functions write comes in, or what `soup.tidy` has been through: texts and attributes have no
``<`` and ``>`` in them, so that a tag is all from one to the next.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from html import unescape
from urllib.parse import quote, unquote

from msgspec import Struct, field

from etude.render.epub.formulas import formulas
from etude.render.epub.names import element_id
from etude.render.epub.soup import tidy
from etude.render.html.escape import attribute, text
from etude.render.images import MIME_SUFFIX, kind_of

__all__ = ["Finish", "external", "legal"]

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_VOID = re.compile(r"<(br|col|hr|img|wbr)\b([^<>]*?) ?/?>")
_BARE = re.compile(r"(<[a-z][^<>]*?) (open|reversed)(?=[ >])(?!=)")
_DROPPED = re.compile(r"(<[a-z][^<>]*?) (?:data-label|data-sync=\"[^\"]*\"|data-variant=\"[^\"]*\")(?=[ />])")
_CELL = re.compile(r'(<div class="outputs") data-cell="[0-9]+"')
_ANCHOR = re.compile(r'<a class="anchor" href="#[^"]*" aria-label="[^"]*"></a>')
_SELF = re.compile(r'<a class="(label|number)" href="#[^"]*">([^<]*)</a>')
_PAINT = re.compile(r'(<span(?: class="[^"]*")?) style="(?:--fg|background|color):[^"]*"')
_LINE = re.compile(r'<span class="line([^"]*)">(?=(?:<span[^<>]*>)?( +))')
_REACH = re.compile(r' tabindex="0" role="region" aria-label="[^"]*"')
_BOX = re.compile(r'<input type="checkbox" aria-label="([^"]*)" disabled( checked)?>')
_ROLE = re.compile(r' role="doc-([a-z]+)"')
_TYPES = {"endnotes": "footnotes", "noteref": "noteref", "backlink": "backlink", "footnote": "footnote"}
_ID = re.compile(r'(<[a-zA-Z][^<>]*?\sid=")([^"]*)"')
_LINK = re.compile(r"<a\b([^<>]*)>")
_ATTRIBUTE = re.compile(r'\s([a-zA-Z:-]+)(?:="([^"]*)")?')
_IMG = re.compile(r"<img\b([^<>]*)/>")
_LINKED_IMG = re.compile(r"(<a\b[^<>]*>)(<img\b[^<>]*/>)(</a>)")
_DATA = re.compile(r"data:(image/[a-z+]+)(;base64)?,(.*)", re.DOTALL | re.IGNORECASE)
_SCHEME = re.compile(r"(?:https?|mailto|tel|ftp|doi|irc|xmpp):", re.IGNORECASE)
_PLACE = re.compile(
    r"//(?P<host>[^/?#:@\s\[\]]+)(?::(?P<port>[0-9]{0,5}))?(?P<rest>(?:[/?#].*)?)$", re.DOTALL
)
_HOST = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?")
_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


def legal(value: str) -> str:
    """A text without the characters that XML does not have."""
    return _ILLEGAL.sub("", value)


def external(url: str) -> str:
    """An address outside the book as URLs are written (RFC 3986); empty when no book can lead there."""
    url = url.strip()
    if url.startswith("//"):
        url = "https:" + url
    found = _SCHEME.match(url)
    if found is None or len(url) == found.end():
        return ""
    if not found[0].lower().startswith(("http", "ftp")):
        return found[0] + _quoted(url[found.end() :])
    place = _PLACE.match(url.replace("\\", "/"), found.end())
    if place is None:
        return ""
    try:
        host = place["host"].encode("idna").decode()
    except UnicodeError:
        return ""
    if _HOST.fullmatch(host) is None or int(place["port"] or 0) > 65535:
        return ""
    port = f":{place['port']}" if place["port"] else ""
    path, mark, fragment = place["rest"].partition("#")
    return f"{found[0]}//{host}{port}{_quoted(path)}{mark}{_quoted(fragment)}"


def _quoted(part: str) -> str:
    """A part of an address in the characters that it may have."""
    return _PERCENT.sub("%25", quote(part, safe="!$%&'()*+,/:;=?@~-._"))


class Finish(Struct):
    """Makes one page's markup XHTML, and notes what is in it."""

    pages: Mapping[str, str]
    """Every file of a page in the folder of pages, with the page's name."""
    shown: frozenset[str]
    """Addresses of pictures, as the page has them, that are in the e-book."""
    elsewhere: str
    """What a link to a picture says that is on the web."""
    files: dict[str, bytes] = field(default_factory=dict)
    """Pictures that stood in the page itself, by their addresses; taken in addition to `shown`."""
    ids: dict[str, None] = field(default_factory=dict)
    links: dict[tuple[str, str], None] = field(default_factory=dict)
    """Files of pages, and elements in them, that the page leads to."""

    def page(self, markup: str, keep: Callable[[bytes, str], str], *, foreign: bool = False) -> str:
        """The whole of a page's text; `keep` gives the address under which a picture is kept.

        `foreign` says that HTML of others is in it.
        """
        markup = legal(markup)
        markup = _SELF.sub(r'<span class="\1">\2</span>', _ANCHOR.sub("", markup))
        markup = _BOX.sub(_box, markup) if "<input" in markup else markup
        markup = _REACH.sub("", markup)
        markup = _LINE.sub(_indented, markup)
        if foreign:
            markup = tidy(markup)
        markup = _PAINT.sub(r"\1", _CELL.sub(r"\1", markup))
        while (less := _DROPPED.sub(r"\1", markup)) != markup:
            markup = less
        markup = _BARE.sub(r'\1 \2="\2"', markup)
        markup = markup.replace("</dt></dl>", "</dt><dd></dd></dl>")
        markup = _VOID.sub(r"<\1\2/>", markup)
        markup = _ROLE.sub(_role, markup)
        if "<img" in markup:
            markup = _LINKED_IMG.sub(lambda found: self._linked(found, keep), markup)
            markup = _IMG.sub(lambda found: self._image(found[1], keep), markup)
        if "<math" in markup:
            markup = formulas(markup)
        markup = _ID.sub(self._id, markup)
        return _LINK.sub(self._link, markup)

    def _id(self, found: re.Match[str]) -> str:
        own = element_id(unescape(found[2]))
        if own in self.ids or not own:
            return found[1].rpartition(" ")[0]
        self.ids[own] = None
        return f'{found[1]}{attribute(own)}"'

    def _link(self, found: re.Match[str]) -> str:
        """A link without what leads nowhere from a book."""
        known = dict(_ATTRIBUTE.findall(found[1]))
        href = self._href(unescape(known.pop("href", "")))
        for name in ("download", "target", "rel"):
            known.pop(name, None)
        if href:
            known["href"] = attribute(href)
        return "<a" + "".join(f' {key}="{value}"' for key, value in known.items()) + ">"

    def _href(self, url: str) -> str:
        target, _, fragment = url.partition("#")
        if not target and fragment:
            own = element_id(unquote(fragment))
            self.links["", own] = None
            return f"#{quote(own)}"
        if target in self.pages:
            own = element_id(unquote(fragment)) if fragment else ""
            self.links[target, own] = None
            return f"{target}#{quote(own)}" if own else target
        return external(url)

    def _linked(self, found: re.Match[str], keep: Callable[[bytes, str], str]) -> str:
        """A picture that is a link: what stands for one from elsewhere is no second link."""
        inner = self._image(found[2][4:-2], keep, link=False)
        return f"{found[1]}{inner}{found[3]}"

    def _image(self, written: str, keep: Callable[[bytes, str], str], *, link: bool = True) -> str:
        known = dict(_ATTRIBUTE.findall(written))
        source = unescape(known.get("src", ""))
        if data := _DATA.fullmatch(source):
            source = self._kept(data, keep)
            known["src"] = attribute(source)
        if source not in self.shown and source not in self.files:
            return self._absent(known, source, link=link)
        known.setdefault("alt", "")
        names = ("src", "alt", "title", "id", "class", "width", "height", "style")
        for name in ("width", "height"):
            if not known.get(name, "").isdecimal():
                known.pop(name, None)
        return (
            "<img"
            + "".join(f' {k}="{known[k]}"' for k in names if known.get(k) or k in ("alt", "src"))
            + "/>"
        )

    def _absent(self, known: Mapping[str, str], source: str, *, link: bool) -> str:
        """What stands for a picture that the book does not have: what it shows, and the way to it."""
        own = f' id="{known["id"]}"' if known.get("id") else ""
        words = known.get("alt", "").strip()
        url = external(source)
        words = words or (text(self.elsewhere) if url else "…")
        if url and link:
            words = f'<a href="{attribute(url)}">{words}</a>'
        return f'<span class="absent"{own}>{words}</span>'

    def _kept(self, found: re.Match[str], keep: Callable[[bytes, str], str]) -> str:
        try:
            data = base64.b64decode(unquote(found[3])) if found[2] else unquote(found[3]).encode()
        except (binascii.Error, ValueError):
            return ""
        kind = kind_of(data)
        return keep(data, MIME_SUFFIX[kind]) if kind else ""


def _indented(found: re.Match[str]) -> str:
    """A line of code that says how far it is indented, so that the rest of it can hang below that."""
    return f'<span class="line{found[1]}" style="--i:{min(len(found[2]), 24)}">'


def _box(found: re.Match[str]) -> str:
    return f'<span class="box" role="img" aria-label="{found[1]}">{"☑" if found[2] else "☐"}</span>'


def _role(found: re.Match[str]) -> str:
    kind = _TYPES.get(found[1], found[1])
    return f' epub:type="{kind}" role="doc-{found[1]}"'
