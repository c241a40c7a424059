"""Values of options and front matter: from text or YAML data to what the document holds."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any, get_args

from etude.model.block import Align, Expectation, Resources
from etude.model.config import Timings
from etude.model.tolerance import Tolerance
from etude.parse import yamls
from etude.parse.tolerances import FORMS, read_tolerance

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
          "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}  # fmt: skip
_ALIGNMENTS: dict[str, Align] = {"left": "left", "center": "center", "right": "right", "centre": "center"}
_LENGTH = re.compile(r"(\d*\.?\d+)\s*(px|em|rem|ex|ch|cm|mm|in|pt|pc|%|vw|vh|lh)?")
_LARGEST = 2**32
_MOST_LINES = 100_000
_LONGEST_RANGE = 10_000


class Bad(Exception):  # noqa: N818 -- a value is bad; the message says what was expected
    """A value cannot be used; the message says what was expected."""

    def __init__(self, message: str, kept: Any = None) -> None:
        """`kept` is what of the value can be used all the same."""
        super().__init__(message)
        self.kept = kept


def text(value: Any) -> str:
    """Text; numbers and dates are taken as they are written."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float | dt.date):
        raise Bad("expected text")
    return str(value).strip()


def anything(value: Any) -> Any:
    """What is not looked at."""
    return value


def table(value: Any) -> dict[str, Any]:
    """Names and values, as YAML has them."""
    if isinstance(value, str) and value.strip():
        loaded = yamls.load(value)
        value = loaded.data if not isinstance(loaded, yamls.YamlProblem) else value
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise Bad("expected names with values")
    return {str(key): item for key, item in value.items()}


def truth(value: Any) -> bool:
    """True or false; an option without a value is true."""
    if isinstance(value, bool):
        return value
    word = text(value).lower()
    if word in {"", "true", "yes", "on", "1"}:
        return True
    if word in {"false", "no", "off", "0"}:
        return False
    raise Bad(f"expected true or false, not `{shown(value)}`")


def whole(value: Any) -> int:
    """A whole number of at most 32 bits."""
    try:
        result = int(text(value))
    except (ValueError, Bad):
        raise Bad(f"expected a whole number, not `{shown(value)}`") from None
    if abs(result) > _LARGEST:
        raise Bad(f"expected a number up to {_LARGEST:,}, not `{shown(value)}`")
    return result


def number(value: Any) -> float:
    """A finite number."""
    try:
        result = float(text(value))
    except (ValueError, Bad):
        raise Bad(f"expected a number, not `{shown(value)}`") from None
    if not math.isfinite(result):
        raise Bad(f"expected a number, not `{shown(value)}`")
    return result


def share(value: Any) -> float:
    """A finite number of at least zero."""
    result = number(value)
    if result < 0:
        raise Bad(f"expected a number of at least 0, not `{shown(value)}`")
    return result


def seconds(value: Any) -> float:
    """A duration above zero, in seconds; ``10m`` and ``2h`` are understood."""
    match = re.fullmatch(r"\s*([\d.]+)\s*(s|m|min|h)?\s*", str(value))
    if match is None:
        raise Bad(f"expected a duration such as `90`, `90s`, `10m` or `2h`, not `{shown(value)}`")
    result = number(match[1]) * {"s": 1, "m": 60, "min": 60, "h": 3600}[match[2] or "s"]
    if result <= 0:
        raise Bad(f"expected a duration above zero, not `{shown(value)}`")
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
                raise Bad(f"expected names, not `{shown(value)}`")
            return names(loaded.data)
        return tuple(part for part in (p.strip() for p in re.split(r"[,，]", value)) if part)
    if isinstance(value, list):
        return tuple(word for word in map(text, value) if word)
    return (text(value),)


def line_ranges(value: Any) -> tuple[int, ...]:
    """Line numbers from ``1, 3-5``."""
    lines: list[int] = []
    for part in names(value):
        match = re.fullmatch(r"(\d{1,7})(?:\s*[-–]\s*(\d{1,7}))?", part)
        first = int(match[1]) if match is not None else 0
        last = int(match[2] or match[1]) if match is not None else 0
        if not 1 <= first <= last <= first + _LONGEST_RANGE:
            raise Bad(f"expected lines such as `1,3-5`, not `{shown(part)}`")
        lines.extend(range(first, last + 1))
        if len(lines) > _MOST_LINES:
            raise Bad(f"expected at most {_MOST_LINES:,} lines")
    return tuple(dict.fromkeys(lines))


