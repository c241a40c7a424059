"""Results as people keep them: exact, the same each time, and no damage unnoticed."""

from __future__ import annotations

import base64
import json
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from etude.adapters.memory import MemoryStore
from etude.execute.plan import Run
from etude.execute.recipe import Component
from etude.execute.record import Record, load_recipe, make, record_bytes
from etude.execute.record import read as read_record
from etude.execute.recorded import Entry, Recorded, adopt, code_key, keep_seconds, taken
from etude.execute.recorded_content import FILE, Loose, loose, tight
from etude.execute.recorded_form import START, identity, write
from etude.execute.recorded_reading import read
from etude.execute.sharing import split_runs
from etude.execute.ways import Lookup, Way
from etude.model.result import Display, Failure, Result, Stream, Value

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10)
HASHES = st.binary(min_size=4, max_size=4).map(bytes.hex)
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(NAMES, st.sampled_from(["file", "as", "json"])), inner, max_size=3),
    ),
    max_leaves=8,
)
BINARY = st.binary(max_size=40).map(lambda data: base64.b64encode(data).decode())
MIMES = st.sampled_from(["text/plain", "text/html", "image/png", "image/svg+xml", "application/json", "x/y"])
BUNDLES = st.dictionaries(MIMES, st.one_of(TEXTS, BINARY, JSON), max_size=4)
OUTPUTS = st.one_of(
    st.builds(Stream, st.sampled_from(["stdout", "stderr"]), TEXTS),
    st.builds(Display, BUNDLES, BUNDLES),
    st.builds(Result, BUNDLES, BUNDLES, st.none() | st.integers(1, 9)),
    st.builds(Failure, NAMES, TEXTS, st.lists(TEXTS, max_size=3).map(tuple)),
)
PARTS = st.builds(Component, NAMES, TEXTS, TEXTS, TEXTS)
SEVERAL_PARTS = st.lists(PARTS, max_size=3).map(tuple)


def further(kind: type, *known: str) -> dict[str, st.SearchStrategy]:
    """Fields that a struct may come to have beside those that are known here."""
    hints = get_type_hints(kind)
    return {name: st.from_type(hints[name]) for name in kind.__struct_fields__ if name not in known}


RECORD = ("status", "outputs", "values", "seconds", "digest", "size", "text", "limit", "cut")
RECORDS = st.builds(
    lambda record, more: structs.replace(record, **more),
    st.builds(
        make,
        st.sampled_from(["ok", "error"]),
        st.lists(OUTPUTS, max_size=3).map(tuple),
        st.dictionaries(NAMES, st.builds(Value, TEXTS, BUNDLES), max_size=3),
        st.floats(0, 1e4),
        text=HASHES | st.just(""),
        limit=st.sampled_from([0, 10_000_000, 5]),
        cut=st.booleans(),
    ),
    st.fixed_dictionaries(further(Record, *RECORD)),
)
WAYS = st.builds(Way, SEVERAL_PARTS, HASHES, HASHES, **further(Way, "reads", "result", "state"))
ENTRIES = st.lists(
    st.builds(Entry, HASHES, WAYS, RECORDS, SEVERAL_PARTS), max_size=4, unique_by=lambda entry: entry.key
).map(tuple)
RUNS = st.builds(
    Recorded, NAMES, TEXTS, NAMES, SEVERAL_PARTS, st.integers(0, 9), ENTRIES, st.sampled_from(["", "warm"])
)


def written(run: Recorded, small: int = 0) -> tuple[str, dict[str, bytes]]:
    files = Loose(small)
    return write(run, files), files.files


# -- exact ----------------------------------------------------------------------------------------


@given(RUNS, st.sampled_from([0, 20]))
def test_what_is_written_is_read_back(run, small):
    text, files = written(run, small)
    found = read(text, files.get)
    assert ((), run) == (found.flaws, found.whole)
    # Equal is not enough: the order of contents decides what is shown.
    assert [in_order(entry) for entry in run.entries] == [in_order(entry) for entry in found.entries]


def in_order(entry: Entry) -> bytes:
    """A record as it is stored, its values by name."""
    record = entry.record
    return record_bytes(structs.replace(record, values=dict(sorted(record.values.items()))))


@given(RUNS)
def test_the_same_is_written_each_time(run):
    text, files = written(run)
    found = read(text, files.get).whole
    assert (text, files) == written(found)
    assert text.startswith(START)
    assert json.loads(text)["count"] == run.cells


