"""The library as a package: what its files say, and that Python and TOML read them."""

from __future__ import annotations

import ast
import tomllib

from etude.model.config import Author, Config, HtmlConfig, LibraryConfig
from etude.model.localized import Localized
from etude.render.package import Needs, Part, package_files

CONFIG = Config(
    title=Localized((("en", "Sums & “Parts”"), ("zh", "和"))),
    authors=(Author("Ada \\ Countess"),),
    license="CC-BY-4.0",
    version="1.2",
    html=HtmlConfig(url="https://sums.example/"),
    library=LibraryConfig(name="sums_book"),
)
NEEDS = Needs(("numpy>=2",), {"torch": ("torch>=2",), "none": ()})
MODULES = {
    "sums_book.add": (
        Part(
            "Chapter 1. Adding", "https://sums.example/en/a.html#l", "Listing 1.1. A sum", "def add(): ...\n"
        ),
        Part("Chapter 2. More", "en/b.md", "", "\n\ndef more():\n    return 1"),
    ),
    "sums_book.deep.inner": (Part('A "quoted"""', "en\\c.md", "", "x = 1"),),
}


def files(language: str = "en", config: Config = CONFIG) -> dict[str, str]:
    return {path: data.decode() for path, data in package_files(config, MODULES, NEEDS, language).items()}


def test_a_module_says_where_each_cell_comes_from():
    expected = '''"""From Sums & “Parts”:

- Chapter 1. Adding
  https://sums.example/en/a.html
- Chapter 2. More
  en/b.md
"""


# Listing 1.1. A sum
# https://sums.example/en/a.html#l
def add(): ...


# en/b.md
def more():
    return 1
'''
    assert expected == files()["src/sums_book/add.py"]


def test_the_package_has_what_pip_needs():
    made = files()
    assert {
        "README.md",
        "pyproject.toml",
        "src/sums_book/__init__.py",
        "src/sums_book/add.py",
        "src/sums_book/deep/__init__.py",
        "src/sums_book/deep/inner.py",
        "src/sums_book/py.typed",
    } == made.keys()
    project = tomllib.loads(made["pyproject.toml"])["project"]
    assert "sums-book" == project["name"]
    assert "1.2" == project["version"]
    assert [{"name": "Ada \\ Countess"}] == project["authors"]
    assert ["numpy>=2"] == project["dependencies"]
    assert {"torch": ["torch>=2"]} == project["optional-dependencies"]
    assert {"Homepage": "https://sums.example/"} == project["urls"]


def test_quotes_and_backslashes_of_titles_stay_inside_the_docstring():
    text = files()["src/sums_book/deep/inner.py"]
    assert 'From Sums & “Parts”:\n\n- A "quoted"""\n  en\\c.md' == ast.get_docstring(ast.parse(text))


def test_each_language_has_its_words_and_a_version_that_is_none_is_left_out():
    config = Config(title=Localized((("zh", "和"),)), library=LibraryConfig(name="he"), version="第二版")
    made = {path: data.decode() for path, data in package_files(config, {}, Needs((), {}), "zh").items()}
    project = tomllib.loads(made["pyproject.toml"])["project"]
    assert ("《和》的代码", "0", []) == (project["description"], project["version"], project["dependencies"])
    assert '"""《和》的代码"""\n' == made["src/he/__init__.py"]
