"""MathML becomes Typst's mathematics, element by element.

All characters are escaped: each is a symbol of its own, and no text of a formula is code. What is not known
is shown by what stands in it.
"""

from __future__ import annotations

from etude.render.typst.math_group import enclosed, fraction, group, index_root, padded, phantom, root
from etude.render.typst.math_leaf import letters, number, operator, space, words
from etude.render.typst.math_scripts import limits, prescripts, scripts
from etude.render.typst.math_table import table
from etude.render.typst.math_walk import Walk

__all__ = ["WALK"]

WALK = Walk(
    {
        "mi": letters,
        "mn": number,
        "mo": operator,
        "mtext": words,
        "mspace": space,
        "mpadded": padded,
        "mphantom": phantom,
        "menclose": enclosed,
        "mfrac": fraction,
        "msqrt": root,
        "mroot": index_root,
        "msub": scripts,
        "msup": scripts,
        "msubsup": scripts,
        "mmultiscripts": prescripts,
        "munder": limits,
        "mover": limits,
        "munderover": limits,
        "mtable": table,
    },
    group,
)
"""Writes every element of MathML."""
