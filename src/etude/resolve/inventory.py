"""Inventories of other projects (Sphinx's ``objects.inv``, version 2): where their names are documented."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping

from msgspec import Struct

from etude.model.book import Resolved
from etude.resolve.nearest import Nearest

__all__ = ["Inventories", "Inventory", "parse_inventory"]

_HEAD = b"# Sphinx inventory version 2"
_ENTRY = re.compile(r"(?P<name>.+?) (?P<kind>[^\s:]+:\S+) -?\d+ (?P<address>\S*) (?P<words>.+)")
"""name, domain:type, priority, address (``$`` at its end is the name), words (``-`` for the name)."""
_LIMIT = 64 << 20
"""Bytes an inventory may have when unpacked; the largest known ones have a tenth of it."""

_TYPES = {
    "py:func": ("py:function", "py:method"),
    "py:meth": ("py:method", "py:function"),
    "py:attr": ("py:attribute", "py:property", "py:data"),
    "py:exc": ("py:exception", "py:class"),
    "py:mod": ("py:module",),
    "py:const": ("py:data", "py:attribute"),
    "py:class": ("py:class", "py:exception"),
    "std:ref": ("std:label",),
    "std:numref": ("std:label",),
    "std:any": ("std:label", "std:doc", "std:term"),
    "std:option": ("std:cmdoption",),
    "std:keyword": ("std:label",),
}
"""What a role may name, the likeliest first; after these, anything of its domain."""


class Inventory(Struct, frozen=True):
    """The names of one project."""

    project: str
    version: str
    objects: dict[str, dict[str, tuple[str, str]]]
    """By ``domain:type`` and name: address relative to the project's, and words."""


def parse_inventory(data: bytes) -> Inventory | None:
    """Read an inventory; None when it is none, or a broken one."""
    lines = data.split(b"\n", 4)
    if len(lines) < 5 or lines[0].strip() != _HEAD:
        return None
    try:
        text = zlib.decompressobj().decompress(lines[4], _LIMIT).decode("utf-8", "replace")
    except zlib.error:
        return None
    objects: dict[str, dict[str, tuple[str, str]]] = {}
    for line in text.splitlines():
        if entry := _ENTRY.match(line.rstrip()):
            name, kind, address, words = entry.groups()
            if address.endswith("$"):
                address = address[:-1] + name
            objects.setdefault(kind, {}).setdefault(name, (address, name if words == "-" else words))
    project, version = (line.partition(b":")[2].strip().decode("utf-8", "replace") for line in lines[1:3])
    return Inventory(project, version, objects)


class Inventories:
    """Finds what an API link means among several projects; the first that knows it answers."""

    __slots__ = ("_inventories", "_nearest", "known")

    def __init__(self, inventories: Mapping[str, tuple[str, Inventory]]) -> None:
        """Search `inventories`: pairs of the project's URL and its inventory, by name."""
        self._inventories = inventories
        self.known = bool(inventories)
        self._nearest: dict[str, Nearest] = {}

    def find(self, domain: str, role: str, target: str) -> Resolved | None:
        """The address of a name.

        ``~a.b.c`` shows only ``c``; a leading ``!`` asks for no link; ``name:target`` searches
        one inventory.
        """
        if target.startswith("!"):
            return None
        name = target.lstrip("~.")
        for project, (url, inventory) in self._inventories.items():
            wanted = name.removeprefix(f"{project}:")
            for kind in _kinds(f"{domain}:{role}", domain, inventory):
                found = inventory.objects[kind].get(wanted)
                if found is not None:
                    address, words = found
                    said = words.rpartition(".")[2] if target.startswith("~") else words
                    whose = f"{inventory.project} {inventory.version}".strip()
                    return Resolved("", "", kind, "", said, project=whose, url=f"{url.rstrip('/')}/{address}")
        return None

    def nearest(self, domain: str, target: str) -> tuple[str, ...]:
        """Names of a domain like one that was not found."""
        if domain not in self._nearest:
            self._nearest[domain] = Nearest(
                [
                    name
                    for _, inventory in self._inventories.values()
                    for kind, names in inventory.objects.items()
                    if kind.startswith(f"{domain}:")
                    for name in names
                ]
            )
        return self._nearest[domain](target.lstrip("~.!"))


def _kinds(role: str, domain: str, inventory: Inventory) -> Iterator[str]:
    """The types of an inventory that a role may mean, without repeats."""
    first = (*_TYPES.get(role, ()), role)
    yield from (kind for kind in dict.fromkeys(first) if kind in inventory.objects)
    prefix = "" if domain == "any" else f"{domain}:"
    yield from (kind for kind in inventory.objects if kind.startswith(prefix) and kind not in first)
