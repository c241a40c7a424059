"""Lines to the outline of their blocks: which lines belong to which block; nothing is interpreted yet.

The dialect is CommonMark with tables, definition lists, footnotes, formulas and MyST's fences, labels,
comments and block breaks. Reading is one pass over the lines and cannot fail.
"""

from __future__ import annotations

from etude.parse.outline.raw import Kind, Problem, Raw
from etude.parse.outline.reader import read
from etude.parse.outline.starts import is_block
from etude.parse.outline.tables import Piece, alignments, split_row

__all__ = ["Kind", "Piece", "Problem", "Raw", "alignments", "is_block", "read", "split_row"]
