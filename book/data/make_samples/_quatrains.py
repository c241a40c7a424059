"""The sample of the quatrains: all of them, from npm's chinese-poetry (MIT)."""

import json
import re
from pathlib import Path

from .._dataset import Contents, Package
from .._package import unpacked

__all__ = ["make"]

ENDS = re.compile("[，。？！；、：]")


def make() -> Contents:
    """Keep the poems of four times five characters, each once, in the order of the source."""
    with unpacked(PACKAGE) as root:
        return _extract(root)


def _extract(root: Path) -> Contents:
    folder = root / "package/dist/quantangshi"
    poems: dict[str, str] = {}
    for path in sorted(folder.glob("poet.tang.*.json"), key=lambda path: int(path.name.split(".")[2])):
        for poem in json.loads(path.read_text("utf-8")):
            lines = ENDS.split("".join(poem["paragraphs"]).strip())
            body = "".join(lines)
            if [len(line) for line in lines] == [5, 5, 5, 5, 0] and all(_is_han(c) for c in body):
                title = " ".join(poem["title"].split())
                poems.setdefault(body, f"{title}\t{poem['author'].strip()}\t{body}\n")
    return {"quatrains.tsv": "".join(poems.values()).encode()}


def _is_han(character: str) -> bool:
    """Tell a character from the squares that stand for lost ones."""
    return "\u3400" <= character <= "\u9fff" or character >= "\U00020000"


PACKAGE = Package(
    "npm",
    "chinese-poetry",
    _extract,
    version="2.0.1",
    members=("package/dist/quantangshi/poet.tang.*.json",),
)
