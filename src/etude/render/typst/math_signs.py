"""How much room operators have around them: as MathML's dictionary says, and as Typst gives by itself.

Both are in em. Sources: https://w3c.github.io/mathml-core/#operator-dictionary; Typst's `spacing`, with the
classes of https://www.unicode.org/Public/math/revision-15/MathClass-15.txt that it departs from in places.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, TypeAlias

__all__ = ["MEDIUM", "THICK", "THIN", "Class", "Form", "class_of", "natural", "room"]

Class: TypeAlias = Literal["N", "R", "B", "V", "L", "O", "C", "P", "F", "?"]
"""A class of Typst's: normal, relation, binary, vary (a sign or binary), large, opening, closing, punctuation
or fence; or one that is not known."""

Form: TypeAlias = Literal["prefix", "infix", "postfix"]

THIN, MEDIUM, THICK = 3 / 18, 4 / 18, 5 / 18

_ROOM: dict[Form, tuple[tuple[tuple[float, float], str], ...]] = {
    "prefix": (
        ((0, 0), "-!(+[{|¬±‖‘“∀∁∃∄∇−∓∟-∢∴∵∼⊾⊿⌈⌊⌐⌙〈❲➕➖⟀⟦⟨⟪⟬⟮⦀⦃⦅⦇⦉⦋⦍⦏⦑⦓⦕⦗⦙⦛-⦯⧘⧚⧼⫬⫭"),
        ((THIN, THIN), "∏-∑∫-∳⋀-⋃⨀-⨞⫼⫿"),
        ((THIN, 0), "ⅅⅆ∂√-∜"),
    ),
    "infix": (
        ((0, 0), "\\_\u2061-\u2064∆"),
        ((THIN, THIN), "%*.?@^·×•⁃∗-∙≀⊗⊙-⊛⊠⊡⊺⋄-⋇⋉-⋌⌅⌆⟋⟍⧆-⧈⧔-⧗⧢⨝⨞⨯-⨷⨻-⨽⨿⩐⩤⩥⫝⫾"),
        ((MEDIUM, MEDIUM), "-+/±÷⁄−-∖∧-∪∶∸⊌-⊎⊓-⊖⊘⊝-⊟⊻-⊽⋎⋏⋒⋓➕-➗⦸⦼⧄⧅⧵-⧻⨟-⨮⨸-⨺⨾⩀-⩏⩑-⩣⫛⫶⫻⫽"),
        ((0, THIN), ",:;"),
    ),
    "postfix": (
        (
            (0, 0),
            "!\"%-')]-`|-~¨¯°²-´¸¹ˆˇˉ-ˋˍ˘-˚˜˝˷\u0302\u0311‖’-‛”-‟′-‷‾⁗\u20db\u20dc⌉⌋⌢⌣〉⎴⎵⏍⏜-⏡❳⟧⟩⟫⟭⟯⦀⦄⦆⦈⦊⦌⦎⦐⦒⦔⦖⦘⦙⧙⧛⧽",
        ),
    ),
}
"""Room to the left and to the right by form; all others have a thick space on both sides."""

_BETWEEN = "|∼"
"""Operators that have other forms and a thick space where they stand between two things."""

_CLASSES: dict[Class, str] = {
    "R": ":<->†‡⁏⁐←-↳↶↷↺-⇿∈-∍∝∣-∦∴-∷∹-∽≁-⊋⊏-⊒⊢⊣⊦-⊸⋈⋍⋐⋑⋔-⋭⋲-⋿⌢⌣⌿⍼⟂-⟄⟈-⟋⟍⟒-⟔⟚-⟟⟰-⟿⤀-⥿⧎-⧕⧟⧡⧣-⧦⧴"
    "⩙⩦-⩰⩳-⫠⫢-⫰⫲⫳⫷-⫺⬀-⬑⬰-⭌⮕",
    "B": "\\·×÷•⁀⁄⁎⅋∔-∙∧-∪∸∾≀⊌-⊎⊓-⊡⊹-⊽⋄-⋇⋉-⋌⋎⋏⋒⋓⌅⌆⌽▲-▹▼-◅◊○◦◫◬◸-◿★☆⟇⟎⟏⟑⟠-⟥⦶-⦹⧀⧁⧄-⧈⧖⧗⧢⧫⧵-⧷⧺⧻⧾⧿⨢-⩘⩚-⩥⩱⩲⫴-⫶⫻⫽⫾",
    "V": "+±−∓",
    "L": "؆؇⅀∏-∑√-∜∫-∳⋀-⋃⟌⟕-⟙⧸⧹⨀-⨡⫼⫿",
    "O": "([{⌈⌊⌜⌞⎰❲⟅⟦⟨⟪⟬⟮⦃⦅⦇⦉⦋⦍⦏⦑⦓⦕⦗⧘⧚⧼",
    "C": ")]}⌉⌋⌝⌟⎱❳⟆⟧⟩⟫⟭⟯⦄⦆⦈⦊⦌⦎⦐⦒⦔⦖⦘⧙⧛⧽",
    "P": ",;?¡¿‐‒-—",
    "F": "|‖⦀⦂⦙⦚",
}
"""What Typst 0.15 takes characters for (measured); all others are normal."""


def _spread(ranges: str) -> str:
    """The characters of ``a-d`` and the like; a hyphen that comes first stands for itself."""
    out: list[str] = []
    at = 0
    while at < len(ranges):
        if 0 < at < len(ranges) - 1 and ranges[at] == "-" and ranges[at - 1] < ranges[at + 1]:
            out += map(chr, range(ord(ranges[at - 1]) + 1, ord(ranges[at + 1]) + 1))
            at += 2
        else:
            out.append(ranges[at])
            at += 1
    return "".join(out)


@cache
def _rooms() -> dict[tuple[Form, str], tuple[float, float]]:
    return {
        (form, letter): space
        for form, groups in _ROOM.items()
        for space, ranges in groups
        for letter in _spread(ranges)
    }


@cache
def _classes() -> dict[str, Class]:
    return {letter: kind for kind, ranges in _CLASSES.items() for letter in _spread(ranges)}


def room(sign: str, form: Form, said: bool) -> tuple[float, float]:
    """The room to the left and to the right of an operator, in em.

    One that has no entry in its form takes that of another form, unless the form was `said`.
    """
    rooms = _rooms()
    found = rooms.get((form, sign))
    if found is None and not said and sign not in _BETWEEN:
        found = rooms.get(("infix", sign)) or rooms.get(("postfix", sign)) or rooms.get(("prefix", sign))
    return (THICK, THICK) if found is None else found


def class_of(sign: str) -> Class:
    """What Typst takes a character for."""
    return _classes().get(sign, "N")


def natural(left: Class, right: Class, script: bool) -> float:
    """The room that Typst leaves between two things, in em; `script`: in the size of scripts."""
    if right == "P":
        return 0
    if left == "P" and not script:
        return THIN
    if left == "O" or right == "C" or left == right == "R":
        return 0
    if not script and "R" in (left, right):
        return THICK
    if not script and "B" in (left, right):
        return MEDIUM
    if left == "L" and right in ("O", "F"):
        return 0
    return THIN if "L" in (left, right) else 0
