"""Pages that use Keras: their states have digests, and what they see is what they would see alone."""

from __future__ import annotations

import importlib.util

import pytest

from .conftest import LINUX

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(not LINUX, reason="lean workers need Linux"),
    pytest.mark.skipif(not importlib.util.find_spec("keras"), reason="needs Keras"),
]

WARM = ("keras", "torch")
MODEL = """
import os
os.environ['KERAS_BACKEND'] = 'torch'
import keras, numpy as np
x = np.random.rand(8, 2).astype('float32')
model = keras.Sequential([keras.Input((2,)), keras.layers.Dropout(0.5), keras.layers.Dense(1)])
model.compile(optimizer='adam', loss='mse')
"""
FIT = "history = model.fit(x, x.sum(1), epochs=2, verbose=0)"
OTHERS = {
    "one more step": "model.fit(x, x.sum(1), verbose=0)",
    "a weight": "model.layers[-1].bias.assign([1.5])",
    "the seed": "keras.utils.set_random_seed(1)",
    "a draw": "keras.random.normal((1,))",
    "the type of numbers": "keras.config.set_floatx('float64')",
    "the rate of learning": "model.optimizer.learning_rate = 0.5",
    "names that are taken": "keras.layers.Dense(1)",
    "what is trained": "model.layers[-1].trainable = False",
    "what files of models do not hold": "model.stop_training = True",
    "something of the page's": "model.note = 1",
    "the policy": "keras.config.set_dtype_policy('mixed_bfloat16')",
}


@pytest.fixture(autouse=True)
def digest(lab, tmp_path_factory):
    """Digests of states of workers that have Keras from their parent."""
    home = str(tmp_path_factory.getbasetemp() / "keras")
    return lambda *cells: lab.digest(*cells, warm=WARM, KERAS_HOME=home)


def test_states_with_models_have_a_digest(digest):
    found = [digest(MODEL, FIT) for _ in range(2)]
    assert found[0] == found[1]
    assert found[0][0], found[0][1]


@pytest.mark.parametrize("name", OTHERS)
def test_other_states_have_another(digest, name):
    assert digest(MODEL, FIT)[0] != digest(MODEL, FIT, OTHERS[name])[0]


def test_a_page_finds_the_generator_where_it_would_be(lab, tmp_path):
    code = "import random\nimport os\nos.environ['KERAS_BACKEND'] = 'torch'\nimport keras\nprint(random.random())"
    found = []
    for warm in (WARM, ()):
        kernel = lab.start(warm=warm, KERAS_HOME=str(tmp_path))
        found.append(lab.text(kernel, code))
        kernel.close()
    assert found[0] == found[1]
