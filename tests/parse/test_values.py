"""Values of options: what they mean, and what is said of those that mean nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from etude.model.block import Expectation, Resources
from etude.model.tolerance import Tolerance
from etude.parse import values, yamls

GOOD: list[tuple[Callable[[Any], Any], Any, Any]] = [
    (values.text, None, ""),
    (values.text, 1.5, "1.5"),
    (values.text, True, "true"),
    (values.text, dt.date(2026, 1, 2), "2026-01-02"),
    (values.truth, "", True),
    (values.truth, "Off", False),
    (values.whole, " 12 ", 12),
    (values.number, "1e3", 1000.0),
    (values.seconds, "10m", 600.0),
    (values.seconds, 90, 90.0),
    (values.seconds, "2 h", 7200.0),
    (values.names, "a, b，c", ("a", "b", "c")),
    (values.names, "[a, 'b, c']", ("a", "b, c")),
    (values.names, [1, "x", None], ("1", "x")),
    (values.names, None, ()),
    (values.line_ranges, "1, 3-5, 4", (1, 3, 4, 5)),
    (values.line_ranges, [2, "7–8"], (2, 7, 8)),
    (values.open_ranges, "1, 3-5, -2, 9-", ((1, 1), (3, 5), (1, 2), (9, 0))),
    (values.size, "512MB", 512_000_000),
    (values.size, "2GiB", 2**31),
    (values.size, "4G", 4_000_000_000),
    (values.parse_resources, "{cpus: 2, memory: 1KB}", Resources(2.0, 1000)),
    (values.expectations, "a == b", (Expectation("a == b", source="a == b"),)),
    (values.expectations, "f(x) ≈ 0.5 ± 1e-3", (Expectation("f(x)", "0.5", "1e-3", "f(x) ≈ 0.5 ± 1e-3"),)),
    (values.expectations, "~a", (Expectation("~a", source="~a"),)),
    (values.expectations, "[a > 1, b]", (Expectation("a > 1", source="a > 1"), Expectation("b", source="b"))),
    (values.expectations, "[1, 2] == x", (Expectation("[1, 2] == x", source="[1, 2] == x"),)),
    (values.tolerance, "1e-3", Tolerance(relative=1e-3, any=False)),
    (values.tolerance, 0.01, Tolerance(relative=0.01, any=False)),
    (
        values.tolerance,
        "rtol=1e-2, atol = 1e-6 image=0.05",
        Tolerance(relative=0.01, absolute=1e-6, image=0.05, any=False),
    ),
    (values.tolerance, "0.1 image=1", Tolerance(relative=0.1, image=1.0, any=False)),
    (values.tolerance, "Exact", Tolerance(relative=0.0, absolute=0.0, image=0.0, any=False)),
    (values.tolerance, "any", Tolerance(any=True)),
    (values.align, "Center", "center"),
    (values.length, "400", "400px"),
    (values.length, ".5 em", ".5em"),
    (values.classes, "a b-c, <x>", ("a", "b-c")),
    (values.classes, ["a", "b"], ("a", "b")),
]

BAD: list[tuple[Callable[[Any], Any], Any, str]] = [
    (
        values.tolerance,
        "much",
        "expected `1e-3`, `rtol=1e-2 atol=1e-6 image=0.05`, `exact` or `any`, not `much`",
    ),
    (
        values.tolerance,
        "rtol=",
        "expected `1e-3`, `rtol=1e-2 atol=1e-6 image=0.05`, `exact` or `any`, not `rtol=`",
    ),
    (values.tolerance, "-1", "expected `1e-3`, `rtol=1e-2 atol=1e-6 image=0.05`, `exact` or `any`, not `-1`"),
    (
        values.tolerance,
        "nan",
        "expected `1e-3`, `rtol=1e-2 atol=1e-6 image=0.05`, `exact` or `any`, not `nan`",
    ),
    (
        values.tolerance,
        "image=2",
        "expected `1e-3`, `rtol=1e-2 atol=1e-6 image=0.05`, `exact` or `any`, not `image=2`",
    ),
    (
        values.tolerance,
        "1 2",
        "expected `1e-3`, `rtol=1e-2 atol=1e-6 image=0.05`, `exact` or `any`, not `1 2`",
    ),
    (
        values.tolerance,
        "size=1",
        "expected `1e-3`, `rtol=1e-2 atol=1e-6 image=0.05`, `exact` or `any`, not `size=1`",
    ),
    (values.tolerance, "", "expected `1e-3`, `rtol=1e-2 atol=1e-6 image=0.05`, `exact` or `any`, not ``"),
    (values.text, [1], "expected text"),
    (values.truth, "maybe", "expected true or false, not `maybe`"),
    (values.whole, "1.5", "expected a whole number, not `1.5`"),
    (values.whole, "9" * 30, "expected a number up to 4,294,967,296, not `" + "9" * 30 + "`"),
    (values.number, "nan", "expected a number, not `nan`"),
    (values.seconds, "soon", "expected a duration such as `90`, `90s`, `10m` or `2h`, not `soon`"),
    (values.seconds, "0", "expected a duration above zero, not `0`"),
    (values.line_ranges, "5-3", "expected lines such as `1,3-5`, not `5-3`"),
    (values.line_ranges, "0", "expected lines such as `1,3-5`, not `0`"),
    (values.open_ranges, "-", "expected lines such as `1,3-5` or `9-`, not `-`"),
    (values.open_ranges, "1-20000", "expected lines such as `1,3-5` or `9-`, not `1-20000`"),
    (values.open_ranges, "1-9000," * 12, "expected at most 100,000 lines"),
    (values.size, "2 bananas", "expected a size such as `512MB` or `2GiB`, not `2 bananas`"),
    (values.parse_resources, "2", "expected `{cpus: …, memory: …, gpus: …}`"),
    (values.parse_resources, {"cpu": 1}, "`cpu` is none of `cpus`, `memory`, `gpus`"),
    (values.parse_resources, {"cpus": -1}, "expected a number of at least 0, not `-1`"),
    (values.expectations, "", "expected a Python expression"),
    (values.expectations, "a ≈ b", "expected `value ≈ number ± tolerance`, not `a ≈ b`"),
    (values.align, "top", "expected `left`, `center` or `right`"),
    (
        values.length,
        "wide " * 20,
        f"expected a length such as `400px`, `10cm` or `80%`, not `{('wide ' * 12)[:59]}…`",
    ),
]


@pytest.mark.parametrize(("convert", "value", "expected"), GOOD)
def test_values(convert: Callable[[Any], Any], value: Any, expected: Any) -> None:
    assert expected == convert(value)


@pytest.mark.parametrize(("convert", "value", "message"), BAD)
def test_bad_values(convert: Callable[[Any], Any], value: Any, message: str) -> None:
    with pytest.raises(values.Bad) as caught:
        convert(value)
    assert message == str(caught.value)


def test_an_open_bracket_is_a_name() -> None:
    assert ("[a",) == values.names("[a")


def test_yaml_tells_where_things_stand() -> None:
    text = '标题: 值\nb: "quoted"\nc: >\n  folded\n标题: again\n'
    result = yamls.load(text)
    assert isinstance(result, yamls.Yaml)
    assert {"标题": 0, "b": 6, "c": 18} == result.keys
    assert {"标题": text.index("值"), "b": text.index("quoted")} == result.values
    assert (("标题", text.rindex("标题")),) == result.repeated


def test_yaml_problems_tell_where_they_are() -> None:
    problem = yamls.load("a: b\nc: [\n")
    assert isinstance(problem, yamls.YamlProblem)
    assert problem.offset is not None
    assert 9 <= problem.offset
