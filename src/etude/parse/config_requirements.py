"""What `etude.toml` asks to be installed: requirements, a version of Python, and for which runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import UNSET

from etude.model.config import ExecuteConfig
from etude.model.environment import PYTHON, Environment
from etude.model.rules import Rule
from etude.parse.config_reader import Kind, Reader, dotted
from etude.parse.config_values import PATH
from etude.parse.toml_spans import Path

__all__ = ["PYTHON_VERSION", "REQUIREMENTS", "environments", "named_file", "normal"]

_ASKS: Final = ("requires", "python")
"""Keys that ask for an environment."""

_FILE = re.compile(r"([^@;<>=!~\[\]:]+\.(?:txt|in|toml))(?::([\w][\w.-]*))?")
_SLIP = re.compile(r"([\w][\w.-]*)\s*(?:=|\s)\s*v?(\d[\w.]*)")
_RELEASE = re.compile(r"\d+(?:\.\d+){0,2}")


def named_file(text: str) -> tuple[str, str] | None:
    """Path and group of a requirement that is a file: ``pyproject.toml:docs``; None when it is none."""
    match = _FILE.fullmatch(text)
    return (match[1], match[2] or "") if match else None


def normal(text: str) -> str:
    """A PEP 508 requirement as all ways to write it become; raises `ValueError` that says what is wrong."""
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415 -- rare, and slow to load
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        said = str(error).partition("\n")[0]
        raise ValueError(said[:1].lower() + said[1:]) from error
    requirement.name = canonicalize_name(requirement.name)
    requirement.extras = {canonicalize_name(extra) for extra in requirement.extras}
    return str(requirement)


def _requirement(reader: Reader, value: Any, at: Path) -> Any:
    """A requirement; one that is wrong becomes empty, so that nothing runs without it."""
    if not isinstance(value, str) or not value.strip():
        reader.wrong(value, at, _REQUIREMENT)
        return ""
    file = named_file(value)
    if file is not None:
        path = PATH.read(reader, file[0], at)
        return "" if path is UNSET else ":".join(filter(None, (path, file[1])))
    try:
        return normal(value)
    except ValueError as error:
        slip = _SLIP.fullmatch(value.strip())
        hint = f"write `{slip[1]}=={slip[2]}`" if slip else "write it as pip takes it, for example `numpy>=2`"
        reader.report(
            Rule.CONFIG_VALUE, f"`{value}` in `{dotted(at)}` is no requirement: {error}", at, hints=(hint,)
        )
        return ""


def _requirements(reader: Reader, value: Any, at: Path) -> Any:
    found = reader.each(value, at, REQUIREMENTS, _REQUIREMENT)
    return ("",) if found is UNSET else found


def _python(reader: Reader, value: Any, at: Path) -> Any:
    if value == "":
        return value
    if not isinstance(value, str):
        return reader.wrong(value, at, PYTHON_VERSION, f'write `{at[-1]} = ">={value}"`')
    if _RELEASE.fullmatch(value.strip()):
        return f"=={value.strip()}" + (".*" if value.count(".") < 2 else "")
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415 -- as above

    try:
        return str(SpecifierSet(value))
    except InvalidSpecifier:
        return reader.wrong(value, at, PYTHON_VERSION)


_REQUIREMENT = Kind("a requirement, or the path of a file that lists some", '"numpy>=2"', _requirement)
REQUIREMENTS = Kind(
    "a list of requirements, or of files that list some", '["numpy>=2", "requirements.txt"]', _requirements
)
PYTHON_VERSION = Kind("a version of Python, or bounds for it", '">=3.11"', _python)


def environments(
    reader: Reader,
    execute: ExecuteConfig,
    variants: tuple[str, ...],
    tables: Mapping[str, Mapping[str, Any]],
) -> tuple[Environment, ...]:
    """What the runs of each variant ask for, by the book's table and their own; files are not read yet."""
    asked = {"requires": execute.requires, "python": execute.python}
    _check_kernel(reader, ("execute",), execute.kernel, asked)
    found = []
    for name in variants or ("",):
        own = tables.get(name, {})
        _check_kernel(reader, ("variant", name), own.get("kernel", ""), own)
        asks = any(own.get(key) for key in _ASKS)
        kernel = own.get("kernel") or (PYTHON if asks else execute.kernel)
        written = own.get("requires", execute.requires)
        python = own.get("python") or execute.python
        if kernel == PYTHON and (written or python):
            where = f"variant.{name}" if "requires" in own or (asks and not execute.requires) else "execute"
            found.append(Environment(name, f"{where}.requires", written, python))
    return tuple(found)


def _check_kernel(reader: Reader, table: Path, kernel: str, asks: Mapping[str, Any]) -> None:
    """Report what is asked for in vain: a kernel of another name brings an interpreter of its own."""
    asked = [key for key in _ASKS if asks.get(key)]
    if asked and kernel not in ("", PYTHON):
        message = f"`{asked[0]}` does nothing for the kernel `{kernel}`, which has an environment of its own"
        hint = f"keep `kernel` or `{asked[0]}`"
        reader.report(Rule.CONFIG_VALUE, message, (*table, asked[0]), key=True, hints=(hint,))
