"""`etude import`: what is asked for, and what is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from etude.cli.app import main


def run(*args: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(arg) for arg in ("import", *args)])
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("quarto",), "Missing argument 'SRC'"),
        (("word", "a", "b"), "'word' is not one of"),
        (("quarto", "a"), "name the folder DST, where the new book is written"),
        (("quarto", "none", "b"), "there is no folder `none`"),
        (("d2lbook", ".", "."), "the new book cannot lie where the old one does"),
        (("d2lbook", ".", "../b"), "holds no d2lbook project"),
        (("jupyter-book", "."), "holds no Jupyter Book or MyST project"),
        (("notebooks", ".", "../b"), "holds no notebook project"),
        (("quarto", ".", "../b"), "holds no Quarto project"),
        (("quarto", ".", "sub"), "the next import would read what this one wrote"),
    ],
)
def test_what_cannot_be_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    args: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert 2 == run(*args)
    assert said in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())
