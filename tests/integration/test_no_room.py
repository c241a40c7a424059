"""A disk that takes no more, simulated by a limit on the size of files: said once, and nothing is lost."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

import pytest

PAGE = "# {name}\n\n" + "Words about $x^2$ and `code`.\n" * 40
FILES = {f"{name}.md": PAGE.format(name=name) for name in "abc"}

LIMITED = """
import resource, sys
from etude.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
main(["build", sys.argv[2], "--format", "json", "--jobs", "1"])
"""


def limited(book, size: int) -> tuple[int, list[str], str]:
    """Build with files of at most `size` bytes: exit code, rules, and all that was printed."""
    command = [sys.executable, "-c", LIMITED, str(size), str(book.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    printed = done.stdout + done.stderr
    assert "Traceback" not in printed
    return done.returncode, [one["rule"] for one in json.loads(done.stdout)["diagnostics"]], printed


@pytest.mark.parametrize("size", [0, 1, 8_000, 50_000])
def test_a_first_build(new_book, size):
    book = new_book(FILES)
    code, rules, _ = limited(book, size)
    assert (2, ["write-failed"]) == (code, rules)
    for place in (book.root / "_build").rglob("*.html"):
        assert place.read_bytes().rstrip().endswith(b"</html>"), "a page is whole or not there"
    assert [] == list(book.root.rglob("*.part"))
    assert 0 == book.command("build").code
    clean = new_book(FILES, "clean")
    assert 0 == clean.command("build").code
    assert clean.outputs() == book.outputs()


@pytest.mark.parametrize("size", [0, 8_000])
def test_a_later_build(new_book, size):
    book = new_book(FILES)
    assert 0 == book.command("build").code
    before = book.outputs()
    book.edit("a.md", "Words", "Other words")
    code, rules, printed = limited(book, size)
    assert (2, ["write-failed"]) == (code, rules)
    assert "cannot write" in printed
    after = book.outputs()
    after.pop("html/en/a.html")
    assert after == {path: data for path, data in before.items() if path != "html/en/a.html"}
    assert 0 == book.command("build").code
    assert "Other words" in book.read("_build/html/en/a.html")


@pytest.mark.kernel
def test_results_that_cannot_be_stored(new_book):
    cell = "```{code-cell} python\nprint('x' * 50_000)\n```\n"
    book = new_book({"a.md": f"# A\n\n{cell}\n{cell}"})
    assert 0 == book.command("build", "--execute", "off").code
    code, rules, _ = limited(book, 20_000)
    assert (2, ["write-failed"]) == (code, rules)
    said = book.command("build")
    assert (0, []) == (said.code, said.problems)
    assert "x" * 50_000 in book.read("_build/html/en/a.html")


def test_the_limit_is_not_ours():
    assert resource.RLIM_INFINITY == resource.getrlimit(resource.RLIMIT_FSIZE)[0]
