"""The record of short addresses, `short.toml`: its text enters, what it gives and every problem leave."""

from __future__ import annotations

import re
import tomllib

from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.model.short import RECORD, Given
from etude.parse.toml_spans import locate

__all__ = ["EXPECTED", "is_code", "parse_record"]

EXPECTED = "small letters, digits and `-` between them, 40 characters at most"
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def is_code(text: str) -> bool:
    """Whether a text can be a short code."""
    return _CODE.fullmatch(text) is not None


def parse_record(text: str) -> tuple[tuple[Given, ...], tuple[Diagnostic, ...]]:
    """The lines of the record in the order of the file; a wrong one is reported and left out."""
    text = " " + text[1:] if text.startswith("\ufeff") else text
    try:
        tree = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        hint = 'each line is a code and what it leads to: `ab12 = "#label"`'
        return (), (diagnose(Rule.SHORT_CODE, f"not valid TOML: {error}", RECORD, hints=(hint,)),)
    found = locate(text)
    given: list[Given] = []
    problems: list[Diagnostic] = []
    for code, target in tree.items():
        place = found[code,]
        if not is_code(code):
            message = f"`{code}` is no short code: expected {EXPECTED}"
            problems.append(diagnose(Rule.SHORT_CODE, message, RECORD, place.key))
        elif not isinstance(target, str) or not target.strip("# \t"):
            message = f"`{code}` does not say what it leads to"
            hints = ('write `"#label"`, `"page"` or `"page#id"`',)
            problems.append(diagnose(Rule.SHORT_CODE, message, RECORD, place.value, hints=hints))
        else:
            given.append(Given(code, target.strip(), place.value))
    return tuple(given), tuple(problems)
