"""The characters of a source file, as spans count them."""

from __future__ import annotations


def source_text(data: bytes) -> str:
    r"""The characters that spans count: UTF-8 without mark, line ends as ``\n``, no NUL.

    Bytes that are not UTF-8 become U+FFFD one by one, so that everything else keeps its place.
    """
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\x00", "\ufffd")
