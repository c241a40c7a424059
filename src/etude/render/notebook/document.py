"""A page in one variant as nbformat 4.5: prose as Markdown, code as it ran, outputs as they were."""

from __future__ import annotations

import base64
import json
import posixpath
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from etude.model.block import CodeCell, Heading
from etude.model.book import PageFacts
from etude.model.config import Config
from etude.model.page import Page
from etude.model.result import CellResult, RunResult
from etude.render.html.address import page_file, quoted
from etude.render.images import MIME_SUFFIX
from etude.render.markdown import MarkdownWriter, Prose, Setting, join
from etude.render.markdown_code import annotated
from etude.render.markdown_text import link
from etude.render.notebook.cells import Cells, output_of
from etude.render.notebook.setup import library_code, requires_code, setup_code
from etude.render.notebook_place import notebook_folder

__all__ = ["Along", "notebook_files", "picture_files", "render_notebook"]

_FILES = "_files"
_PICTURES = {**{suffix: kind for kind, suffix in MIME_SUFFIX.items()}, "jpeg": "image/jpeg"}
_READ_ONLINE = {"zh": "在网上阅读这一页", "en": "Read this page on the web"}
_DISPLAY_NAMES = {"python3": "Python 3 (ipykernel)"}


class Along(Struct, frozen=True):
    """What a notebook that stands alone brings along."""

    pictures: Mapping[str, bytes]
    """Files of the book, by path."""
    library: Mapping[str, str]
    """The modules of saved cells, by path."""


def notebook_files(page: Page, variant: str) -> dict[str, str]:
    """The files that a notebook shows: where each is copied to, and its path in the book.

    Targets are below the folder of all notebooks.
    """
    return {f"{notebook_folder(page, variant)}/{_FILES}/{path}": path for path in page.files}


def picture_files(page: Page) -> list[str]:
    """The files of the book that a notebook of the page can hold: its pictures."""
    return [path for path in page.files if _kind(path)]


def render_notebook(
    page: Page,
    facts: PageFacts,
    variant: str,
    result: RunResult | None,
    config: Config,
    *,
    site_url: str = "",
    along: Along | None = None,
) -> bytes:
    """The notebook of one run, as it is written to disk; the same input gives the same bytes.

    Its code cells are those of the run, in order, after a set-up cell tagged ``etude-setup``, and before
    that one tagged ``etude-requires`` when something must be installed. `variant` is empty in a page
    without variants. References link to the site when it has an address: `site_url`, else that of the
    configuration. Files lie beside the notebook, unless it brings them `along`.
    """
    site = site_url or config.html.url
    setting = Setting(
        language=page.language,
        name=page.name,
        facts=facts,
        page_url=lambda name, target: _page_url(site, page.language, name, target, config.home),
        file_url=lambda path: _file_url(page, site, along, path.lstrip("/")),
        variant=variant,
        result=result,
    )
    language = next((cell.language for cell in page.cells if cell.language), "python")
    cells = Cells()
    kernel, environment = config.kernel(variant, page.front.kernel)
    asked: dict[str, Any] = {}
    if environment is not None and language == "python":
        asked = {"python": environment.python, "requires": list(environment.requirements)}
        if environment.requirements:
            cells.add_code(requires_code(environment), {"tags": ["etude-requires"]})
    if language == "python":
        cells.add_code(
            setup_code(page, variant, config), {"tags": ["etude-setup"], "jupyter": {"source_hidden": True}}
        )
        if along is not None and along.library:
            hidden = {"tags": ["etude-library"], "jupyter": {"source_hidden": True}}
            cells.add_code(library_code(along.library), hidden)
    _write(page, MarkdownWriter(setting), result, cells, setting.page_url(page.name, ""))
    document = {
        "cells": cells.cells,
        "metadata": {
            "etude": {"language": page.language, "page": page.name, "variant": variant, **asked},
            "kernelspec": {
                "display_name": _DISPLAY_NAMES.get(kernel, kernel),
                "language": language,
                "name": kernel,
            },
            "language_info": {"name": language},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _page_url(site: str, language: str, name: str, target: str, home: str) -> str:
    if not site:
        return ""
    fragment = f"#{quoted(target)}" if target else ""
    return posixpath.join(site, quoted(page_file(language, name, home))) + fragment


def _file_url(page: Page, site: str, along: Along | None, path: str) -> str:
    """Beside the notebook; of one that stands alone pictures are in it, other files on the site."""
    if along is None:
        return "../" * page.name.count("/") + f"{_FILES}/{quoted(path)}"
    kind, data = _kind(path), along.pictures.get(path)
    if kind and data is not None:
        return f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return posixpath.join(site, quoted(path)) if site else ""


def _kind(path: str) -> str:
    return _PICTURES.get(path.rpartition(".")[2].lower(), "")


def _write(page: Page, writer: MarkdownWriter, result: RunResult | None, cells: Cells, url: str) -> None:
    """All cells after the set-up: prose up to the next border or code cell is one Markdown cell."""
    pieces = writer.blocks(page.blocks)
    online = _READ_ONLINE["zh" if writer.chinese else "en"]
    lead = [Prose(link(online, url))] if url else []
    if not any(isinstance(block, Heading) and block.level == 1 for block in page.blocks):
        pieces.insert(0, Prose(f"# {writer.page_title(writer.facts.label, page.title)}", border=True))
    run: list[Prose] = []
    for piece in (*pieces, *writer.notes()):
        if isinstance(piece, CodeCell):
            cells.add_markdown(join(run))
            run = []
            _add_code(piece, result, cells)
            continue
        if piece.border:
            cells.add_markdown(join(run))
            run = []
        run.append(piece)
        # The link to the site stands below the page's title.
        if lead and piece.text.startswith("# "):
            run += lead
            lead = []
    cells.add_markdown(join(run))


def _add_code(node: CodeCell, result: RunResult | None, cells: Cells) -> None:
    code = annotated(node.code, node.annotations, node.language)
    found = result.cells.get(node.index) if result else None
    label = node.labels[0] if node.labels else ""
    count, outputs = _outputs(node, found)
    cells.add_code(code, _metadata(node), label=label, count=count, outputs=outputs)


def _outputs(node: CodeCell, found: CellResult | None) -> tuple[int | None, Iterable[Mapping[str, Any]]]:
    if found is not None:
        return found.execution_count, (output_of(msgspec.to_builtins(one)) for one in found.outputs)
    if node.outputs:
        stored: list[dict[str, Any]] = msgspec.json.decode(node.outputs)
        return None, (output_of(one) for one in stored)
    return None, ()


def _metadata(node: CodeCell) -> dict[str, Any]:
    """Tags as they are, and what Jupyter's own interface hides by."""
    metadata: dict[str, Any] = {}
    if node.tags:
        metadata["tags"] = list(node.tags)
    hidden = {
        "source_hidden": {"hide-input", "hide-cell", "remove-input", "remove-cell"},
        "outputs_hidden": {"hide-output", "hide-cell", "remove-output", "remove-cell"},
    }
    jupyter = {key: True for key, tags in hidden.items() if not tags.isdisjoint(node.tags)}
    if jupyter:
        metadata["jupyter"] = jupyter
    if "scroll-output" in node.tags:
        metadata["scrolled"] = True
    return metadata
