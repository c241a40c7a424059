"""The same pages in print by others: pandoc with XeLaTeX, and pandoc with Typst."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.measure import CommandError, Sample, run
from benchmarks.printing.own import command

XELATEX, XELATEX_EDITED = "pandoc and XeLaTeX", "XeLaTeX, a paragraph edited"
TYPST = "pandoc and Typst"
_NEWEST = 3
"""Pandoc's first version that writes Typst, and that Etude takes."""
_FONTS = ("Source Serif 4", "Noto Serif CJK SC", "Noto Serif SC")
_SET = (
    "import sys, typst; from etude.adapters.typesetter import _places as places; "
    "faces = typst.Fonts(include_system_fonts=False, font_paths=places()); "
    "typst.compile(sys.argv[1], output=sys.argv[2], font_paths=faces, ignore_system_fonts=True)"
)


def missing(pandoc: str) -> str:
    """What is not installed, in words; empty when all is there."""
    found = shutil.which(pandoc)
    if found is None:
        return "pandoc is not installed"
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"\d+", told)
    if version is None or int(version[0]) < _NEWEST:
        return f"{told.splitlines()[0]} is too old: {_NEWEST}.0 or newer is needed"
    return ""


def xelatex(book: Path, pandoc: str, samples: dict[str, list[Sample]]) -> list[Path]:
    """Etude's LaTeX project, which pandoc writes, set until nothing changes; then after an edit."""
    os.environ["ETUDE_PANDOC"] = pandoc
    made = [run(command(book, "build", "tex"))]
    folders = sorted(path.parent for path in book.glob("_build/tex/*/book.tex"))
    made += _each(folders, _latexmk)
    samples.setdefault(XELATEX, []).append(_sum(made))
    for folder in folders[-1:]:  # the larger book, Chinese
        text = folder / "text.tex"
        before, middle, after = text.read_text("utf-8").partition("。\n\n")
        text.write_text(f"{before}。 Edit.{middle.removeprefix('。')}{after}", "utf-8")
        samples.setdefault(XELATEX_EDITED, []).append(_latexmk(folder))
    return [folder / "book.pdf" for folder in folders]


def typst(book: Path, pandoc: str, samples: dict[str, list[Sample]]) -> list[Path]:
    """The book's Markdown in pandoc's own layout."""
    made = [run(command(book, "build", "md"))]
    texts = sorted(book.glob("_build/markdown/*.md"))
    made += _each(texts, lambda text: _typst(text, pandoc))
    samples.setdefault(TYPST, []).append(_sum(made))
    return [text.with_suffix(".pdf") for text in texts]


def _typst(text: Path, pandoc: str) -> Sample:
    project = text.with_suffix(".typ")
    options = ["--from=gfm", "--to=typst", "--standalone", "--toc", f"--output={project}"]
    fonts = [f"--variable=mainfont:{name}" for name in _FONTS[:1]]
    read = run([pandoc, *options, *fonts, text])
    return _sum([read, run([sys.executable, "-c", _SET, project, text.with_suffix(".pdf")])])


def _latexmk(folder: Path) -> Sample:
    return run(["latexmk", "-cd", "-silent", "-interaction=nonstopmode", folder / "book.tex", "-xelatex"])


def _each(things: Iterable[Path], work: Callable[[Path], Sample]) -> list[Sample]:
    made = [work(thing) for thing in things]
    if not made:
        raise CommandError("there is nothing to set")
    return made


def _sum(samples: list[Sample]) -> Sample:
    """What several commands took, one after the other."""
    return Sample(
        sum(one.seconds for one in samples),
        sum(one.cpu for one in samples),
        max(one.memory for one in samples),
        "",
    )
