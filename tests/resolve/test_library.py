"""The book's library across pages: where imports come from, and who uses what was saved."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from etude.model import block as b
from etude.model.config import Config, LibraryConfig, Variant
from etude.model.imports import defined, imported

CONFIG = Config(library=LibraryConfig("small"))


def cell(n, code: str, index: int, id_: str = "", save: str | None = None, caption: str = "") -> b.CodeCell:
    labels = (id_,) if id_ else ()
    words = n.text(caption) if caption else ()
    return b.CodeCell(
        n.span, id_, labels, index=index, code=code, save=save, caption=words, numbered=bool(caption)
    )


@pytest.fixture
def resolved(n, book):
    book.page("index", n.h(1, "Home"))
    book.page(
        "one",
        n.h(1, "One", "sec-one"),
        cell(n, "def half(x): ...\nclass Box: ...", 0, "lst-half", "numbers", "Half"),
        n.h(2, "Later", "sec-later"),
        cell(n, "LIMIT: int = 3", 1, save="numbers"),
    )
    book.page(
        "two",
        n.h(1, "Two", "sec-two"),
        cell(n, "from small.numbers import half, LIMIT", 0),
        cell(n, "def half(x): ...", 1, "lst-again", "numbers"),
    )
    book.page("three", n.h(1, "Three", "sec-three"), cell(n, "from small.numbers import (half,\n  Box)", 0))
    book.page("four", n.h(1, "Four"), cell(n, "import small.other\nfrom smaller.numbers import half", 0))
    return book.resolve(config=CONFIG).facts


def test_an_import_comes_from_the_last_page_before_that_saved_it(resolved):
    sources = {key: (found.page, found.id) for key, found in resolved["two"].sources.items()}
    assert {
        "small.numbers:": ("one", "lst-half"),
        "small.numbers:half": ("one", "lst-half"),
        "small.numbers:LIMIT": ("one", "sec-later"),
    } == sources
    sources = {key: (found.page, found.id) for key, found in resolved["three"].sources.items()}
    assert ("two", "lst-again") == sources["small.numbers:half"]
    assert ("one", "lst-half") == sources["small.numbers:Box"]


def test_each_variant_has_its_cell_and_of_one_variant_the_last_counts(n, book):
    one, two = (
        replace(cell(n, "def half(x): ...", i, f"lst-{name}", "numbers"), variants=(name,))
        for i, name in enumerate(("numpy", "torch"))
    )
    book.page("one", n.h(1, "One", "sec-one"), one, two)
    again = [cell(n, "LIMIT = 3", i, f"lst-limit-{i}", "numbers") for i in range(2)]
    book.page("two", n.h(1, "Two", "sec-two"), *again)
    book.page("three", n.h(1, "Three"), cell(n, "from small.numbers import half, LIMIT", 0))
    facts = book.resolve(config=CONFIG).facts
    sources = {key: found.id for key, found in facts["three"].sources.items()}
    assert "lst-numpy" == sources["small.numbers:half"]
    assert "lst-limit-1" == sources["small.numbers:LIMIT"]
    users = {page: sorted(facts[page].users) for page in ("one", "two")}
    # The module is named by the import, too: its users are shown where it begins.
    assert {"one": [0, 1], "two": [0, 1]} == users


def test_a_variant_saves_to_its_own_module(n, book):
    variants = (Variant("numpy", "NumPy"), Variant("torch", "Torch", library="pt"))
    both = replace(
        cell(n, "def half(x): ...", 0, "lst-half", "one"), variants=("numpy", "torch"), page_module=True
    )
    book.page("one", n.h(1, "One"), both)
    book.page("two", n.h(1, "Two"), cell(n, "from small.one import half\nfrom small.pt import half", 0))
    facts = book.resolve(config=replace(CONFIG, variants=variants)).facts
    assert {"small.one:", "small.one:half", "small.pt:", "small.pt:half"} == facts["two"].sources.keys()


def test_a_whole_library_is_found_before_it_is_saved(n, book):
    book.page("one", n.h(1, "One"), cell(n, "from small.two import half", 0))
    book.page("two", n.h(1, "Two"), cell(n, "def half(x): ...", 0, "lst-half", "two"))
    assert {} == book.resolve(config=CONFIG).facts["one"].sources
    whole = book.resolve(config=Config(library=LibraryConfig("small", whole=True))).facts
    assert "lst-half" == whole["one"].sources["small.two:half"].id


def test_what_it_is_called(resolved):
    names = {key: found.name for key, found in resolved["two"].sources.items()}
    assert "Listing 1.1" == names["small.numbers:half"]
    assert "Section 1.1" == names["small.numbers:LIMIT"]


def test_what_was_saved_knows_who_uses_it(resolved):
    users = {cell: [user.name for user in found] for cell, found in resolved["one"].users.items()}
    assert {0: ["two", "three"], 1: ["two"]} == users
    assert {1: ["three"]} == {c: [user.name for user in found] for c, found in resolved["two"].users.items()}


def test_what_nobody_saved_leads_nowhere(resolved):
    assert {} == resolved["four"].sources
    assert {} == resolved["index"].users


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from small.a import B", ["small.a", "B"]),
        ("    from small.a import (  # why\n  B as C,\n  D)", ["small.a", "B", "D"]),
        ("import small.a as x", ["small.a"]),
        ("from small import a; a.b", ["small", "a"]),
        ("from .small import a", []),
        ("from smaller.a import B", []),
        ("# from small.a import B", []),
        ("x = 1", []),
    ],
)
def test_imports_are_found_in_their_place(code, expected):
    found = list(imported(code, "small"))
    assert expected == [one.name or one.module for one in found]
    assert expected == [code[one.start : one.end] for one in found]


def test_names_that_a_module_has():
    code = "async def go():\n    x = 1\n\nclass A: ...\nLIMIT: int = 3\na == b\ny = 2\n@d\ndef go(): ...\n"
    assert ("go", "A", "LIMIT", "y") == defined(code)


def test_methods_that_are_added_to_a_class_are_no_names_of_the_module():
    code = "@d2l.add_to_class(d2l.Die)\n@cached\ndef throw(self): ...\n\n@cached\ndef other(): ..."
    assert ("other",) == defined(code)
