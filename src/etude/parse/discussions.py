"""Front matter's `discussion`: where readers talk about a page."""

from __future__ import annotations

from typing import Any

from etude.model.span import Span
from etude.parse.context import Context
from etude.parse.values import Bad, text

__all__ = ["discussions"]


def discussions(context: Context, value: Any, span: Span) -> tuple[tuple[str, str], ...]:
    """An address under no name, or one for each variant. Raises `Bad`."""
    if not isinstance(value, dict):
        return (("", _address(value)),) if value else ()
    context.check_variants(map(str, value), span)
    return tuple((str(name), _address(address)) for name, address in value.items())


def _address(value: Any) -> str:
    address = text(value)
    if not address.startswith(("https://", "http://")):
        raise Bad("expected an address that begins with https://, or a table with one for each variant")
    return address