def open_ranges(value: Any) -> tuple[tuple[int, int], ...]:
    """First and last lines from ``1, 3-5, 9-``; 0 for the last line there is."""
    ranges: list[tuple[int, int]] = []
    for part in names(value):
        match = re.fullmatch(r"(\d{1,7})?(?:\s*([-–])\s*(\d{1,7})?)?", part)
        first = int(match[1] or 1) if match is not None else 0
        last = int(match[3] or (0 if match[2] else first)) if match is not None else 0
        if first < 1 or (last and not first <= last <= first + _LONGEST_RANGE) or part in ("", "-", "–"):
            raise Bad(f"expected lines such as `1,3-5` or `9-`, not `{shown(part)}`")
        ranges.append((first, last))
    if sum(max(1, last - first + 1) for first, last in ranges) > _MOST_LINES:
        raise Bad(f"expected at most {_MOST_LINES:,} lines")
    return tuple(ranges)


def size(value: Any) -> int:
    """A size in bytes from ``512MB`` or ``2GiB``."""
    match = re.fullmatch(r"\s*([\d.]+)\s*([KMGT]?I?B?)\s*", str(value).upper())
    unit = match[2] if match else ""
    unit = unit if unit in _UNITS else f"{unit}B"
    if match is None or unit not in _UNITS:
        raise Bad(f"expected a size such as `512MB` or `2GiB`, not `{shown(value)}`")
    return int(share(match[1]) * _UNITS[unit])


def parse_resources(value: Any) -> Resources:
    """``{cpus: 2, memory: 4GB, gpus: 1}``."""
    if isinstance(value, str):
        loaded = yamls.load(value)
        value = None if isinstance(loaded, yamls.YamlProblem) else loaded.data
    if not isinstance(value, dict):
        raise Bad("expected `{cpus: …, memory: …, gpus: …}`")
    unknown = sorted(str(k) for k in value if str(k) not in {"cpus", "memory", "gpus"})
    if unknown:
        raise Bad(f"`{shown(unknown[0])}` is none of `cpus`, `memory`, `gpus`")
    return Resources(
        cpus=share(value["cpus"]) if "cpus" in value else None,
        memory=size(value["memory"]) if "memory" in value else None,
        gpus=share(value["gpus"]) if "gpus" in value else None,
    )


def tolerance(value: Any) -> Tolerance:
    """How much results may differ: ``1e-3``, ``rtol=1e-2 atol=1e-6 image=0.05``, ``exact``, ``any``."""
    found = read_tolerance(text(value))
    if found is None:
        raise Bad(f"expected {FORMS}, not `{shown(value)}`")
    return found


def timings(value: Any) -> str:
    """``keep`` or ``hide``."""
    word = text(value).lower()
    if word not in get_args(Timings):
        raise Bad(f"expected `keep` or `hide`, not `{shown(value)}`")
    return word


def expectations(value: Any) -> tuple[Expectation, ...]:
    """Claims: one text, or a list; ``a ≈ b ± c`` compares, anything else is to be true."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        loaded = yamls.load(value)
        if isinstance(loaded, yamls.Yaml) and isinstance(loaded.data, list):
            value = loaded.data
    found: list[Expectation] = []
    problems: list[str] = []
    for item in value if isinstance(value, list) else [value]:
        try:
            found.append(_expectation(text(item)))
        except Bad as bad:
            problems.append(str(bad))
    if problems:
        raise Bad("; ".join(problems), tuple(found) or None)
    return tuple(found)


def _expectation(source: str) -> Expectation:
    if not source:
        raise Bad("expected a Python expression")
    left = re.split(r"≈|~=", source, maxsplit=1)
    right = re.split(r"±|\+/?-", left[1], maxsplit=1) if len(left) == 2 else []
    if len(right) == 2 and all(part.strip() for part in (left[0], *right)):
        return Expectation(left[0].strip(), right[0].strip(), right[1].strip(), source)
    if "≈" in source:
        raise Bad(f"expected `value ≈ number ± tolerance`, not `{shown(source)}`")
    return Expectation(source, source=source)


def align(value: Any) -> Align:
    """``left``, ``center`` or ``right``."""
    known = _ALIGNMENTS.get(text(value).lower())
    if known is None:
        raise Bad("expected `left`, `center` or `right`")
    return known


def length(value: Any) -> str:
    """A CSS length or a percentage; a bare number is pixels."""
    match = _LENGTH.fullmatch(text(value))
    if match is None:
        raise Bad(f"expected a length such as `400px`, `10cm` or `80%`, not `{shown(value)}`")
    return match[1] + (match[2] or "px")


def classes(value: Any) -> tuple[str, ...]:
    """Names of classes: letters, digits and dashes."""
    words = " ".join(names(value)) if isinstance(value, list) else text(value)
    return tuple(c for c in re.split(r"[\s,]+", words) if re.fullmatch(r"[\w-]+", c))


def count(number: int, noun: str) -> str:
    """A number with a noun: ``1 line``, ``2 lines``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def shown(value: Any) -> str:
    """A value as a message shows it: one short line."""
    line = " ".join(str(value).split())
    return line if len(line) <= 60 else f"{line[:59]}…"
