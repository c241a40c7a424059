"""`etude.toml`: every kind of problem with its place, and what is usable all the same."""

import datetime as dt
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import to_builtins

from etude.execute.tolerances import DEFAULT, settle
from etude.model.block import Resources
from etude.model.config import Author, Config, Entry, ExecuteConfig, Part, Variant
from etude.model.config_forms import HtmlConfig
from etude.model.localized import Localized
from etude.model.rules import Rule, Severity
from etude.model.span import LineIndex, Span
from etude.parse.config import KEYS, SECTIONS, parse_config
from etude.parse.config_values import byte_count
from etude.parse.tolerances import read_tolerance
from etude.parse.toml_spans import locate

TITLE = '[book]\ntitle = "甲"\n'


def problems(text):
    """Line, column, covered source, rule and message of every diagnostic."""
    lines = LineIndex(text)
    found = []
    for one in parse_config(text)[1]:
        at = lines.position(one.place.span.start)
        found.append((at.line, at.column, one.place.span.slice(text), one.rule, one.message))
    return found


def hints(text):
    return [hint for one in parse_config(text)[1] for hint in one.hints]


def test_a_whole_configuration_is_read():
    text = """
[book]
title = { zh = "动手", en = "Hands on" }
subtitle = "副"
authors = ["甲", { name = "乙", url = "https://b.example", orcid = "0000" }]
license = "CC-BY-SA-4.0"
languages = ["zh", "en"]
variants = ["numpy", "pytorch"]
home = "/index.md"
date = 2026-09-01
keywords = ["x"]
repository = "https://example.org/r"

[[part]]
title = { zh = "起", en = "Start" }
chapters = ["start/a.md", { page = "start/b", sections = ["start/b1", "start/c*"], numbered = false }]

[[part]]
numbered = false
chapters = ["more/*"]

[variant.pytorch]
title = "PyTorch"
kernel = "torch"

[execute]
timeout = 60
output_limit = "2MB"
resources = { cpus = 2, memory = "1GiB", gpus = 0.5 }
pythonpath = ["./src/"]
record = true
results = "./kept/"
remote = "s3://bucket/book"
pull = true

[html]
url = "https://example.org/book"
trust = true

[library]
name = "mybook"

[bibliography]
files = "references.bib"

[inventory.numpy]
url = "https://numpy.org/doc/stable/"
file = "inventories/numpy.inv"

[substitutions]
edition = 2
"""
    config, diagnostics = parse_config(text)
    assert diagnostics == ()
    assert config.title == Localized((("zh", "动手"), ("en", "Hands on")))
    assert config.authors == (Author("甲"), Author("乙", "https://b.example", "0000"))
    assert config.languages == ("zh", "en")
    assert config.variants == (Variant("numpy", "numpy"), Variant("pytorch", "PyTorch", "torch"))
    assert config.home == "index"
    assert config.date == "2026-09-01"
    assert config.execute == ExecuteConfig(
        timeout=60.0,
        output_limit=2_000_000,
        resources=Resources(2.0, 2**30, 0.5),
        pythonpath=("src",),
        record=True,
        results="kept",
        remote="s3://bucket/book",
        pull=True,
    )
    assert config.html == HtmlConfig(url="https://example.org/book/", trust=True)
    assert config.trust is True
    assert config.bibliography.files == ("references.bib",)
    assert [(one.name, one.url) for one in config.inventories] == [("numpy", "https://numpy.org/doc/stable/")]
    assert config.substitutions == (("edition", "2"),)
    first, second = config.parts
    a, b = first.chapters
    assert (a.pattern, a.span.slice(text)) == ("start/a", '"start/a.md"')
    assert (b.pattern, b.numbered, b.span.slice(text)) == ("start/b", False, '"start/b"')
    assert [(one.pattern, one.span.slice(text)) for one in b.sections] == [
        ("start/b1", '"start/b1"'),
        ("start/c*", '"start/c*"'),
    ]
    assert (second.title, second.numbered) == (Localized(), False)
    assert config.span("bibliography.files").slice(text) == '"references.bib"'
    assert config.span("no.such") == Span(0, 0)


def test_chapters_of_a_book_without_parts():
    text = TITLE + 'chapters = ["a", "b*"]\n'
    config, diagnostics = parse_config(text)
    assert diagnostics == ()
    assert config.parts == (Part(Localized(), (Entry("a", Span(31, 34)), Entry("b*", Span(36, 40)))),)


