"""Diagnostics of a book of another tool: in its files, and in the words of its author."""

import pytest

from etude.adapters.memory import MemoryFiles
from etude.build.project import told
from etude.convert.jupyter_book.project import read_project
from etude.model.diagnostic import Place, Related, diagnose
from etude.model.rules import Rule
from etude.model.span import NOWHERE, Span
from etude.parse.config import parse_config

CONFIG = "title: Dice\nlogo: a.svg\n"
TOC = "format: jb-book\nroot: index\nchapters:\n- file: a\n"
PROJECT = read_project(MemoryFiles({"_config.yml": CONFIG, "_toc.yml": TOC, "index.md": "", "a.md": ""}))
SPANS = parse_config(PROJECT.written.text)[0]

WRITTEN = "; `etude import jupyter-book` writes an `etude.toml`, which can say it"


def tell(*, path="etude.toml", span=NOWHERE, message="x", hints=(), related=()):
    (one,) = told(PROJECT, [diagnose(Rule.CONFIG_VALUE, message, path, span, hints=hints, related=related)])
    return one


@pytest.mark.parametrize(
    ("key", "path", "text", "words"),
    [
        ("book.title", "_config.yml", CONFIG, "Dice"),
        ("html.logo", "_config.yml", CONFIG, "a.svg"),
        ("book.home", "_toc.yml", TOC, "index"),
        ("part.0.chapters.0", "_toc.yml", TOC, "a"),
        ("book.languages", "_config.yml", CONFIG, ""),
    ],
)
def test_places(key, path, text, words):
    place = tell(span=SPANS.span(key)).place
    assert (path, words) == (place.path, place.span.slice(text))


def test_related_places_and_pages():
    home = Related(Place("etude.toml", SPANS.span("book.home")), "chosen here")
    one = tell(path="a.md", span=Span(3, 4), related=(home,))
    assert Place("a.md", Span(3, 4)) == one.place
    assert "_toc.yml" == one.related[0].place.path


def test_keys_are_called_as_their_author_does():
    message = tell(span=SPANS.span("html.logo"), message="`html.logo` is not `html.url`").message
    assert "`logo` is not `html.url`" == message


@pytest.mark.parametrize(
    ("path", "hint", "expected"),
    [
        ("etude.toml", "write it so", "write it so"),
        ("etude.toml", "write `title = …` below `[book]`", None),
        ("etude.toml", "for example `timeout = 600`", None),
        ("etude.toml", "install it, or write `cards = false` below `[html]`", "install it"),
        ("a.md", "see `x = 1`", "see `x = 1`"),
        (
            "a.md",
            "raise `output_limit` under `[execute]`",
            f"raise `output_limit` under `[execute]`{WRITTEN}",
        ),
        (
            "a.md",
            "name the book's BibTeX files in `etude.toml`: `[bibliography] files = […]`",
            "name the book's BibTeX files: `bibtex_bibfiles: […]`",
        ),
    ],
)
def test_hints(path, hint, expected):
    assert ((expected,) if expected else ()) == tell(path=path, hints=(hint,)).hints
