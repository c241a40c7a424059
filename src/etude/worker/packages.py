"""Packages that are known: what they keep beside what their modules hold, and others may depend on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .unknown import UnknownError

__all__ = ["KNOWN", "PROBES"]

KNOWN = frozenset(
    """
_brotli _cffi_backend _distutils_hack _etude _etude_cloudpickle _plotly_utils _yaml absl altair astropy
asttokens attr attrs bottleneck brotli bs4 cattrs certifi cffi charset_normalizer cloudpickle comm
contourpy cuda cycler dateutil debugpy decorator distutils executing filelock fontTools fsspec functorch
h5py httpx idna ipykernel IPython ipython_pygments_lexers jedi jinja2 joblib jsonschema
jsonschema_specifications jupyter_client jupyter_core keras kiwisolver lxml markdown_it markupsafe
matplotlib matplotlib_inline mdurl ml_dtypes mpl_toolkits mpmath msgspec namex narwhals nest_asyncio
nest_asyncio2 networkx numexpr numpy optree packaging pandas pandas_flavor parso patsy pexpect PIL
pip pkg_resources platformdirs plotly prompt_toolkit psutil ptyprocess pure_eval pyarrow pycparser
pyexpat pygments pyparsing pytz referencing regex requests rich rpds scipy seaborn setuptools six
sklearn soupsieve stack_data statsmodels sympy threadpoolctl torch torchaudio torchgen torchvision
tornado tqdm traitlets triton typing_extensions tzdata tzlocal urllib3 wcwidth xarray yaml zmq
""".split()  # noqa: SIM905 -- a list of names to read
)
"""Packages whose compiled parts keep nothing that outputs depend on but what is asked for here."""

_Told = Callable[[Any], Any]
"""Gives a value that can be written down."""


def _numpy(numpy: Any, told: _Told) -> Any:
    # Loaded when it is asked for first, and seeded then.
    random = sys.modules.get("numpy.random")
    drawn: list[Any] = []
    if random is not None:
        state = random.get_state(legacy=False)
        drawn = [state["bit_generator"], state["has_gauss"], state["gauss"], dict(state["state"])]
        drawn.append(len(getattr(random.default_rng, "made", ())))
    return (
        drawn,
        [(key, told(value)) for key, value in sorted(numpy.get_printoptions().items())],
        sorted(numpy.geterr().items()),
        told(numpy.geterrcall()),
        numpy.getbufsize(),
    )


_OF_TORCH = (
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "get_num_threads",
    "get_num_interop_threads",
    "are_deterministic_algorithms_enabled",
    "is_deterministic_algorithms_warn_only_enabled",
    "is_anomaly_enabled",
    "is_anomaly_check_nan_enabled",
    "is_warn_always_enabled",
    "get_float32_matmul_precision",
    "is_autocast_cache_enabled",
    "get_default_dtype",
    "get_default_device",
)
_OF_ITS_CORE = (
    "_get_autograd_fallback_mode", "_get_backcompat_broadcast_warn", "_get_backcompat_keepdim_warn",
    "_get_cpu_allow_fp16_reduced_precision_reduction", "_get_cublas_allow_tf32", "_get_cudnn_allow_tf32",
    "_get_cudnn_benchmark", "_get_cudnn_deterministic", "_get_cudnn_enabled", "_get_mkldnn_enabled",
    "_get_deterministic_fill_uninitialized_memory", "_get_mkldnn_deterministic", "_get_nnpack_enabled",
    "_get_onednn_allow_tf32", "_get_qengine", "_get_graph_executor_optimize", "_get_math_sdp_enabled",
    "_get_flash_sdp_enabled", "_get_mem_efficient_sdp_enabled", "_get_cudnn_sdp_enabled",
    "_get_sdp_priority_order", "_get_math_sdp_allow_fp16_bf16_reduction", "_is_fwd_grad_enabled",
    "_is_view_replay_enabled", "_is_multithreading_enabled", "_jit_get_profiling_executor",
)  # fmt: skip


def _torch(torch: Any, _told: _Told) -> Any:
    if torch.cuda.is_initialized():
        raise UnknownError("a GPU in use")
    core = torch._C
    out: list[Any] = [torch.get_rng_state().numpy().tobytes()]
    out += [(name, repr(getattr(torch, name)())) for name in _OF_TORCH if hasattr(torch, name)]
    out += [(name, repr(getattr(core, name)())) for name in _OF_ITS_CORE if hasattr(core, name)]
    for device in ("cpu", "cuda"):
        out.append((torch.is_autocast_enabled(device), str(torch.get_autocast_dtype(device))))
    out.append(sorted((key, repr(value)) for key, value in vars(torch._tensor_str.PRINT_OPTS).items()))
    modes = getattr(core, "_len_torch_function_stack", int)()
    if modes - (torch.get_default_device().type != "cpu") > 0:
        raise UnknownError("a mode of PyTorch that is on")
    if getattr(core, "_len_torch_dispatch_stack", int)():
        raise UnknownError("a mode of PyTorch that is on")
    hooks = getattr(core._autograd, "_top_saved_tensors_default_hooks", None)
    if hooks is not None and hooks(True) is not None:
        raise UnknownError("hooks for saved tensors that are on")
    return out


def _matplotlib(matplotlib: Any, _told: _Told) -> Any:
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    figures = sorted(helpers.Gcf.figs) if helpers else []
    if figures:
        raise UnknownError("a figure that is still being drawn")
    return sorted((key, repr(value)) for key, value in dict.items(matplotlib.rcParams))


def _pandas(pandas: Any, _told: _Told) -> Any:
    config = pandas._config.config
    return [(key, repr(config.get_option(key))) for key in sorted(config._registered_options)]


def _sklearn(sklearn: Any, _told: _Told) -> Any:
    return sorted((key, repr(value)) for key, value in sklearn.get_config().items())


def _pil(_pil: Any, _told: _Told) -> Any:
    image = sys.modules.get("PIL.Image")
    return (image.MAX_IMAGE_PIXELS,) if image else ()


def _keras(_keras: Any, _told: _Told) -> Any:
    state = sys.modules["keras.src.backend.common.global_state"]
    config = sys.modules["keras.src.backend.config"]
    simple = {key: value for key, value in vars(config).items() if key.startswith("_") and _is_setting(value)}
    # Both are of this thread alone.
    trackers = [getattr(state, f"GLOBAL_{name}_TRACKER", None) for name in ("STATE", "SETTINGS")]
    kept = [vars(one) for one in trackers if one is not None]
    return simple, [[(key, one[key]) for key in sorted(one)] for one in kept]


def _is_setting(value: Any) -> bool:
    return value is None or isinstance(value, (bool, int, float, str))


def _tqdm(tqdm: Any, _told: _Told) -> Any:
    return (tqdm.tqdm.monitor_interval,)


PROBES: dict[str, Callable[[Any, _Told], Any]] = {
    "numpy": _numpy,
    "torch": _torch,
    "matplotlib": _matplotlib,
    "pandas": _pandas,
    "sklearn": _sklearn,
    "PIL": _pil,
    "keras": _keras,
    "tqdm": _tqdm,
}
