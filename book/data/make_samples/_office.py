"""The sample of LibreOffice's help: its short paragraphs, from Debian's packages (MPL-2.0)."""

import re
from collections import Counter, defaultdict
from html.parser import HTMLParser
from pathlib import Path

from .._dataset import Contents, Package
from .._package import unpacked

__all__ = ["make"]

HAN = re.compile("[\u4e00-\u9fff]")
WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
SHORTEST, LONGEST = 3, 12
"""Words of an English paragraph."""


def make() -> Contents:
    """Align paragraphs by file and number; keep each English one once, with its usual translation."""
    with unpacked(ENGLISH) as root:
        english = _paragraphs(root / "usr/share/libreoffice/help/en-US/text")
    with unpacked(CHINESE) as root:
        chinese = _paragraphs(root / "usr/share/libreoffice/help/zh-CN/text")
    translations: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for key, text in english.items():
        if key in chinese and _usable(text, chinese[key]):
            translations[text][chinese[key]] += 1
    rows = (f"{text}\t{counts.most_common(1)[0][0]}\n" for text, counts in translations.items())
    return {"paragraphs.tsv": "".join(rows).encode()}


def _usable(english: str, chinese: str) -> bool:
    """Tell prose that is translated from names, formulas and what was left in English."""
    words = WORD.findall(english)
    return (
        SHORTEST <= len(words) <= LONGEST
        and sum(map(len, words)) > 0.7 * len(english.replace(" ", ""))
        and HAN.search(english) is None
        and chinese.count("「") == chinese.count("」")
        and 0.5 * len(words) <= len(HAN.findall(chinese)) <= 4 * len(words)
    )


def _paragraphs(folder: Path) -> dict[tuple[str, str], str]:
    """Return all paragraphs and headings with a number, by file and number, in the order of names."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted(folder.rglob("*.html")):
        reader = _Reader()
        reader.feed(path.read_text("utf-8"))
        name = path.relative_to(folder).as_posix()
        found.update({(name, number): text for number, text in reader.found.items()})
    return found


class _Reader(HTMLParser):
    """Collects the text of elements whose id is that of a paragraph or a heading.

    What is only for another system than the reader's, of class MAC, is left out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.skipped = 0  # how many spans are open, from one of class MAC on
        self.found: dict[str, str] = {}
        self.number = ""
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a paragraph; another one inside ends it."""
        if tag == "p" or re.fullmatch("h[1-6]", tag):
            number = dict(attrs).get("id") or ""
            self.number = number if number.startswith(("par_id", "hd_id")) else ""
            self.pieces = []
            self.skipped = 0
        elif tag == "br":
            self.pieces.append(" ")
        elif tag == "span" and (self.skipped or dict(attrs).get("class") == "MAC"):
            self.skipped += 1

    def handle_endtag(self, tag: str) -> None:
        """End a paragraph."""
        if self.number and (tag == "p" or re.fullmatch("h[1-6]", tag)):
            self.found[self.number] = " ".join("".join(self.pieces).split())
            self.number = ""
        elif tag == "span" and self.skipped:
            self.skipped -= 1

    def handle_data(self, data: str) -> None:
        """Keep the text of the paragraph."""
        if not self.skipped:
            self.pieces.append(data)


def _nothing(root: Path) -> Contents:
    raise FileNotFoundError(root)


ENGLISH = Package("debian", "libreoffice-help-en-us", _nothing)
CHINESE = Package("debian", "libreoffice-help-zh-cn", _nothing)
