"""Buttons that open a page where readers can run it: those of Jupyter Book 1, and of themes."""

from __future__ import annotations

from typing import Final

from etude.convert.jupyter_book import settings
from etude.convert.jupyter_book.draft import Draft, Handler
from etude.convert.jupyter_book.settings import address, changed, lost
from etude.convert.jupyter_book.tree import Item

__all__ = ["launch"]


def launch(draft: Draft, item: Item) -> None:
    """Read ``launch_buttons``."""
    draft.table(item, _BUTTONS, settings.unknown)


def _colab(draft: Draft, item: Item) -> None:
    if item.text:
        draft.put("launch", "colab", True, item)


def _thebe(draft: Draft, item: Item) -> None:
    if item.value is not False:
        draft.lost(item, "cells do not run in the page through Binder")


_BUTTONS: Final[dict[str, Handler]] = {
    "notebook_interface": changed("the hub chooses how notebooks open"),
    "binderhub_url": address("launch", "binder"),
    "jupyterhub_url": address("launch", "jupyterhub"),
    "colab_url": _colab,
    "deepnote_url": lost("there is no such link"),
    "jupyterlab_url": lost("there is no such link"),
    "thebe": _thebe,
}
