"""A small book that has all that readers can look up, compare and take along: its files by path."""

from __future__ import annotations

import zlib

SETTINGS = """[book]
title = { en = "Reading", zh = "阅读" }
languages = ["en", "zh"]
variants = ["plain", "fancy", "third"]

[[part]]
title = "All"
chapters = ["one", "two", "back"]

[library]
name = "small"

[bibliography]
files = ["works.bib"]

[inventory.other]
url = "https://docs.example.org/other/"
file = "objects.inv"
"""

ONE = {
    "en": """(sec-one)=
# One

The first words of the page. They refer to {eq}`eq-one`, to {numref}`fig-one`, to {term}`gradient`,
to {cite:t}`gauss1809`, to a note[^a], to {py:class}`other.Thing`, and to {ref}`sec-two`.

[^a]: A note with {eq}`eq-one`.

$$
E = m c^2
$$ (eq-one)

A formula in a line, $a + b = c + d + e + f + g + h$, and a letter, $x$. Words after it.

```{figure} ../box.svg
:label: fig-one
:alt: A box.
A box
```

## A section

{filler}

(named)=
A paragraph that has a name.

### Below

{filler}

```{code-cell} python
:label: lst-one
:caption: Two of a kind
:save: numbers
:variant: plain
# plain
def double(x):
    return 2 * x  # (1)
```

1. The line that counts.

```{code-cell} python
:label: lst-one
:caption: Two of a kind
:save: numbers
:variant: fancy
# fancy
def double(x, times=2):
    return times * x
```

```{code-cell} python
:label: lst-one
:caption: Two of a kind
:save: numbers
:variant: third
def double(x):
    return x + x
```

```{code-cell} python
import json
from json import loads

print(json.dumps([1, 2]))
```

```{code-cell} python
import IPython

print(IPython.__name__)
```

```text
>>> print(1)
1
```
""",
    "zh": """(sec-one)=
# 一

这一页开头的话。见{eq}`eq-one`、{numref}`fig-one`、{term}`梯度`、{cite:t}`gauss1809`、注[^a]、{py:class}`other.Thing`，
还有{ref}`sec-two`。

[^a]: 注里有{eq}`eq-one`。

$$
E = m c^2
$$ (eq-one)

行内公式$a + b = c + d + e + f + g + h$，还有字母$x$。后面的话。

```{figure} ../box.svg
:label: fig-one
:alt: 一个方块。
方块
```

## 一节

{filler}

(named)=
这一段有名字。

### 下面

{filler}

```{code-cell} python
:label: lst-one
:caption: 一对
:save: numbers
:variant: plain
# 朴素
def double(x):
    return 2 * x  # (1)
```

1. 要紧的一行。

```{code-cell} python
:label: lst-one
:caption: 一对
:save: numbers
:variant: fancy
# 花哨
def double(x, times=2):
    return times * x
```

```{code-cell} python
:label: lst-one
:caption: 一对
:save: numbers
:variant: third
def double(x):
    return x + x
```

```{code-cell} python
import json
from json import loads

print(json.dumps([1, 2]))
```

```{code-cell} python
import IPython

print(IPython.__name__)
```

```text
>>> print(1)
1
```
""",
}
TWO = {
    "en": """(sec-two)=
# Two

What the second page begins with: {eq}`eq-one`, {numref}`lst-one`, {ref}`sec-one`.

```{code-cell} python
:variant: plain, fancy
from small.numbers import double

print(double(4))
```
""",
    "zh": """(sec-two)=
# 二

第二页的开头：{eq}`eq-one`、{numref}`lst-one`、{ref}`sec-one`。

```{code-cell} python
:variant: plain, fancy
from small.numbers import double

print(double(4))
```
""",
}
BACK = {
    "en": "# Back\n\n```{glossary}\ngradient\n: Where it goes up.\n```\n\n```{bibliography}\n```\n",
    "zh": "# 书末\n\n```{glossary}\n梯度\n: 上升的方向。\n```\n\n```{bibliography}\n```\n",
}
FILLER = {
    "en": "\n\n".join(f"Paragraph {n} of many. " + "Words to fill a line with. " * 30 for n in range(9)),
    "zh": "\n\n".join(f"许多段里的第{n}段。" + "用来填满一行的话。" * 60 for n in range(9)),
}
HOME = {
    "en": "# Home\n\n![A wide drawing.](../wide.svg)\n\n![A small box.](../box.svg)\n",
    "zh": "# 首页\n\n![一幅宽图。](../wide.svg)\n\n![一个小方块。](../box.svg)\n",
}
BOX = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><rect width="90" height="60"/></svg>\n'
WORKS = "@book{gauss1809,\n author = {Gauss, Carl Friedrich},\n title = {Theoria motus},\n year = {1809}\n}\n"


def inventory() -> bytes:
    """Of a project that has one class."""
    head = b"# Sphinx inventory version 2\n# Project: Other\n# Version: 4.2\n# compressed with zlib.\n"
    return head + zlib.compress(b"other.Thing py:class 1 api.html#$ -\n")


def files() -> dict[str, bytes]:
    """The whole book."""
    out = {
        "etude.toml": SETTINGS.encode(),
        "works.bib": WORKS.encode(),
        "box.svg": BOX.encode(),
        "wide.svg": BOX.replace("90", "900", 1).replace("60", "300", 1).encode(),
        "objects.inv": inventory(),
    }
    for language in ("en", "zh"):
        out[f"{language}/index.md"] = HOME[language].encode()
        out[f"{language}/one.md"] = ONE[language].replace("{filler}", FILLER[language]).encode()
        out[f"{language}/two.md"] = TWO[language].encode()
        out[f"{language}/back.md"] = BACK[language].encode()
    return out
