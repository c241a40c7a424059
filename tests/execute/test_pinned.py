"""Pinned files: what a result depends on of them, and what it does not."""

from __future__ import annotations

import pytest

from etude.execute.explain import explain
from etude.execute.pinned import pinned_files
from etude.model.config import ExecuteConfig
from etude.model.protocols import Reply
from etude.model.result import Result, Value
from etude.model.rules import Rule

PATTERNS = ("$DATA/**", "~/.cache/data/**", "/usr/share/sets/**")
CACHE = "/home/me/.cache/data/clothes/train.gz"
SYSTEM = "/usr/share/sets/clothes/train.gz"
ELSEWHERE = "/mnt/clothes/train.gz"
NAME = "clothes/train.gz"


def pinned(*patterns, **environment):
    return pinned_files(patterns, environment, "/home/me")


@pytest.mark.parametrize(
    ("pattern", "place", "name"),
    [
        ("~/data/**", "~/data/a/b.gz", "a/b.gz"),
        ("~/data/*.gz", "~/data/b.gz", "b.gz"),
        ("~/data/*.gz", "~/data/a/b.gz", None),
        ("~/data/*.gz", "~/data/b.txt", None),
        ("~/data", "~/data/a/b.gz", "a/b.gz"),
        ("~/data/b.gz", "~/data/b.gz", "b.gz"),
        ("~/data/b.gz", "~/data/b.gz.part", None),
        ("/home/me/data/**", "~/data/b.gz", "b.gz"),
        ("$DATA/**", "/mnt/b.gz", "b.gz"),
        ("${HERE}/**", "~/sets/b.gz", "b.gz"),
        ("$UNSET/**", "/b.gz", None),
        ("$EMPTY/**", "/etc/passwd", None),
        ("~/data/**", "~/database/b.gz", None),
    ],
)
def test_a_pinned_file_has_one_name_in_every_place(pattern, place, name):
    assert name == pinned(pattern, DATA="/mnt", HERE="/home/me/sets", EMPTY="").name(place)


def test_folders_that_the_patterns_look_through_are_pinned():
    deep, flat = pinned("~/data/**"), pinned("~/data/*/*.gz")
    assert [True, True, True, False] == [
        deep.lists(place) for place in ("~/data", "~/data/a", "~/data/a/b", "~/other")
    ]
    assert [True, True, False] == [flat.lists(place) for place in ("~/data", "~/data/a", "~/data/a/b")]


def test_a_file_may_lie_where_any_pattern_says():
    assert ("~/.cache/data/a.gz", "/usr/share/sets/a.gz") == pinned(*PATTERNS).places("a.gz")


@pytest.fixture
def clothes(world):
    """A page that loads a set of data, or a sample where there is none, and then looks at it."""
    world.execution = ExecuteConfig(pinned=PATTERNS)
    world.files.content[CACHE] = b"packed"
    world.seen_whole = True
    ask(world)
    return world


def ask(world, look="size", evals=()):
    world.page("a", "size = load()", look, evals=[(text, 1) for text in evals])

    def load(kernel):
        places = [place for place in (ELSEWHERE, CACHE, SYSTEM) if world.environment or place != ELSEWHERE]
        asked = [place.replace("/home/me", "~") for place in places]
        found = next((n for n, place in enumerate(places) if place in world.files.content), None)
        world.reads = tuple(("file", place) for place in asked[: None if found is None else found + 1])
        kernel.names["size"] = 10 if found is None else 100
        # What is asked for when the result is stored is nothing; so it is here when the file is gone.
        values = {} if found is None else {f"show:{text}": kernel.value(text) for text in evals}
        return Reply("ok", (), values, 0.5, kernel.count)

    world.script["size = load()"] = load


def shown(done):
    (cells,) = (result.cells for result in done.results["zh/a.md"].values())
    return [item.data["text/plain"] for item in cells[1].outputs if isinstance(item, Result)]


def rules(done):
    return [problem.rule for problem in done.diagnostics]


def test_a_result_stands_wherever_the_file_lies_and_without_it(clothes):
    assert 2 == clothes.execute().executed
    del clothes.files.content[CACHE]
    assert (0, ["100"]) == ((done := clothes.execute("frozen")).executed, shown(done))
    clothes.files.content[SYSTEM] = b"packed by others"
    assert 0 == clothes.execute().executed
    clothes.environment = {"DATA": "/mnt"}
    clothes.files.content[ELSEWHERE] = b"packed"
    assert 0 == clothes.execute().executed


def test_what_is_stored_is_the_same_wherever_the_file_lay(clothes):
    clothes.execute()
    here = {kind: clothes.store.keys(kind) for kind in ("way", "cell")}
    ways = [clothes.store.get("way", key) for key in here["way"]]
    for kind in here:
        clothes.store.prune(kind, ())
    del clothes.files.content[CACHE]
    clothes.files.content[SYSTEM] = b"packed by others"
    clothes.execute()
    assert here == {kind: clothes.store.keys(kind) for kind in ("way", "cell")}
    assert ways == [clothes.store.get("way", key) for key in here["way"]]


