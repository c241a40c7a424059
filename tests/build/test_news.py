"""Which changes of files are cause for another round."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from etude.adapters.disk import DiskFiles, moment
from etude.adapters.disk_inputs import DiskInputs
from etude.build import news as module
from etude.build.news import PATIENCE, News
from etude.build.watch import Seen, Watch, digest, stamp


class Rounds:
    """Rounds in which nothing but looking happens."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.news = News(DiskFiles(root))

    def write(self, path: str, text: str = "a") -> None:
        place = self.root / path
        place.parent.mkdir(exist_ok=True)
        place.write_text(text)

    def round(self, paths=(), *, during=lambda: None, because=(), **how) -> None:
        """`during` happens after the book was looked at."""
        self.news.begin(because)
        watch = Watch(DiskFiles(self.root))
        for path in paths:
            (watch.exists if path.endswith(".png") else watch.glob if "*" in path else self._read(watch))(
                path
            )
        during()
        self.news.end(watch.seen(), how.pop("patterns", {}), **{"doubtful": False, "outdated": False, **how})

    def tick(self) -> None:
        """Until the clock of the disk has moved on."""
        now = moment(self.root / ".etude")
        while moment(self.root / ".etude") == now:
            pass

    @staticmethod
    def _read(watch):
        def read(path):
            with suppress(OSError):
                watch.read(path)

        return read


@pytest.fixture
def book(tmp_path):
    return Rounds(tmp_path)


def test_before_the_first_round_everything_is_news(book):
    book.write("a.md")
    assert ("a.md", "b.md") == book.news.of({"b.md", "a.md"})


def test_only_what_was_looked_at_is_news(book):
    book.write("a.md")
    book.round(["a.md"])
    book.write("other.txt")
    assert () == book.news.of({"other.txt", "a.md"})
    book.write("a.md", "b")
    assert ("a.md",) == book.news.of({"other.txt", "a.md"})
    (book.root / "a.md").unlink()
    assert ("a.md",) == book.news.of({"a.md"})


def test_the_same_content_is_no_news(book):
    book.write("a.md")
    book.round(["a.md"])
    book.write("new")
    (book.root / "new").replace(book.root / "a.md")
    book.write("a.md")
    assert stamp(book.root / "a.md") != book.news._seen.stamps["a.md"]
    assert () == book.news.of({"a.md"})
    book.round(["a.md"])
    book.write("a.md")
    assert () == book.news.of({"a.md"})


def test_what_was_missing_is_news_when_it_comes(book):
    book.round(["a.md", "b.png", "*.md"])
    book.write("b.png")
    assert ("b.png",) == book.news.of({"b.png"})
    book.write("a.md")
    assert ("a.md",) == book.news.of({"a.md"})
    (book.root / "a.md").unlink()
    book.write("c.md")
    assert ("c.md",) == book.news.of({"c.md"}), "it matches a pattern"


def test_a_folder_stands_for_what_is_in_it(book):
    book.write("sub/a.md")
    book.round(["sub/a.md"])
    assert () == book.news.of({"sub"})
    (book.root / "sub").rename(book.root / "gone")
    assert ("sub",) == book.news.of({"sub"})


def test_inputs_by_pattern(book):
    book.write("d/1.csv")
    pattern = "d/*.csv"
    book.round(patterns={pattern: digest(repr(DiskInputs(book.root).hashes(pattern)))})
    assert () == book.news.of({"d/1.csv"})
    book.write("d/1.csv", "other")
    assert ("d/1.csv",) == book.news.of({"d/1.csv"})


def test_an_edit_while_a_round_goes_on_is_news(book):
    book.write("a.md")
    book.round(["a.md"])
    book.round(["a.md"], during=lambda: book.write("a.md", "b"))
    assert ("a.md",) == book.news.of({"a.md"})
    book.round(["a.md"], because=("a.md",))
    assert () == book.news.of({"a.md"})


def test_an_edit_that_is_taken_back_is_no_news_but_one_that_the_round_saw(book):
    book.write("a.md")
    book.round(["a.md"])
    book.round(["a.md"], during=lambda: (book.write("a.md", "b"), book.write("a.md", "a")))
    assert () == book.news.of({"a.md"})
    book.news.begin(())
    book.write("a.md", "b")
    book.news.end(Seen({"a.md": stamp(book.root / "a.md")}), {}, doubtful=False, outdated=False)
    book.write("a.md", "a")
    assert ("a.md",) == book.news.of({"a.md"})


