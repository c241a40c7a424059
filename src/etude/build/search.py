"""The index of the site's search: what pages have, folded language by language; only what changed is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, structs

from etude.build.book import Book
from etude.build.making import Making
from etude.build.manifest import announce
from etude.build.outputs import Made
from etude.build.search_files import keep_block, kept_block, kept_units, there
from etude.build.watch import digest
from etude.render.html.address import page_file
from etude.render.search.postings import Block, Unit, merge_blocks, merge_units
from etude.render.search.shards import cut, key_shards, root_script, text_shards

__all__ = ["fold"]

PAGES = 32
"""Pages of a block: few enough to fold one anew in no time, and enough to have few blocks."""


class _Job(Struct, frozen=True):
    """A block to be folded."""

    target: str
    key: str
    root: str
    pages: tuple[tuple[str, str], ...]
    """Names of pages, and those under which what they have is kept."""


class _Done(Struct, frozen=True):
    """A block that was folded."""

    job: _Job
    kept: str
    texts: dict[str, bytes]
    """Shards of text by name."""


def fold(making: Making, made: Mapping[str, Made]) -> dict[str, Made]:
    """Bring the index up to date; what the state keeps of it. `made` are the pages that are there.

    Raises `WriteError`, and `PageGoneError` when something that was kept is lost.
    """
    book, program = making.book, making.program
    jobs = [job for language in book.pages for job in _jobs(book, language, made, program)]
    searched = there(book.root)

    def stands(target: str, key: str) -> Made | None:
        old = making.stands(target, key)
        return old if old is not None and (not old.search or old.search in searched) else None

    known = {job.target: old for job in jobs if (old := stands(job.target, job.key)) is not None}
    stale = [job for job in jobs if job.target not in known]
    for done in making.workers.map(_fold, stale, sum(len(job.pages) for job in stale)):
        files = {f"{_folder(done.job.target)}/{name}.js": data for name, data in done.texts.items()}
        known[done.job.target] = _put(making, done.job.key, files, done.kept)
    for language in book.pages:
        target = f"search/{language}"
        blocks = [known[job.target].search for job in jobs if job.target.startswith(f"{target}/")]
        key = digest(program, *blocks)
        known[target] = stands(target, key) or _put(
            making, key, _keys(book.root, language, blocks, _folder(target))
        )
    return known


def _jobs(book: Book, language: str, made: Mapping[str, Made], program: str) -> Iterable[_Job]:
    pages: list[tuple[str, str]] = []
    for parsed in book.pages[language]:
        done = made.get(f"html/{page_file(language, parsed.source.name, book.config.home)}")
        if done is not None:
            pages.append((parsed.source.name, done.search))
    for block in cut(pages, [1] * len(pages), [name for name, _ in pages], PAGES):
        key = digest(program, *(part for page in block for part in page))
        yield _Job(f"search/{language}/{key}", key, str(book.root), tuple(block))


def _folder(target: str) -> str:
    return f"html/_static/search/{target.split('/')[1]}"


def _fold(job: _Job) -> _Done:
    """Fold a block, in any process."""
    root = Path(job.root)
    units: list[Unit] = []
    names: list[str] = []
    for page, kept in job.pages:
        found = kept_units(root, kept)
        units += found
        names += [page, *("" for _ in found[1:])]
    shards = list(text_shards([unit.text for unit in units], names))
    block = structs.replace(
        merge_units(units),
        texts=[(name, number) for (name, _), number in shards],
        sections=sum(unit.sections for unit in units),
    )
    return _Done(job, keep_block(root, block), dict(script for script, _ in shards))


def _keys(root: Path, language: str, names: Sequence[str], folder: str) -> dict[str, bytes]:
    """The shards of keys, and the root."""
    texts: list[tuple[str, int]] = []
    sections = 0

    def blocks() -> Iterator[Block]:
        # One at a time: all of them are as large as the index.
        nonlocal sections
        for name in names:
            block = kept_block(root, name)
            texts.extend(block.texts)
            sections += block.sections
            yield block

    keys, words = key_shards(merge_blocks(blocks()))
    files = {f"{folder}/{name}.js": data for name, data in (*keys.files, *words.files)}
    return {**files, f"{folder}/root.js": root_script(language, keys, words, texts, sections)}


def _put(making: Making, key: str, files: Mapping[str, bytes], kept: str = "") -> Made:
    announce(making.out, files)
    for path, data in files.items():
        making.put(path, data)
    return Made(key, {path: making.output.stamps[path] for path in files}, kept)