UNKNOWN, VALUE, MISSING, OUTSIDE = (
    Rule.CONFIG_UNKNOWN_KEY,
    Rule.CONFIG_VALUE,
    Rule.CONFIG_MISSING,
    Rule.PATH_OUTSIDE,
)


@pytest.mark.parametrize(
    ("text", "line", "column", "source", "rule", "part"),
    [
        ('[exeute]\ntimeout = 1\n[book]\ntitle="x"', 1, 2, "exeute", UNKNOWN, "unknown key `exeute`"),
        (TITLE + 'lisence = "MIT"', 3, 1, "lisence", UNKNOWN, "unknown key `lisence` in `[book]`"),
        (TITLE + '"li.c" = 1', 3, 1, '"li.c"', UNKNOWN, "unknown key `li.c`"),
        (TITLE + "[execute.resources]\ngpu = 1", 4, 1, "gpu", UNKNOWN, "in `[execute.resources]`"),
        (TITLE + "execute.timeouts = 1", 3, 1, "execute", UNKNOWN, "unknown key `execute` in `[book]`"),
        (TITLE + "[execute]\nresources.gpu = 1", 4, 11, "gpu", UNKNOWN, "unknown key `gpu`"),
        (
            TITLE + 'authors = ["a",\n{ name = "b", mail = "m" }]',
            4,
            15,
            "mail",
            UNKNOWN,
            "in `[book.authors]`",
        ),
        (TITLE + "[variant.np]\ntitle='x'", 3, 10, "np", UNKNOWN, "none of the book's variants"),
        (TITLE + "[launch]\ncolb = 1", 4, 1, "colb", UNKNOWN, "in `[launch]`"),
        (
            '[book]\ntitle = { zh = "x", fr = "y" }\nlanguages = ["zh"]',
            2,
            21,
            "fr",
            UNKNOWN,
            "has a text for `fr`",
        ),
        ("[book]\ntitle = 3", 2, 9, "3", VALUE, "`book.title` is the number 3, not a text"),
        ("[book]\ntitle = { en = 3 }", 2, 16, "3", VALUE, "`book.title.en` is the number 3"),
        (TITLE + "[execute]\ntimeout = '5m'", 4, 11, "'5m'", VALUE, 'the text "5m", not a number of seconds'),
        (
            TITLE + "[execute]\ntimeout = 0",
            4,
            11,
            "0",
            VALUE,
            "the number 0, not a number of seconds above 0",
        ),
        (
            TITLE + "[execute]\ntolerance = 'much'",
            4,
            13,
            "'much'",
            VALUE,
            'the text "much", not a number of 0 or more, or a text such as',
        ),
        (TITLE + "[execute]\ntolerance = -1", 4, 13, "-1", VALUE, "the number -1, not a number of 0 or more"),
        (TITLE + "[execute]\ntimeout = inf", 4, 11, "inf", VALUE, "not a number of seconds"),
        (TITLE + "[execute]\ntimeout = true", 4, 11, "true", VALUE, "is true, not a number"),
        (TITLE + "[execute]\nseed = -1 # x", 4, 8, "-1", VALUE, "whole number from 0"),
        (TITLE + "[execute]\nseed = 1.5", 4, 8, "1.5", VALUE, "whole number from 0"),
        (
            TITLE + "[execute]\npolicy = 'frozn'",
            4,
            10,
            "'frozn'",
            VALUE,
            "one of auto, strict, frozen, force, off",
        ),
        (TITLE + "[execute]\noutput_limit = '2 XB'", 4, 16, "'2 XB'", VALUE, "a text such as 2GB"),
        (
            TITLE + "[execute]\npinned = ['~/a/**', '$A/*', '${A}', '/a', 'data/*.gz']",
            4,
            43,
            "'data/*.gz'",
            VALUE,
            "an item of `execute.pinned`",
        ),
        (
            TITLE + "[execute]\nenvironment = ['A', 'B C']",
            4,
            21,
            "'B C'",
            VALUE,
            "an item of `execute.environment`",
        ),
        (TITLE + "[execute]\npythonpath = ['../x']", 4, 15, "'../x'", OUTSIDE, "leads out of the book: ../x"),
        (TITLE + "[execute]\nresults = '../x'", 4, 11, "'../x'", OUTSIDE, "leads out of the book: ../x"),
        (TITLE + "[execute]\nresults = '.'", 4, 11, "'.'", VALUE, "not the path of a folder in the book"),
        (TITLE + "[execute]\nresources = 3", 4, 13, "3", VALUE, "`resources` is the number 3, not a table"),
        (TITLE + "[html]\ntrust = 'yes'", 4, 9, "'yes'", VALUE, "not true or false"),
        (
            TITLE + "[html]\nurl = 'example.org'",
            4,
            7,
            "'example.org'",
            VALUE,
            "begins with http:// or https://",
        ),
        (TITLE + "[html]\nedit = 'https://e.org/'", 4, 8, "'https://e.org/'", VALUE, "with {path} in it"),
        (TITLE + "[html]\nlogo = 'C:\\x'", 4, 8, "'C:\\x'", OUTSIDE, "leads out of the book"),
        (TITLE + "[library]\nname = 'class'", 4, 8, "'class'", VALUE, "a name that Python can import"),
        (TITLE + "[library]\nname = 'random'", 4, 8, "'random'", VALUE, "hide a module of Python's own"),
        (TITLE + 'languages = ["zh", "en_US"]', 3, 20, '"en_US"', VALUE, "not a language tag"),
        (TITLE + 'languages = ["zh", "ZH"]', 3, 20, '"ZH"', VALUE, "`ZH` stands twice"),
        (TITLE + "languages = [ ]", 3, 13, "[ ]", VALUE, "`book.languages` is empty"),
        (TITLE + 'variants = ["a", "b", "a"]', 3, 23, '"a"', VALUE, "`a` stands twice"),
        (TITLE + 'variants = ["a b"]', 3, 13, '"a b"', VALUE, "a name of letters"),
        (TITLE + 'home = ""', 3, 8, '""', VALUE, "`book.home` is empty"),
        (TITLE + 'home = "../x"', 3, 8, '"../x"', OUTSIDE, "leads out of the book"),
        (TITLE + "date = 1", 3, 8, "1", VALUE, "not a date"),
        (TITLE + 'date = "soon"', 3, 8, '"soon"', VALUE, 'the text "soon", not a date'),
        (TITLE + 'date = "2026-02-30"', 3, 8, '"2026-02-30"', VALUE, "not a date"),
        (TITLE + 'date = "2026-13"', 3, 8, '"2026-13"', VALUE, "not a date"),
        (
            TITLE + "variants = ['a']\n[variant.a]\ntitle = {de = 'A'}",
            5,
            10,
            "de",
            UNKNOWN,
            "none of the book's languages",
        ),
        (TITLE + "authors = [3]", 3, 12, "3", VALUE, "an item of `book.authors` is the number 3"),
        (
            TITLE + "authors = [{url = 'https://x.org'}]",
            3,
            12,
            "{url = 'https://x.org'}",
            MISSING,
            "no `name`",
        ),
        (TITLE + 'chapters = "a"', 3, 12, '"a"', VALUE, "a list of pages and patterns"),
        (TITLE + "chapters = [1]", 3, 13, "1", VALUE, "an item of `book.chapters` is the number 1"),
        (TITLE + 'chapters = ["../a"]', 3, 13, '"../a"', OUTSIDE, "out of the language's folder"),
        (TITLE + 'chapters = [""]', 3, 13, '""', OUTSIDE, "is empty"),
        (TITLE + "chapters = [{ numbered = true }]", 3, 13, "{ numbered = true }", MISSING, "no `page`"),
        (TITLE + "chapters = [{ page = 'a', pages = [] }]", 3, 27, "pages", UNKNOWN, "unknown key `pages`"),
        (TITLE + "chapters = [{ page = 'a*', sections = ['b'] }]", 3, 22, "'a*'", VALUE, "has sections"),
        (TITLE + "chapters = [{ page = 1 }]", 3, 22, "1", VALUE, "`book.chapters.page` is the number 1"),
        (
            TITLE + "chapters = ['a']\n[[part]]\nchapters = ['b']",
            3,
            1,
            "chapters",
            VALUE,
            "`chapters` and parts",
        ),
        (TITLE + "[part]\nchapters = ['b']", 3, 2, "part", VALUE, "`part` is a table, not a list"),
        (TITLE + "[[part]]\ntitle = 'x'", 3, 3, "part", MISSING, "the part has no `chapters`"),
        ("part = [3]\n" + TITLE, 1, 9, "3", VALUE, "`part` is the number 3, not a table"),
        ("html = 3\n" + TITLE, 1, 8, "3", VALUE, "`html` is the number 3, not a table"),
        ("variant = 3\n" + TITLE, 1, 11, "3", VALUE, "`variant` is the number 3, not a table"),
        (TITLE + "[inventory.np]\nfile = 'x'", 3, 2, "inventory.np", MISSING, "has no `url`"),
        (TITLE + "[inventory.np]\nfile = 'o.inv'", 3, 2, "inventory.np", MISSING, "has no `url`"),
        (TITLE + "[substitutions]\nx = [1]", 4, 5, "[1]", VALUE, "`substitutions.x` is a list"),
        ("[html]\ntrust = true", 1, 1, "", MISSING, "there is no `[book]` table"),
        ("[book]\nlicense = 'x'", 1, 2, "book", MISSING, "the book has no title"),
    ],
)
def test_each_problem_has_its_place(text, line, column, source, rule, part):
    found = problems(text)
    assert len(found) == 1, found
    assert found[0][:4] == (line, column, source, rule)
    assert part in found[0][4]


