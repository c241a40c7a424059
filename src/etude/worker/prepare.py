"""Makes runs alike: seeds of everything that draws random numbers, and the set-up of figures."""

from __future__ import annotations

import random
import sys
from typing import Any

from .hooks import AfterImport
from .lend import lend
from .trace import start

__all__ = ["prepare"]


def prepare(seed: int) -> None:
    """Seed what draws random numbers, now or when it is imported, and set up figures."""
    random.seed(seed)
    hooks = AfterImport(
        {
            "numpy.random": lambda module: _seed_numpy(module, seed),
            "torch": lambda module: module.manual_seed(seed),
            "tensorflow": lambda module: module.random.set_seed(seed),
            "paddle": lambda module: module.seed(seed),
            "mxnet": lambda module: module.random.seed(seed),
            "cupy": lambda module: module.random.seed(seed),
            # JAX draws from keys only; Keras draws its seeds from Python's generator.
            "matplotlib": _set_up_matplotlib,
            "tqdm.std": _set_up_tqdm,
        }
    )
    hooks.install()
    lend()
    trace = start()

    def told(packages: set[str], files: list[str]) -> None:
        if trace is not None:
            trace.restored(sorted(packages), files)
        hooks.restored()

    for finder in sys.meta_path:
        # By its name: the one that put the modules aside may be of another instance of this package.
        if type(finder).__name__ == "Parked":
            finder.tell = told  # type: ignore[attr-defined]
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        # Read when the first figure is made; nothing is imported here.
        shell.config.InlineBackend.figure_formats = {"retina"}


def _seed_numpy(module: Any, start: int) -> None:
    module.seed(start % 2**32)
    original = module.default_rng
    made: list[int] = []

    def default_rng(seed: Any = None) -> Any:
        """Like NumPy's, but without a seed it takes the next of a fixed sequence of seeds."""
        if seed is None:
            made.append(0)
            seed = module.SeedSequence([start, len(made)])
        return original(seed)

    default_rng.__wrapped__ = original  # type: ignore[attr-defined]
    default_rng.__doc__ = original.__doc__
    default_rng.made = made  # type: ignore[attr-defined]
    module.default_rng = default_rng

    def randbits(bits: int) -> int:
        """What a generator of NumPy without a seed asks the system for: here the next of a fixed sequence."""
        made.append(0)
        return random.Random(f"{start} {len(made)}").getrandbits(bits)  # noqa: S311 -- meant to be foreseen

    # `RandomState()`, `PCG64()` and the like come here; it is looked up by its name at each call.
    if hasattr(module.bit_generator, "randbits"):
        module.bit_generator.randbits = randbits


def _set_up_matplotlib(module: Any) -> None:
    module.rcParams["svg.hashsalt"] = "etude"


def _set_up_tqdm(module: Any) -> None:
    # Its thread only redraws bars that stand still; with it no copy of the process can be made.
    module.tqdm.monitor_interval = 0
