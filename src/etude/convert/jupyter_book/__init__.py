"""Jupyter Book 1 and 2 and MyST to books of Etude: their configuration; the pages stay as they are."""

from __future__ import annotations

from etude.convert.jupyter_book.book import convert

__all__ = ["convert"]
