"""Opening an author's editor: which command, and what it is told."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from etude.adapters.editor import editor_command, open_editor


def test_what_is_asked_for_comes_first() -> None:
    found = editor_command("code --new-window", {"EDITOR": "subl"})
    assert ("code", "--new-window", "-g", "{path}:{line}:{column}") == found


def test_a_command_with_places_is_taken_as_it_is() -> None:
    assert ("my-editor", "+{line}", "{path}") == editor_command("my-editor +{line} {path}", {})


def test_editors_in_a_terminal_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert () == editor_command(None, {"EDITOR": "nano", "VISUAL": "vi"})
    found = editor_command(None, {"EDITOR": "nano", "ETUDE_EDITOR": "subl -w"})
    assert ("subl", "-w", "{path}:{line}:{column}") == found


def test_a_quotation_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ValueError, match="quotation"):
        editor_command('code "', {})
    assert () == editor_command(None, {"EDITOR": 'code "'})


def test_it_is_told_the_place(tmp_path: Path) -> None:
    told = tmp_path / "told"
    program = f"import sys; open({str(told)!r}, 'w').write('|'.join(sys.argv[1:]))"
    command = (sys.executable, "-c", program, "{path}:{line}", "{other}")
    assert "" == open_editor(command, tmp_path / "a {line}.md", 3, 7)
    end = time.monotonic() + 30
    while not (told.exists() and told.read_text()):
        assert time.monotonic() < end
        time.sleep(0.01)
    assert f"{tmp_path / 'a {line}.md'}:3|{{other}}" == told.read_text()


def test_one_that_is_not_there_is_told() -> None:
    assert open_editor(("no-such-editor", "{path}"), Path("a.md"), 1, 1).startswith("no-such-editor: ")
