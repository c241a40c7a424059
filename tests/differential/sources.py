"""A book that is edited at random: pages of the kinds that textbooks have, and what can happen to them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field

CONFIG = '[book]\ntitle = "Book"\nlanguages = ["en"]\n\n[library]\nname = "shelf"\n'

HELPER = '''"""Tools of the book."""

OFFSET = 10  # an offset


def describe(values):
    """In words."""
    return f"{len(values)} values from {min(values):.2f} to {max(values):.2f}"
'''

PAGES = {
    "numbers": (
        "import numpy as np\nfrom pathlib import Path\nimport helper",
        'folder = Path("../data")\nnames = sorted(p.name for p in folder.iterdir() if p.suffix == ".csv")\n'
        'rows = [np.loadtxt(folder / name, delimiter=",") for name in names]\n'
        "print(names, [row.shape for row in rows])",
        "scale = 2.0\nvalues = np.concatenate([row.ravel() for row in rows]) * scale\nvalues.mean()",
        "view = values[:3]\nview += 1\nvalues[:5]",
        "np.random.rand(2)",
        "helper.describe(values)",
        "rng = np.random.default_rng()\nrng.integers(0, 100, 3)",
        'total = values.sum() + helper.OFFSET\nprint(f"{total:.3f}")',
        "values[[0, 2]], scale",
    ),
    "learning": (
        "import torch\nfrom torch import nn",
        "X = torch.randn(64, 3)\nw = torch.tensor([1.0, -2.0, 0.5])\ny = X @ w + 0.1 * torch.randn(64)",
        "net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))\n"
        "opt = torch.optim.SGD(net.parameters(), lr=0.05)",
        "for epoch in range(3):\n    for a, b in zip(X.split(16), y.split(16)):\n"
        "        loss = ((net(a).squeeze(1) - b) ** 2).mean()\n"
        "        opt.zero_grad()\n        loss.backward()\n        opt.step()\nprint(round(loss.item(), 6))",
        "with torch.no_grad():\n    error = (net(X).squeeze(1) - y).abs().mean()\nerror",
        "half = 0.5\nfor p in net.parameters():\n    p.data.mul_(half)",
        "print([round(float(p.detach().norm()), 5) for p in net.parameters()])",
        "torch.randperm(5), torch.get_default_dtype()",
    ),
    "pictures": (
        "import matplotlib.pyplot as plt\nimport numpy as np",
        "x = np.linspace(0, 1, 5)",
        "fig, ax = plt.subplots(figsize=(2, 1))\nax.plot(x, x**2)",
        'ax.set_title("again")\nfig',
        "plt.figure(figsize=(2, 1))\nplt.hist(np.random.randn(20), bins=4)\nplt.show()",
        'print(plt.rcParams["lines.linewidth"], x.sum())',
    ),
    "classes": (
        "import decimal, logging, os, subprocess, sys, warnings\nimport helper",
        "class Counter:\n    total = 0\n\n    def add(self, n):\n        Counter.total += n\n"
        "        return Counter.total\n\n\ncounter = Counter()",
        "counter.add(3), counter.add(4)",
        'def noisy():\n    warnings.warn("careful")\n    return 1\n\n\nnoisy()',
        "noisy() + Counter.total",
        "code = \"print(open('../data/a.csv').read())\"\n"
        "print(subprocess.run([sys.executable, '-c', code], capture_output=True, text=True).stdout)",
        'with open("made.txt", "w") as file:\n    file.write(str(counter.total))',
        'print(open("made.txt").read())',
        'os.environ.get("LEVEL", "none"), os.path.basename(os.getcwd())',
        "items = [1, 2, 3]\nalias = items",
        "alias.append(4)\nprint(items)",
        "!cat ../data/b.csv | head -1",
        "decimal.Decimal(1) / 7, helper.OFFSET",
        'logging.warning("heard")',
    ),
}

INSERTED = {
    "numbers": (
        "np.set_printoptions(precision=3)",
        "np.random.rand()",
        "scale = scale",
        "values = values.copy()",
        "values = values[:]",
        "helper.OFFSET += 1",
        "import random\nrandom.random()",
        "helper.describe = lambda values: 'nothing'",
        "rows = None",
    ),
    "learning": (
        "torch.manual_seed(3)",
        "torch.set_default_dtype(torch.float64)",
        "torch.set_grad_enabled(True)",
        "net.register_buffer('more', torch.ones(2))",
        "w = w.clone()",
        "w = w.view(-1)",
        "y += 0",
        "y.add_(1)",
        "torch.set_printoptions(precision=2)",
    ),
    "pictures": (
        "plt.rcParams['lines.linewidth'] = 3",
        "plt.style.use('ggplot')",
        "x = x * 1",
        "np.random.seed(5)",
        "get_ipython().run_line_magic('matplotlib', 'inline')",
    ),
    "classes": (
        "Counter.total += 1",
        "warnings.simplefilter('ignore')",
        "os.environ['LEVEL'] = 'high'",
        "items = list(items)",
        "decimal.getcontext().prec = 5",
        "logging.getLogger().setLevel('ERROR')",
        "os.chdir('..')",
        "with open('made.txt', 'a') as file:\n    file.write('!')",
        "_hidden = 4",
        "Counter.add = lambda self, n: -1",
        "warnings.warn('careful')",
    ),
}
ANYWHERE = ("unused = 3", "print('a')", "import sys\nsys.setrecursionlimit(2000)", "1 / 0", "pass")


@dataclass
class Sources:
    """The book as it stands."""

    pages: dict[str, list[str]] = field(
        default_factory=lambda: {name: list(cells) for name, cells in PAGES.items()}
    )
    files: dict[str, str] = field(
        default_factory=lambda: {
            "helper.py": HELPER,
            "data/a.csv": "1,2\n3,4\n",
            "data/b.csv": "5,6\n",
        }
    )

    def written(self) -> dict[str, str]:
        """Every file of the book."""
        pages = {
            f"en/{name}.md": f"# {name}\n\n"
            + "\n".join(f"```{{code-cell}} python\n{c}\n```\n" for c in cells)
            for name, cells in self.pages.items()
        }
        return {"etude.toml": CONFIG, **self.files, **pages}


Edit = Callable[[Sources, random.Random, str], str]


def _change_number(sources: Sources, chance: random.Random, page: str) -> str:
    cells = sources.pages[page]
    places = [
        (n, m) for n, cell in enumerate(cells) for m in re.finditer(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", cell)
    ]
    n, match = chance.choice(places)
    value = match[0]
    new = str(round(float(value) * 1.5 + 0.5, 2)) if "." in value else str(int(value) + 1)
    cells[n] = cells[n][: match.start()] + new + cells[n][match.end() :]
    return f"cell {n}: {value} became {new}"


def _same_value(sources: Sources, chance: random.Random, page: str) -> str:
    cells = sources.pages[page]
    n = chance.randrange(len(cells))
    cells[n] = chance.choice((f"if True:\n    pass\n{cells[n]}", f"_unused = None\n{cells[n]}"))
    return f"cell {n}: other code"


def _insert(sources: Sources, chance: random.Random, page: str) -> str:
    n = chance.randrange(1, len(sources.pages[page]) + 1)
    code = chance.choice((*INSERTED[page], *ANYWHERE))
    sources.pages[page].insert(n, code)
    return f"cell {n}: {code!r} came"


def _delete(sources: Sources, chance: random.Random, page: str) -> str:
    cells = sources.pages[page]
    n = chance.randrange(1, len(cells))
    return f"cell {n}: {cells.pop(n)!r} went"


def _swap(sources: Sources, chance: random.Random, page: str) -> str:
    cells = sources.pages[page]
    n = chance.randrange(1, len(cells) - 1)
    cells[n], cells[n + 1] = cells[n + 1], cells[n]
    return f"cells {n} and {n + 1} changed places"


def _rename(sources: Sources, chance: random.Random, page: str) -> str:
    old = chance.choice(
        {"numbers": ["values", "scale"], "learning": ["net", "loss"]}.get(page, ["x", "items"])
    )
    new = f"{old}_{chance.randrange(9)}"
    sources.pages[page] = [re.sub(rf"\b{old}\b", new, cell) for cell in sources.pages[page]]
    return f"{old} is called {new}"


def _comment(sources: Sources, chance: random.Random, page: str) -> str:
    cells = sources.pages[page]
    n = chance.randrange(len(cells))
    if cells[n].startswith(("!", "%")):
        return "nothing"
    cells[n] = f"# {chance.random()}\n{cells[n]}"
    return f"cell {n}: a comment"


def _data(sources: Sources, chance: random.Random, _page: str) -> str:
    name = chance.choice(sorted(name for name in sources.files if name.endswith(".csv")))
    sources.files[name] = f"{chance.randrange(9)},{chance.randrange(9)}\n" + sources.files[name]
    return f"{name} changed"


def _new_data(sources: Sources, chance: random.Random, _page: str) -> str:
    name = f"data/{chance.choice('cdefg')}.{chance.choice(('csv', 'txt'))}"
    if name in sources.files:
        del sources.files[name]
        return f"{name} went"
    sources.files[name] = f"{chance.randrange(9)},{chance.randrange(9)}\n"
    return f"{name} came"


def _helper(sources: Sources, chance: random.Random, _page: str) -> str:
    code = sources.files["helper.py"]
    what = chance.choice(("offset", "words", "comment", "more"))
    if what == "offset":
        code = re.sub(r"OFFSET = \d+", f"OFFSET = {chance.randrange(99)}", code)
    elif what == "words":
        code = re.sub(r"values from", chance.choice(("values from", "numbers from")), code)
    elif what == "comment":
        code = re.sub(r"#.*", f"# {chance.random()}", code)
    else:
        code += f"\n\ndef more_{chance.randrange(9)}():\n    return {chance.randrange(9)}\n"
    sources.files["helper.py"] = code
    return f"helper.py: {what}"


EDITS: dict[str, Edit] = {
    "a number": _change_number,
    "code that does the same": _same_value,
    "a cell more": _insert,
    "a cell less": _delete,
    "the order": _swap,
    "a name": _rename,
    "a comment": _comment,
    "data": _data,
    "files of data": _new_data,
    "a module": _helper,
}
