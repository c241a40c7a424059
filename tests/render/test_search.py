"""The site's own search: what it takes of pages, the keys and postings, and how they are cut into scripts."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from etude.model import block as b
from etude.model import inline as i
from etude.model.book import NavLink, Number, PageFacts, Resolved
from etude.model.page import FrontMatter
from etude.model.result import CellResult, Display, Failure, Output, RunResult, Stream, Value
from etude.model.span import NOWHERE
from etude.render.search import keys, outputs, shards
from etude.render.search.keys import CAPTION, CODE, ONCE, TITLE, TOP, UNSEGMENTED, flat, weights
from etude.render.search.pieces import FORMULA, Piece
from etude.render.search.postings import DIGITS, Unit, local_postings, merge_blocks, merge_units
from etude.render.search.sections import Found, page_sections
from etude.render.search.units import MOST, page_units

if TYPE_CHECKING:
    from conftest import Kit


# sections


def heading(kit: Kit, text: str, name: str = "", level: int = 2) -> b.Heading:
    return b.Heading(NOWHERE, id=name, level=level, children=kit.words(text))


def facts_of(**more: object) -> PageFacts:
    return PageFacts("a/one", "zh", **more)  # type: ignore[arg-type]


def found(kit: Kit, *blocks: b.BlockNode, facts: PageFacts | None = None, **results: RunResult) -> Found:
    page = kit.page(*blocks, title="Page")
    return page_sections(page, facts or facts_of(), results)


def said(found: Found) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for section in found.sections for piece in section.pieces]


def test_sections_begin_at_headings(kit: Kit) -> None:
    numbers = {"one": Number("section", "1.1", "1.1")}
    page = found(
        kit,
        heading(kit, "Page", level=1),
        kit.p("above"),
        heading(kit, "One", "one"),
        kit.p("first"),
        b.Container(NOWHERE, children=(heading(kit, "Two", "two", 3), kit.p("second"))),
        facts=facts_of(label="1", numbers=numbers, breadcrumbs=(NavLink("a", kit.words("Up"), "1"),)),
    )
    assert ("1", "Page", "1 Up") == (page.number, page.title, page.above)
    sections = [(s.id, s.number, s.title, [p.text for p in s.pieces]) for s in page.sections]
    assert [
        ("", "", "Page", ["above"]),
        ("one", "1.1", "One", ["first"]),
        ("two", "", "Two", ["second"]),
    ] == sections


def test_what_stands_below_the_title_is_read(kit: Kit) -> None:
    page = kit.page(kit.p("text"), heading(kit, "One", "one"), title="Page")
    front = FrontMatter(subtitle="A few words", authors=("Ada", "Carl"))
    head, one = page_sections(structs.replace(page, front=front), facts_of(), {}).sections
    assert ["A few words", "Ada", "Carl", "text"] == [piece.text for piece in head.pieces]
    assert () == one.pieces


def test_references_citations_and_values_say_what_they_say_on_the_page(kit: Kit) -> None:
    reference = i.Reference(NOWHERE, "ref", "fig")
    citation = i.Citation(NOWHERE, "p", ("k",))
    facts = facts_of(
        references={"ref:fig": Resolved("a/one", name="图 3.2")},
        citations={i.citation_key(citation): kit.words("（甲，2020）")},
    )
    cell = CellResult("k", "ok", values={"x": Value("42")})
    page = found(
        kit,
        kit.p("见", reference, citation, "得", i.Eval(NOWHERE, "x", 1), "。"),
        facts=facts,
        numpy=RunResult("a/one", "numpy", {0: cell}),
    )
    assert [("text", "见图 3.2（甲，2020）得42。")] == said(page)


def test_captions_formulas_and_code_are_told_apart(kit: Kit) -> None:
    facts = facts_of(numbers={"fig": Number("figure", "3.2", "图 3.2")})
    page = found(
        kit,
        b.Figure(NOWHERE, id="fig", source="a.svg", alt="上升的线", caption=kit.words("曲线")),
        b.MathBlock(NOWHERE, tex=r"\sum_i x_i"),
        kit.p("令", i.InlineMath(NOWHERE, "x"), "为"),
        kit.cell(code="import torch", variants=("pytorch",)),
        kit.cell(1, "import numpy", variants=("numpy",)),
        kit.cell(2, "secret", tags=("remove-input",)),
        kit.cell(3, "secret", tags=("remove-cell",)),
        b.RawHtml(NOWHERE, html="<p>raw &amp; <b>bold</b></p><script>no()</script>"),
        facts=facts,
    )
    assert [
        ("text", "上升的线"),
        ("caption", "图 3.2 曲线"),
        ("formula", r"\sum_i x_i"),
        ("text", "令" + "x".join(FORMULA) + "为"),
        ("code", "import torch"),
        ("code", "import numpy"),
        ("text", "raw & bold"),
    ] == said(page)


def test_boxes_tables_and_notes_are_read(kit: Kit) -> None:
    words = kit.words("word")
    inner = (kit.p("inside"),)
    row = b.Row(NOWHERE, cells=(b.Cell(NOWHERE, children=inner),))
    boxes = (
        b.Admonition(NOWHERE, title=words, children=inner),
        b.Proof(NOWHERE, title=words, children=inner),
        b.Exercise(NOWHERE, title=words, children=inner),
        b.Solution(NOWHERE, title=words, children=inner),
        b.Dropdown(NOWHERE, title=words, children=inner),
        b.Aside(NOWHERE, title=words, children=inner),
        b.TabSet(NOWHERE, items=(b.TabItem(NOWHERE, title=words, children=inner),)),
        b.Card(NOWHERE, title=words, children=inner),
        b.DefinitionList(NOWHERE, items=(b.Definition(NOWHERE, term=words, children=inner),)),
        b.Table(NOWHERE, caption=words, body=(row,)),
        b.Figure(NOWHERE, caption=words, children=inner),
    )
    for box in boxes:
        assert {("caption", "word"), ("text", "inside")} == set(said(found(kit, box))), type(box).__name__
    for plain in (
        b.Quote(NOWHERE, children=inner),
        b.List(NOWHERE, items=(b.ListItem(NOWHERE, children=inner),)),
        b.VariantBlock(NOWHERE, variants=("numpy",), children=inner),
        b.Grid(NOWHERE, children=inner),
        b.FootnoteDefinition(NOWHERE, name="n", children=inner),
        b.UnknownDirective(NOWHERE, name="x", children=inner),
    ):
        assert [("text", "inside")] == said(found(kit, plain)), type(plain).__name__


# outputs


def outputs_of(kit: Kit, *outputs: Output, tags: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    run = RunResult("a/one", "numpy", {0: CellResult("k", "ok", outputs)})
    return said(found(kit, kit.cell(code="code", tags=tags), numpy=run))[1:]


def test_outputs_are_searched_as_they_look(kit: Kit) -> None:
    table = "<style>td { color: red }</style><table><tr><td>north &amp; south</td><td>3</td></tr><tr><td>east"
    svg = "<svg><title>Loss</title><path d='M0 unseen'/><text x='1'>epoch</text></svg>"
    assert [
        ("code", "red alert\nsecond"),
        ("code", "north & south 3\neast"),
        ("formula", r"\alpha"),
        ("text", "a **word**"),
        ("text", "Loss epoch"),
        ("text", "a rising line"),
        ("code", "ValueError: wrong shape\nTraceback: in line 3"),
    ] == outputs_of(
        kit,
        Stream("stdout", "\x1b[31mred\x1b[0m alert\n"),
        Stream("stdout", "second\n"),
        Display({"text/html": table, "text/plain": "unseen"}),
        Display({"text/latex": r"$$\alpha$$"}),
        Display({"text/markdown": "a **word**"}),
        Display({"image/svg+xml": svg}),
        Display({"image/png": "dW5zZWVu"}, {"image/png": {"alt": "a rising line"}}),
        Failure("ValueError", "wrong shape", ("\x1b[0;31mTraceback\x1b[0m: in line 3",)),
    )


def test_of_a_long_output_the_beginning_is_searched(kit: Kit) -> None:
    endless = "word " * 100_000
    rows = f"<table>{'<tr><td>word</td></tr>' * 50_000}</table>"
    unclosed = Display({"text/html": "<script" * 9999})
    texts = [t for _, t in outputs_of(kit, Stream("stdout", endless), Display({"text/html": rows}), unclosed)]
    assert endless[: outputs.MOST] == texts[0]
    assert 2 == len(texts)
    assert 1000 < len(texts[1]) <= outputs.MOST


def test_outputs_that_are_not_shown_are_not_searched(kit: Kit) -> None:
    printed = Stream("stdout", "secret")
    assert [] == outputs_of(kit, printed, tags=("remove-output",))
    assert [("code", "secret")] == outputs_of(kit, printed, tags=("hide-output",))
    run = RunResult("a/one", "numpy", {0: CellResult("k", "ok", (printed,))})
    cell = kit.cell(code="code", id="drawn", tags=("remove-cell",))
    assert [] == said(found(kit, cell, numpy=run))
    figure = b.Figure(NOWHERE, source="#drawn", alt="words")
    assert [("text", "words"), ("code", "secret")] == said(found(kit, cell, figure, numpy=run))


def test_what_variants_give_alike_is_searched_once(kit: Kit) -> None:
    runs = {
        name: RunResult(
            "a/one", name, {0: CellResult("k", "ok", (Stream("stdout", "same"), Stream("stderr", own)))}
        )
        for name, own in (("numpy", "one"), ("jax", "two"))
    }
    assert ["same", "one", "two"] == [text for _, text in said(found(kit, kit.cell(code="code"), **runs))[1:]]


# texts as they are compared


def test_what_looks_alike_is_alike() -> None:
    assert "gpu 3.2cafe" == flat("ＧＰＵ\u00a0 3.2cafe\u0301")
    assert "第3章自动微分,gpu计算" == flat("第 3 章\n 自动 微分，GPU 计算")
    assert "学习x的率" == flat(f"学习{'x'.join(FORMULA)}的率")
    assert "ἀγορασ"[1:] == flat("ἈΓΟΡΑΣ")[1:]


@given(st.text(max_size=40))
def test_a_flat_text_is_flat(text: str) -> None:
    once = flat(text)
    assert once == flat(once)
    assert once == once.strip()


def test_words_are_found_whole_and_in_parts() -> None:
    found = weights("", [Piece("code", "DataLoader(batch_size=HTTPServer2)")], top=False)
    parts = {"dataloader", "data", "loader", "batch_size", "batch", "size", "httpserver2", "http", "server"}
    assert parts <= found.keys()


def test_the_best_place_of_a_key_counts() -> None:
    pieces = [Piece("text", "梯度 a"), Piece("caption", "c"), Piece("code", "a c d 标题")]
    found = weights("标题", pieces, top=False)
    assert (ONCE, ONCE, CAPTION, CODE, TITLE) == tuple(found[key] for key in ("梯度", "a", "c", "d", "标题"))
    assert TOP == weights("标题", pieces, top=True)["标题"]


# postings and scripts

SECTIONS = st.lists(
    st.lists(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 7)), min_size=1, max_size=30),
    max_size=60,
)


def read(places: str) -> dict[tuple[int, int], int]:
    """What postings say, by the rules of `postings.py`."""
    found = {}
    unit, section = -1, -1
    for gap, entries in re.findall(f"([{re.escape(DIGITS[64:])}]+)([{re.escape(DIGITS[:64])}]+)", places):
        number = 0
        for digit in gap:
            number = number * 29 + DIGITS.index(digit) - 64
        unit, section = unit + number + 1, -1
        for entry in entries:
            skipped, weight = divmod(DIGITS.index(entry), 8)
            section += min(skipped, 6) + 1
            if skipped < 7:
                found[unit, section] = weight
    return found


def unit_of(sections: list[dict[str, int]]) -> Unit:
    places = local_postings(sections)
    return Unit(b"", len(sections), "\n".join(places), "\n".join(places.values()))


@given(SECTIONS, st.integers(1, 3))
def test_postings_come_back(units: list[list[dict[str, int]]], size: int) -> None:
    made = [unit_of(unit) for unit in units]
    merged = merge_blocks(merge_units(made[at : at + size]) for at in range(0, len(made), size))
    expected: dict[str, dict[tuple[int, int], int]] = {}
    for number, unit in enumerate(units):
        for section, found in enumerate(unit):
            for key, weight in found.items():
                expected.setdefault(key, {})[number, section] = weight
    assert expected == {key: read(places) for key, places in merged.items()}
    assert sorted(merged) == list(merged)


def test_postings_need_no_escape() -> None:
    assert 93 == len(set(DIGITS))
    assert f'"{DIGITS}"' == json.dumps(DIGITS)


HAN = st.text(st.sampled_from("学习率梯度下降的，。 x"), min_size=1, max_size=30)


@given(st.lists(st.lists(HAN, min_size=1, max_size=4), min_size=1, max_size=8), st.data())
def test_every_chinese_phrase_is_found_where_it_stands_and_nowhere_else(
    sections: list[list[str]], data: st.DataObject
) -> None:
    """By the method of `find.js`: the sections of all pairs, or of a beginning; of these, who has it."""
    texts = ["\n".join(map(flat, pieces)) for pieces in sections]
    places = local_postings(weights("", [Piece("text", p) for p in pieces], top=False) for pieces in sections)
    index = {key: {s for _, s in read(shards_gap + found)} for key, found in places.items()}
    runs = [run for text in texts for run in re.findall(f"[{UNSEGMENTED}]+", text)]
    if not runs:
        return
    run = data.draw(st.sampled_from(runs))
    start = data.draw(st.integers(0, len(run) - 1))
    phrase = run[start : data.draw(st.integers(start + 1, len(run)))]
    if len(phrase) == 1:
        found = set().union(*(where for key, where in index.items() if key.startswith(phrase)))
    else:
        pairs = [phrase[at : at + 2] for at in range(len(phrase) - 1)]
        found = {s for s in set.intersection(*(index.get(p, set()) for p in pairs)) if phrase in texts[s]}
    assert {s for s, text in enumerate(texts) if phrase in text} == found


shards_gap = DIGITS[64]
"""What stands before the entries of the first unit."""


def test_cuts_are_bounded_and_come_back_after_an_edit() -> None:
    names = [f"key{n}" for n in range(2000)]
    before = list(shards.cut(names, [30] * 2000, names, 3000))
    assert names == [name for piece in before for name in piece]
    assert all(30 * len(piece) < 3000 + 30 for piece in before)
    edited = ["another", *names]
    after = list(shards.cut(edited, [30] * 2001, edited, 3000))
    same = {tuple(piece) for piece in before} & {tuple(piece) for piece in after}
    assert len(same) > 0.9 * len(before)


def test_scripts_of_keys_are_bounded() -> None:
    postings = {f"word{n:05}": DIGITS[64] + DIGITS[n % 64] * 20 for n in range(20_000)}
    keyed, listed = shards.key_shards(postings)
    assert all(len(data) < shards.KEYS + 200 for _, data in keyed.files)
    assert all(len(data) < shards.WORDS + 200 for _, data in listed.files)
    script = re.compile(rb'etude\.shelf\("([0-9a-f]{10})",(.*)\)\n', re.DOTALL)
    lines = []
    for name, data in keyed.files:
        match = script.fullmatch(data)
        assert match is not None
        assert name == match[1].decode()
        lines += json.loads(match[2]).split("\n")
    assert postings == dict(zip(lines[::2], lines[1::2], strict=True))


def test_a_long_page_is_divided(kit: Kit) -> None:
    long = [kit.p("字" * 3000) for _ in range(20)]
    page = kit.page(heading(kit, "One", "one"), *long, heading(kit, "Two", "two"), kit.p("end"))
    units = page_units(page, facts_of(), {}, "zh/a/one.html")
    assert len(units) > 3
    for unit in units:
        address, _, _, _, sections = msgspec.json.decode(unit.text)
        assert "zh/a/one.html" == address
        assert unit.sections == len(sections)
        assert sum(len(piece) for *_, pieces in sections for piece in pieces) <= MOST + 3100
    assert {"one", "two", ""} == {s[0] for unit in units for s in msgspec.json.decode(unit.text)[4]}


def test_longest_words_are_cut_alike(kit: Kit) -> None:
    assert {"a" * keys.LONGEST} == weights("", [Piece("code", "a" * 99)], top=False).keys()
