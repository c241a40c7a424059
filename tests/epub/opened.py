"""E-books that were written, opened."""

from __future__ import annotations

import posixpath
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree

from etude.build import BuildOptions, build

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
XHTML = "{http://www.w3.org/1999/xhtml}"
OPS = "{http://www.idpf.org/2007/ops}"
NAMES = {
    "h": "http://www.w3.org/1999/xhtml",
    "m": "http://www.w3.org/1998/Math/MathML",
    "opf": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
    "ncx": "http://www.daisy.org/z3986/2005/ncx/",
}


@dataclass
class Epub:
    """An e-book that was written."""

    path: Path

    def __post_init__(self) -> None:
        self.zip = zipfile.ZipFile(self.path)
        self.names = self.zip.namelist()

    def tree(self, name: str) -> Any:
        """A file of the publication, as a tree; it must be well-formed."""
        return etree.fromstring(self.zip.read(f"EPUB/{name}"))

    def all(self, name: str, xpath: str) -> list[Any]:
        return list(self.tree(name).xpath(xpath, namespaces=NAMES))

    def says(self, name: str) -> str:
        """The words of a page, with white space made single."""
        return " ".join("".join(self.tree(name).find(f"{XHTML}body").itertext()).split())

    @property
    def documents(self) -> list[str]:
        """The XHTML files of the reading order."""
        files = {item.get("id"): item.get("href") for item in self.all("package.opf", "//opf:item")}
        return [files[item.get("idref")] for item in self.all("package.opf", "//opf:itemref")]

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Every address within the book: the file that has it, and where it leads, below the publication."""
        for name in (n.removeprefix("EPUB/") for n in self.names if n.endswith((".xhtml", ".ncx"))):
            for found in self.tree(name).xpath("//@href | //@src"):
                if re.match("[a-z]+:", found) is None:
                    target, mark, fragment = found.partition("#")
                    place = (
                        posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
                        if target
                        else name
                    )
                    yield name, place + mark + unquote(fragment)


def made(root: Path, **options: Any) -> dict[str, Epub]:
    """Build the e-books of a book; by the names of their files."""
    build(root, BuildOptions(**{"to": ("epub",), "jobs": 2, **options}))
    return {path.stem: Epub(path) for path in sorted((root / "_build" / "epub").iterdir())}


def copied(source: Path, folder: Path) -> Path:
    book = folder / source.name
    ignored = shutil.ignore_patterns("_build", ".etude", "results", "golden", "__pycache__")
    shutil.copytree(source, book, ignore=ignored)
    return book
