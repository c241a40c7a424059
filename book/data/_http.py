"""Fetch one file over HTTP: address in, its bytes out."""

import http.client
import time
import urllib.request

from ._tools import Unavailable

__all__ = ["fetch"]

SILENCE = 10.0
"""Seconds without an answer, or between two pieces, before giving up."""
DEADLINE = 300.0
"""Seconds that one file may take."""
PIECE = 1 << 20
"""Bytes read at a time."""


def fetch(url: str) -> bytes:
    """Return what an address holds, or raise :class:`Unavailable`."""
    if not url.startswith(("http://", "https://")):
        raise Unavailable(f"{url}: not an HTTP address")
    end = time.monotonic() + DEADLINE
    pieces: list[bytes] = []
    try:
        with urllib.request.urlopen(url, timeout=SILENCE) as answer:
            length = answer.headers.get("Content-Length")
            while piece := answer.read(PIECE):
                pieces.append(piece)
                if time.monotonic() > end:
                    raise Unavailable(f"{url}: too slow")
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(f"{url}: {error}") from error
    contents = b"".join(pieces)
    if length is not None and len(contents) != int(length):
        raise Unavailable(f"{url}: broken off after {len(contents)} of {length} bytes")
    return contents
