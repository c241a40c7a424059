"""A whole book of d2lbook: what becomes of it is compared with files that a person has read, and built."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from etude.adapters.disk import DiskFiles
from etude.build import BuildOptions, build
from etude.cli.app import main
from etude.convert.account import Account
from etude.convert.converted import Asked, NotABookError
from etude.convert.d2lbook import convert
from etude.convert.d2lbook.page import Surroundings, convert_page

HERE = Path(__file__).parent
BOOK, EXPECTED = HERE / "book", HERE / "expected"
ASKED = ("--originals", "en", "--old-base", "https://dice.example/")


@pytest.fixture
def run(capsys):
    """Run the command: exit code and all that it said."""

    def called(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as end:
            main(["import", "d2lbook", *arguments])
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out + err

    return called


def texts(folder: Path) -> dict[str, str]:
    """The texts of a new book; what was copied is known by its source."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".md", ".toml") and "_build" not in path.parts and ".etude" not in path.parts
    }


def test_the_book_is_as_a_person_has_read_it(run, tmp_path, update):
    code, said = run(str(BOOK), str(tmp_path), *ASKED)
    assert 0 == code, said
    made = texts(tmp_path)
    if update:
        shutil.rmtree(EXPECTED, ignore_errors=True)
        for path, text in made.items():
            (EXPECTED / path).parent.mkdir(parents=True, exist_ok=True)
            (EXPECTED / path).write_text(text, "utf-8")
    assert texts(EXPECTED) == made
    for name in ("img/die.svg", "img/curve.svg", "img/table.txt", "works.bib", "static/icon.svg"):
        assert (BOOK / name).read_bytes() == (tmp_path / name).read_bytes()


@pytest.mark.parametrize("originals", [("--old-base", "https://dice.example/"), ("--originals", "en"), ASKED])
def test_the_new_book_builds_without_problems(run, tmp_path, originals):
    assert 0 == run(str(BOOK), str(tmp_path), *originals)[0]
    report = build(tmp_path, BuildOptions(to=("html",), policy="off", jobs=1))
    found = [(str(one.rule), one.place.path) for one in report.diagnostics]
    # The page that no contents name has no original.
    assert [("toc-missing-translation", "etude.toml")] * ("--originals" in originals) == found


def test_the_same_again_changes_nothing(run, tmp_path):
    run(str(BOOK), str(tmp_path), *ASKED)
    before = texts(tmp_path)
    assert "wrote nothing" in run(str(BOOK), str(tmp_path), *ASKED)[1]
    assert before == texts(tmp_path)


def test_a_page_that_was_converted_is_not_changed_again():
    around = Surroundings(
        ("numpy", "python"), {}, {}, lambda path, _: path, lambda _: None, lambda value: value
    )
    for path, text in texts(EXPECTED).items():
        if path.endswith(".md") and path != "IMPORT.md":
            assert text == convert_page(path, text, Account(), around).text, path


def test_nothing_of_a_page_is_lost():
    notes = convert(DiskFiles(BOOK), Asked(originals="en")).notes
    pages = [note for note in notes if str(note.fate) == "lost" and note.path.endswith(".md")]
    assert [
        ("README.md", "file"), ("chapter_throws/module.md", "required_libs"), ("index.md", "toc entry"),
    ] == [(note.path, note.construct) for note in pages]  # fmt: skip


def test_a_book_in_one_language_keeps_its_folders(made):
    result = made(
        "# Page\n\n:numref:`sec_a`\n",
        sub__deep_md="",
        **{"sub/deep.md": "# Deep\n![a](../a.svg)\n", "a.svg": ""},
    )
    assert {"etude.toml", "index.md", "page.md", "sub/deep.md"} == set(result.files)
    assert "```{figure} ../a.svg" in result.files["sub/deep.md"]
    assert "language_folders" not in result.toml


def test_a_folder_that_is_called_like_the_language_is_no_language(made):
    assert "language_folders = false" in made(**{"en/more.md": "# More\n"}).toml


def test_pages_in_a_folder_of_their_own_move_up(made):
    files = {"src/index.md": "# A\n", "src/b/c.md": "# C\n\n![x](../../img/x.svg)\n", "img/x.svg": ""}
    result = made(settings="[build]\nsource_dir = src\n", **files)
    assert "```{figure} ../img/x.svg" in result.files["b/c.md"]


