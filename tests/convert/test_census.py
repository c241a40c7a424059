"""Pages are counted, and less than there was is told."""

from __future__ import annotations

from typing import Any

from etude.convert.census import Counts, count, missing
from etude.model.config import Config
from etude.parse.page import parse_page

PAGE = """# One

Text $a$ and $b$[^n], {cite}`x,y`, {ref}`one`, ![](a.png).

$$ c $$

```{code-cell} python
1
```

```python
2
```

- ## Two

  ```{figure} b.png
  With $d$.
  ```

| a | b |
|---|---|
| 1 | $e$ |

[^n]: A note.
"""


class Nothing:
    def read(self, path: str) -> bytes:
        raise FileNotFoundError(path)

    def exists(self, _path: str) -> bool:
        return False

    def inside(self, _path: str) -> bool:
        return True

    def glob(self, _pattern: str) -> tuple[str, ...]:
        return ()


def counted(text: str) -> Counts:
    files: Any = Nothing()
    return count(parse_page(text.encode(), "a.md", "a", "en", Config(), files))


def test_a_page_is_counted() -> None:
    expected = Counts(
        headings=2, cells=1, listings=1, equations=1, formulas=4, pictures=2, tables=1, references=1,
        citations=2, footnotes=1,
    )  # fmt: skip
    assert expected == counted(PAGE)


def test_what_is_missing_is_told() -> None:
    before = Counts(headings=3, formulas=4, citations=1)
    assert [("headings", 3, 2)] == list(missing(before, counted(PAGE)))
