"""The environment that kernels start in."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["kernel_environment"]


def kernel_environment(environment: Mapping[str, str], *, threads: int) -> dict[str, str]:
    """The environment of a kernel: the user's, and what makes runs alike and good neighbours.

    `threads` is how many computing threads it may use.
    """
    fixed = dict.fromkeys(
        (
            "OMP_NUM_THREADS",
            "MKL_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "NUMEXPR_NUM_THREADS",
            "VECLIB_MAXIMUM_THREADS",
            "RAYON_NUM_THREADS",
        ),
        str(max(1, threads)),
    )
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
