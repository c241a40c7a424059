"""Licences: their names and, for those of Creative Commons, the addresses of their texts."""

from __future__ import annotations

__all__ = ["licence_url"]

_CREATIVE_COMMONS = "https://creativecommons.org/"


def licence_url(identifier: str) -> str:
    """Where the text of a licence stands; empty when that does not follow from its SPDX identifier."""
    match identifier.upper().split("-"):
        case ["CC", *terms, version] if terms and version[:1].isdigit():
            return f"{_CREATIVE_COMMONS}licenses/{'-'.join(terms).lower()}/{version}/"
        case ["CC0", version]:
            return f"{_CREATIVE_COMMONS}publicdomain/zero/{version}/"
        case _:
            return ""