def test_languages_that_are_all_wrong_leave_the_default():
    config, found = parse_config(TITLE + 'languages = ["e n", "../x"]')
    assert config.languages == ("en",)
    assert [one.rule for one in found] == [Rule.CONFIG_VALUE, Rule.CONFIG_VALUE]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("[exeute]\n" + TITLE, "did you mean `execute`?"),
        (TITLE + "lisence = 'x'", "did you mean `license`?"),
        (TITLE + "timeout = 1", "`timeout` belongs in `[execute]`"),
        ("title = 'x'\n" + TITLE, "`title` belongs in `[book]`"),
        (TITLE + "[library]\nqqq = 1", "known keys: name, whole, language"),
        (TITLE + "[execute]\npolicy = 'frozn'", "did you mean `frozen`?"),
        (TITLE + "[execute]\ntimeout = 'x'", "for example `timeout = 600`"),
        (TITLE + "languages = ['zh_CN']", "did you mean `zh-CN`?"),
        ("[book]\ntitle = {zh = 'x'}", "the languages are en; add it to `[book] languages`"),
        (TITLE + "variants = ['numpy']\n[variant.nunpy]", "did you mean `numpy`?"),
        (TITLE + "[part]", "write `[[part]]` above each part"),
    ],
)
def test_hints_name_what_was_meant(text, hint):
    assert hint in hints(text)


