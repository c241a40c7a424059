"""One page of the generated book: about ten kilobytes of prose, formulas and code."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.material.dialect import Dialect
from benchmarks.material.grammar import Grammar, stream
from benchmarks.material.outline import SECTIONS, Leaf

CELLS = 18
_MENTIONS = {"math": 11, "reference": 3, "citations": 3, "figures": 1, "equations": 2, "tables": 1}
"""Sentences of each kind that a page has at least; plain ones fill it up."""


@dataclass(frozen=True, slots=True)
class Material:
    """What all pages of a language are made of."""

    seed: int
    language: str
    grammar: Grammar
    code: Grammar
    leaves: tuple[Leaf, ...]
    keys: tuple[str, ...]
    """Of the bibliography."""
    size: int
    """UTF-8 bytes of a page."""


def page(material: Material, place: int, dialect: Dialect) -> str:
    """The page at a place of the reading order, as Markdown."""
    return _Writer(material, place, dialect).write()


class _Writer:
    """Writes one page; the code and the structure are the same in every language, the sentences are not."""

    def __init__(self, material: Material, place: int, dialect: Dialect) -> None:
        self.material = material
        self.leaf = material.leaves[place]
        self.dialect = dialect
        self.shared = stream(material.seed, self.leaf.name)
        self.own = stream(material.seed, self.leaf.name, material.language)
        self.grammar = self._grammar(place)
        self.kinds = self._kinds()
        self.listings = self.shared.sample(material.code.rules["cell"], CELLS)
        self.blocks: list[str | list[str]] = []
        """A list is a paragraph, to which sentences may be added."""

    def write(self) -> str:
        title = self._text("title")
        self.blocks += [
            self.dialect.front_matter(self._text("description")),
            self._label("sec"),
            f"# {title}",
        ]
        self._paragraph(3)
        elements: list[Callable[[], str]] = [self._figure, self._table, self._items, self._admonition]
        self.shared.shuffle(elements)
        cells = [CELLS // SECTIONS + (number < CELLS % SECTIONS) for number in range(SECTIONS)]
        for number in range(SECTIONS):
            self.blocks += [self._label("sub", number + 1), f"## {self._text('heading')}"]
            self._section(number, cells[number], elements[number])
        self.blocks += [f"## {self.grammar.rules['summary'][0]}", self._list("summaryitem", "-", 2)]
        self.blocks += [f"## {self.grammar.rules['exercises'][0]}", self._list("exercise", "1.", 2)]
        self._footnote()
        self._fill()
        return (
            "\n\n".join("\n".join(block) if isinstance(block, list) else block for block in self.blocks)
            + "\n"
        )

    def _section(self, number: int, cells: int, element: Callable[[], str]) -> None:
        self._paragraph(2)
        if number < SECTIONS - 1:
            self.blocks += [self._text("leadin"), self._display(number)]
            self._paragraph(1)
        for cell in range(cells):
            if cell == 2:
                self.blocks.append(element())
                self._paragraph(1)
            elif cell == cells - 1 and number % 2:
                self.blocks.append(f"### {self._text('subheading')}")
                self._paragraph(1)
            self.blocks.append(self._cell())

    def _grammar(self, place: int) -> Grammar:
        leaf, leaves, language = self.leaf, self.material.leaves, self.material.language
        near = [
            leaves[index]
            for index in range(max(0, place - 12), min(len(leaves), place + 5))
            if index != place
        ]
        others = [self.own.choice(near) for _ in range(3)]
        label = self.dialect.label

        def roles(role: str, labels: Sequence[str]) -> list[str]:
            return [f"{{{role}}}`{label(language, name)}`" for name in labels]

        sections = [f"sec-{other.stem}" for other in others]
        below = [f"sub-{other.stem}-{self.own.randint(1, SECTIONS)}" for other in others]
        keys = self.own.sample(self.material.keys, 4)
        return self.material.grammar.extend(
            {
                "term": leaf.topic.terms[language],
                "secref": [
                    *roles("ref", sections),
                    *roles("ref", below),
                    *(f"[](#{label(language, name)})" for name in sections),
                ],
                "docref": [f"{{doc}}`../{other.name}`" for other in others],
                "figref": roles("numref", [f"fig-{leaf.stem}-1"]),
                "tabref": roles("numref", [f"tab-{leaf.stem}-1"]),
                "eqref": roles("eq", [f"eq-{leaf.stem}-{number}" for number in (1, 2)]),
                "citep": [f"{{cite:p}}`{keys[0]},{keys[1]}`", f"{{cite:p}}`{keys[2]}`"],
                "citet": [f"{{cite:t}}`{keys[2]}`", f"{{cite:t}}`{keys[3]}`"],
            }
        )

    def _kinds(self) -> list[str]:
        kinds = [kind for kind, count in _MENTIONS.items() for _ in range(count)]
        self.own.shuffle(kinds)
        return kinds

    def _text(self, rule: str, rng: random.Random | None = None) -> str:
        text = self.grammar.expand(rule, rng or self.own)
        return text[:1].upper() + text[1:]

    def _sentence(self) -> str:
        return self._text(self.kinds.pop() if self.kinds else "sentence")

    def _paragraph(self, sentences: int) -> None:
        self.blocks.append([self._sentence() for _ in range(sentences)])

    def _list(self, rule: str, mark: str, count: int) -> str:
        return "\n".join(f"{mark} {self._text(rule)}" for _ in range(count))

    def _label(self, kind: str, number: int | None = None) -> str:
        return f"({self._name(kind, number)})="

    def _name(self, kind: str, number: int | None = None) -> str:
        end = "" if number is None else f"-{number}"
        return self.dialect.label(self.material.language, f"{kind}-{self.leaf.stem}{end}")

    def _display(self, number: int) -> str:
        formula = self.material.grammar.expand("display", self.shared)
        name = f" ({self._name('eq', number + 1)})" if number < 2 else ""
        return f"$$\n{formula}\n$${name}"

    def _cell(self) -> str:
        options = ":tags: [hide-input]\n\n" if self.shared.random() < 0.1 else ""
        code = self.material.code.fill(self.listings.pop(), self.shared).strip("\n")
        return f"```{{code-cell}} {self.dialect.lexer}\n{options}{code}\n```"

    def _figure(self) -> str:
        suffix = "svg" if self.leaf.number % 3 else "png"
        return "\n".join(
            (
                f"```{{figure}} /img/{self.leaf.stem}.{suffix}",
                f":{self.dialect.label_option}: {self._name('fig', 1)}",
                f":alt: {self._text('aspect')}",
                ":width: 60%",
                "",
                self._text("caption"),
                "```",
            )
        )

    def _table(self) -> str:
        lines = [f"```{{list-table}} {self._text('tablecaption')}", ":header-rows: 1"]
        lines += [f":{self.dialect.label_option}: {self._name('tab', 1)}", ""]
        columns = self.grammar.rules["column"]
        rows = [[self._text("quantity") if "<" in column else column for column in columns]]
        for _ in range(3):
            numbers = (
                f"{self.shared.randint(1, 900)}",
                f"{self.shared.random():.3f}",
                f"{self.shared.random():.3f}",
            )
            rows.append([self._text("term"), *numbers, f"{self.shared.uniform(1, 90):.1f}"])
        for row in rows:
            lines += [f"{'  ' if index else '* '}- {text}" for index, text in enumerate(row)]
        return "\n".join([*lines, "```"])

    def _items(self) -> str:
        return self._list("item", "*", 3)

    def _admonition(self) -> str:
        title = self._text("notetitle", self.shared)
        if self.shared.random() < 0.5:
            return f":::{{admonition}} {title}\n:class: tip\n\n{self._text('sentence')}\n:::"
        return f"```{{note}}\n{self._text('sentence')}\n```"

    def _footnote(self) -> None:
        paragraph = next(block for block in self.blocks if isinstance(block, list))
        paragraph[-1] += "[^aside]"
        self.blocks.append(f"[^aside]: {self._text('footnote')}")

    def _fill(self) -> None:
        paragraphs = [block for block in self.blocks if isinstance(block, list)]
        written = sum(
            len("\n".join(block).encode()) + 2 if isinstance(block, list) else len(block.encode()) + 2
            for block in self.blocks
        )
        while written < self.material.size or self.kinds:
            sentence = self._sentence()
            self.own.choice(paragraphs[1:]).append(sentence)
            written += len(sentence.encode()) + 1