def test_addresses_lead_on_from_the_new_page(made):
    page = (
        "[p](sub/b.html#sec-x) ![i](a.svg) `](a.svg)` [f](a.csv) <img src='a.svg'> [w](http://x.y) [s](#a)\n"
    )
    files = {
        "sub/b.md": "# B\n:label:`sec_x`\n\n[up](../page.ipynb) [o](../page.md)\n",
        "a.svg": "",
        "a.csv": "",
        "page_origin.md": "[b](sub/b.md)\n",
    }
    one = made(page, **files)
    assert one.page == page.replace("b.html#sec-x", "b.md#sec_x")
    assert one.files["sub/b.md"] == "(sec_x)=\n# B\n\n[up](../page.md) [o](../page.md)\n"
    assert {"a.csv", "a.svg"} == {copy.path for copy in one.converted.copies}
    both = made(page, asked=Asked(originals="zh"), **files)
    assert both.files["en/page.md"] == (
        "[p](sub/b.md#sec_x) ![i](/a.svg) `](a.svg)` [f](/a.csv) <img src='/a.svg'> [w](http://x.y) [s](#a)\n"
    )


def test_contents_go_on_below_pages(made):
    result = made(
        "# Page\n\n```toc\nsub/one\n```\n",
        **{
            "sub/one.md": "# One\n```toc\ntwo\n../page\nnone\n```\n",
            "sub/two.md": "# Two\n",
            "left.md": "# L\n",
        },
    )
    assert '{ page = "page", sections = [{ page = "sub/one", sections = ["sub/two"] }] }' in result.toml
    assert '[[part]]\nnumbered = false\nchapters = ["left"]' in result.toml
    assert [
        ("lost", "there is no page `sub/none.md`"),
        ("changed", "`page.md` stands in the contents already; left out here"),
    ] == sorted(((fate, said) for fate, _, said in result.told("toc entry")), reverse=True)


def test_old_addresses_lead_on(made):
    page = "# Page\n:label:`sec_a`\n\n$$x$$\n:eqlabel:`eq_a`\n\n## B\n:label:`plain`\n"
    result = made(page, asked=Asked(old_base="https://a.example/book/", new_base="https://a.example/"))
    assert result.toml.endswith(
        "[html.redirects]\n"
        '"book/index.html" = "index"\n'
        '"book/page.html" = "page"\n'
        '"book/page.html#equation-eq-a" = "page#eq_a"\n'
        '"book/page.html#sec-a" = "page#sec_a"\n'
    )


def test_headings_without_a_number_are_referred_to_by_their_titles(made):
    references = ":numref:`front` and :numref:`own` and :numref:`end`"
    page = f"# Page\n\n{references}\n\n## One\n:label:`own`\n\n## Summary\n:label:`end`\n"
    result = made(page, **{"front.md": "# Front\n:label:`front`\n"})
    assert "{ref}`front` and {numref}`own` and {ref}`end`" in result.page


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"index.md": "# A\n"}, "there is no `config.ini`"),
        ({"config.ini": b"[project]\ntitle = \xff\n"}, "`config.ini` is not UTF-8"),
        ({"config.ini": "title = A\n"}, "`config.ini` cannot be read"),
        ({"config.ini": "[build]\nindex = start\n"}, "there is no `start.md`"),
    ],
)
def test_what_is_no_project_is_told(run, files, message, tmp_path):
    for path, data in files.items():
        (tmp_path / path).write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(NotABookError, match=message):
        convert(DiskFiles(tmp_path), Asked())
    code, said = run(str(tmp_path), str(tmp_path.parent / "new"))
    assert 0 != code
    assert "holds no d2lbook project" in said


@pytest.mark.parametrize(
    "page",
    [
        "", "\n", "```", "```{.python .input}", "```{.python .input}\n#@tab\n```", "$$", ":label:``",
        "[**" * 500, "![" * 500, "> " * 300 + "x", "(" * 3000, ":begin_tab:`", "$$a$$ " * 300,
        "```{.python .input}\n" + "(" * 2000 + "\n```", "|\n:label:`a`", "#\n#\n", "\x00",
        "```eval_rst\n.. raw:: html\n```", "```eval_rst\n```", "```toc\n:x: y\n\n../../z\n/\n```",
    ],
)  # fmt: skip
def test_no_page_is_too_odd(made, page):
    made(page, "[build]\ntabs = a, b\n")


def test_a_page_that_is_not_utf8_is_told(made):
    result = made(**{"more.md": b"# \xff\n"})
    assert ["lost", "changed"] == [fate for fate, _, _ in result.told("page")]
    assert "# \ufffd\n" == result.files["more.md"]


def test_every_setting_is_told_once(made):
    html = "[html]\ninclude_js = a.js\nnothing = 1\nfavicon = none.png\n"
    settings = f"author = A and B\n{html}[odd]\nkey = 1\n[build]\neval_notebook = False\n"
    result = made(settings=settings)
    assert '"A", "B"' in result.toml
    told = [(note.line, note.construct) for note in result.converted.notes if note.path == "config.ini"]
    assert [
        (2, "[project] title"), (3, "[project] lang"), (4, "[project] author"), (6, "[html] include_js"),
        (7, "[html] nothing"), (8, "[html] favicon"), (10, "[odd] key"), (12, "[build] eval_notebook"),
    ] == told  # fmt: skip
