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
    made.kept(":label:", "a.md", 2)
    return made


def report(made: Account) -> str:
    return as_markdown(made.notes, "old", "Quarto")


def test_notes_are_in_the_order_of_the_files() -> None:
    assert [("a.md", 1), ("a.md", 2), ("a.md", 2), ("a.md", 2), ("a.md", 3), ("a.md", 3)] == [
        (note.path, note.line) for note in account().notes[:6]
    ]
    assert {Fate.KEPT: 3, Fate.CHANGED: 15, Fate.LOST: 1} == totals(account().notes)


def test_the_report_for_people() -> None:
    head, _, body = as_markdown(account().notes, "d2l", "d2lbook").partition("## Lost\n")
    assert head.startswith(
        "# What became of `d2l`\n\nImported as a d2lbook project: 3 things kept, 15 changed, 1 lost.\n"
    )
    assert (
        body
        == """
- `eval_rst`: nothing reads it; it is shown as it is
  `b.md:9`

## Changed

- `` `:label:` | x ``: the label stands above now (15 times)
  `a.md:1`, `:2`, `:3`, `:4`, `:5`, `:6`, `:7`, `:8`, `:9`, `:10`, `:11`, `:12` and 3 more

## Kept

| There | Here | Times |
|---|---|--:|
| `:numref:` | `{numref}` | 2 |

Written as before: `:label:` (1).
"""
    )


def test_nothing_is_said_of_nothing() -> None:
    assert report(Account()).endswith(
        "## Lost\n\nNothing.\n\n## Changed\n\nNothing.\n\n## Kept\n\nNothing.\n"
    )


def test_what_pages_lost_stands_before_what_settings_did() -> None:
    made = Account()
    for line in (1, 2):
        made.lost("theme", "_quarto.yml", line, "no such theme")
    made.lost("picture", "a.qmd", 4, "there is no such file")
    made.lost("contents", "", 0, "made of names")
    body = report(made).partition("## Lost\n")[2].partition("## Changed")[0]
    assert (
        body
        == """
### In pages

- `picture`: there is no such file
  `a.qmd:4`

### In settings and other files

- `theme`: no such theme (2 times)
  `_quarto.yml:1`, `:2`
- `contents`: made of names

"""
    )


def test_what_is_said_of_one_construct_stands_together_and_is_cut() -> None:
    made = Account()
    for number in range(40):
        made.lost("link", "a.md", number + 1, f"`{number:02}.md` is not there")
        made.lost("figure", "a.md", number + 1, "it has no picture" if number else "it is broken")
    lines = report(made).partition("## Lost\n\n")[2].partition("\n\n## Changed")[0].split("\n")
    assert lines[0] == "- `figure`: it has no picture (39 times)"
    assert lines[1].endswith("`:13` and 27 more")
    assert lines[2:6] == [
        "- `figure`: it is broken",
        "  `a.md:1`",
        "- `link`: `00.md` is not there",
        "  `a.md:1`",
    ]
    assert lines[-1] == "- `link`: 28 more, each for a reason of its own"


def test_a_long_table_of_what_was_kept_is_cut() -> None:
    made = Account()
    for number in range(100):
        made.kept(f"macro {number:03}", "myst.yml", number, "in `[macros]`")
    made.kept("macro 099", "myst.yml", 200, "in `[macros]`")
    text = report(made)
    assert "|--:|\n| `macro 099` | in `[macros]` | 2 |\n| `macro 000` |" in text
    assert text.endswith(
        "| `macro 058` | in `[macros]` | 1 |\n\n40 more of which there are few are not listed.\n"
    )


def test_words_that_look_like_markup_are_shown() -> None:
    made = Account()
    said = {
        "a": "{figure} #cell-…",
        "b": "{solution}, folded",
        "c": "<a id> or <mark>.",
        "d": "[book] authors",
        "e": "`{raw} html`; with <b>",
        "f": "lines: all of them.",
        "g": "a | b",
    }
    for construct, words in said.items():
        made.kept(construct, "a.md", 1, words)
    assert [
        "| `a` | `{figure}` `#cell-…` | 1 |",
        "| `b` | `{solution}`, folded | 1 |",
        "| `c` | `<a id>` or `<mark>`. | 1 |",
        "| `d` | `[book]` authors | 1 |",
        "| `e` | `{raw} html`; with <b> | 1 |",
        "| `f` | lines: all of them. | 1 |",
        "| `g` | a `\\|` b | 1 |",
    ] == report(made).split("--:|\n")[1].splitlines()


def test_the_report_for_machines() -> None:
    data = as_data(account().notes)
    assert {"kept": 3, "changed": 15, "lost": 1} == data["totals"]
    assert {"construct": "eval_rst", "kept": 0, "changed": 0, "lost": 1} in data["constructs"]
    assert {
        "path": "b.md", "line": 9, "construct": "eval_rst", "fate": "lost",
        "said": "nothing reads it; it is shown as it is",
    } == data["notes"][-1]  # fmt: skip