def test_outdated_results_are_a_cause_even_if_the_file_was_seen_as_it_is(book):
    book.write("a.csv")
    book.round(["a.csv"])
    book.round(["a.csv"], outdated=True)
    assert () == book.news.of({"a.csv"}), "it is what it was"
    book.news.begin(())
    book.write("a.csv", "b")
    book.news.end(Seen({"a.csv": stamp(book.root / "a.csv")}), {}, doubtful=False, outdated=True)
    assert ("a.csv",) == book.news.of({"a.csv"})


def test_after_failures_any_later_change_may_help(book):
    book.write("a.md")
    book.round(["a.md"], during=lambda: book.write("made.txt"), doubtful=True)
    assert ("made.txt",) == book.news.of({"made.txt", "gone.txt", "a.md"})
    book.round(["a.md"], during=lambda: book.write("made.txt"), doubtful=True)
    assert () == book.news.of({"made.txt"}), "cells seem to make that"
    book.tick()
    book.write("wanted.csv")
    assert ("wanted.csv",) == book.news.of({"wanted.csv"})


def test_after_a_round_that_was_impossible_everything_else_is_news(book):
    book.write("etude.toml")
    book.news.begin({"etude.toml"})
    book.news.fail()
    assert () == book.news.of({"etude.toml"}), "that is why the round began"
    book.write("etude.toml", "b")
    assert ("etude.toml", "x") == book.news.of({"etude.toml", "x"})


def test_a_file_that_changes_in_every_round_stops_to_be_a_cause(book):
    rounds = 0
    told = {"a.csv"}
    while told and rounds < 20:
        rounds += 1
        write = partial(book.write, "a.csv", f"{rounds}")
        book.round(["a.csv", "b.md"], because=told, during=write)
        told = book.news.of({"a.csv"})
    assert (PATIENCE, ("a.csv",)) == (rounds, book.news.restless)
    book.tick()
    book.write("b.md", "b")
    assert (("b.md",), ("a.csv",)) == (book.news.of({"a.csv", "b.md"}), book.news.restless)
    book.round(["a.csv", "b.md"], because=("b.md",), during=lambda: book.write("a.csv", "more"))
    assert ((), ("a.csv",)) == (book.news.of({"a.csv"}), book.news.restless)
    book.tick()
    book.write("a.csv", "by hand")
    assert (("a.csv",), ()) == (book.news.of({"a.csv"}), book.news.restless)


def test_large_files_are_compared_by_time(book, monkeypatch):
    monkeypatch.setattr(module, "LARGE", 2)
    book.write("a.bin", "long")
    book.round(["a.bin"])
    book.tick()
    book.write("a.bin", "long")
    assert ("a.bin",) == book.news.of({"a.bin"})


def test_the_whole_path_of_a_file_of_the_book_is_its_path_in_the_book(book):
    book.write("a.csv")
    book.news.begin(())
    book.news.end(
        Seen({str(book.root / "a.csv"): stamp(book.root / "a.csv")}), {}, doubtful=False, outdated=False
    )
    assert frozenset() == book.news.outside()
    book.write("a.csv", "b")
    assert ("a.csv",) == book.news.of({"a.csv"})


def test_pipes_are_not_read(book):
    os.mkfifo(book.root / "pipe")
    book.news.begin(())
    book.news.end(Seen({"pipe": stamp(book.root / "pipe")}), {}, doubtful=False, outdated=False)
    (book.root / "pipe").chmod(0o600)
    assert () == book.news.of({"pipe"})


def test_folders_outside(book, tmp_path_factory):
    place = tmp_path_factory.mktemp("data")
    (place / "x.csv").write_text("1")
    (place / "deep").mkdir()
    seen = Seen({str(place / "x.csv"): stamp(place / "x.csv"), "a.md": (-1, 0, 0)})
    book.news.begin(())
    book.news.end(seen, {f"{place}/deep/*.csv": "", "own/*": ""}, doubtful=False, outdated=False)
    assert {str(place), str(place / "deep")} == book.news.outside()
    (place / "x.csv").write_text("2")
    assert (str(place / "x.csv"),) == book.news.of({str(place / "x.csv")})
