"""An import writes what was converted, counts it, and later leaves alone what people have changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from etude.build import BuildOptions, build, importing
from etude.build.importing import Imported, import_book
from etude.build.ledger import LEDGER
from etude.build.watch import digest
from etude.convert.account import Account, Fate
from etude.convert.census import Counts
from etude.convert.converted import Asked, Converted, Copy, NotABookError
from etude.model.diagnostic import BookError, Rule
from etude.model.protocols import Files


def convert(files: Files, asked: Asked) -> Converted:
    """A tool whose pages are texts in which `=` stands for `#`."""
    if not files.exists("book.txt"):
        raise NotABookError("no `book.txt`")
    if asked.old_base:
        raise ValueError("`x` is not below `y`")
    account = Account()
    pages = {}
    for path in files.glob("*.txt"):
        text = files.read(path).decode()
        account.kept("=", path, 1, "`#`")
        pages[f"{path[:-4]}.md"] = text.replace("=", "#").replace("$$", "")
    config = '[book]\ntitle = "T"\nhome = "book"\n'
    counts = tuple(
        (
            path,
            f"{path[:-3]}.txt",
            Counts(headings=1, formulas=files.read(f"{path[:-3]}.txt").count(b"$") // 2),
        )
        for path in pages
    )
    copies = tuple(Copy(path, path) for path in files.glob("img/*"))
    return Converted((("etude.toml", config), *pages.items()), copies, account.notes, counts)


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(importing, "_converter", lambda _kind: convert)
    root = tmp_path / "source"
    (root / "img").mkdir(parents=True)
    (root / "book.txt").write_text("= One\n\n![A](img/a.svg) $x$\n", "utf-8")
    (root / "more.txt").write_text("= Two\n", "utf-8")
    (root / "img" / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", "utf-8")
    return root


def made(source: Path, *, force: bool = False, dry: bool = False, asked: Asked | None = None) -> Imported:
    return import_book("quarto", source, source.parent / "new", asked or Asked(), force=force, dry=dry)


def refusal(source: Path, target: Path | None = None, asked: Asked | None = None) -> str:
    with pytest.raises(BookError) as told:
        import_book("quarto", source, target or source.parent / "new", asked or Asked())
    (one,) = told.value.diagnostics
    assert Rule.USAGE is one.rule
    return one.message


def test_what_was_converted_is_written_and_builds(source: Path) -> None:
    done = made(source)
    new = source.parent / "new"
    assert (2, 5, (), ()) == (done.pages, done.written, done.kept, done.diagnostics)
    assert "# One\n\n![A](img/a.svg) $x$\n" == (new / "book.md").read_text("utf-8")
    assert (source / "img" / "a.svg").read_bytes() == (new / "img" / "a.svg").read_bytes()
    assert "2 things kept, 0 changed, 0 lost" in (new / "IMPORT.md").read_text("utf-8")
    assert () == build(new, BuildOptions(to=("html",), jobs=1)).diagnostics


def test_what_a_page_holds_less_of_is_lost(source: Path) -> None:
    (source / "more.txt").write_text("= Two\n\n$$ x $$ and $y$\n", "utf-8")
    lost = [note for note in made(source).notes if note.fate is Fate.LOST]
    assert [("more.txt", 0, "formulas", "of 3 in the source, 1 are in the new page")] == [
        (note.path, note.line, note.construct, note.said) for note in lost
    ]


def test_of_two_pages_that_become_the_same_one_is_lost(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def both(files: Files, asked: Asked) -> Converted:
        found = convert(files, asked)
        return replace(found, counts=(*found.counts, ("more.md", "more.rst", Counts())))

    monkeypatch.setattr(importing, "_converter", lambda _kind: both)
    lost = [note for note in made(source).notes if note.fate is Fate.LOST]
    said = "`more.txt` becomes the same page, `more.md`: rename one of them"
    assert [("more.rst", "page", said)] == [(note.path, note.construct, note.said) for note in lost]


def test_the_same_again_writes_nothing(source: Path) -> None:
    made(source)
    assert 0 == made(source).written


def test_only_what_nobody_has_changed_is_replaced(source: Path) -> None:
    made(source)
    new = source.parent / "new"
    (new / "book.md").write_text("# Mine\n", "utf-8")
    (source / "book.txt").write_text("= New one\n", "utf-8")
    (source / "more.txt").write_text("= New two\n", "utf-8")
    done = made(source)
    assert ("book.md",) == done.kept
    assert [(Rule.IMPORT_KEPT, "book.md")] == [(one.rule, one.place.path) for one in done.diagnostics]
    assert ["# Mine\n", "# New two\n"] == [(new / name).read_text("utf-8") for name in ("book.md", "more.md")]
    assert ("book.md",) == made(source).kept  # and the third time, too
    assert () == made(source, force=True).kept
    assert "# New one\n" == (new / "book.md").read_text("utf-8")


def test_pages_that_are_gone_go_if_nobody_has_changed_them(source: Path) -> None:
    (source / "third.txt").write_text("= Three\n", "utf-8")
    made(source)
    new = source.parent / "new"
    (new / "third.md").write_text("# Mine\n", "utf-8")
    (source / "more.txt").unlink()
    (source / "third.txt").unlink()
    made(source)
    assert [False, True] == [(new / name).exists() for name in ("more.md", "third.md")]


def test_a_damaged_ledger_is_no_leave_to_replace(source: Path) -> None:
    made(source)
    (source / "book.txt").write_text("= New one\n", "utf-8")
    for damaged in ("[", "[" * 100_000):
        (source.parent / "new" / LEDGER).write_text(damaged, "utf-8")
        assert "there is already" in refusal(source)


def test_a_ledger_cannot_name_files_outside_of_the_book(source: Path) -> None:
    mine = source.parent / "mine.txt"
    mine.write_text("mine", "utf-8")
    made(source)
    ledger = source.parent / "new" / LEDGER
    known = {"../mine.txt": digest(b"mine"), str(mine): digest(b"mine")}
    ledger.write_text(json.dumps({**json.loads(ledger.read_text("utf-8")), **known}), "utf-8")
    made(source)
    assert "mine" == mine.read_text("utf-8")


def test_nothing_is_written_through_a_link_out_of_the_book(source: Path) -> None:
    new, other = source.parent / "new", source.parent / "other"
    new.mkdir()
    other.mkdir()
    (new / "img").symlink_to(other)
    assert "img/a.svg` lies outside of the new book" in refusal(source)
    assert [["img"], []] == [[path.name for path in folder.iterdir()] for folder in (new, other)]


def test_files_of_others_are_not_replaced(source: Path) -> None:
    new = source.parent / "new"
    new.mkdir()
    (new / "etude.toml").write_text("", "utf-8")
    assert f"there is already `{new.as_posix()}/etude.toml`" == refusal(source)
    assert ["etude.toml"] == [path.name for path in new.iterdir()]


def test_a_trial_writes_nothing(source: Path) -> None:
    assert 5 == made(source, dry=True).written
    assert not (source.parent / "new").exists()


def test_places_that_cannot_be(source: Path) -> None:
    assert "lies in" in refusal(source, source / "new")
    assert "needs a folder of its own" in refusal(source, source)
    assert "there is no folder" in refusal(source.parent / "none")
    assert "`x` is not below `y`" == refusal(source, asked=Asked(old_base="x"))
    (source / "IMPORT.txt").write_text("= Mine\n", "utf-8")
    assert "a page of the book would be `IMPORT.md`, which is the report's name" == refusal(source)
    (source / "IMPORT.txt").unlink()
    (source / "book.txt").unlink()
    assert f"`{source}` holds no Quarto project: no `book.txt`" == refusal(source)


def test_the_ledger_has_a_line_for_each_file(source: Path) -> None:
    made(source)
    names = json.loads((source.parent / "new" / LEDGER).read_text("utf-8"))
    assert ["IMPORT.md", "book.md", "etude.toml", "img/a.svg", "more.md"] == list(names)
