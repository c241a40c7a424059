"""The clean environment: what a kernel needs to start, and what the book declares; nothing of the user's own.

A result must not depend on what happens to be set in a shell. So variables are let through by name, not
taken away by name: the next setting that somebody invents does not count either.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

__all__ = ["clean_environment"]

_KEPT: Final = frozenset({
    # the account, and where programs are
    "HOME", "LOGNAME", "PATH", "SHELL", "USER", "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV",
    # the same on Windows
    "APPDATA", "COMSPEC", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "NUMBER_OF_PROCESSORS", "OS", "PATHEXT",
    "PROCESSOR_ARCHITECTURE", "PROGRAMDATA", "PROGRAMFILES", "PROGRAMFILES(X86)", "SYSTEMDRIVE",
    "SYSTEMROOT", "USERNAME", "USERPROFILE", "WINDIR",
    # where libraries and devices are
    "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "CUDA_HOME", "CUDA_PATH",
    "CUDA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES", "NVIDIA_VISIBLE_DEVICES", "ROCM_PATH",
    "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES",
    # where data that is fetched once lies, and how it is fetched
    "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
    "ALL_PROXY", "SSL_CERT_DIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
})  # fmt: skip
"""Names in capitals; no setting is among them that changes what code computes."""


def clean_environment(
    environment: Mapping[str, str], declared: Collection[str], *, empty: str, user_site: bool = False
) -> dict[str, str]:
    """What of a user's environment the kernels of a verification get.

    `declared` are names that the book declares. `empty` is a folder without settings, but for an empty
    ``matplotlibrc``, which stands for that of the user; one in the book still counts. With `user_site`
    packages of the user's own folder count, as when Etude itself is one of them.
    """
    kept = {name: value for name, value in environment.items() if name in declared or name.upper() in _KEPT}
    fixed = {
        "LANG": "C.UTF-8",
        "XDG_CONFIG_HOME": empty,
        "MATPLOTLIBRC": f"{empty}/matplotlibrc",
        **({} if user_site else {"PYTHONNOUSERSITE": "1"}),
    }
    return kept | {name: value for name, value in fixed.items() if name not in kept}
