"""The environment that kernels start in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

__all__ = ["kernel_environment"]


_THREADS: Final = (
    "OMP_NUM_THREADS",  # OpenMP: PyTorch, scikit-learn and many more
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "NPROC",  # XLA: JAX on processors
    "LOKY_MAX_CPU_COUNT",  # joblib
    "JULIA_NUM_THREADS",
)
"""Where libraries look for how many threads they are to compute with."""


def kernel_environment(
    environment: Mapping[str, str], *, threads: int, gpus: Sequence[str] | None = None, share: float = 1.0
) -> dict[str, str]:
    """The environment of a kernel: the user's, and what makes runs alike and good neighbours.

    `threads` is how many computing threads it may use. It sees these GPUs; as many as there are when None.
    `share`: how much of each it may use.
    """
    fixed = dict.fromkeys(_THREADS, str(max(1, threads)))
    if gpus is not None:
        fixed["CUDA_VISIBLE_DEVICES"] = ",".join(gpus)
    if gpus and share < 1:
        # These take all memory of a GPU from the start unless they are told not to.
        greedy = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_MEM_FRACTION": f"{0.9 * share:.2f}"}
        fixed |= {name: value for name, value in greedy.items() if name not in environment}
    fixed |= {
        # Threads that spin while they wait slow down the kernels beside them a hundredfold.
        "OMP_WAIT_POLICY": "passive",
        "KMP_BLOCKTIME": "0",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "SOURCE_DATE_EPOCH": "0",
        # What programs print is made for a terminal of this width.
        "COLUMNS": "80",
        "LINES": "24",
        "TZ": "UTC",
    }
    return {name: value for name, value in environment.items() if name != "PYTHONSTARTUP"} | fixed
