"""The index of a book too large to be built for this alone: its pages are read and folded, not printed."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Iterable
from pathlib import Path

from benchmarks.corpus import Corpus
from etude.adapters.memory import MemoryFiles
from etude.model.book import PageFacts
from etude.model.config import Config
from etude.parse.page import parse_page
from etude.render.search.postings import Unit, merge_blocks, merge_units
from etude.render.search.shards import key_shards, root_script, text_shards
from etude.render.search.units import page_units

_LANGUAGE = "zh"
_BLOCK = 32


def write_index(pages: int, folder: Path) -> None:
    """Write the scripts for the Chinese pages of a generated book of so many, all Chinese."""
    # Four fifths of the generated pages are Chinese.
    files = (
        (path, data)
        for path, data in Corpus(pages * 5 // 4).files()
        if re.fullmatch(rf"etude/{_LANGUAGE}/.*\.md", path)
    )
    with multiprocessing.get_context("fork").Pool() as pool:
        made = list(pool.imap(_units, files, chunksize=16))[:pages]
    blocks, texts, sections = [], [], 0
    for start in range(0, len(made), _BLOCK):
        units = [unit for one in made[start : start + _BLOCK] for unit in one]
        blocks.append(merge_units(units))
        sections += sum(unit.sections for unit in units)
        shards = list(text_shards([unit.text for unit in units], [str(start)] * len(units)))
        texts += [(name, number) for (name, _), number in shards]
        _write(folder, (script for script, _ in shards))
    keys, words = key_shards(merge_blocks(blocks))
    _write(folder, (*keys.files, *words.files))
    (folder / "root.js").write_bytes(root_script(_LANGUAGE, keys, words, texts, sections))


def _units(file: tuple[str, bytes]) -> tuple[Unit, ...]:
    path, data = file
    name = path.removeprefix(f"etude/{_LANGUAGE}/").removesuffix(".md")
    config = Config(languages=(_LANGUAGE,))
    page = parse_page(data, path, name, _LANGUAGE, config, MemoryFiles())
    return page_units(page, PageFacts(name, _LANGUAGE), {}, f"{_LANGUAGE}/{name}.html")


def _write(folder: Path, scripts: Iterable[tuple[str, bytes]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in scripts:
        (folder / f"{name}.js").write_bytes(data)
