"""Stands in for MyST-NB in kernels that lack it: pages call `glue` to give values names."""

from __future__ import annotations

from typing import Any

__all__ = ["glue"]

PREFIX = "application/papermill.record/"


def glue(name: str, variable: Any, display: bool = True) -> None:
    """Give a value a name under which the text can show it; it is displayed here unless told otherwise."""
    from IPython import get_ipython  # noqa: PLC0415 -- an import costs nothing where nobody calls this
    from IPython.display import display as show  # noqa: PLC0415

    data, metadata = get_ipython().display_formatter.format(variable)
    prefix = "" if display else PREFIX
    metadata["scrapbook"] = {"name": name, "mime_prefix": prefix}
    show({prefix + kind: content for kind, content in data.items()}, raw=True, metadata=metadata)  # type: ignore[no-untyped-call]
