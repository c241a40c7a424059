"""What a page of d2lbook holds, counted by simple means."""

from etude.convert.d2lbook.counting import counted


def test_a_list_goes_on_after_any_number_of_empty_lines():
    assert [1, 1, 0] == [
        counted(text).formulas
        for text in ("- a\n\n    $x$\n", "- a\n\n\n    $x$\n", "Text.\n\n\n    costs = $x$\n")
    ]


def test_empty_lines_do_not_take_long():
    assert 1 == counted("$x$\n" + "\n" * 50_000).formulas
