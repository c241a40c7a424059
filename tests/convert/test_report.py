"""The report of an import says what became of what, with places."""

from __future__ import annotations

from etude.convert.account import Account, Fate
from etude.convert.report import as_data, as_markdown, totals


def account() -> Account:
    made = Account()
    made.lost("eval_rst", "b.md", 9, "nothing reads it; it is shown as it is")
    for line in range(1, 16):
        made.changed("`:label:` | x", "a.md", line, "the label stands above now")
    made.kept(":numref:", "a.md", 3, "`{numref}`")
    made.kept(":numref:", "a.md", 2, "`{numref}`")
    return made


def test_notes_are_in_the_order_of_the_files() -> None:
    assert [("a.md", 1), ("a.md", 2), ("a.md", 2), ("a.md", 3), ("a.md", 3)] == [
        (note.path, note.line) for note in account().notes[:5]
    ]
    assert {Fate.KEPT: 2, Fate.CHANGED: 15, Fate.LOST: 1} == totals(account().notes)


def test_the_report_for_people() -> None:
    text = as_markdown(account().notes, "d2l", "d2lbook")
    assert text.startswith(
        "# What became of `d2l`\n\nImported as a d2lbook project: 2 things kept, 15 changed, 1 lost."
    )
    assert "## Lost\n\n- `eval_rst`: nothing reads it; it is shown as it is (1×: `b.md:9`)\n" in text
    assert "- `` `:label:` | x ``: the label stands above now (15×: `a.md:1`, `a.md:2`," in text
    assert "`a.md:12` and 3 more)\n" in text
    assert "| `:numref:` | 2 | 0 | 0 | `{numref}` |\n" in text
    assert "| `` `:label:` \\| x `` | 0 | 15 | 0 |  |\n" in text


def test_nothing_lost_is_said() -> None:
    assert "## Lost\n\nNothing.\n\n## Changed\n\nNothing.\n" in as_markdown((), "x", "Quarto")


def test_the_report_for_machines() -> None:
    data = as_data(account().notes)
    assert {"kept": 2, "changed": 15, "lost": 1} == data["totals"]
    assert {"construct": "eval_rst", "kept": 0, "changed": 0, "lost": 1} in data["constructs"]
    assert {
        "path": "b.md", "line": 9, "construct": "eval_rst", "fate": "lost",
        "said": "nothing reads it; it is shown as it is",
    } == data["notes"][-1]  # fmt: skip
