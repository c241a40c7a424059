"""Where the notebook of a page lies: known to the notebook, and to pages that lead to it."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Named", "notebook_folder", "notebook_path"]


class Named(Protocol):
    """A page, or what stands for it."""

    @property
    def name(self) -> str:
        """Without language and suffix."""
        ...

    @property
    def language(self) -> str:
        """Its language."""
        ...


def notebook_folder(page: Named, variant: str) -> str:
    """The folder of the notebooks of a language and a variant, below that of all."""
    return f"{page.language}/{variant}" if variant else page.language


def notebook_path(page: Named, variant: str) -> str:
    """Where a notebook is written, below the folder of all notebooks: ``zh/numpy/start/a.ipynb``."""
    return f"{notebook_folder(page, variant)}/{page.name}.ipynb"