def test_all_problems_come_in_one_pass_in_the_order_of_the_file():
    text = "[book]\ntitle = 1\nx = 2\n[html]\ntrust = 3\n[zzz]\n"
    assert [line for line, *_ in problems(text)] == [2, 3, 5, 6]


def test_wrong_values_take_their_defaults_and_the_rest_stands():
    config, _ = parse_config(TITLE + "[execute]\ntimeout = 'x'\nkernel = 'ir'\nenvironment = ['A', '1']")
    assert config.execute == ExecuteConfig(kernel="ir", environment=("A",))


def test_a_missing_title_is_only_a_warning():
    assert [one.severity for one in parse_config("[book]\n")[1]] == [Severity.WARNING]


def test_wrong_languages_do_not_make_titles_wrong():
    text = '[book]\ntitle = { zh = "x", fr = "y" }\nlanguages = ["zh", "f r"]'
    assert [rule for _, _, _, rule, _ in problems(text)] == [VALUE]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a = \nb = 1", 1, 5),
        ("[book]\r\ntitle = 'x\r\n", 2, 11),
        ("[book]\ntitle = 'x'\ntitle = 'y'\n", 3, 12),
        ("[book", 1, 6),
        ("甲 = 1", 1, 1),
        ("x = [1,", 1, 8),
    ],
)
def test_syntax_errors_keep_their_place(text, line, column):
    config, diagnostics = parse_config(text, "my/etude.toml")
    assert [one.rule for one in diagnostics] == [Rule.CONFIG_SYNTAX]
    assert diagnostics[0].place.path == "my/etude.toml"
    at = LineIndex(text).position(diagnostics[0].place.span.start)
    assert (line, column) == (at.line, at.column)
    assert "line" not in diagnostics[0].message
    assert config == Config()