@given(MIMES, st.one_of(TEXTS, BINARY, JSON))
def test_contents_are_exact(mime, content):
    files = Loose()
    kept = json.loads(json.dumps(loose(mime, content, files)))
    assert repr(content) == repr(tight(kept, files.files.get))
    assert all(FILE.fullmatch(name) for name in files.files)


@pytest.mark.parametrize(
    ("mime", "content", "kept"),
    [
        ("text/plain", "one", "one"),
        ("text/plain", "one\n", "one\n"),
        ("text/plain", "one\ntwo", ["one\n", "two"]),
        ("application/json", {"a": [1]}, {"a": [1]}),
        ("application/json", ["a", "b"], {"json": ["a", "b"]}),
        ("application/json", {"file": "x", "as": "text"}, {"json": {"file": "x", "as": "text"}}),
        ("image/png", "no base64!", {"file": ".png", "as": "text"}),
        ("image/png", "AAAA", {"file": ".png", "as": "base64"}),
    ],
)
def test_how_contents_are_kept(mime, content, kept):
    found = loose(mime, content, Loose())
    if isinstance(kept, dict) and "file" in kept:
        assert kept == {"file": found["file"][32:], "as": found["as"]}
    else:
        assert kept == found


def test_large_texts_are_files_and_never_pages():
    files = Loose()
    for mime in ("text/plain", "text/html", "text/markdown", "application/json", "a/b"):
        content = "0123456789\n" * 10_000
        kept = loose(mime, content, files)
        assert content == tight(kept, files.files.get)
        assert not kept["file"].endswith((".md", ".ipynb"))
    rows = list(range(30_000))
    kept = loose("application/json", rows, files)
    assert rows == tight(kept, files.files.get)
    assert kept["file"].endswith(".json")


def test_texts_survive_other_line_ends():
    picture = "<svg>\n" + "<path/>\n" * 9 + "</svg>\n"
    files = Loose()
    kept = loose("image/svg+xml", picture, files)
    changed = {name: data.replace(b"\n", b"\r\n") for name, data in files.files.items()}
    assert picture == tight(kept, changed.get)
    # With returns of its own, it cannot be told from one that was changed.
    assert isinstance(loose("image/svg+xml", picture.replace("\n", "\r\n"), files), list)


# -- damage ---------------------------------------------------------------------------------------

PICTURE = base64.b64encode(bytes(range(256))).decode()


def entry(number: int, *outputs, values=None, seconds: float = 0.5) -> Entry:
    record = make("ok", outputs, values or {}, seconds, text="", limit=10_000_000, cut=False)
    reads = (Component("file", "d.csv", "ab"), Component("package", "numpy", "numpy 2.3.1"))
    way = Way(reads, f"result {number}", f"state {number}")
    return Entry(f"key {number}", way, record, (Component("code", "", f"code {number}"),))


SAMPLE = Recorded(
    "start/dice",
    "python",
    "en/start/dice.md",
    (Component("format", "", "2"),),
    3,
    (
        entry(1, Stream("stdout", "one\ntwo\n")),
        entry(2, Display({"image/png": PICTURE, "text/plain": "<Figure>"}), values={"show:x": Value("3")}),
        entry(3, Result({"text/plain": "{}"}, {}, 3)),
    ),
)
TEXT, FILES = written(SAMPLE)


def line_of(text: str, flaw) -> int:
    assert flaw.span.end > flaw.span.start
    return text.count("\n", 0, flaw.span.start) + 1


def test_every_change_of_a_character_is_seen():
    for at, old in enumerate(TEXT):
        new = "~0}\n"[at % 4]
        text = TEXT[:at] + new + TEXT[at + 1 :]
        found = read(text, FILES.get)
        assert set(map(id_of, found.entries)) <= set(map(id_of, SAMPLE.entries)), (at, new)
        try:
            same = json.loads(text) == json.loads(TEXT)
        except ValueError:
            same = False
        assert same == (found.flaws == ()), (at, old, new)
        if not same:
            assert len(found.entries) >= len(SAMPLE.entries) - 2


def id_of(found: Entry) -> bytes:
    return repr(found).encode()


def test_a_text_that_is_cut_off_gives_what_was_before():
    starts = [at for at in range(len(TEXT)) if TEXT.startswith("  }", at) and TEXT[at - 1] == "\n"]
    for length in range(len(TEXT) - 1):
        found = read(TEXT[:length], FILES.get)
        whole = sum(length >= at + 3 for at in starts)
        assert SAMPLE.entries[: len(found.entries)] == found.entries
        assert whole == len(found.entries)
        assert found.flaws


