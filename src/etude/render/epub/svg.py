"""SVG pictures as e-books take them: without scripts, programs' own marks and things from elsewhere.

EPUB 3.3, section 6.2, leaves to SVG documents what SVG has; nothing may be fetched from the network.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from etude.render.epub.names import element_id

__all__ = ["clean_svg"]

_SVG, _XLINK, _XML = (
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1999/xlink",
    "http://www.w3.org/XML/1998/namespace",
)
_HREFS = ("href", f"{{{_XLINK}}}href")
_REMOVED = frozenset(("script", "foreignObject", "metadata", "set", "animate", "animateTransform", "handler"))
_FETCHED = re.compile(
    r"@import[^;]*;?|@font-face\s*\{[^}]*\}|url\(\s*[\"']?(?!#|data:)[^)]*\)", re.IGNORECASE
)
_LOCAL = re.compile(r"url\(\s*([\"']?)#([^)\"']*)\1\s*\)")
_PAINTS = frozenset(
    ("linearGradient", "radialGradient", "pattern", "clipPath", "mask", "filter", "marker", "solidcolor")
)
"""Elements that an address within a style or an attribute can lead to."""
_BOM = b"\xef\xbb\xbf"


def clean_svg(data: bytes) -> bytes | None:
    """The picture, serialised anew; None when it is no SVG that can be read."""
    if b"<!ENTITY" in data:
        return None
    try:
        root = ET.fromstring(data.removeprefix(_BOM).lstrip())  # noqa: S314 -- entities are refused above
    except (ET.ParseError, LookupError, ValueError, RecursionError):
        return None
    if root.tag not in ("svg", f"{{{_SVG}}}svg"):
        return None
    bare = root.tag == "svg"
    _clean(root, set(), bare=bare)
    _paint(root)
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True, short_empty_elements=True)
    return made


def _clean(root: ET.Element, ids: set[str], *, bare: bool) -> None:
    """Clean an element and all below it; `bare` names get the namespace of SVG."""
    stack = [root]
    while stack:
        node = stack.pop()
        if bare and "}" not in node.tag:
            node.tag = f"{{{_SVG}}}{node.tag}"
        _clean_attributes(node, ids)
        for child in list(node):
            if _unwanted(child, bare=bare):
                node.remove(child)
        if node.tag == f"{{{_SVG}}}style" and node.text:
            node.text = _FETCHED.sub("", node.text)
        stack.extend(node)


def _paint(root: ET.Element) -> None:
    """Leave out what is painted with something that is no paint, or is not there."""
    known = {node.get("id") for node in root.iter() if node.tag.rpartition("}")[2] in _PAINTS}

    def checked(found: re.Match[str]) -> str:
        return found[0] if found[2] in known else "none"

    for node in root.iter():
        for key, value in node.attrib.items():
            if "url(" in value:
                node.attrib[key] = _LOCAL.sub(checked, value)


def _unwanted(node: ET.Element, *, bare: bool) -> bool:
    if not isinstance(node.tag, str):
        return True
    space, _, name = node.tag.rpartition("}")
    if name in _REMOVED or (space != f"{{{_SVG}" and not (bare and not space)):
        return True
    hrefs = [node.get(key, "") for key in _HREFS]
    return name in ("image", "use", "feImage") and not any(h.startswith(("#", "data:image/")) for h in hrefs)


def _clean_attributes(node: ET.Element, ids: set[str]) -> None:
    for key, value in list(node.attrib.items()):
        space, _, name = key.rpartition("}")
        if name.lower().startswith("on") or space not in ("", f"{{{_XLINK}", f"{{{_XML}"):
            del node.attrib[key]
        elif key == "id":
            own = element_id(value)
            if own in ids or not value:
                del node.attrib[key]
            else:
                ids.add(own)
                node.attrib[key] = own
        elif key in _HREFS:
            if value.startswith("#"):
                node.attrib[key] = "#" + element_id(value[1:])
            elif not value.startswith("data:image/"):
                del node.attrib[key]
        elif "url(" in value:
            kept = _LOCAL.sub(lambda found: f"url(#{element_id(found[2])})", _FETCHED.sub("none", value))
            node.attrib[key] = kept
