"""Recipes: of what the keys of a run were made, kept so that a change can be named.

A recipe is stored for each page and variant. It decides nothing; keys do.
"""

from __future__ import annotations

from msgspec import Struct

from etude.execute.requests import Request
from etude.model.protocols import Loaded

__all__ = ["Component", "Recipe", "StepRecipe"]


class Component(Struct, frozen=True, array_like=True, gc=False):
    """One thing that a key depends on."""

    kind: str
    """``code``, ``option``, ``kernel``, ``environment``, ``variant``, ``seed``, ``resource``, ``input``,
    ``variable``, ``module``, ``library``, ``file``, ``folder``, ``package``, ``pinned`` or ``format``."""
    name: str
    digest: str
    text: str = ""
    """Hash that also comments change; empty when there is no such difference. Of a cell's own code, the
    names that it binds (`CellCode.names`)."""


class StepRecipe(Struct, frozen=True, array_like=True):
    """One cell of the run."""

    components: tuple[Component, ...]
    requests: tuple[Request, ...] = ()
    status: str = "ok"
    """How it went when it ran last."""
    seconds: float = 0.0


class Recipe(Struct, frozen=True, array_like=True):
    """One run."""

    base: tuple[Component, ...]
    """What all its cells depend on."""
    steps: tuple[StepRecipe, ...]
    backend: str = ""
    """The kind of kernel that the run turned out to need; empty when the first choice did."""
    memory: int = 0
    """Bytes that it took at most; 0 when nothing was seen of it."""
    cpus: float = 0.0
    """Processors that it kept busy on average; 0 when it was too short to tell."""
    loaded: Loaded | None = None
    """What was loaded before its kernel was there; None when nothing was seen of it."""
