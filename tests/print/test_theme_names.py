"""Names of the theme: they are in scope where formulas stand, and must not stand for something there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import typst

from etude.render.typst.book import Faces, settings_file, theme_files
from etude.render.typst.sheet import sheet_of

DEFINED = re.compile(rb"^#let ([\w-]+)", re.MULTILINE)
KNOWN = "#metadata((math, sym, std).map(it => dictionary(it).keys()).flatten())<names>"


def test_no_name_of_the_theme_is_one_of_typsts(tmp_path: Path) -> None:
    faces = Faces(*([("A",)] * 6))
    settings = settings_file(sheet_of(210, 297), faces, "en", first=1, date=(2026, 1, 1))
    own = {name.decode() for data in (*theme_files().values(), settings) for name in DEFINED.findall(data)}
    (tmp_path / "names.typ").write_text(KNOWN)
    found = typst.Compiler(str(tmp_path / "names.typ"), root=str(tmp_path)).query("<names>", field="value")
    known = set(json.loads(found)[0])
    assert {"alpha", "frac", "text"} <= known
    assert {"lead", "book-date", "hl-k"} <= own
    assert [] == sorted(own & known)
