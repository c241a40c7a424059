"""Text within a block to inline nodes, each with its place.

One pass over the characters that can mean something; marks of emphasis are paired up as CommonMark
has it, with Chinese punctuation in mind. Nothing here can fail: what is not closed is text.
"""

from __future__ import annotations

from etude.parse.inline.scan import parse_inline
from etude.parse.plain import plain

__all__ = ["parse_inline", "plain"]
