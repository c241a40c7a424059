"""What the tests of Quarto share: one page in a small project, converted."""

from __future__ import annotations

from etude.adapters.memory import MemoryFiles
from etude.convert.converted import Asked
from etude.convert.quarto import convert

PROJECT = "project: {type: book}\nbook: {title: T, chapters: [index.qmd]}\nbibliography: b.bib\n"


def project(files, *, asked=None, head=PROJECT):
    """What becomes of some files beside a `_quarto.yml`."""
    there = {"_quarto.yml": head, "b.bib": "", **files}
    return convert(MemoryFiles(there), asked or Asked())


def page(text, *, head=PROJECT, **files):
    """What becomes of a page, without the final line end; its list of works is left out."""
    made = dict(project({"index.qmd": text, **files}, head=head).files)["index.md"]
    return made.partition("\n## References {-}\n")[0].removesuffix("\n").rstrip("\n")


def notes(text, *, head=PROJECT, **files):
    """Construct, line and fate of what is told of a page."""
    found = project({"index.qmd": text, **files}, head=head).notes
    return [(note.construct, note.line, str(note.fate)) for note in found if note.path == "index.qmd"]
