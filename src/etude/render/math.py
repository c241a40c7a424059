"""Stage render: LaTeX formulas become MathML; what cannot is a problem with its place."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from html import unescape
from typing import Any

from msgspec import Struct

from etude.render.tex import rewrite
from etude.render.tex_limits import breach

__all__ = ["MathError", "MathProblem", "check", "letters", "mathml"]


class MathProblem(Struct, frozen=True, gc=False):
    """Why a formula cannot be typeset."""

    message: str
    offset: int
    """Characters from the beginning of the formula."""


class MathError(Exception):
    """A formula that cannot be typeset."""

    def __init__(self, problem: MathProblem) -> None:
        """Carry the problem."""
        super().__init__(problem.message)
        self.problem = problem


_ENTITY = re.compile(r"&(?!(?:lt|gt|amp|quot|apos|#)\b)[A-Za-z]+;")
_BARE = re.compile(r"&(?!#?\w+;)")
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no character of XML."""
_PRIME = re.compile("<mo>([″‴⁗])</mo>")
_PRIMES = {"″": "′′", "‴": "′′′", "⁗": "′′′′"}
_LARGE = re.compile("(<m(?:sub|sup|subsup|under|over|underover)>)(<mo [^>]*minsize=[^>]*>[^<]*</mo>)")
_ROOT = re.compile(r"<msqrt>|<mroot>(?:<mrow>|(<m[in]>[^<]*</m[in]>))")
_STRUT = '<mspace height=".7em"/>'
_STRETCHY = '<mo stretchy="true">'
_ACCENTS = {
    "~": "\u02dc",
    "\u0303": "\u02dc",
    "^": "\u02c6",
    "\u0302": "\u02c6",
    "\u030c": "\u02c7",
    "\u0306": "\u02d8",
}
_WIDE = re.compile(f"({_STRETCHY})([{''.join(map(re.escape, _ACCENTS))}])<")
_SMALL = re.compile("<mo>(?=[´`˙¨˘˚\u20db\u20dc]</mo></mover>)")
_SPACED = re.compile('(<mo stretchy="(?:true|false)")(?=>[\u0332\u20d7\u20db\u20dc]<)')
_ALIGNED = re.compile('(<mtd style="text-align: left;justify-items: start;padding-left: 0;"><mo)(?=>[+−±∓]<)')
_TAG = re.compile(r"<[^>]*>")
_MESSAGE = re.compile(r"(\d+): (.*)", re.DOTALL)


@cache
def _converter() -> Any:
    from math_core import LatexToMathML  # noqa: PLC0415 -- loaded when there is a formula

    return LatexToMathML(allow_unreliable_rendering=True, fancy_error=False)


@lru_cache(maxsize=16384)
def _convert(tex: str, display: bool) -> str | MathProblem:
    from math_core import LatexError  # noqa: PLC0415

    if refused := breach(tex):
        return MathProblem(*refused)
    rewritten = rewrite(_ILLEGAL.sub("\ufffd", tex))
    try:
        found: str = _converter().convert_with_local_state(rewritten.text, displaystyle=display)
    except LatexError as error:
        said = _MESSAGE.fullmatch(str(error))
        if said is None:
            return MathProblem(str(error).strip().removesuffix("."), 0)
        offset = min(rewritten.origin(int(said[1])), len(tex))
        return MathProblem(said[2].strip().removesuffix("."), offset)
    return _tidy(found)


def _tidy(found: str) -> str:
    """Mend what browsers typeset badly, and what XML does not know.

    Named entities that XML lacks become characters. Several primes are set one by one: only the single
    one has a form for superscripts. A large delimiter with a script is put in a row of its own: as the
    base of a script it would hang below its partner. A radicand is as high as a capital: else the bar would
    lie on a low letter, and the sign hang below the line. A wide accent is the spacing character: browsers
    do not stretch the combining one or ASCII's. An accent that has no wide form says so, and one that
    browsers take for any other operator has no space around it. A sign at the beginning of an aligned column
    stands between two terms.
    """
    if "&" in found:
        found = _BARE.sub("&amp;", _ENTITY.sub(lambda entity: unescape(entity[0]), found))
    found = _PRIME.sub(lambda prime: f'<mo class="primes">{_PRIMES[prime[1]]}</mo>', found)
    if "minsize" in found:
        found = _LARGE.sub(r"\1<mrow>\2</mrow>", found)
    if "</msqrt>" in found or "</mroot>" in found:
        found = _ROOT.sub(_heighten, found)
    if "</mover>" in found:
        found = _SMALL.sub('<mo stretchy="false">', found)
    if "padding-left: 0;" in found:
        found = _ALIGNED.sub(r'\1 form="infix"', found)
    if _STRETCHY in found:
        found = _WIDE.sub(lambda wide: f"{wide[1]}{_ACCENTS[wide[2]]}<", found)
    return _SPACED.sub(r'\1 lspace="0" rspace="0"', found) if "stretchy" in found else found


def _heighten(root: re.Match[str]) -> str:
    return f"<mroot><mrow>{_STRUT}{root[1]}</mrow>" if root[1] else root[0] + _STRUT


def mathml(tex: str, display: bool) -> str:
    """The ``<math>`` element of a formula, well-formed as HTML and as XML; raises `MathError`."""
    found = _convert(tex, display)
    if isinstance(found, MathProblem):
        raise MathError(found)
    return found


def check(tex: str, display: bool) -> MathProblem | None:
    """What is wrong with a formula; None when it can be typeset."""
    found = _convert(tex, display)
    return found if isinstance(found, MathProblem) else None


def letters(markup: str) -> str:
    """The characters that a formula shows."""
    return unescape(_TAG.sub("", markup))
