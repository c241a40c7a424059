"""Keras on PyTorch: the same in every kind of kernel, and in each build."""

from __future__ import annotations

import importlib.util
import json
import sys

import pytest

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(not importlib.util.find_spec("keras"), reason="needs Keras"),
]

KINDS = ("lean", "warm", "cold") if sys.platform == "linux" else ("cold",)

CELLS = (
    "import keras\nimport numpy as np\nprint(keras.backend.backend(), keras.ops.ones(2))",
    """keras.utils.set_random_seed(3)
x = np.random.rand(64, 4).astype("float32")
y = x.sum(1)
layers = [keras.Input((4,)), keras.layers.Dense(3, activation="relu"), keras.layers.Dense(1)]
model = keras.Sequential(layers)
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
model.summary()""",
    "bars = model.fit(x, y, epochs=3, batch_size=4, verbose=1)",
    "lines = model.fit(x, y, epochs=2, batch_size=16, verbose=2, validation_split=0.25)",
    "print(bars.history, lines.history)",
    """model.save("model.keras")
again = keras.models.load_model("model.keras")
print(model.predict(x[:2], verbose=0), again.predict(x[:2], verbose=0))""",
    """model.save_weights("model.weights.h5")
model.fit(x, y, verbose=0)
model.load_weights("model.weights.h5")
print((model.predict(x, verbose=0) == again.predict(x, verbose=0)).all())""",
)


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """Keras writes its settings there when it is first loaded."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path_factory.getbasetemp() / "keras"))


def page(*cells: str) -> str:
    return "# Page\n\n" + "\n".join(f"```{{code-cell}} python\n{code}\n```\n" for code in cells)


def outputs(book, name: str) -> list:
    notebook = json.loads(book.read(f"_build/notebook/en/{name}.ipynb"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [cell["outputs"] for cell in code if "etude-setup" not in cell["metadata"].get("tags", ())]


def built(new_book, name: str, kind: str, pages) -> dict[str, list]:
    config = f'[book]\ntitle = "Book"\nlanguages = ["en"]\n[execute]\nworker = "{kind}"\ntimings = "hide"\n'
    book = new_book({**{f"{key}.md": text for key, text in pages.items()}, "etude.toml": config}, name)
    assert [] == [(d.rule, d.message) for d in book.build(to=("notebook",)).diagnostics]
    return {key: outputs(book, key) for key in pages}


def texts(found: list) -> str:
    return "".join("".join(output.get("text", ())) for cell in found for output in cell)


def test_pages_give_the_same_in_every_kernel_and_build(new_book, monkeypatch):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    by_page = "import os\nos.environ['KERAS_BACKEND'] = 'torch'\n" + CELLS[0]
    # A parent loads what two pages import.
    pages = {"one": page(by_page, *CELLS[1:]), "two": page(*(by_page, *CELLS[1:], "1"))}
    found = {kind: built(new_book, kind, kind, pages) for kind in KINDS}
    found["again"] = built(new_book, "again", KINDS[0], pages)
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    outside = {"one": page(*CELLS), "two": page(*CELLS, "1")}
    found["outside"] = built(new_book, "outside", KINDS[0], outside)
    one = found["cold"]["one"]
    said = texts(one)
    assert said.startswith("torch tensor([1., 1.]"), said
    assert "16/16" in said, "the bar when it was full"
    assert " 1/16" not in said, "a bar on its way is of one run alone"
    assert "val_mae" in said
    assert said.endswith("True\n")
    for name, pages in found.items():
        assert texts(one) == texts(pages["one"]), name
        assert one == pages["one"], name
        assert [*one] == pages["two"][:-1], name


ASK = """import os
{}
try:
    import keras
except Exception as error:
    print(error)
else:
    print(keras.backend.backend())"""


def test_a_page_that_asks_for_another_backend_gets_it(new_book, monkeypatch):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    pages = {
        "none": page(ASK.format("")),
        "torch": page(ASK.format("os.environ['KERAS_BACKEND'] = 'torch'")),
        "numpy": page(ASK.format("os.environ['KERAS_BACKEND'] = 'numpy'")),
        "unknown": page(ASK.format("os.environ['KERAS_BACKEND'] = 'numpie'")),
    }
    found = [built(new_book, kind, kind, pages) for kind in KINDS]
    assert [found[-1]] * len(KINDS) == found
    assert "torch\n" == texts(found[0]["torch"])
    assert len({texts(cells) for cells in found[0].values()}) == len(pages)
