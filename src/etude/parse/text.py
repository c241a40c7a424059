"""The characters of a source file, as spans count them."""

from __future__ import annotations

from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.model.span import Span

__all__ = ["check_encoding", "source_text"]


def source_text(data: bytes) -> str:
    r"""The characters that spans count: UTF-8 without mark, line ends as ``\n``, no NUL.

    Bytes that are not UTF-8 become U+FFFD one by one, so that everything else keeps its place.
    """
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\x00", "\ufffd")


def check_encoding(data: bytes, path: str) -> tuple[Diagnostic, ...]:
    """A diagnostic at the first byte that is not UTF-8; none when all of a file is."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = source_text(data[: error.start])
        message = f"the file is not UTF-8: byte 0x{data[error.start]:02x} in line {before.count(chr(10)) + 1}"
        hint = "save it as UTF-8 in your editor, or convert it with `iconv -f GB18030 -t UTF-8`"
        span = Span(len(before), len(before) + 1)
        return (diagnose(Rule.READ_ENCODING, message, path, span, hints=(hint,)),)
    return ()