def test_deep_nesting_is_a_syntax_error():
    assert [one.rule for one in parse_config("x = " + "[" * 100_000)[1]] == [Rule.CONFIG_SYNTAX]


def test_a_byte_order_mark_is_no_problem():
    config, diagnostics = parse_config("\ufeff" + TITLE)
    assert (config.title.get("en"), diagnostics) == ("甲", ())


def test_reserved_tables_are_accepted():
    assert problems(TITLE + "[discussion]\ngiscus = {repo = 'x'}\n") == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("2GB", 2_000_000_000),
        ("2.3 gb", 2_300_000_000),
        ("512MiB", 512 * 2**20),
        ("10k", 10_000),
        ("7", 7),
        ("-1", None),
        ("GB", None),
        ("1 PB", None),
        ("", None),
    ],
)
def test_byte_counts(text, count):
    assert count == byte_count(text)


def test_the_table_of_keys_covers_the_configuration():
    sections = {key.section.split(".")[0] for key in KEYS}
    assert sections | {"discussion"} == set(SECTIONS)
    fields = set(to_builtins(Config()))
    book = {key.name for key in KEYS if key.section == "book"}
    assert book - {"chapters"} <= fields
    for section in ("execute", "html", "pdf", "epub", "launch", "library", "bibliography"):
        names = {key.name for key in KEYS if key.section == section}
        nested = {"execute": {"resources"}, "pdf": {"faces"}}.get(section, set())
        assert names | nested == set(to_builtins(getattr(Config(), section)))
    assert len(KEYS) == len({key.path for key in KEYS})
    for key in KEYS:
        assert key.meaning.endswith("."), key.path
        assert key.type


def test_the_printed_defaults_are_the_defaults():
    known = {key.path: key.default for key in KEYS}
    for section in ("execute", "html", "launch", "library", "bibliography"):
        for name, value in to_builtins(getattr(Config(), section)).items():
            if (
                name in {"footer", "resources", "tolerance"}
                or value is None
                or known[f"{section}.{name}"].startswith("(")
            ):
                continue
            printed = tomllib.loads(f"x = {known[f'{section}.{name}']}")["x"]
            assert (list(value) if isinstance(value, tuple) else value) == printed, name


def test_the_printed_tolerance_is_the_one_in_force():
    printed = next(key.default for key in KEYS if key.path == "execute.tolerance")
    text = tomllib.loads(f"x = {printed}")["x"]
    assert settle(read_tolerance(text)) == settle() == DEFAULT


def test_every_example_is_accepted():
    for key in KEYS:
        header = key.section.replace("NAME", "abc")
        header = f"[[{header}]]" if header == "part" else f"[{header}]"
        name = key.name.replace("NAME", "abc")
        text = f"{header}\n{name} = {key.kind.example}\n"
        relevant = [p for p in problems(text) if p[3] in {VALUE, OUTSIDE}]
        assert relevant == [], key.path


# locate


def flatten(value, path=()):
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in items:
        yield from flatten(one, (*path, key))


LOCATED = r'''# comment
top = 1
[book]
title = { zh = "甲 # no", en = "A\"" } # c
"q.k".'l' = [1, [2, 3], # ]
  {a.b = 'x]', "c\u0041" = """m
"q" x"""},
]
when = 1979-05-27 07:32:00
empty = {}
long = """a""""
raw = \'\'\'it's # "" \'\'\'
[[part]]
chapters = ["a", "b",]
[[part.sub]]
x = 1
[part.sub.y]
z = []
[[part]]
chapters = [ ]
[a.b.c]
'''.replace("\\'", "'")


def test_locate_finds_what_tomllib_reads():
    tree = tomllib.loads(LOCATED)
    found = locate(LOCATED)
    assert set(flatten(tree)) == set(found)
    assert found["book", "title", "en"].value.slice(LOCATED) == r'"A\""'
    assert found["book", "q.k", "l"].key.slice(LOCATED) == "'l'"
    assert found["book", "q.k", "l", 2, "cA"].key.slice(LOCATED) == r'"c\u0041"'
    assert found["book", "when"].value.slice(LOCATED) == "1979-05-27 07:32:00"
    assert found["book", "long"].value.slice(LOCATED) == '"""a""""'
    assert found["part", 1, "chapters"].value.slice(LOCATED) == "[ ]"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-09-01", "2026-09-01"),
        ("2026-09-01T10:00:00", "2026-09-01"),
        ('"2026-09-01"', "2026-09-01"),
        ('"2026-09"', "2026-09"),
        ('"2026"', "2026"),
        ('""', ""),
    ],
)
def test_dates(written, expected):
    config, diagnostics = parse_config(f'[book]\ntitle = "T"\ndate = {written}\n')
    assert ((), expected) == (diagnostics, config.date)


