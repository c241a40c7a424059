"""The book of `etude new` is right in itself, and never harms what is there."""

import pytest

from etude.adapters.memory import MemoryFiles
from etude.adapters.starter import TakenError, starter_files, write_starter
from etude.parse.config import parse_config
from etude.parse.contents import expand, settle
from etude.parse.page import parse_page


@pytest.mark.parametrize(
    ("languages", "title", "titles"),
    [
        (("zh", "en"), "", {"zh": "我的第一本书", "en": "My first book"}),
        (("en",), "", {"en": "My first book"}),
        (("zh-CN", "fr", "fr"), "", {"zh-CN": "我的第一本书", "fr": "My first book"}),
        (("zh",), '"\\\n甲', {"zh": '"\\\n甲'}),
    ],
)
def test_the_starter_book_has_no_problems(languages, title, titles):
    files = MemoryFiles(starter_files(languages, title))
    config, diagnostics = parse_config(files.read("etude.toml").decode())
    assert diagnostics == ()
    assert {language: config.title.get(language) for language in config.languages} == titles
    config = settle(config, files)
    tocs, diagnostics = expand(config, files)
    assert diagnostics == ()
    assert list(tocs) == list(titles)
    for language in tocs:
        for name in ("index", "first", "references"):
            path = f"{language}/{name}.md"
            page = parse_page(files.read(path), path, name, language, config, files)
            assert page.diagnostics == ()
            assert len(page.cells) == (2 if name == "first" else 0)


def test_both_languages_run_the_same_code():
    files = starter_files(("zh", "en"))
    config, _ = parse_config(files["etude.toml"])
    memory = MemoryFiles(files)
    codes = [
        [cell.code for cell in parse_page(memory.read(path), path, "first", path[:2], config, memory).cells]
        for path in ("zh/first.md", "en/first.md")
    ]
    assert codes[0] == codes[1]


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh/index.md").write_text("mine")
    with pytest.raises(TakenError, match=r"zh/index\.md"):
        write_starter(tmp_path, ("zh",))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "zh/index.md"]
    (tmp_path / "zh/index.md").rename(tmp_path / "zh/other.md")
    written = write_starter(tmp_path, ("zh",))
    assert len(written) == 6
    assert (tmp_path / "zh/other.md").read_text() == "mine"


@pytest.mark.parametrize("language", ["", "../x", "z", "zh/x", "zh_CN"])
def test_languages_are_tags(language):
    with pytest.raises(ValueError, match="no language tag"):
        starter_files((language,))
