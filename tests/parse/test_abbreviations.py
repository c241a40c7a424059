"""Short forms of a book and of a page, found in the text and nowhere else."""

import pytest

from etude.model.config import Config
from etude.model.inline import Abbreviation
from etude.model.rules import Rule
from etude.parse.config import parse_config
from tests.parse.support import parse, walk

CONFIG = Config(
    languages=("zh",), abbreviations=(("MSL", "mean sea level"), ("MS", "manuscript"), ("c.", "circa"))
)


def found(source, config=CONFIG):
    """Short form, long form and covered source of every abbreviation."""
    page = parse(source, config=config)
    assert () == page.diagnostics
    nodes = [node for node, _ in walk(page.blocks) if isinstance(node, Abbreviation)]
    return [(node.value, node.title, node.span.slice(source)) for node in nodes]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Above MSL, in MS.", ["MSL", "MS"]),
        ("*MSL*", ["MSL"]),
        ("[MSL](https://x.example)", ["MSL"]),
        ("海拔以MSL计", ["MSL"]),
        ("born c. 1800", ["c."]),
        ("# On MSL", ["MSL"]),
        ("MSLs XMSL MSL2 MSL_x msl", []),
        ("`MSL` and $MSL$", []),
        ("```\nMSL\n```", []),
    ],
)
def test_where_they_are_found(source, expected):
    assert expected == [words for words, _, _ in found(source)]


def test_long_forms_and_places():
    assert [("MSL", "mean sea level", "MSL"), ("MS", "manuscript", "MS")] == found("At **x MSL** or MS")


def test_a_page_adds_its_own_and_takes_away():
    source = "---\nabbreviations:\n  AB: a b\n  MS: ''\n  MSL: other\n---\nAB MS MSL\n"
    assert [("AB", "a b", "AB"), ("MSL", "other", "MSL")] == found(source)


def test_an_escape_gives_up_the_place_only():
    assert [("MSL", "mean sea level", "a\\* MSL")] == found("a\\* MSL")


def test_bad_values():
    page = parse("---\nabbreviations: 3\n---\nMSL\n", config=CONFIG)
    assert [Rule.FRONT_MATTER_VALUE] == [one.rule for one in page.diagnostics]
    config, problems = parse_config('[book]\ntitle = "x"\n[abbreviations]\nA = "b"\nC = 3\n')
    assert (("A", "b"),) == config.abbreviations
    assert [Rule.CONFIG_VALUE] == [one.rule for one in problems]