def test_a_change_has_a_place():
    text = TEXT.replace("<Figure>", "<figure>")
    found = read(text, FILES.get)
    (flaw,) = found.flaws
    assert (SAMPLE.entries[0], SAMPLE.entries[2]) == found.entries
    assert "its result 2 cannot be used: it is not what was recorded" == flaw.message
    assert '   "hash": ' in text.splitlines()[line_of(text, flaw) - 1]
    assert found.whole is not None, "the head is as it was"


def conflict(ours: str, theirs: str) -> str:
    """Two texts as version control joins them that cannot."""
    one, two = ours.splitlines(keepends=True), theirs.splitlines(keepends=True)
    head = next(n for n, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1])
    tail = next(n for n, pair in enumerate(zip(one[::-1], two[::-1], strict=False)) if pair[0] != pair[1])
    return "".join(
        (
            *one[:head],
            "<<<<<<< HEAD\n",
            *one[head : len(one) - tail],
            "=======\n",
            *two[head : len(two) - tail],
            ">>>>>>> other\n",
            *one[len(one) - tail :],
        )
    )


def test_conflicts_are_told_and_the_rest_counts():
    first, second, third = SAMPLE.entries
    other = structs.replace(second.record, seconds=0.75)
    theirs, _ = written(
        Recorded(
            SAMPLE.page,
            SAMPLE.variant,
            SAMPLE.path,
            SAMPLE.base,
            SAMPLE.cells,
            (first, Entry(second.key, second.way, other, second.about), third),
        )
    )
    text = conflict(TEXT, theirs)
    found = read(text, FILES.get)
    (flaw,) = found.flaws
    assert "two versions of it were not joined" == flaw.message
    assert "<<<<<<< HEAD" == text.splitlines()[line_of(text, flaw) - 1]
    assert (first, third) == found.entries


def test_whole_entries_of_both_versions_count():
    ours, _ = written(structs_of(SAMPLE.entries[:1]))
    theirs, _ = written(structs_of(SAMPLE.entries[2:]))
    found = read(conflict(ours, theirs), FILES.get)
    assert ["two versions of it were not joined"] == [flaw.message for flaw in found.flaws]


def structs_of(entries) -> Recorded:
    return Recorded(SAMPLE.page, SAMPLE.variant, SAMPLE.path, SAMPLE.base, 1, tuple(entries))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "`{name}` is missing"),
        (b"other", "`{name}` is not what was recorded"),
        (bytes(range(255)), "`{name}` is not what was recorded"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
            "`{name}` is only a pointer: fetch the file with `git lfs pull`",
        ),
    ],
)
def test_a_picture_that_is_not_there(data, message):
    (name,) = FILES
    found = read(TEXT, lambda _name: data)
    assert (SAMPLE.entries[0], SAMPLE.entries[2]) == found.entries
    (flaw,) = found.flaws
    assert f"its result 2 cannot be used: {message.format(name=name)}" == flaw.message


def test_names_lead_nowhere_else():
    with pytest.raises(ValueError, match="is missing"):
        tight({"file": "../secret", "as": "text"}, lambda _name: b"secret")


def test_another_layout_is_read():
    text = json.dumps(json.loads(TEXT), indent=4)
    assert SAMPLE == read(text, FILES.get).whole
    found = read(text.replace("<Figure>", "<figure>"), FILES.get)
    assert (2, 1) == (len(found.entries), len(found.flaws))


def test_a_newer_form_is_left_alone():
    found = read(TEXT.replace('"etude": 1', '"etude": 2'), FILES.get)
    assert ((), "it was written by a newer Etude") == (found.entries, found.flaws[0].message)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"cells": 3}', "{\n  {\n", '{"cells": [3, null, {}]}']
)
def test_other_texts_are_no_results(text):
    found = read(text, FILES.get)
    assert ((), True) == (found.entries, bool(found.flaws))


# -- out of a store and into another --------------------------------------------------------------


def recorded(world) -> tuple[Recorded, ...]:
    plan = world.plan()
    runs, found = split_runs(plan, Lookup(world.store, plan.facts, plan.output_limit))
    return taken(runs, found, world.store)


