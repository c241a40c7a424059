"""What is written is TOML that says the same, and each piece knows where it was read."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from etude.convert.toml import Placed, Toml, literal
from etude.model.diagnostic import Place
from etude.model.span import Span
from etude.parse.contents_names import compile_pattern
from etude.parse.toml_spans import locate

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=12)
VALUES = st.recursive(
    TEXTS | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=6))
def test_what_is_written_is_read_again(values: dict[str, object]) -> None:
    toml = Toml()
    toml.table("book.a b")
    for key, value in values.items():
        toml.set(key, value)  # type: ignore[arg-type]
    assert {"book": {"a b": values}} == tomllib.loads(toml.written().text)


def test_a_long_list_has_a_line_for_each_value() -> None:
    toml = Toml()
    toml.comment("Made of `_toc.yml`.\nEdit at will.")
    toml.table("part", many=True)
    toml.set("chapters", ["a" * 40, {"page": "b" * 40, "sections": ["c"]}, "d" * 40])
    toml.set("numbered", value=False)
    assert toml.written().text == (
        "# Made of `_toc.yml`.\n# Edit at will.\n\n[[part]]\nchapters = [\n"
        f'  "{"a" * 40}",\n  {{ page = "{"b" * 40}", sections = ["c"] }},\n  "{"d" * 40}",\n]\n'
        "numbered = false\n"
    )


def test_the_smallest_piece_around_a_span_tells_where_it_was_read() -> None:
    whole, one = Place("_toc.yml", Span(0, 90)), Place("_toc.yml", Span(31, 36))
    toml = Toml()
    toml.table("book", Place("_config.yml", Span(0, 5)))
    toml.set("chapters", Placed(["intro", Placed("other", one)], whole))
    toml.set("title", "x")
    written = toml.written()
    places = locate(written.text)
    assert one == written.origin(places["book", "chapters", 1].value)
    assert whole == written.origin(places["book", "chapters", 0].value)
    assert Place("_config.yml", Span(0, 5)) == written.origin(places["book",].value)
    assert written.origin(places["book", "title"].value) is None


def test_redirects_stand_last_with_a_comment() -> None:
    toml = Toml()
    toml.table("book")
    toml.redirects({})
    assert "[book]\n" == toml.written().text
    toml.redirects({"old.html": "new"})
    assert toml.written().text == (
        "[book]\n\n# Addresses of the old site, and the pages they lead to.\n"
        '[html.redirects]\n"old.html" = "new"\n'
    )


@given(st.text(st.sampled_from("ab[]*?!-/"), min_size=1, max_size=9))
def test_a_name_as_the_contents_take_it_is_that_page_alone(name: str) -> None:
    matches = compile_pattern(literal(name)).fullmatch
    assert matches(name)
    assert not matches(f"{name}a")
    assert not matches(name.replace("*", "b").replace("?", "b").replace("[", "b") + "b")