def test_a_result_that_was_made_without_the_file_stands_when_it_comes(clothes):
    del clothes.files.content[CACHE]
    assert ["10"] == shown(clothes.execute())
    clothes.files.content[SYSTEM] = b"packed"
    assert (0, ["10"]) == ((done := clothes.execute()).executed, shown(done))
    (found,) = explain(clothes.plan(), clothes.store)
    assert (True, (), (NAME,)) == (found.fresh, found.pinned, found.found)
    assert ["100"] == shown(clothes.execute("force"))
    assert (0, ["100"]) == ((done := clothes.execute()).executed, shown(done))


def test_results_do_not_mix_when_a_cell_must_run_without_the_file(clothes):
    clothes.execute()
    del clothes.files.content[CACHE]
    ask(clothes, look="size + 0")
    done = clothes.execute()
    # The first cell has loaded something else now, so that its stored value does not stand beside the new.
    assert ["10"] == shown(done)
    assert [Rule.PINNED_DIFFER] == rules(done)
    assert NAME in done.diagnostics[0].message
    again = clothes.execute()
    assert (0, ["10"], []) == (again.executed, shown(again), rules(again))


def test_results_do_not_mix_when_a_cell_must_run_with_the_file(clothes):
    del clothes.files.content[CACHE]
    clothes.execute()
    clothes.files.content[SYSTEM] = b"packed"
    ask(clothes, look="size + 0")
    done = clothes.execute()
    assert (["100"], [Rule.PINNED_DIFFER]) == (shown(done), rules(done))
    ask(clothes)
    assert (0, ["10"]) == ((done := clothes.execute()).executed, shown(done))


def test_a_file_that_was_fetched_is_the_one_that_is_found_later(world):
    """Who fetches asks for the first file only, and then has them all."""
    world.execution = ExecuteConfig(pinned=PATTERNS)
    world.seen_whole = True
    second = CACHE.replace("train", "test")

    def load(kernel):
        places = (CACHE, second) if CACHE in world.files.content else (CACHE,)
        world.files.content |= {CACHE: b"", second: b""}
        world.reads = tuple(("file", place.replace("/home/me", "~")) for place in places)
        kernel.names["size"] = 100
        return Reply("ok", (), {}, 0.5, kernel.count)

    world.script["size = load()"] = load
    world.page("a", "size = load()", "size")
    assert 2 == world.execute().executed
    world.page("a", "size = load()", "size + 0")
    done = world.execute()
    assert (["100"], []) == (shown(done), rules(done))
    assert 3 == len(world.records), "the first cell has one result"


def test_values_of_a_cell_that_is_made_anew_are_asked_for(clothes):
    ask(clothes, evals=("size", "size * 2"))
    clothes.execute()
    del clothes.files.content[CACHE]
    ask(clothes, look="size + 0", evals=("size", "size * 2"))
    (result,) = clothes.execute().results["zh/a.md"].values()
    assert {"size": Value("10"), "size * 2": Value("20")} == result.cells[0].values


def test_results_with_the_file_come_back_when_the_edit_is_undone(clothes):
    clothes.execute()
    del clothes.files.content[CACHE]
    ask(clothes, look="size + 0")
    clothes.execute()
    ask(clothes)
    assert (0, ["100"]) == ((done := clothes.execute()).executed, shown(done))


def test_a_file_that_is_not_pinned_any_more_counts_again(clothes):
    clothes.execute()
    clothes.execution = ExecuteConfig()
    (found,) = explain(clothes.plan(), clothes.store)
    assert (f"`{NAME}` is not pinned any more",) == found.reasons
    clothes.execute()
    (found,) = explain(clothes.plan(), clothes.store)
    assert ("~/.cache/data/clothes/train.gz",) == found.outside
    clothes.execution = ExecuteConfig(pinned=PATTERNS)
    (found,) = explain(clothes.plan(), clothes.store)
    assert () == found.outside


def test_without_the_pattern_the_cells_run(clothes):
    clothes.execute()
    clothes.execution = ExecuteConfig()
    assert 2 == clothes.execute().executed


def test_results_of_before_a_file_was_pinned_stand(clothes):
    clothes.execution = ExecuteConfig()
    assert 2 == clothes.execute().executed
    clothes.execution = ExecuteConfig(pinned=PATTERNS)
    del clothes.files.content[CACHE]
    assert (0, ["100"]) == ((done := clothes.execute()).executed, shown(done))


def test_a_page_may_pin_files_too(clothes):
    clothes.execution = ExecuteConfig()
    clothes.page("a", "size = load()", "size", pinned=PATTERNS)
    clothes.execute()
    del clothes.files.content[CACHE]
    assert 0 == clothes.execute().executed


def test_it_is_explained_that_files_are_not_here(clothes):
    clothes.execute()
    assert () == explain(clothes.plan(), clothes.store)[0].pinned
    del clothes.files.content[CACHE]
    (found,) = explain(clothes.plan(), clothes.store)
    assert (True, (NAME,)) == (found.fresh, found.pinned)


def test_variables_that_say_where_files_lie_are_in_no_key_and_reach_every_run(clothes):
    clothes.execute()
    clothes.environment = {"DATA": "/nowhere"}
    assert 0 == clothes.execute().executed
    assert frozenset({"DATA"}) == clothes.plan().variables(clothes.execution)