def test_a_store_can_be_made_of_what_was_recorded(world):
    world.page("a", "x = 1\nprint(x)", "x + 1", evals=(("x * 2", 2),))
    world.execute()
    before = world.execute()
    assert [] == world.ran
    texts = [written(run) for run in recorded(world)]
    world.store = MemoryStore()
    runs = [read(text, files.get).whole for text, files in texts]
    assert 2 == adopt(world.store, runs)
    after = world.execute("frozen")
    assert [] == world.ran
    assert before.results["zh/a.md"] == after.results["zh/a.md"]
    assert texts == [written(run) for run in recorded(world)]
    assert 0 == adopt(world.store, runs)


def test_a_change_is_explained_by_what_was_recorded(world):
    from etude.execute.explain import explain  # noqa: PLC0415

    world.page("a", "x = 1", "x + 1")
    world.execute()
    runs = recorded(world)
    world.store = MemoryStore()
    adopt(world.store, runs)
    world.page("a", "x = 1", "x + 2")
    (found,) = explain(world.plan(), world.store)
    assert (("its code changed",), 1.0) == (found.reasons, found.seconds)


def test_only_complete_cells_are_taken(world):
    world.page("a", "x = 1", "y = 2", "z = 3", evals=(("y", 2),))
    world.execute()
    (run,) = recorded(world)
    assert (3, 3) == (len(run.entries), run.cells)
    world.page("a", "x = 1", "y = 2", "z = 3", evals=(("y + 1", 2),))
    (run,) = recorded(world)
    assert (2, 3) == (len(run.entries), run.cells)
    assert run.recipe is None


def test_values_that_are_missing_are_taken_over(world):
    world.page("a", "x = 1", evals=(("x + 1", 1),))
    world.execute()
    others = recorded(world)
    world.store = MemoryStore()
    world.page("a", "x = 1", evals=(("x + 2", 1),))
    world.execute()
    world.page("a", "x = 1", evals=(("x + 1", 1), ("x + 2", 1)))
    adopt(world.store, others)
    world.execute("frozen")
    (record,) = world.records.values()
    assert {"show:x + 1", "show:x + 2"} == set(record["values"])


def test_the_first_result_stays(world):
    mine, theirs = entry(1, Stream("stdout", "mine\n")), entry(1, Stream("stdout", "theirs\n"))
    adopt(world.store, [structs_of([mine])])
    assert 0 == adopt(world.store, [structs_of([theirs])])
    assert mine.record == read_record(world.store.get("cell", mine.way.result))


def test_ways_of_others_do_not_push_out_all_of_mine(world):
    def way(number: int) -> Way:
        return Way((Component("file", "a", f"{number}"),), f"result {number}", "state")

    record = entry(1).record
    for number in range(20):
        adopt(world.store, [structs_of([Entry("key", way(number), record)])])
    lookup = world.store.get("way", "key")
    assert b"result 0" in lookup
    assert b"result 19" in lookup


# -- the same results -----------------------------------------------------------------------------


def later(run: Recorded, *, seconds: float) -> Recorded:
    entries = (
        Entry(item.key, item.way, structs.replace(item.record, seconds=seconds), item.about)
        for item in run.entries
    )
    return Recorded(run.page, run.variant, run.path, run.base, run.cells, tuple(entries), run.backend)


@given(RUNS)
def test_seconds_stay_when_nothing_else_differs(run):
    old = {item.key: item for item in run.entries}
    assert run == keep_seconds(later(run, seconds=7.0), old)
    assert identity(run) == identity(later(run, seconds=7.0))


def test_seconds_are_new_where_something_differs():
    old = {item.key: item for item in SAMPLE.entries}
    first, second, third = later(SAMPLE, seconds=7.0).entries
    changed = Entry(
        second.key, second.way, make("ok", (), {}, 7.0, text="", limit=0, cut=False), second.about
    )
    new = keep_seconds(structs_of([first, changed, third]), old)
    assert [0.5, 7.0, 0.5] == [item.record.seconds for item in new.entries]
    assert identity(new) != identity(SAMPLE)


def test_runs_of_the_same_code_have_the_same_key(world):
    def key() -> str:
        run: Run = world.plan().runs[0]
        return code_key(run)

    world.page("a", "x = 1", "y = 2")
    before = key()
    world.page("a", "x = 1  # a comment", "y = 2", evals=(("x", 1),))
    assert before == key()
    world.page("a", "x = 1", "y = 3")
    assert before != key()


def test_recipes_that_are_there_stay(world):
    world.page("a", "x = 1")
    world.execute()
    (key,) = world.store.keys("recipe")
    before = load_recipe(world.store.get("recipe", key))
    adopt(world.store, [later(run, seconds=9.0) for run in recorded(world)])
    assert before == load_recipe(world.store.get("recipe", key))
