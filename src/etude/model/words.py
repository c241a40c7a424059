"""The words for numbered things in each language: 图 3.2, Figure 3.2, 第 3 章."""

from __future__ import annotations

__all__ = ["fill", "numbered_name", "part_title", "solution_name", "word"]

_ZH = {
    "part": "部分",
    "chapter": "章",
    "section": "节",
    "figure": "图",
    "table": "表",
    "equation": "式",
    "listing": "代码",
    "exercise": "练习",
    "solution": "解答",
    "proof": "证明",
    "theorem": "定理",
    "lemma": "引理",
    "definition": "定义",
    "proposition": "命题",
    "corollary": "推论",
    "axiom": "公理",
    "assumption": "假设",
    "conjecture": "猜想",
    "criterion": "准则",
    "example": "例",
    "remark": "注",
    "observation": "观察",
    "property": "性质",
    "algorithm": "算法",
}

_EN = {
    "part": "Part",
    "chapter": "Chapter",
    "section": "Section",
    "figure": "Figure",
    "table": "Table",
    "equation": "Equation",
    "listing": "Listing",
    "exercise": "Exercise",
    "solution": "Solution",
    "proof": "Proof",
    "theorem": "Theorem",
    "lemma": "Lemma",
    "definition": "Definition",
    "proposition": "Proposition",
    "corollary": "Corollary",
    "axiom": "Axiom",
    "assumption": "Assumption",
    "conjecture": "Conjecture",
    "criterion": "Criterion",
    "example": "Example",
    "remark": "Remark",
    "observation": "Observation",
    "property": "Property",
    "algorithm": "Algorithm",
}

_ENCLOSED = {"part", "chapter", "section"}
"""Kinds whose Chinese word stands after the number: 第 3 章."""


def _chinese(language: str) -> bool:
    return language == "zh" or language.startswith(("zh-", "zh_"))


def word(language: str, kind: str) -> str:
    """The bare word for a kind, as in an unnumbered theorem; the kind itself when it has none."""
    table = _ZH if _chinese(language) else _EN
    return table.get(kind) or kind.capitalize()


def numbered_name(language: str, kind: str, number: str) -> str:
    """A number with its word: ``图 3.2``, ``第 3 章``, ``式 (3.2)``, ``Figure 3.2``, ``Equation (3.2)``."""
    if kind == "equation":
        number = f"({number})"
    noun = word(language, kind)
    if kind in _ENCLOSED and _chinese(language):
        return f"第 {number} {noun}"
    return f"{noun} {number}"


def solution_name(language: str, exercise: str) -> str:
    """What a solution is called; `exercise` is its exercise's name, empty when that has none."""
    if not exercise:
        return word(language, "solution")
    return f"{exercise} {word(language, 'solution')}" if _chinese(language) else f"Solution to {exercise}"


def part_title(language: str, label: str, title: str) -> str:
    """A part's label and title in one line; either may be empty."""
    return (" " if _chinese(language) else ": ").join(text for text in (label, title) if text)


def fill(template: str, number: str, name: str) -> str:
    """Put a number and a name into the template of a numbered reference."""
    return template.replace("%s", number).replace("{number}", number).replace("{name}", name)
