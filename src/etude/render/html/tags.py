"""Tags of languages as HTML has them."""

from __future__ import annotations

__all__ = ["tag"]


def tag(language: str) -> str:
    """The language as the lang attribute has it; plain ``zh`` is in simplified characters."""
    return "zh-Hans" if language == "zh" else language
