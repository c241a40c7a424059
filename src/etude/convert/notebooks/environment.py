"""What a folder of notebooks says that its code needs: requirements.txt, environment.yml."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from etude.parse import yamls

__all__ = ["Needs", "needs_of"]

_CONDA = re.compile(
    r"(?:[\w.-]+::)?([A-Za-z0-9][\w.-]*?)\s*(?:(==?|>=?|<=?|!=|~=)\s*([\w.*!<>=,|-]+))?(?:=[\w.]+)?"
)
_NOT_PYTHON = frozenset({
    "pip", "conda", "mamba", "nodejs", "git", "make", "cmake", "graphviz", "ffmpeg", "gcc", "gxx",
    "cudatoolkit", "pandoc", "r-base", "texlive-core",
})  # fmt: skip
_NAMES = {
    "pytorch": "torch",
    "pytables": "tables",
    "opencv": "opencv-python",
    "matplotlib-base": "matplotlib",
}


class Needs(Struct, frozen=True):
    """Requirements as `[execute]` has them."""

    requires: tuple[str, ...] = ()
    python: str = ""
    left_out: tuple[str, ...] = ()


def needs_of(text: str) -> Needs | None:
    """What an environment.yml asks for, in the names that PyPI has; None when it cannot be read."""
    result = yamls.load(text)
    data: Any = None if isinstance(result, yamls.YamlProblem) else result.data
    listed = data.get("dependencies") if isinstance(data, dict) else None
    if not isinstance(listed, list):
        return None
    requires: list[str] = []
    left_out: list[str] = []
    python = ""
    for one in listed:
        if isinstance(one, dict):
            pip = one.get("pip")
            for line in pip if isinstance(pip, list) else ():
                bare = str(line).strip()
                (left_out if bare.startswith("-") or "/" in bare else requires).append(bare)
            continue
        match = _CONDA.fullmatch(str(one).strip())
        if match is None:
            left_out.append(str(one))
            continue
        name, sign, version = match[1].lower(), match[2] or "", match[3] or ""
        wanted = _version(sign, version)
        if name == "python":
            python = wanted
        elif name in _NOT_PYTHON or name.startswith(("r-", "lib", "_")):
            left_out.append(str(one))
        else:
            requires.append(_NAMES.get(name, name) + wanted)
    return Needs(tuple(dict.fromkeys(requires)), python, tuple(left_out))


def _version(sign: str, version: str) -> str:
    if not version:
        return ""
    if sign == "=":
        return f"=={version.removesuffix('.*').removesuffix('*').rstrip('.')}.*"
    return f"{sign}{version}"
