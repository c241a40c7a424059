"""`llms-full.txt`: the twins of all pages in one file; made of those on the disk, when one has changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from etude.build.making import Making
from etude.build.manifest import announce
from etude.build.outputs import Made
from etude.build.search_files import PageGoneError
from etude.build.watch import digest
from etude.render.html.llms import FULL, full_head, full_page
from etude.render.html.twin import twin_file

__all__ = ["whole_text"]


def whole_text(making: Making, made: Mapping[str, Made]) -> dict[str, Made]:
    """Bring it up to date; what the state keeps of it. `made` are the pages, with their twins.

    Raises `WriteError`, and `PageGoneError` when a twin is gone that was there a moment ago.
    """
    book, out, output = making.book, making.out, making.output
    target = f"html/{FULL}"
    if target in output.stamps:
        return {}  # a file of the book lies there
    stamps = output.stamps | {path: stamp for one in made.values() for path, stamp in one.files.items()}
    home = book.config.home
    twins = [
        twin_file(language, page.name, home)
        for language, one in making.resolved.languages.items()
        for page in (one.navigation.home, *one.navigation.walk())
    ]
    twins = [twin for twin in twins if f"html/{twin}" in stamps]
    head = full_head(book.config)
    # A twin that is made again and is the same is left alone, with its stamp.
    key = digest(making.program, head, book.config.html.url, repr([(t, stamps[f"html/{t}"]) for t in twins]))
    if (old := making.stands(target, key)) is not None:
        return {target: old}
    announce(out, (target,))
    pages = (full_page(book.config, twin, _read(out, twin)) for twin in twins)
    making.put(target, b"".join((head, *pages)))
    return {target: Made(key, {target: output.stamps[target]})}


def _read(out: Path, twin: str) -> bytes:
    try:
        return (out / "html" / twin).read_bytes()
    except OSError as error:
        raise PageGoneError(twin) from error
