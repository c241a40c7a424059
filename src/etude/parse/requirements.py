"""Files that list requirements: what of them counts, and what is wrong with those that `etude.toml` names.

In: a `Config` whose environments are as written, and `Files`. Out: the `Config` with what the files say.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from etude.model.config import Config
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.environment import RequirementFile
from etude.model.protocols import Files
from etude.model.rules import Rule
from etude.parse.config_requirements import named_file, normal
from etude.parse.text import source_text

__all__ = ["settle"]

_COMMENT = re.compile(r"(?:^|\s)#.*")
_NAMES_FILE = re.compile(r"(?:-r|-c|--requirement|--constraint)(?:\s*=\s*|\s*)(\S.*)")
_OPTION = re.compile(r"\s--?[a-z][\w-]*(?:[=\s].*)?$")
_LOCAL = re.compile(
    r"-e\b|--editable\b|\.|file:|.*\s@\s*file:|[^@:]*\.(?:whl|zip|tar\.gz)$"
    r"|(?:-f|--find-links)[=\s]\s*(?!/|\w+://)"
)
_LOCK = re.compile(r"pylock(?:\.[^./]+)?\.toml")


class _WrongError(Exception):
    """A file that cannot be used: the rule, and what is wrong with it."""

    def __init__(self, rule: Rule, message: str, *hints: str) -> None:
        super().__init__(message)
        self.rule, self.message, self.hints = rule, message, hints


def settle(config: Config, files: Files, path: str = "etude.toml") -> tuple[Config, tuple[Diagnostic, ...]]:
    """The configuration with what its environments require; files that cannot be used are reported.

    Such an environment is `broken`: no run may start without what the file would have brought.
    """
    problems: dict[Diagnostic, None] = {}
    settled = []
    for one in config.environments:
        packages: list[str] = []
        listed: list[RequirementFile] = []
        broken = "" in one.written
        for number, written in enumerate(one.written):
            file = named_file(written)
            if file is None:
                packages.append(written)
                continue
            try:
                read = _read(*file, files)
            except _WrongError as wrong:
                broken = True
                span = config.requirement_span(one, number)
                problems[diagnose(wrong.rule, wrong.message, path, span, hints=wrong.hints)] = None
                continue
            if isinstance(read, RequirementFile):
                listed.append(read)
            else:
                packages += read
        settled.append(
            replace(one, packages=tuple(sorted({*packages} - {""})), files=tuple(listed), broken=broken)
        )
    return replace(config, environments=tuple(settled)), tuple(problems)


def _read(path: str, group: str, files: Files) -> RequirementFile | list[str]:
    """A file that an installer takes as it is, or the requirements of a group."""
    if path.endswith(".toml"):
        text = _text(path, files)
        try:
            tree = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise _WrongError(Rule.CONFIG_VALUE, f"`{path}` is not valid TOML: {error}") from error
        if _LOCK.fullmatch(posixpath.basename(path)) and not group:
            return _lock(path, text, tree)
        groups = tree.get("dependency-groups")
        return _group(path, group, groups if isinstance(groups, dict) else {}, ())
    if group:
        raise _WrongError(Rule.CONFIG_VALUE, f"`{path}` has no groups: only a `pyproject.toml` has")
    lines = list(_lines(path, files, ()))
    return RequirementFile(
        path,
        tuple(dict.fromkeys(one for line, counts in lines if counts for one in _requirement(line))),
        _digest(*(line for line, _ in lines)),
        locked=any("--hash" in line for line, _ in lines),
        local=any(_LOCAL.match(line) for line, _ in lines),
    )


def _text(path: str, files: Files) -> str:
    try:
        return source_text(files.read(path))
    except FileNotFoundError:
        message = f"the file of requirements `{path}` does not exist"
        raise _WrongError(Rule.FILE_MISSING, message, "the path is relative to the book's folder") from None
    except OSError as error:
        message = f"the file of requirements `{path}` cannot be read: {error.strerror or error}"
        raise _WrongError(Rule.READ_FAILED, message) from error


def _lines(path: str, files: Files, above: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    """What counts in a file and in those that it names, and whether it asks for something to be installed.

    Lines of constraints do not ask. `above` are the files that led here.
    """
    for line in _text(path, files).replace("\\\n", " ").split("\n"):
        plain = " ".join(_COMMENT.sub("", line).split())
        if not plain:
            continue
        match = _NAMES_FILE.fullmatch(plain)
        if match is None or "://" in match[1]:
            yield plain, True
            continue
        name = posixpath.normpath(posixpath.join(posixpath.dirname(path), match[1]))
        if not files.inside(name):
            message = f"`{path}` names `{match[1]}`, which is not in the book"
            raise _WrongError(Rule.PATH_OUTSIDE, message, "copy the file into the book")
        constrains = plain.startswith(("-c", "--c"))
        yield "constraints" if constrains else "requirements", False
        if name not in (path, *above):
            for inner, counts in _lines(name, files, (path, *above)):
                yield inner, counts and not constrains


def _requirement(line: str) -> Iterator[str]:
    """The requirement in a line, if it has one that PEP 508 knows."""
    try:
        yield normal(_OPTION.sub("", line))
    except ValueError:
        return


def _lock(path: str, text: str, tree: dict[str, Any]) -> RequirementFile:
    """A ``pylock.toml`` (PEP 751)."""
    packages = [one for one in tree.get("packages", ()) if isinstance(one, dict) and "name" in one]
    pinned: list[str] = []
    for one in packages:
        version = f"=={one['version']}" if "version" in one else ""
        marker = f"; {one['marker']}" if "marker" in one else ""
        pinned += _requirement(f"{one['name']}{version}{marker}")
    local = any("directory" in one or "path" in one.get("archive", ()) for one in packages)
    local |= any("path" in wheel for one in packages for wheel in one.get("wheels", ()))
    return RequirementFile(path, tuple(pinned), _digest(text), locked=True, local=local)


def _group(path: str, name: str, groups: dict[str, Any], above: tuple[str, ...]) -> list[str]:
    """A dependency group (PEP 735) with those that it includes."""
    known = f"its groups: {', '.join(map(str, groups))}" if groups else "it has no `[dependency-groups]`"
    if name not in groups:
        what = f"has no group `{name}`" if name else f"is named without a group: write `{path}:GROUP`"
        raise _WrongError(Rule.CONFIG_VALUE, f"`{path}` {what}", known)
    found: list[str] = []
    for item in groups[name] if isinstance(groups[name], list) else ():
        match item:
            case {"include-group": str(inner)} if inner not in (name, *above):
                found += _group(path, inner, groups, (name, *above))
                continue
            case str():
                pass
            case _:
                raise _WrongError(Rule.CONFIG_VALUE, f"the group `{name}` of `{path}` cannot be read")
        try:
            found.append(normal(item))
        except ValueError as error:
            message = f"`{item}` in the group `{name}` of `{path}` is no requirement: {error}"
            raise _WrongError(Rule.CONFIG_VALUE, message) from error
    return found


def _digest(*lines: str) -> str:
    return sha256("\n".join(lines).encode(errors="surrogatepass")).hexdigest()[:32]