def test_the_title_of_a_variant_in_each_language():
    text = (
        '[book]\ntitle = "T"\nlanguages = ["zh", "en"]\nvariants = ["a", "b", "c"]\n'
        '[variant.a]\ntitle = {zh = "甲", en = "A"}\n[variant.b]\ntitle = "B"\n[variant.c]\ntitle = ""\n'
    )
    config, diagnostics = parse_config(text)
    assert () == diagnostics
    assert config.variants[1] == Variant("b", "B")
    called = [[config.variant_title(name, language) for name in "abcd"] for language in ("zh", "en")]
    assert [["甲", "B", "c", "d"], ["A", "B", "c", "d"]] == called


scalars = st.one_of(
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8),
    st.dates(dt.date(1900, 1, 1)),
)
keys = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=5)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def written(value):
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return quoted(value)
        case dt.date():
            return value.isoformat()
        case list():
            return "[" + " ,\n#]\n".join(map(written, value)) + "]"
        case _:
            return "{" + ", ".join(f"{quoted(k)} = {written(v)}" for k, v in value.items()) + "}"


@settings(deadline=None)
@given(st.dictionaries(keys, st.dictionaries(keys, values, max_size=3), max_size=3))
def test_locate_agrees_with_tomllib_on_anything(tree):
    text = "".join(
        f"[{quoted(name)}]\n" + "".join(f"{quoted(k)} = {written(v)} # \"'[\n" for k, v in table.items())
        for name, table in tree.items()
    )
    assert tree == tomllib.loads(text)
    found = locate(text)
    assert set(flatten(tree)) == set(found)
    for path, place in found.items():
        value = tree
        for step in path:
            value = value[step]
        if len(path) > 1:
            assert {"x": value} == tomllib.loads("x = " + place.value.slice(text))


@settings(deadline=None)
@given(st.text(alphabet="ab.=[]{}\"'#,\n\\ 1", max_size=60))
def test_nothing_raises(text):
    locate(text)
    config, _ = parse_config(text)
    assert isinstance(config, Config)


def asked(text):
    """What each variant asks for, as written."""
    return [(one.variant, one.key, one.written, one.python) for one in parse_config(text)[0].environments]


def test_variants_ask_for_what_is_installed():
    text = TITLE + (
        'variants = ["a", "b", "c", "d", "e"]\n[execute]\nrequires = "NumPy >= 2"\npython = "3.12"\n'
        '[variant.a]\npython = ">=3.11,<4"\n'
        'requires = ["Torch==2.1", "./lists/more.txt", "pyproject.toml:docs"]\n'
        '[variant.c]\nrequires = []\n[variant.d]\nkernel = "ir"\n[variant.e]\npython = "3.12.1"\n'
    )
    assert [] == problems(text)
    assert [
        ("a", "variant.a.requires", ("torch==2.1", "lists/more.txt", "pyproject.toml:docs"), "<4,>=3.11"),
        ("b", "execute.requires", ("numpy>=2",), "==3.12.*"),
        ("c", "variant.c.requires", (), "==3.12.*"),
        ("e", "execute.requires", ("numpy>=2",), "==3.12.1"),
    ] == asked(text)


def test_saved_code_has_a_module_for_each_variant():
    text = (
        TITLE + 'variants = ["a", "b"]\n[variant.a]\nlibrary = "torch"\n[library]\nname = "x"\nwhole = true\n'
    )
    assert [] == problems(text)
    config = parse_config(text)[0]
    assert {"a": "torch"} == config.library_modules()
    assert config.library.whole
    assert ["config-value"] == [str(one.rule) for one in parse_config(text.replace('"torch"', '"a b"'))[1]]


def test_a_book_without_variants_asks_for_itself():
    assert [("", "execute.requires", ("numpy",), "")] == asked(TITLE + "[execute]\nrequires = ['numpy']")
    assert [] == asked(TITLE + "[execute]\nrequires = []")
    assert [] == asked(TITLE + "variants = ['a']\n[execute]\nrequires = ['x']\n[variant.a]\nrequires = []")


