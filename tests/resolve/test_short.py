"""Short codes: what they are made of, and what does not change them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from etude.model.config import Config
from etude.model.config_forms import HtmlConfig
from etude.model.diagnostic import Rule
from etude.model.page import Alias
from etude.model.short import Given, ShortAddresses, short_url
from etude.model.span import Span
from etude.resolve.entries import AnchorIndex, PageIndex
from etude.resolve.short import shorten

SPAN = Span(0, 1)


def page(name: str, *headings: tuple[str, int, str], language: str = "zh", **fields: object) -> PageIndex:
    """Headings are id, level and label."""
    anchors = tuple(
        AnchorIndex(id_, "page" if level == 1 else "section", SPAN, id_, (label,) if label else (), level)
        for id_, level, label in headings
    )
    return PageIndex(f"{language}/{name}.md", name, language, name, anchors=anchors, **fields)  # type: ignore[arg-type]


def make(*pages: PageIndex, record: dict[str, str] | None = None):
    indexes: dict[str, list[PageIndex]] = {}
    for one in pages:
        indexes.setdefault(one.language, []).append(one)
    lines = [Given(code, target, SPAN) for code, target in (record or {}).items()]
    return shorten(indexes, lines, "index", lambda _, name, anchor: f"{name} {anchor and anchor.id}")


def leads(found: ShortAddresses, code: str) -> dict[str, tuple[str, str]]:
    (address,) = (one for one in found.addresses if one.code == code)
    return {language: (place.page, place.id) for language, place in address.places}


ZH = page("a", ("甲", 1, "sec-a"), ("乙", 2, ""), ("丙", 2, "sec-c"))
EN = page("a", ("one", 1, "sec-a"), ("two", 2, ""), ("three", 2, "sec-c"), language="en")


def test_one_code_serves_both_languages():
    found, problems = make(ZH, EN)
    assert () == problems
    for zh, en in (("甲", "one"), ("乙", "two"), ("丙", "three")):
        code = found.codes["zh", "a", zh]
        assert code == found.codes["en", "a", en]
        assert 4 == len(code)
    assert found.codes["zh", "a", ""] == found.codes["zh", "a", "甲"]
    assert {"zh": ("a", ""), "en": ("a", "")} == leads(found, found.codes["zh", "a", ""])
    assert {"zh": ("a", "乙"), "en": ("a", "two")} == leads(found, found.codes["zh", "a", "乙"])


def test_headings_without_labels_are_the_same_only_where_all_headings_pair():
    shorter = page("a", ("one", 1, "sec-a"), ("three", 2, "sec-c"), ("four", 3, ""), language="en")
    found, _ = make(ZH, shorter)
    assert found.codes["zh", "a", "丙"] == found.codes["en", "a", "three"]
    assert {"zh": ("a", "乙")} == leads(found, found.codes["zh", "a", "乙"])
    assert {"en": ("a", "four")} == leads(found, found.codes["en", "a", "four"])


@given(st.lists(st.sampled_from("bcdefgh"), unique=True), st.integers(0, 2))
def test_what_is_added_elsewhere_changes_no_code(names: list[str], at: int):
    before, _ = make(ZH)
    others = [page(name, (name, 1, ""), (f"{name}-1", 2, "")) for name in names]
    grown = page("a", *[(one.id, one.level, "".join(one.labels)) for one in ZH.anchors], ("new", 2, ""))
    after, _ = make(*others[:at], grown, *others[at:])
    assert before.codes == {place: after.codes[place] for place in before.codes}


def test_a_label_takes_its_code_along():
    before, _ = make(ZH, page("b", ("b", 1, "")))
    moved = page("b", ("b", 1, ""), ("丙丙", 3, "sec-c"))
    after, _ = make(page("a", ("甲", 1, "sec-a"), ("乙", 2, "")), moved)
    assert before.codes["zh", "a", "丙"] == after.codes["zh", "b", "丙丙"]


def test_a_collision_makes_the_code_longer_that_was_not_recorded():
    # Two names with the same first four letters, found by trying.
    seen: dict[str, str] = {}
    for number in range(100_000):
        name = f"p{number}"
        code = make(page(name))[0].codes["zh", name, ""]
        if code in seen:
            break
        seen[code] = name
    other = seen[code]
    both = page(other), page(name)
    first, second = sorted((other, name))
    alone, _ = make(*both)
    assert [4, 5] == [len(alone.codes["zh", one, ""]) for one in (first, second)]
    kept, _ = make(*both, record={code: second})
    assert code == kept.codes["zh", second, ""]
    assert code == kept.codes["zh", first, ""][:4]
    assert 5 == len(kept.codes["zh", first, ""])


def test_what_is_recorded_stays_and_is_not_given_again():
    found, problems = make(ZH, EN, record={"old-1": "a#乙", "zzz": "#sec-c", "more": "#sec-c"})
    assert () == problems
    assert "old-1" == found.codes["en", "a", "two"]
    assert "zzz" == found.codes["zh", "a", "丙"]
    assert leads(found, "zzz") == leads(found, "more")
    assert [("#sec-a")] == [target for _, target in found.unrecorded]


def test_a_code_whose_place_is_gone_leads_to_what_is_left():
    found, problems = make(page("index"), ZH, record={"aaa": "a#gone", "bbb": "#gone", "ccc": "gone"})
    assert {"zh": ("a", "")} == leads(found, "aaa")
    assert {"zh": ("index", "")} == leads(found, "bbb") == leads(found, "ccc")
    assert [Rule.SHORT_BROKEN] * 3 == [one.rule for one in problems]
    assert found.codes["zh", "a", ""] not in ("aaa", "bbb", "ccc")


def test_a_code_may_lead_out_of_the_book():
    found, problems = make(ZH, record={"data": "https://x.org/d"})
    assert () == problems
    assert ["https://x.org/d"] == [one.url for one in found.addresses if one.code == "data"]


def test_an_author_chooses_codes():
    own = page("b", ("b", 1, ""), short=Alias("ab12", SPAN))
    found, problems = make(ZH, own, record={"older": "b"})
    assert () == problems
    assert "ab12" == found.codes["zh", "b", ""]
    assert leads(found, "ab12") == leads(found, "older")


def test_a_chosen_code_that_is_taken_is_reported():
    one, two = (page(name, short=Alias("ab12", SPAN)) for name in "bc")
    found, (problem,) = make(one, two)
    assert (Rule.SHORT_CODE, "zh/c.md") == (problem.rule, problem.place.path)
    assert ["zh/b.md"] == [related.place.path for related in problem.related]
    assert {"zh": ("b", "")} == leads(found, "ab12")
    _, (problem,) = make(ZH, one, record={"ab12": "a"})
    assert ["short.toml"] == [related.place.path for related in problem.related]


def test_addresses_to_be_printed():
    site = HtmlConfig(url="https://x.org/b/", short=True)
    assert "https://x.org/b/s/ab12" == short_url(Config(html=site), "ab12")
    assert "" == short_url(Config(html=HtmlConfig(short=True)), "ab12")
    assert "" == short_url(Config(html=HtmlConfig(url="https://x.org/b/")), "ab12")
