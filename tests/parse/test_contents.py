"""The contents of a book: patterns, order, languages, and what can be wrong with them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.adapters.memory import MemoryFiles
from etude.model.rules import Rule, Severity
from etude.parse.config import parse_config
from etude.parse.contents import expand, page_path, settle
from etude.parse.contents_names import compile_pattern, natural

TWO = '[book]\ntitle = "x"\nlanguages = ["zh", "en"]\n'
ONE = '[book]\ntitle = "x"\nlanguages = ["zh"]\n'


def book(text, *paths):
    config, diagnostics = parse_config(text)
    assert diagnostics == ()
    return config, MemoryFiles(dict.fromkeys(paths, ""))


def outline(pages):
    """Names, with those of sections in brackets and a ``*`` at unnumbered ones."""
    parts = []
    for page in pages:
        below = f"[{outline(page.pages)}]" if page.pages else ""
        parts.append(page.name + ("" if page.numbered else "*") + below)
    return " ".join(parts)


def tocs(text, *paths):
    found, diagnostics = expand(*book(text, *paths))
    return {
        lang: " | ".join(outline(part.pages) for part in toc.parts) for lang, toc in found.items()
    }, diagnostics


def problems(text, *paths):
    """Rule, covered source and message of every diagnostic."""
    _, diagnostics = expand(*book(text, *paths))
    assert {"etude.toml"} >= {one.place.path for one in diagnostics}
    return [(one.rule, one.place.span.slice(text), one.message) for one in diagnostics]


def both(*names):
    return [f"{language}/{name}.md" for language in ("zh", "en") for name in names]


def test_links_and_hidden_pages():
    text = ONE + (
        '[[part]]\nchapters = [{ url = "https://x.example/a/", title = "X" }, \n'
        '{ page = "a", hidden = true }, { page = "b", sections = [{ url = "http://y.example/" }] }]\n'
    )
    config, files = book(text, "zh/index.md", "zh/a.md", "zh/b.md")
    found, diagnostics = expand(config, files)
    assert diagnostics == ()
    (part,) = found["zh"].parts
    every = (*part.pages, *part.pages[2].pages)
    assert [(one.name, one.url, one.title, one.hidden) for one in every] == [
        ("", "https://x.example/a/", "X", False),
        ("a", "", "", True),
        ("b", "", "", False),
        ("", "http://y.example/", "y.example", False),
    ]
    assert [page.name for page, _, _ in found["zh"].walk()] == ["a", "b"]


@pytest.mark.parametrize(
    "entry", ['{ url = "javascript:x" }', '{ url = "https://x.example/", sections = ["a"] }', "{ url = 1 }"]
)
def test_bad_links(entry):
    _, diagnostics = parse_config(f"{ONE}chapters = [{entry}]\n")
    assert [one.rule for one in diagnostics] == [Rule.CONFIG_VALUE]


def test_parts_chapters_and_sections():
    text = TWO + (
        '[[part]]\ntitle = { zh = "一", en = "One" }\n'
        'chapters = ["a", { page = "b", sections = ["b1", "c/*"] }]\n'
        "[[part]]\nnumbered = false\n"
        'chapters = ["z", { page = "y", numbered = true, sections = [{ page = "x", numbered = false }] }]\n'
    )
    config, files = book(text, *both("index", "a", "b", "b1", "c/1", "c/2", "x", "y", "z"))
    found, diagnostics = expand(config, files)
    assert diagnostics == ()
    assert list(found) == ["zh", "en"]
    toc = found["en"]
    assert (toc.language, toc.home) == ("en", "index")
    assert [(part.title, part.numbered) for part in toc.parts] == [("One", True), ("", False)]
    assert [outline(part.pages) for part in toc.parts] == ["a b[b1 c/1 c/2]", "z* y[x*]"]
    assert [(page.name, depth) for page, depth, _ in toc.walk()][:4] == [
        ("a", 0),
        ("b", 0),
        ("b1", 1),
        ("c/1", 1),
    ]


def test_patterns_sort_naturally_and_leave_named_pages_alone():
    text = ONE + 'chapters = ["*", "ch10", "sub/**", "s?b/[ab]"]\n'
    names = [
        "index",
        "ch10",
        "ch2",
        "ch1",
        "ch20",
        "sub/b",
        "sub/a",
        "sub/deep/index",
        "sub/deep/a",
        "README",
        "_part",
    ]
    found, diagnostics = tocs(text, *(f"zh/{name}.md" for name in names))
    assert found == {"zh": "ch1 ch2 ch20 ch10 sub/a sub/b sub/deep/index sub/deep/a"}
    assert diagnostics == ()


def test_without_contents_every_page_in_natural_order_with_the_index_first():
    found, diagnostics = tocs(
        ONE, *(f"zh/{name}.md" for name in ("index", "p10", "p2", "a/2", "a/index", "a/1"))
    )
    assert found == {"zh": "a/index a/1 a/2 p2 p10"}
    assert diagnostics == ()


def test_a_book_in_one_language_may_keep_its_pages_in_the_root():
    config, files = book(ONE, "index.md", "a.ipynb", "README.md", "_build/html/x.md", "sub/LICENSE.md")
    assert config.language_folders is True
    assert settle(config, files).language_folders is False
    found, diagnostics = expand(config, files)
    assert (outline(found["zh"].parts[0].pages), diagnostics) == ("a", ())
    assert page_path(settle(config, files), files, "zh", "a") == "a.ipynb"
    assert page_path(config, files, "zh", "a") == "a.ipynb"


def test_the_language_folder_wins_over_the_root():
    config, files = book(ONE, "zh/index.md", "index.md")
    assert settle(config, files) == config
    assert page_path(config, files, "zh", "index") == "zh/index.md"


def test_the_configuration_can_say_where_pages_lie():
    config, files = book(ONE + "language_folders = true\n", "index.md")
    assert settle(config, files).language_folders is True
    config, files = book(ONE + "language_folders = false\n", "zh/index.md")
    assert page_path(config, files, "zh", "index") is None
    assert page_path(config, files, "zh", "zh/index") == "zh/index.md"


def test_page_paths_prefer_markdown():
    config, files = book(TWO, "zh/a.md", "zh/a.ipynb", "en/a.ipynb", "b.md")
    assert page_path(config, files, "zh", "a") == "zh/a.md"
    assert page_path(config, files, "en", "a") == "en/a.ipynb"
    assert page_path(config, files, "en", "b") is None


@pytest.mark.parametrize(
    ("chapters", "hint"),
    [
        ('"strat/a"', "did you mean `start/a`?"),
        ('"zh/start/a"', "entries are relative to the language's folder: write `start/a`"),
        ('"start"', "`start` is a folder: write `start/*` for its pages"),
        ('"wholly/other"', "write the page, zh/wholly/other.md"),
    ],
)
def test_a_missing_page_names_what_was_meant(chapters, hint):
    text = TWO + f'chapters = ["start/b", {chapters}]\n'
    _, diagnostics = expand(*book(text, *both("index", "start/a", "start/b")))
    errors = [one for one in diagnostics if one.severity is Severity.ERROR]
    assert [(Rule.TOC_MISSING_FILE, chapters)] == [(one.rule, one.place.span.slice(text)) for one in errors]
    assert errors[0].hints == (hint,)


def test_the_sections_of_a_missing_page_stay():
    text = ONE + 'chapters = [{ page = "gone", sections = ["a"] }, "b"]\n'
    assert tocs(text, "zh/index.md", "zh/a.md", "zh/b.md")[0] == {"zh": "a b"}


def test_doubles_show_both_places():
    text = ONE + 'chapters = ["a", { page = "b", sections = ["a.md"] }]\n'
    config, files = book(text, "zh/index.md", "zh/a.md", "zh/b.md")
    found, diagnostics = expand(config, files)
    assert outline(found["zh"].parts[0].pages) == "a b"
    (one,) = diagnostics
    assert (one.rule, one.place.span.slice(text)) == (Rule.TOC_DUPLICATE, '"a.md"')
    assert [(other.place.path, other.place.span.slice(text)) for other in one.related] == [
        ("etude.toml", '"a"')
    ]


def test_the_front_page_is_not_in_the_contents():
    text = ONE + 'home = "a"\nchapters = ["a", "*"]\n'
    (one,) = expand(*book(text, "zh/a.md", "zh/b.md"))[1]
    assert (one.rule, one.place.span.slice(text)) == (Rule.TOC_DUPLICATE, '"a"')
    assert [other.place.span.slice(text) for other in one.related] == ['"a"']
    assert tocs(text, "zh/a.md", "zh/b.md")[0] == {"zh": "b"}


def test_a_pattern_without_a_match():
    text = ONE + 'chapters = ["a", "no/*"]\n'
    assert problems(text, "zh/index.md", "zh/a.md") == [
        (Rule.TOC_EMPTY_GLOB, '"no/*"', "the pattern `no/*` matches no page")
    ]


def test_a_pattern_whose_matches_are_all_named_elsewhere_is_fine():
    text = ONE + 'chapters = ["s/a", "s/*"]\n'
    assert problems(text, "zh/index.md", "zh/s/a.md") == []


def test_pages_of_one_language_only():
    text = TWO + 'chapters = ["a", { page = "b", sections = ["c"] }, "e*"]\n'
    paths = ["zh/index.md", "zh/a.md", "zh/b.md", "zh/c.md", "en/index.md", "en/a.md", "en/c.md", "en/e1.md"]
    found, diagnostics = tocs(text, *paths)
    assert found == {"zh": "a b[c]", "en": "a c e1"}
    assert [(one.rule, one.place.span.slice(text), one.message, one.hints) for one in diagnostics] == [
        (Rule.TOC_MISSING_TRANSLATION, '"e*"', "`e1` is not translated to `zh`", ("write zh/e1.md",)),
        (Rule.TOC_MISSING_TRANSLATION, '"b"', "`b` is not translated to `en`", ("write en/b.md",)),
    ]
    assert {Severity.WARNING} == {one.severity for one in diagnostics}


def test_many_missing_translations_are_one_warning():
    names = [f"p{i}" for i in range(20)]
    text = TWO + 'chapters = ["*"]\n'
    (one,) = problems(text, *(f"zh/{name}.md" for name in ["index", *names]), "en/index.md")
    assert one[:2] == (Rule.TOC_MISSING_TRANSLATION, '"en"')
    assert one[2] == "20 pages are not translated to `en`: p0, p1, p2, p3, p4, p5, p6, p7 and 12 more"


def test_a_language_without_pages():
    text = TWO
    found, diagnostics = tocs(text, "zh/index.md", "zh/a.md")
    assert found == {"zh": "a"}
    assert [(one.rule, one.place.span.slice(text), one.message) for one in diagnostics] == [
        (Rule.TOC_MISSING_FILE, '"en"', "there are no pages in `en/`")
    ]


def test_an_empty_book():
    assert tocs(ONE)[0] == {}
    assert [(rule, message) for rule, _, message in problems(ONE)] == [
        (Rule.TOC_MISSING_FILE, "there are no pages in the book")
    ]


def test_two_sources_of_a_page():
    text = ONE + 'chapters = ["a*"]\n'
    (one,) = expand(*book(text, "zh/index.md", "zh/a.md", "zh/a.ipynb"))[1]
    assert (one.rule, one.severity, one.place.span.slice(text)) == (
        Rule.TOC_DUPLICATE,
        Severity.ERROR,
        '"a*"',
    )
    assert [other.place.path for other in one.related] == ["zh/a.md", "zh/a.ipynb"]
    assert tocs(text, "zh/index.md", "zh/a.md", "zh/a.ipynb")[0] == {"zh": "a"}


def test_pages_that_no_entry_names_are_told_once():
    text = ONE + 'chapters = ["a"]\n'
    (one,) = expand(*book(text, "zh/index.md", "zh/a.md", "zh/b.md", "zh/c/d.md", "zh/_piece.md"))[1]
    assert (one.rule, one.severity) == (Rule.TOC_UNLISTED, Severity.INFO)
    assert one.message == "2 pages are not in the contents: b, c/d"


def test_without_a_front_page_the_first_page_takes_its_place():
    text = TWO + 'chapters = [{ page = "a", sections = ["b"] }, "c"]\n'
    config, files = book(text, *both("a", "b", "c"), "zh/index.md")
    found, diagnostics = expand(config, files)
    assert (found["zh"].home, outline(found["zh"].parts[0].pages)) == ("index", "a[b] c")
    assert (found["en"].home, outline(found["en"].parts[0].pages)) == ("a", "b c")
    assert [(one.rule, one.message) for one in diagnostics] == [
        (Rule.TOC_MISSING_FILE, "the front page `index` has no file in `en`")
    ]
    assert problems(ONE + 'home = "first"\n', "zh/a.md") == [
        (Rule.TOC_MISSING_FILE, '"first"', "the front page `first` has no file")
    ]


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("a/*", "a/b", True),
        ("a/*", "a/b/c", False),
        ("a/**", "a/b/c", True),
        ("**", "a/b", True),
        ("**/b", "b", True),
        ("**/b", "a/c/b", True),
        ("**/b", "ab", False),
        ("a?", "ab", True),
        ("a?", "a/", False),
        ("[ab]1", "b1", True),
        ("[!ab]1", "b1", False),
        ("[!ab]1", "c1", True),
        ("a.*", "axb", False),
        ("[", "[", True),
        ("[z-a]", "[z-a]", True),
    ],
)
def test_patterns(pattern, name, matches):
    assert matches is bool(compile_pattern(pattern).fullmatch(name))


def test_natural_order():
    names = [
        "index",
        "a",
        "a/index",
        "a/1",
        "a/2",
        "a/10",
        "a1",
        "a2b",
        "a2b3",
        "a10",
        "B",
        "c",
        "第2章",
        "第10章",
    ]
    shuffled = names[::-1]
    assert names == sorted(shuffled, key=natural)


names = st.text("ab1/[]*?_.", min_size=1, max_size=6)


@settings(deadline=None)
@given(st.lists(names, max_size=5), st.lists(names, max_size=6), st.lists(names, max_size=6))
def test_every_page_of_the_contents_has_a_file(chapters, zh, en):
    listed = ", ".join(f"'{name}'" for name in chapters)
    config, _ = parse_config(TWO + f"chapters = [{listed}]\n")
    files = MemoryFiles({f"zh/{name}.md": "" for name in zh} | {f"en/{name}.md": "" for name in en})
    found, _ = expand(config, files)
    for language, toc in found.items():
        pages = [page.name for page, _, _ in toc.walk()]
        assert len(pages) == len(set(pages))
        assert toc.home not in pages
        present = {path.removeprefix(f"{language}/").removesuffix(".md") for path in files.content}
        assert {*pages, toc.home} <= present


def test_excluded_files_and_folders_are_no_pages():
    text = '[book]\ntitle = "x"\nlanguages = ["en"]\nexclude = ["drafts/", "**/old_*.md", "notes", "b?.md"]\n'
    found, diagnostics = tocs(
        text + '[[part]]\nchapters = ["**"]\n',
        *(
            "index.md",
            "a.md",
            "drafts/d.md",
            "drafts/deep/e.md",
            "x/old_1.md",
            "notes.ipynb",
            "b1.md",
            "b10.md",
        ),
    )
    assert ({"en": "a b10"}, ()) == (found, diagnostics)


def test_what_is_excluded_cannot_be_named():
    text = '[book]\ntitle = "x"\nlanguages = ["en"]\nexclude = ["a.md"]\nchapters = ["a"]\n'
    assert [(Rule.TOC_MISSING_FILE, '"a"', "there is no page `a`")] == problems(text, "index.md", "a.md")


def test_titles_of_entries_by_language():
    text = TWO + (
        "[[part]]\nchapters = [\n"
        '  { page = "a", title = { zh = "甲", en = "A" } },\n  { page = "b", title = "B" },\n  "c",\n]\n'
    )
    config, files = book(text, *both("index", "a", "b", "c"))
    found, diagnostics = expand(config, files)
    assert () == diagnostics
    assert ["甲", "B", ""] == [page.title for page, _, _ in found["zh"].walk()]
    assert ["A", "B", ""] == [page.title for page, _, _ in found["en"].walk()]
