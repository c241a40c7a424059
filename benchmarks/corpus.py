"""Writes the same large book twice, for Etude and for Jupyter Book 1: `python -m benchmarks.corpus DIR`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # when started by its path

from benchmarks.material.bibliography import bibliography
from benchmarks.material.dialect import Dialect, Etude, JupyterBook
from benchmarks.material.drawing import png, svg
from benchmarks.material.grammar import Grammar, load, stream
from benchmarks.material.outline import LANGUAGES, outline
from benchmarks.material.page import Material, page

DIALECTS: tuple[Dialect, ...] = (Etude(), JupyterBook())


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is written: two calls with equal values write the same bytes."""

    pages: int = 141
    """Of all languages together."""
    size: int = 10_000
    """UTF-8 bytes of a page."""
    works: int = 200
    """Entries of the bibliography."""
    seed: int = 1

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Paths and contents of both versions."""
        plan = outline(self.pages)
        formulas = load("formulas")
        grammars = {language: Grammar(load(language)).extend(formulas) for language in LANGUAGES}
        first = plan.parts[0][0].topic
        terms = {"term": first.terms["en"]}
        keys, bib = bibliography(self.works, stream(self.seed, "works"), grammars["en"].extend(terms))
        shared = {"references.bib": bib.encode()}
        for leaf in plan.leaves(LANGUAGES[0]):
            rng = stream(self.seed, leaf.name, "picture")
            suffix, draw = ("svg", svg) if leaf.number % 3 else ("png", png)
            shared[f"img/{leaf.stem}.{suffix}"] = draw(rng)
        for dialect in DIALECTS:
            for path, data in shared.items():
                yield f"{dialect.folder}/{path}", data
            for path, text in dialect.settings(plan):
                yield f"{dialect.folder}/{path}", text.encode()
        for language in LANGUAGES:
            code = Grammar(load("code")).extend({"comment": grammars[language].rules["comment"]})
            leaves = plan.leaves(language)
            material = Material(self.seed, language, grammars[language], code, leaves, keys, self.size)
            for dialect in DIALECTS:
                root = f"{dialect.folder}/{language}"
                chapters = [(leaf.name, leaf.topic.titles[language]) for leaf in leaves if leaf.number == 0]
                links = "\n".join(f"- [{title}]({name}.md)" for name, title in chapters)
                yield f"{root}/index.md", f"# {_WELCOME[language]}\n\n{links}\n".encode()
                yield f"{root}/references.md", dialect.references(language).encode()
                for place, leaf in enumerate(leaves):
                    yield f"{root}/{leaf.name}.md", page(material, place, dialect).encode()

    def write(self, folder: Path) -> None:
        """Write both versions into an empty or new folder."""
        for path, data in self.files():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)


_WELCOME = {"zh": "前言", "en": "Preface"}


def main() -> None:
    """The command."""
    default = Corpus()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where to write; must be empty or new")
    parser.add_argument("--pages", type=int, default=default.pages)
    parser.add_argument("--size", type=int, default=default.size, help="bytes of a page")
    parser.add_argument("--works", type=int, default=default.works, help="entries of the bibliography")
    parser.add_argument("--seed", type=int, default=default.seed)
    arguments = parser.parse_args()
    if arguments.folder.exists() and any(arguments.folder.iterdir()):
        parser.error(f"{arguments.folder} is not empty")
    corpus = Corpus(arguments.pages, arguments.size, arguments.works, arguments.seed)
    corpus.write(arguments.folder)
    pages = list((arguments.folder / "etude").rglob("*.md"))
    total = sum(path.stat().st_size for path in pages)
    print(f"{len(pages)} pages, {total / len(pages) / 1000:.1f} kB each, in {arguments.folder}")


if __name__ == "__main__":
    main()