@pytest.mark.parametrize(
    ("table", "column", "at", "message"),
    [
        (
            "requires = ['numpy', 'torch=2.1']",
            22,
            "'torch=2.1'",
            "`torch=2.1` in `variant.a.requires` is no req",
        ),
        ("requires = ['a b']", 13, "'a b'", "is no requirement: expected semicolon"),
        ("requires = [3]", 13, "3", "is the number 3, not a requirement"),
        ("requires = ['']", 13, "''", "not a requirement, or the path of a file"),
        ("requires = 3", 12, "3", "is the number 3, not a requirement"),
        ("requires = {x = 1}", 12, "{x = 1}", "is a table, not a list of requirements"),
        ("python = 'new'", 10, "'new'", 'is the text "new", not a version of Python'),
        ("python = 3.12", 10, "3.12", "is the number 3.12, not a version of Python"),
        ("kernel = 'ir'\nrequires = ['x']", 1, "requires", "`requires` does nothing for the kernel `ir`"),
        ("kernel = 'ir'\npython = '3.12'", 1, "python", "`python` does nothing for the kernel `ir`"),
    ],
)
def test_what_cannot_be_required(table, column, at, message):
    ((_, found, covered, rule, said),) = problems(TITLE + "variants = ['a']\n[variant.a]\n" + table)
    assert (column, at, VALUE) == (found, covered, rule)
    assert message in said


def test_a_file_of_requirements_lies_in_the_book():
    ((line, column, covered, rule, _),) = problems(TITLE + "[execute]\nrequires = '../x.txt'")
    assert (4, 12, "'../x.txt'", OUTSIDE) == (line, column, covered, rule)


@pytest.mark.parametrize(
    ("table", "hint"),
    [
        ("requires = ['torch=2.1']", "write `torch==2.1`"),
        ("requires = ['torch v2.1']", "write `torch==2.1`"),
        ("requires = ['torch => 2']", "write it as pip takes it, for example `numpy>=2`"),
        ("python = 3.12", 'write `python = ">=3.12"`'),
        ("requirs = ['x']", "did you mean `requires`?"),
    ],
)
def test_hints_for_requirements(table, hint):
    assert hint in hints(TITLE + "[execute]\n" + table)


def test_what_is_wrong_is_kept_as_such():
    """Nothing may run without it: see `parse.requirements`."""
    for value in ("['numpy', 'torch=2']", "{}", "['../x.txt']"):
        (one,) = parse_config(TITLE + f"[execute]\nrequires = {value}")[0].environments
        assert "" in one.written


def test_which_kernel_runs_and_where():
    text = TITLE + (
        'variants = ["a", "b", "c"]\n[execute]\nkernel = "ir"\n'
        '[variant.a]\nrequires = ["x"]\n[variant.b]\nkernel = "julia"\n'
    )
    config, found = parse_config(text)
    assert found == ()
    (a,) = config.environments
    assert [("python3", a), ("julia", None), ("ir", None)] == [config.kernel(name) for name in "abc"]
    # Notebooks name the kernel of Python, wherever it is; another one brings its own.
    assert [("python3", a), ("ir", None)] == [config.kernel("a", name) for name in ("python3", "ir")]
    assert ("python3", None) == config.kernel("b", "python3")


def test_where_readers_go():
    config, problems = parse_config(
        TITLE
        + "[launch]\ncolab = true\nbinder = true\njupyterhub = 'https://hub.x.org/'\n"
        + "[html.redirects]\n'a/old.html' = 'b/new'\n'gone' = 'https://x.org/'\n"
    )
    assert () == problems
    assert (True, "https://mybinder.org") == (config.launch.colab, config.launch.binder)
    assert (("a/old.html", "b/new"), ("gone", "https://x.org/")) == config.redirects


@pytest.mark.parametrize(
    "wrong",
    ["[launch]\nbinder = 1", "[html.redirects]\na = 1", "[html.redirects]\na = ''", "[html]\nredirects = 1"],
)
def test_where_readers_cannot_go(wrong):
    _, problems = parse_config(TITLE + wrong)
    assert [Rule.CONFIG_VALUE] == [one.rule for one in problems]
