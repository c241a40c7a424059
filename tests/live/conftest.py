"""A small book in two languages under many edits, and what is left of a live page without its places."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PLACES = re.compile(rb' data-at="\d+"(?: data-cell="\d+")?')
NAMES = ("apple", "birch", "cedar", "dogwood", "elm", "fir", "ginkgo")
PIXEL = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"><rect width="{0}" height="{0}"/></svg>'
)


TOLD = re.compile(rb'<(?:meta|link)[^>]*>\n|<script type="application/ld.json">.*?</script>\n', re.DOTALL)
"""What pages tell machines."""


def bare(page: bytes) -> bytes:
    """What a page shows, as it is on the site."""
    return TOLD.sub(b"", PLACES.sub(b"", page))


@dataclass
class Manuscript:
    """Files of a book, by path; edits change them."""

    files: dict[str, str] = field(default_factory=dict)
    number: int = 0

    @classmethod
    def begun(cls, *, code: bool = False) -> Manuscript:
        """A book of four chapters."""
        made = cls()
        made.files["etude.toml"] = made.config(NAMES[:4])
        made.files["works.bib"] = "@book{knuth, title={Computers}, author={Knuth, Donald}, year={1986}}\n"
        made.files["style.css"] = ":root { --indigo: #123456; }\n"
        made.files["pic.svg"] = PIXEL.format(20)
        for language, words in (("en", "Some words"), ("zh", "一些话")):
            made.files[f"{language}/index.md"] = f"# Home\n\n{words}.\n"
            made.files[f"{language}/part.txt"] = f"{words}, included.\n"
            for name in NAMES[:4]:
                made.files[f"{language}/{name}.md"] = made.page(name, words, code=code)
        return made

    @staticmethod
    def config(chapters: tuple[str, ...], title: str = "Trees") -> str:
        listed = ", ".join(f'"{name}"' for name in chapters)
        return (
            f'[book]\ntitle = {{ en = "{title}", zh = "树" }}\nlanguages = ["en", "zh"]\n'
            f"[[part]]\nchapters = [{listed}]\n"
            '[html]\ncss = ["style.css"]\n[bibliography]\nfiles = ["works.bib"]\n'
        )

    @staticmethod
    def page(name: str, words: str, *, code: bool = False) -> str:
        cell = f"```{{code-cell}} python\nsize = {len(name)}\nprint(size)\n```\n\n" if code else ""
        return (
            f"({name})=\n# {name.title()}\n\n{words} of {name}, see [](#apple) and {{cite}}`knuth`.\n\n"
            f"## Rings\n\n$$ a = b $$ (eq-{name})\n\n{words} by {{eq}}`eq-{name}`.[^n]\n\n[^n]: A note.\n\n"
            f"{cell}"
            f"```{{figure}} ../pic.svg\n:label: fig-{name}\nA picture.\n```\n\n"
            "```{include} part.txt\n```\n\n:::{note}\nSomething folded.\n:::\n"
        )

    def edit(self, chance: random.Random) -> str:
        """Change something; says what."""
        self.number += 1
        edits: list[Callable[[random.Random], str]] = [
            self.words, self.words, self.words, self.heading, self.remove, self.order, self.title,
            self.work, self.picture, self.included, self.style, self.reference, self.broken, self.new,
        ]  # fmt: skip
        return chance.choice(edits)(chance)

    def _page(self, chance: random.Random) -> str:
        return chance.choice(sorted(path for path in self.files if path.endswith(".md")))

    def words(self, chance: random.Random) -> str:
        path = self._page(chance)
        blocks = self.files[path].split("\n\n")
        blocks.insert(chance.randrange(1, len(blocks) + 1), f"New words {self.number}, 新的话。")
        self.files[path] = "\n\n".join(blocks)
        return f"words on {path}"

    def heading(self, chance: random.Random) -> str:
        path = self._page(chance)
        self.files[path] += f"\n\n## Section {self.number}\n\nText.\n"
        return f"a section on {path}"

    def remove(self, chance: random.Random) -> str:
        path = self._page(chance)
        blocks = self.files[path].split("\n\n")
        if len(blocks) > 3:
            del blocks[chance.randrange(2, len(blocks))]
        self.files[path] = "\n\n".join(blocks)
        return f"less on {path}"

    def order(self, chance: random.Random) -> str:
        names = chance.sample(NAMES, chance.randrange(2, len(NAMES)))
        self.files["etude.toml"] = self.config(tuple(names), f"Trees {self.number}")
        return f"chapters {names}"

    def title(self, chance: random.Random) -> str:
        path = self._page(chance)
        title = re.compile(r"^# .*", re.MULTILINE)
        self.files[path] = title.sub(f"# Title {self.number}", self.files[path], count=1)
        return f"the title of {path}"

    def work(self, _chance: random.Random) -> str:
        self.files["works.bib"] = re.sub(
            r"year=\{\d+\}", f"year={{{1900 + self.number}}}", self.files["works.bib"]
        )
        return "a work"

    def picture(self, _chance: random.Random) -> str:
        self.files["pic.svg"] = PIXEL.format(10 + self.number)
        return "the picture"

    def included(self, chance: random.Random) -> str:
        language = chance.choice(("en", "zh"))
        self.files[f"{language}/part.txt"] = f"Included {self.number}.\n"
        return f"what {language} includes"

    def style(self, _chance: random.Random) -> str:
        self.files["style.css"] = f":root {{ --indigo: #{self.number % 1000:06d}; }}\n"
        return "the style"

    def reference(self, chance: random.Random) -> str:
        path = self._page(chance)
        self.files[path] += (
            f"\n\nSee {{numref}}`fig-{chance.choice(NAMES)}` and [](#{chance.choice(NAMES)}).\n"
        )
        return f"a reference on {path}"

    def broken(self, chance: random.Random) -> str:
        path = self._page(chance)
        self.files[path] += "\n\n```{figure} nowhere.png\n```\n\n$$ \\frac{ $$\n\n{eq}`nothing`\n"
        return f"problems on {path}"

    def new(self, chance: random.Random) -> str:
        name, language = chance.choice(NAMES), chance.choice(("en", "zh"))
        path = f"{language}/{name}.md"
        if path in self.files and chance.random() < 0.5:
            del self.files[path]
            return f"{path} removed"
        self.files[path] = self.page(name, "Anew")
        return f"{path} anew"

    def write(self, root: Path) -> frozenset[str]:
        """Make a folder hold these files; the paths that changed."""
        changed = set()
        for place in sorted(root.rglob("*")):
            path = place.relative_to(root).as_posix()
            if place.is_file() and not path.startswith((".etude", "_build")) and path not in self.files:
                place.unlink()
                changed.add(path)
        for path, content in self.files.items():
            place = root / path
            if not place.exists() or place.read_text("utf-8") != content:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(content, "utf-8")
                changed.add(path)
        return frozenset(changed)


@pytest.fixture
def manuscript() -> Manuscript:
    """A book without code."""
    return Manuscript.begun()


@pytest.fixture(name="bare")
def bare_page() -> Callable[[bytes], bytes]:
    """What takes the places from a page."""
    return bare


@pytest.fixture
def code_manuscript() -> Manuscript:
    """A book with a cell on each page."""
    return Manuscript.begun(code=True)
