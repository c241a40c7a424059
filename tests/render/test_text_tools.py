"""What all outputs share: highlighting, terminal colours, bundles, sizes of pictures, variants."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etude.model.block import BlockBreak, BlockNode, Comment, Paragraph, VariantBlock
from etude.model.book import PageFacts, Resolved
from etude.model.inline import (
    Citation,
    Emphasis,
    Eval,
    InlineCode,
    InlineMath,
    Link,
    Reference,
    Strong,
    Text,
    reference_key,
)
from etude.model.page import FrontMatter
from etude.model.result import Display, Failure, Result, Stream
from etude.model.span import NOWHERE
from etude.render.ansi import Run, Style, carriage, runs, strip
from etude.render.bundle import Failed, Printed, Shown, choose, items
from etude.render.highlight import CLASSES, lines, tokens
from etude.render.images import dimensions
from etude.render.text import plain
from etude.render.variants import Group, grouped, page_variants

if TYPE_CHECKING:
    from conftest import Kit

PYTHON = (
    'def f(x):  # note\n    """Doc."""\n    return [x, 1.5, "a\\n", f"{x!r}"]\n\n@d\nclass A(B):\n    pass'
)


# highlighting


@given(
    st.text(max_size=200), st.sampled_from(["python", "bash", "toml", "json", "diff", "console", "c++", "?"])
)
def test_tokens_join_to_the_code(code: str, language: str) -> None:
    assert code == "".join(text for _, text in tokens(code, language))


@given(st.text(alphabet="ab\n'\"# ", max_size=80))
def test_lines_are_the_codes_lines(code: str) -> None:
    assert code.split("\n") == ["".join(text for _, text in row) for row in lines(code, "python")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("def", "k"),
        ("f", "f"),
        ("# note", "c"),
        ("1.5", "n"),
        ("@d", "d"),
        ("A", "t"),
        ('"""Doc."""', "sd"),
        ("\\n", "se"),
    ],
)
def test_kinds_of_python(text: str, kind: str) -> None:
    found = {value.strip(): name for name, value in tokens(PYTHON, "python")}
    assert kind == found[text]


def test_every_class_has_a_meaning() -> None:
    codes = {
        "python": PYTHON,
        "diff": "- a\n+ b\n@@ 1 @@",
        "console": "$ ls\na",
        "toml": "[a]\nb = 1",
        "html": "<a b='c'>&amp;</a>",
    }
    found = {kind for language, code in codes.items() for kind, _ in tokens(code, language)}
    assert found - {""} <= set(CLASSES)
    assert {"gi", "gd", "gp", "go"} <= found


def test_an_unknown_language_is_plain() -> None:
    assert (("", "x = 1"),) == tokens("x = 1", "no such language")
    assert (("", "x = 1"),) == tokens("x = 1", "")
    assert () == tokens("", "python")


def test_magics_do_not_disturb_python() -> None:
    found = tokens("%matplotlib inline\nimport numpy\n!ls 'x", "python")
    assert ("d", "%matplotlib inline\n") == found[0]
    assert "k" in {kind for kind, _ in found}
    assert ("d", "!ls 'x") == found[-1]


# terminal text


def test_colours() -> None:
    found = list(runs("a\x1b[1;31mb\x1b[0mc\x1b[38;5;208md\x1b[48;2;1;2;3me\x1b[39;49mf\x1b[7mg"))
    assert [
        Run("a", Style()),
        Run("b", Style(foreground=1, bold=True)),
        Run("c", Style()),
        Run("d", Style(foreground="#ff8700")),
        Run("e", Style(foreground="#ff8700", background="#010203")),
        Run("f", Style()),
        Run("g", Style(inverse=True)),
    ] == found


def test_bright_and_grey_colours() -> None:
    assert [Style(foreground=9), Style(background=12), Style(foreground="#121212")] == [
        next(iter(runs(f"\x1b[{code}mx"))).style for code in ("91", "104", "38;5;233")
    ]


def test_other_sequences_vanish() -> None:
    assert "title link" == strip(
        "\x1b]0;name\x07title \x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\x1b[2K\x1b[1A\x1b(B"
    )


@given(st.text(alphabet="\x1b[]0123456789;mKab\x07\\:", max_size=40))
def test_no_escape_is_left(text: str) -> None:
    assert "\x1b" not in strip(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10%\r20%\r100%", "100%"),
        ("abc\rx", "xbc"),
        ("a\r\nb", "a\nb"),
        ("ab\bc", "ac"),
        ("one\n1\r2\nend", "one\n2\nend"),
        ("\b\bx", "x"),
    ],
)
def test_carriage_returns(text: str, expected: str) -> None:
    assert expected == carriage(text)


# bundles


def test_neighbouring_prints_are_joined() -> None:
    found = items(
        [Stream("stdout", "a"), Stream("stdout", "b\n"), Stream("stderr", "c"), Stream("stdout", " \n")]
    )
    assert (Printed(stderr=False, text="ab"), Printed(stderr=True, text="c")) == found


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        ({"text/plain": "x", "text/html": "<b>"}, "text/html"),
        ({"text/plain": "x", "image/png": "", "image/svg+xml": "<svg/>"}, "image/svg+xml"),
        ({"text/plain": "x", "text/latex": "$x$", "image/png": ""}, "text/latex"),
        ({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "Widget()"}, "text/plain"),
        ({"application/json": {"a": 1}, "text/plain": "x"}, "application/json"),
        ({"application/javascript": "alert(1)", "text/plain": "x"}, "text/plain"),
    ],
)
def test_the_richest_content_is_chosen(data: dict[str, Any], mime: str) -> None:
    shown = choose(data)
    assert shown is not None
    assert mime == shown.mime


def test_contents_may_be_lists_of_lines() -> None:
    assert Shown("text/plain", "a\nb", {}) == choose({"text/plain": ["a\n", "b"]})


def test_nothing_to_show() -> None:
    assert choose({"application/x-unknown": "x"}) is None
    assert () == items([Display({}), Result({"application/x-unknown": 1})])


def test_failures() -> None:
    assert (Failed("E", "m", "a\nb"),) == items([Failure("E", "m", ("a", "b"))])


# sizes


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + bytes(width) for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (png(30, 20), (30, 20)),
        (b"GIF89a" + struct.pack("<HH", 7, 9), (7, 9)),
        (b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08" + struct.pack(">HH", 40, 50) + b"\3", (50, 40)),
        (
            b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0" + (99).to_bytes(3, "little") + (49).to_bytes(3, "little"),
            (100, 50),
        ),
        (b'<svg width="10" height="20px"/>', (10, 20)),
        (b'<?xml version="1.0"?><svg width="72pt" height="1in">', (96, 96)),
        (b'<svg viewBox="0 0 300 150">', (300, 150)),
        (b'<svg width="100%" viewBox="0,0,30,15">', (30, 15)),
        (b'<svg width="60" viewBox="0 0 30 15">', (60, 30)),
        (b"<svg>", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"nothing", None),
        (b"", None),
    ],
)
def test_dimensions(data: bytes, expected: tuple[int, int] | None) -> None:
    assert expected == dimensions(data)


@given(
    st.binary(max_size=60),
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8", b"RIFF0000WEBPVP8L", b"<svg "]),
)
def test_damaged_pictures_have_no_size(data: bytes, head: bytes) -> None:
    dimensions(head + data)


# variants


def test_variants_of_a_page_are_in_the_books_order(kit: Kit) -> None:
    named = kit.page(front=FrontMatter(variants=("pytorch", "numpy")))
    assert ("numpy", "pytorch") == page_variants(named, kit.config)
    of_cells = kit.page(kit.cell(0, variants=("jax",)), kit.cell(1, variants=("pytorch",)))
    assert ("pytorch", "jax") == page_variants(of_cells, kit.config)
    assert () == page_variants(kit.page(kit.cell()), kit.config)


def test_neighbours_of_different_variants_are_one_group(kit: Kit) -> None:
    a = kit.cell(0, variants=("numpy",))
    b = kit.cell(1, variants=("pytorch",))
    c = VariantBlock(NOWHERE, variants=("numpy",), children=(kit.p("x"),))
    between: tuple[BlockNode, ...] = (Comment(NOWHERE), BlockBreak(NOWHERE))
    first, last, paragraph, alone = list(grouped([kit.p("x"), a, between[0], b, c, *between, kit.p("y"), a]))[
        :4
    ]
    assert isinstance(first, Paragraph)
    assert isinstance(last, Group)
    assert ((("numpy",), (a, between[0], c, *between)), (("pytorch",), (b,))) == last.panels
    assert not last.mixed
    assert ("numpy", "pytorch") == last.variants
    assert isinstance(paragraph, Paragraph)
    assert Group(((("numpy",), (a,)),)) == alone


def test_blocks_of_several_variants_keep_their_order(kit: Kit) -> None:
    names = (("numpy", "pytorch"), ("pytorch",), ("numpy", "pytorch"))
    cells = [kit.cell(index, variants=variants) for index, variants in enumerate(names)]
    (group,) = grouped(cells)
    assert isinstance(group, Group)
    assert [(variants, (cell,)) for variants, cell in zip(names, cells, strict=True)] == list(group.panels)
    assert group.mixed


# words of inlines


def test_plain_words(kit: Kit) -> None:
    reference = Reference(NOWHERE, "numref", "fig-x", kit.words("如图 %s"))
    facts = PageFacts(
        "p", "zh", references={reference_key(reference): Resolved("p", "x", "figure", "1.2", "图 1.2")}
    )
    nodes = (
        Text(NOWHERE, "a "),
        Emphasis(NOWHERE, (Strong(NOWHERE, kit.words("b")),)),
        InlineCode(NOWHERE, "c()"),
        InlineMath(NOWHERE, "x^2"),
        Link(NOWHERE, kit.words("d"), "u"),
        Eval(NOWHERE, "n", 1),
        Citation(NOWHERE, "p", ("k",)),
        reference,
    )
    assert "a bc()x^2dk如图 1.2" == plain(nodes, facts)
    assert "a bc()x^2dk如图 %s" == plain(nodes)


MYST = """(sec-a)=
# Title

```{code-cell} python
:label: lst-a
# no heading
%time x
```

:::{note}
:class: wide
See {numref}`lst-a`, `code` and $x^2$.
:::

% said to nobody
"""


@pytest.mark.parametrize("language", ["myst", "markdown", "md"])
def test_the_marks_of_myst(language: str) -> None:
    found = [(kind, text.strip()) for kind, text in tokens(MYST, language) if kind]
    assert found == [
        ("d", "(sec-a)="),
        ("gh", "# Title"),
        ("k", "{code-cell}"),
        ("a", ":label:"),
        ("k", "{note}"),
        ("a", ":class:"),
        ("f", "{numref}"),
        ("s", "`lst-a`"),
        ("s", "`code`"),
        ("s", "$x^2$"),
        ("c", "% said to nobody"),
    ]


def test_fences_that_are_never_closed_take_no_time() -> None:
    code = "```{code-cell}\n" * 20_000
    assert code == "".join(text for _, text in tokens(code, "myst"))
