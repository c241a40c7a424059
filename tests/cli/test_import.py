"""`etude import`: what is asked for, and what is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from etude.cli.app import main


def run(*args: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(arg) for arg in ("import", *args)])
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("quarto",), "Missing argument 'SRC'"),
        (("word", "a", "b"), "'word' is not one of"),
        (("quarto", "a"), "name the folder DST, where the new book is written"),
        (("quarto", "none", "b"), "there is no folder `none`"),
        (("d2lbook", ".", "."), "the new book needs a folder of its own"),
        (("d2lbook", ".", "../b"), "holds no d2lbook project"),
        (("jupyter-book", "."), "holds no Jupyter Book or MyST project"),
        (("notebooks", ".", "../b"), "holds no notebook project"),
        (("quarto", ".", "../b"), "holds no Quarto project"),
        (("quarto", ".", "sub"), "the next import would read what this one wrote"),
        (("quarto", ".", "."), "the new book needs a folder of its own"),
        (("quarto", "a", "b", "--originals", "en"), "--originals is for d2lbook"),
        (("quarto", "a", "b", "--keep-notebooks"), "--keep-notebooks is for notebooks"),
        (("quarto", "a", "b", "--old-base", "ada.example/dice"), "--old-base is the address of a site"),
        (
            ("quarto", "a", "b", "--old-base", "https://a.example", "--new-base", "b"),
            "--new-base is the address",
        ),
        (("quarto", "a", "b", "--new-base", "https://b.example"), "--new-base goes with --old-base"),
    ],
)
def test_what_cannot_be_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    args: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert 2 == run(*args)
    assert said in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())


def test_what_was_done_and_what_is_next_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    old = tmp_path / "old"
    old.mkdir()
    (old / "_quarto.yml").write_text("project:\n  type: book\nbook:\n  chapters: [index.qmd]\n", "utf-8")
    (old / "index.qmd").write_text("# Dice\n\n{{< lipsum >}}\n", "utf-8")

    def told(*args: object) -> list[str]:
        code = run("quarto", "old", "a book", *args)
        assert (1 if "--strict" in args else 0) == code
        sums, *lines = capsys.readouterr().out.splitlines()
        assert sums.startswith("1 page: ")
        assert sums.endswith(" things kept, 0 changed, 1 lost")
        return lines

    assert ["nothing was written; an import would write 3 files in a book"] == told("--dry-run")
    following = "next: read 'a book/IMPORT.md', then run: etude build 'a book'"
    assert ["wrote 3 files in a book", following] == told()
    assert ["wrote nothing: a book is up to date", following] == told("--strict")


def test_a_file_is_no_folder_for_a_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old").mkdir()
    (tmp_path / "new").write_text("", "utf-8")
    assert 2 == run("quarto", "old", "new")
    assert "`new` is a file: name a folder for the new book" in capsys.readouterr().err
