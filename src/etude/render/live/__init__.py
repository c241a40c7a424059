"""What pages get when they are shown to those who write them."""

from __future__ import annotations

import html
import re
from functools import cache
from importlib.resources import files

__all__ = ["FOLDER", "live_file", "live_page", "print_page", "problem_page"]

FOLDER = "_etude/"
"""Where the files of this folder are served, below the root of the site."""

_KINDS = {"live.js": "text/javascript; charset=utf-8", "live.css": "text/css; charset=utf-8"}
_END = re.compile(rb"</body>\s*</html>\s*$")


def live_page(page: bytes, target: str, version: str, language: str) -> bytes:
    """A page with what keeps it as its source is: the script stands last, and runs before all others."""
    names = (
        f'data-page="{html.escape(target)}" data-version="{version}" data-language="{html.escape(language)}"'
    )
    added = (
        f'<link rel="stylesheet" href="/{FOLDER}live.css">'
        f'<script id="etude-live" src="/{FOLDER}live.js" {names}></script>\n</body>\n</html>\n'
    )
    return _END.sub(lambda _: added.encode(), page)


def problem_page() -> bytes:
    """A page for a book that cannot be read yet; the problems come by the line."""
    page = (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Etude</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1"></head>\n'
        '<body class="etude-empty"><main id="main"></main>\n</body>\n</html>\n'
    )
    return live_page(page.encode(), "", "", "en")


def print_page(address: str) -> bytes:
    """A page that shows a PDF as browsers do; the line tells when there is another one."""
    shown = html.escape(address)
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{shown}</title>'
        "<style>html,body,main,iframe{display:block;box-sizing:border-box;width:100%;height:100%;margin:0;border:0}"
        f'</style></head>\n<body><main id="main"><iframe src="{shown}" title="{shown}"></iframe></main>\n'
        "</body>\n</html>\n"
    ).encode()


@cache
def live_file(name: str) -> tuple[bytes, str] | None:
    """One of the files that such pages load, with its media type; None when there is none of that name."""
    if name not in _KINDS:
        return None
    return files("etude.render.live").joinpath(name).read_bytes(), _KINDS[name]
