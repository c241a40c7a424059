"""Diagnostics as people, programs and GitHub read them."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from etude.cli.report import Located, Summary, Texts, duration, exit_code, in_order, sum_up
from etude.cli.report_human import Style, display_width, for_people
from etude.cli.report_machine import for_github, to_json
from etude.model.diagnostic import Place, Related, diagnose
from etude.model.rules import Rule, Severity
from etude.model.span import Span

ZH = "# 标题\n\n见{ref}`fig-x`，还有\t这里。\n"
SOURCES = {"zh/a.md": ZH, "etude.toml": '[book]\ntitle = "x"\n'}


def at(text, piece, path="zh/a.md", rule=Rule.REFERENCE_BROKEN, message="no label `fig-x`", **more):
    start = text.index(piece)
    return diagnose(rule, message, path, Span(start, start + len(piece)), **more)


def people(*diagnostics, sources=SOURCES, prefix="", **style):
    return for_people(diagnostics, Texts(sources, prefix), Style(**style))


BROKEN = at(ZH, "{ref}`fig-x`", hints=("did you mean `fig-y`?",))


def test_carets_stand_below_wide_characters():
    assert people(BROKEN, prefix="book/") == (
        "book/zh/a.md:3:2: error[reference-broken]: no label `fig-x`\n"
        "    3 | 见{ref}`fig-x`，还有    这里。\n"
        "      |   ^^^^^^^^^^^^\n"
        "  hint: did you mean `fig-y`?"
    )


@pytest.mark.parametrize(
    ("piece", "under"),
    [
        ("还有", "                " + "^^^^"),
        ("\t", "                    " + "^^^^"),
        ("这里。", "                        " + "^^^^^^"),
        ("，", "              " + "^^"),
    ],
)
def test_the_caret_covers_exactly_the_columns_of_the_place(piece, under):
    shown = people(at(ZH, piece)).split("\n")
    assert shown[2] == "      | " + under


def test_a_place_over_several_lines_is_marked_to_the_end_of_its_first():
    text = "one two\nthree\n"
    shown = people(diagnose(Rule.UNCLOSED_FENCE, "m", "a.md", Span(4, 12)), sources={"a.md": text})
    assert shown.split("\n")[1:] == ["    1 | one two", "      |     ^^^"]


def test_an_empty_place_has_one_caret_even_at_the_end():
    shown = people(diagnose(Rule.UNCLOSED_FENCE, "m", "a.md", Span(3, 3)), sources={"a.md": "one"})
    assert shown.split("\n")[1:] == ["    1 | one", "      |    ^"]


def test_what_has_no_place_has_no_snippet():
    assert people(diagnose(Rule.BUILD_LOCKED, "m", "")) == "error[build-locked]: m"
    assert people(diagnose(Rule.CONFIG_MISSING, "m", "etude.toml")) == "etude.toml: error[config-missing]: m"
    gone = diagnose(Rule.READ_FAILED, "m", "gone.md", Span(3, 5))
    assert people(gone, prefix="b/") == "b/gone.md: error[read-failed]: m"
    assert people(diagnose(Rule.LABEL_UNUSED, "m", "a.md", Span(0, 1)), sources={"a.md": "\n"}) == (
        "a.md:1:1: warning[label-unused]: m"
    )


def test_related_places_and_traces_follow():
    one = at(
        ZH,
        "标题",
        rule=Rule.LABEL_DUPLICATE,
        message="first\nsecond",
        related=(Related(Place("etude.toml", Span(7, 12)), "here too"),),
        trace="Traceback\n  \x1b[31mline\x1b[0m 1\n",
    )
    assert people(one).split("\n") == [
        "zh/a.md:1:3: error[label-duplicate]: first",
        "  second",
        "    1 | # 标题",
        "      |   ^^^^",
        "  see: etude.toml:2:1: here too",
        "  Traceback",
        "    line 1",
    ]


def test_nothing_that_a_page_says_controls_the_terminal():
    evil = "\x1b]0;title\x07\x1b[2J\x1b[31mred\x08\u202e"
    text = f"{evil}\n"
    one = diagnose(Rule.CELL_ERROR, evil, "a.md", Span(0, 3), hints=(evil,), trace=evil)
    for colour in (False, True):
        shown = people(one, sources={"a.md": text}, colour=colour)
        assert "\x1b]" not in shown
        assert "\x1b[2J" not in shown
        assert "\x08" not in shown
        assert "\u202e" not in shown
    assert "\x1b" not in people(one, sources={"a.md": text})


def test_colours():
    shown = people(BROKEN, colour=True)
    assert "\x1b[1;31merror[reference-broken]\x1b[0m: no label" in shown
    assert "\x1b[1;31m^^^^^^^^^^^^\x1b[0m" in shown
    assert "\x1b[1;33mwarning[label-unused]\x1b[0m" in people(
        at(ZH, "见", rule=Rule.LABEL_UNUSED), colour=True
    )
    assert "\x1b[31m1\x1b[0m" in people(at(ZH, "见", trace="\x1b[31m1\x1b[0m"), colour=True)


def test_long_lines_are_cut_around_the_place():
    text = "甲" * 200 + "KEY" + "乙" * 200
    shown = people(at(text, "KEY"), sources={"zh/a.md": text}, width=40).split("\n")
    source, caret = shown[1].removeprefix("    1 | "), shown[2].removeprefix("      | ")
    assert display_width(source) <= 40
    assert source.startswith("…甲")
    assert source.endswith("乙…")
    assert caret.strip() == "^^^"
    assert display_width(source[: source.index("KEY")]) == len(caret) - 3


lines = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=60)


@settings(deadline=None)
@given(lines, st.data(), st.integers(20, 60))
def test_carets_always_fit(line, data, width):
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    one = diagnose(Rule.CELL_ERROR, "m", "a.md", Span(start, end, 1))
    shown = people(one, sources={"a.md": line}, width=width).split("\n")
    if len(shown) == 3:
        assert display_width(shown[1]) <= width + 8
        assert display_width(shown[2]) <= width + 9
        assert shown[2].strip(" |^") == ""


# order, counts, codes


def test_order_and_doubles():
    late, early = at(ZH, "这里"), at(ZH, "标题")
    other = diagnose(Rule.CONFIG_VALUE, "m", "etude.toml", Span(3, 4))
    book = diagnose(Rule.BUILD_LOCKED, "m", "")
    warning = at(ZH, "标题", rule=Rule.LABEL_UNUSED)
    assert in_order([book, late, warning, early, other, late]) == (other, early, warning, late, book)


@pytest.mark.parametrize(
    ("rules", "strict", "code"),
    [
        ((), False, 0),
        ((Rule.LABEL_UNUSED,), False, 0),
        ((Rule.LABEL_UNUSED,), True, 1),
        ((Rule.TOC_UNLISTED,), True, 0),
        ((Rule.LABEL_UNUSED, Rule.CELL_ERROR), False, 1),
        ((Rule.BUILD_LOCKED,), False, 2),
        ((Rule.CELL_ERROR, Rule.WRITE_FAILED), False, 2),
        ((Rule.USAGE,), False, 2),
        ((Rule.INTERNAL,), False, 2),
        ((Rule.CONFIG_SYNTAX,), False, 1),
    ],
)
def test_exit_codes(rules, strict, code):
    assert code == exit_code([diagnose(rule, "m", "a.md") for rule in rules], strict=strict)


def test_a_missing_book_is_not_a_problem_of_the_book():
    assert exit_code([diagnose(Rule.CONFIG_MISSING, "m", "")]) == 2
    assert exit_code([diagnose(Rule.CONFIG_MISSING, "m", "etude.toml")]) == 1


@pytest.mark.parametrize(
    ("rules", "summary", "line"),
    [
        ((), Summary(pages=1, seconds=0.1234), "no problems · 1 page · 0.12 s"),
        (
            (Rule.CELL_ERROR,) * 4 + (Rule.LABEL_UNUSED,),
            Summary(pages=12, cells_run=5, cells_kept=30, seconds=3.2),
            "4 errors, 1 warning · 12 pages, 5 cells run, 30 kept · 3.2 s",
        ),
        ((Rule.TOC_UNLISTED,), Summary(cells_run=1), "1 note · 0 pages, 1 cell run · 0.00 s"),
        ((), Summary(pages=2, cells_kept=1, seconds=125), "no problems · 2 pages, 1 cell kept · 2 min 5 s"),
    ],
)
def test_summaries(rules, summary, line):
    assert line == sum_up([diagnose(rule, "m", "a.md") for rule in rules], summary)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.00 s"),
        (0.994, "0.99 s"),
        (0.996, "1.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"),
        (3780, "1 h 3 min"),
    ],
)
def test_durations(seconds, text):
    assert text == duration(seconds)


def test_located_places_print_as_far_as_they_are_known():
    texts = Texts(SOURCES, "b/")
    assert str(texts.locate(Place("zh/a.md", Span(2, 4)))) == "b/zh/a.md:1:3"
    assert str(texts.locate(Place("zh/a.md"))) == "b/zh/a.md"
    assert texts.locate(Place("")) == Located("")


# JSON


class Where(Struct, forbid_unknown_fields=True):
    line: int
    column: int


class JsonRelated(Struct, forbid_unknown_fields=True):
    message: str
    path: str
    file: str
    start: Where | None
    end: Where | None


class JsonDiagnostic(Struct, forbid_unknown_fields=True):
    rule: Rule
    severity: Severity
    message: str
    path: str
    file: str
    start: Where | None
    end: Where | None
    hints: list[str]
    related: list[JsonRelated]
    trace: str


class JsonSummary(Struct, forbid_unknown_fields=True):
    pages: int
    written: int
    runs: int
    cells_run: int
    cells_kept: int
    seconds: float
    timings: dict[str, float]


class Document(Struct, forbid_unknown_fields=True):
    version: int
    root: str
    exit_code: int
    counts: dict[Severity, int]
    summary: JsonSummary | None
    diagnostics: list[JsonDiagnostic]


def test_the_json_document_has_every_field():
    one = at(
        ZH, "{ref}`fig-x`", hints=("h",), related=(Related(Place("gone.md", Span(1, 2)), "r"),), trace="t"
    )
    summary = Summary(
        pages=3, written=2, runs=1, cells_run=4, cells_kept=5, seconds=0.5, timings=(("parse", 0.25),)
    )
    text = to_json((one,), Texts(SOURCES, "b/"), root="/r", summary=summary, code=1)
    assert text.endswith("}\n")
    assert msgspec.json.decode(text, type=Document) == Document(
        version=1,
        root="/r",
        exit_code=1,
        counts={Severity.ERROR: 1, Severity.WARNING: 0, Severity.INFO: 0},
        summary=JsonSummary(3, 2, 1, 4, 5, 0.5, {"parse": 0.25}),
        diagnostics=[
            JsonDiagnostic(
                Rule.REFERENCE_BROKEN,
                Severity.ERROR,
                "no label `fig-x`",
                "zh/a.md",
                "b/zh/a.md",
                Where(3, 2),
                Where(3, 14),
                ["h"],
                [JsonRelated("r", "gone.md", "b/gone.md", None, None)],
                "t",
            )
        ],
    )


def test_json_without_a_summary():
    document = msgspec.json.decode(to_json((), Texts({}), root="/r", summary=None, code=0), type=Document)
    assert (document.summary, document.diagnostics) == (None, [])


# GitHub


def test_github_commands():
    assert for_github((BROKEN,), Texts(SOURCES, "b/")) == (
        "::error file=b/zh/a.md,line=3,col=2,endColumn=14,title=reference-broken::"
        "no label `fig-x`%0Ahint: did you mean `fig-y`?\n"
    )


def test_github_escapes():
    text = "100%\nx"
    one = diagnose(
        Rule.TOC_UNLISTED,
        "50%: a,b\r\nc",
        "a,b:c.md",
        Span(0, 6),
        related=(Related(Place("a,b:c.md", Span(5, 6)), "r"),),
        trace="t",
    )
    assert for_github((one,), Texts({"a,b:c.md": text})) == (
        "::notice file=a%2Cb%3Ac.md,line=1,col=1,endLine=2,title=toc-unlisted::"
        "50%25: a,b%0D%0Ac%0Asee a,b:c.md:2:1: r%0At\n"
    )


def test_github_without_a_place():
    assert for_github((diagnose(Rule.BUILD_LOCKED, "m", ""),), Texts({})) == "::error title=build-locked::m\n"
    whole = diagnose(Rule.LABEL_UNUSED, "m", "a.md")
    assert for_github((whole,), Texts({"a.md": ""})) == "::warning file=a.md,title=label-unused::m\n"
    assert for_github((), Texts({})) == ""
