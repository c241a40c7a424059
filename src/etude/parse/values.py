"""Values of options and front matter: from text or YAML data to what the document holds."""

from __future__ import annotations

import re
from typing import Any

from etude.model.block import Expectation, Resources
from etude.parse import yamls

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
          "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}  # fmt: skip
_NEAR = re.compile(r"(.+?)\s*(?:≈|~=)\s*(.+?)\s*(?:±|\+/?-)\s*(.+)\Z", re.DOTALL)


class Bad(Exception):  # noqa: N818 -- a value is bad; the message says what was expected
    """A value cannot be used; the message says what was expected."""


def text(value: Any) -> str:
    """Text; numbers and dates are taken as they are written."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        raise Bad("expected text")
    return str(value).strip()


def truth(value: Any) -> bool:
    """True or false; an option without a value is true."""
    if isinstance(value, bool):
        return value
    if value is None or str(value).strip().lower() in {"", "true", "yes", "on", "1"}:
        return True
    if str(value).strip().lower() in {"false", "no", "off", "0"}:
        return False
    raise Bad(f"expected true or false, not `{value}`")


def whole(value: Any) -> int:
    """A whole number."""
    try:
        return int(str(value).strip())
    except ValueError:
        raise Bad(f"expected a whole number, not `{value}`") from None


def number(value: Any) -> float:
    """A number."""
    try:
        result = float(str(value).strip())
    except ValueError:
        raise Bad(f"expected a number, not `{value}`") from None
    if result != result or result in {float("inf"), float("-inf")}:  # noqa: PLR0124 -- NaN
        raise Bad(f"expected a number, not `{value}`")
    return result


def seconds(value: Any) -> float:
    """A duration above zero, in seconds; ``10m`` and ``2h`` are understood."""
    match = re.fullmatch(r"\s*([\d.]+)\s*(s|m|min|h)?\s*", str(value))
    if match is None:
        raise Bad(f"expected a duration such as `90`, `90s`, `10m` or `2h`, not `{value}`")
    result = number(match[1]) * {"s": 1, "m": 60, "min": 60, "h": 3600}[match[2] or "s"]
    if result <= 0:
        raise Bad(f"expected a duration above zero, not `{value}`")
    return result


def names(value: Any) -> tuple[str, ...]:
    """Names: a list, or text with commas."""
    if value is None:
        return ()
    if isinstance(value, str):
        stripped = value.strip()
        if stripped.startswith("[") and stripped.endswith("]"):
            loaded = yamls.load(stripped)
            if isinstance(loaded, yamls.YamlProblem):
                raise Bad(f"expected names, not `{value}`")
            return names(loaded.data)
        return tuple(part for part in (p.strip() for p in value.split(",")) if part)
    if isinstance(value, list):
        return tuple(text(item) for item in value)
    return (text(value),)


def line_ranges(value: Any) -> tuple[int, ...]:
    """Line numbers from ``1, 3-5``."""
    lines: list[int] = []
    for part in names(value):
        match = re.fullmatch(r"(\d+)(?:\s*[-–]\s*(\d+))?", part)
        if match is None or (last := int(match[2] or match[1])) - int(match[1]) > 10_000:
            raise Bad(f"expected lines such as `1,3-5`, not `{part}`")
        lines.extend(range(int(match[1]), last + 1))
    return tuple(dict.fromkeys(lines))


def size(value: Any) -> int:
    """A size in bytes from ``512MB`` or ``2GiB``."""
    match = re.fullmatch(r"\s*([\d.]+)\s*([KMGT]?I?B?)\s*", str(value).upper())
    unit = match[2] if match else ""
    unit = unit if unit in _UNITS else f"{unit}B"
    if match is None or unit not in _UNITS:
        raise Bad(f"expected a size such as `512MB` or `2GiB`, not `{value}`")
    return int(number(match[1]) * _UNITS[unit])


def parse_resources(value: Any) -> Resources:
    """``{cpus: 2, memory: 4GB, gpus: 1}``."""
    if isinstance(value, str):
        loaded = yamls.load(value)
        value = None if isinstance(loaded, yamls.YamlProblem) else loaded.data
    if not isinstance(value, dict):
        raise Bad("expected `{cpus: …, memory: …, gpus: …}`")
    unknown = sorted(str(k) for k in value if str(k) not in {"cpus", "memory", "gpus"})
    if unknown:
        raise Bad(f"`{unknown[0]}` is none of `cpus`, `memory`, `gpus`")
    return Resources(
        cpus=number(value.get("cpus", 1)),
        memory=size(value.get("memory", 0)),
        gpus=number(value.get("gpus", 0)),
    )


def expectations(value: Any) -> tuple[Expectation, ...]:
    """Claims: one text, or a list; ``a ≈ b ± c`` compares, anything else is to be true."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        loaded = yamls.load(value)
        if isinstance(loaded, yamls.Yaml) and isinstance(loaded.data, list):
            value = loaded.data
    items = value if isinstance(value, list) else [value]
    found = []
    for item in items:
        source = text(item)
        if not source:
            raise Bad("expected a Python expression")
        match = _NEAR.match(source)
        if match is not None:
            found.append(Expectation(match[1].strip(), match[2].strip(), match[3].strip(), source))
        else:
            found.append(Expectation(source, source=source))
    return tuple(found)
