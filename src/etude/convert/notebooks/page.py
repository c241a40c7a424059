"""A notebook as a page of MyST, with what its cells gave."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from etude.convert.account import Account
from etude.convert.converted import CellOutputs
from etude.convert.notebooks.addresses import Addresses
from etude.convert.notebooks.cells import caption_of, code_cell, installs, raw_cell, split_caption
from etude.convert.notebooks.closing import closed
from etude.convert.notebooks.draft import Draft
from etude.convert.notebooks.headings import Settled
from etude.convert.notebooks.inline import escaped
from etude.convert.notebooks.prose import convert_prose
from etude.convert.notebooks.reading import Cell
from etude.convert.notebooks.rows import read_rows
from etude.parse.frontmatter import FIELDS
from etude.parse.frontmatter_ignored import IGNORED

__all__ = ["Kernel", "outputs_of", "tell_kept", "tell_outputs", "write_page"]

_LIST = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])(?:[ \t]|$)")
_WIDGET = "application/vnd.jupyter.widget-view+json"


class Kernel(Struct, frozen=True):
    """What runs a page."""

    name: str
    shown: str
    language: str


def write_page(
    draft: Draft, kernel: Kernel, book: Kernel, addresses: Addresses, account: Account, *, myst: bool
) -> str:
    """The text of a page; notes what became of its cells."""
    blocks: list[list[str]] = []
    prose: list[str] = []
    cells = draft.cells
    by_cell: dict[int, dict[int, Settled]] = {}
    for one in draft.settled:
        by_cell.setdefault(one.was.cell, {})[one.was.row] = one
    caption = ""
    if not draft.titled:
        blocks.append([f"# {draft.title}"])
        account.changed("title", draft.source, 0, "made of the file's name: no heading is the page's title")
    for number, cell in enumerate(cells):

        def note(row: int, construct: str, said: str, changed: bool, cell: Cell = cell) -> None:
            tell = account.changed if changed else account.kept
            tell(construct, draft.source, cell.at(row), said)

        def resolve(address: str, row: int, cell: Cell = cell) -> str:
            return addresses.of(cell, address, row)

        if cell.kind == "code":
            account.kept("code cell", draft.source, cell.line, "`code-cell`")
            blocks.append(code_cell(cell, kernel.language, caption, note))
            if "skip-execution" in cell.tags:
                blocks += _still(cell, addresses)
            caption, prose = "", []
            continue
        if cell.kind == "raw":
            made = raw_cell(cell, note)
            prose = []
        else:
            text, words = cell.text, ""
            after = cells[number + 1] if number + 1 < len(cells) else None
            if after is not None and after.kind == "code":
                text, words = split_caption(text)
            if words:
                caption, typed = caption_of(words)
                (caption,) = convert_prose(caption, {}, {}, resolve, note, myst=myst) or [""]
                row = cell.text.rstrip().count("\n") + 1
                note(
                    row, "bold line before code", "the caption of the cell, which is a numbered listing", True
                )
                if typed:
                    note(row, "number in a caption", "taken away; listings are numbered", True)
            made = convert_prose(text, by_cell.get(number, {}), draft.labels, resolve, note, myst=myst)
            made, mended = closed(made) if made else (made, False)
            if mended:
                note(1, "cell with open ends", "what it opens ends with it, as it did in Jupyter", True)
        if made:
            if prose and _run_together(prose, made):
                blocks.append(["+++"])
                note(1, "border between cells", "`+++`: they would run together", False)
            blocks.append(made)
            prose = made if cell.kind == "markdown" else []
    body = "\n\n".join("\n".join(block) for block in blocks)
    if not draft.front and body.startswith("---"):
        body = "***" + body.lstrip("-")
    return _front(draft, kernel, book, account) + body + "\n"


def _still(cell: Cell, addresses: Addresses) -> list[list[str]]:
    """What a cell that never runs gave, as text and pictures of the page."""
    blocks: list[list[str]] = []
    for output in cell.outputs:
        if not isinstance(output, dict):
            continue
        data = output.get("data")
        if isinstance(data, dict) and (path := addresses.picture(data)):
            blocks.append([f"![]({path})"])
            continue
        text = data.get("text/plain") if isinstance(data, dict) else output.get("text")
        shown = "".join(map(str, text)) if isinstance(text, list) else str(text or "")
        if shown.strip():
            fence = "`" * 3 if "```" not in shown else "`" * 8
            blocks.append([f"{fence}text", *shown.strip("\n").split("\n"), fence])
    return blocks


def _run_together(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether two Markdown cells, with an empty line between them, would be one block."""
    first = after[0]
    if _in_list(before) and (_LIST.match(first) or first.startswith((" ", "\t"))):
        return True
    return before[-1].lstrip().startswith(("<!--", "<script", "<style")) and not before[-1].rstrip().endswith(
        ">"
    )


def _in_list(lines: Sequence[str]) -> bool:
    """Whether the last block of some lines is a list."""
    for line in reversed(lines):
        if _LIST.match(line):
            return True
        if line.strip() and not line.startswith((" ", "\t")):
            return False
    return False


def _front(draft: Draft, kernel: Kernel, book: Kernel, account: Account) -> str:
    lines = draft.front.rstrip("\n").split("\n") if draft.front else []
    keys = {line.partition(":")[0] for line in lines}
    if lines:
        account.kept("front matter", draft.source, draft.cells[0].line if draft.cells else 0)
        lines = _known(lines, draft, account)
        keys = {line.partition(":")[0] for line in lines}
    authors = draft.notebook.metadata.get("authors")
    if isinstance(authors, list) and "authors" not in keys:
        names = [one.get("name") for one in authors if isinstance(one, dict)]
        lines += (
            [
                "authors:",
                *(f"  - {json.dumps(name, ensure_ascii=False)}" for name in names if isinstance(name, str)),
            ]
            if names
            else []
        )
    if kernel.name != book.name and "kernelspec" not in keys and _has_code(draft):
        lines += ["kernelspec:", f"  name: {_yaml(kernel.name)}"]
        lines += [f"  display_name: {_yaml(kernel.shown)}"] if kernel.shown else []
        lines += [f"  language: {_yaml(kernel.language)}"] if kernel.language else []
        account.kept("kernelspec", draft.source, 0, "in the page's front matter")
    elif _has_code(draft) and draft.notebook.kernel:
        account.kept("kernelspec", draft.source, 0, "that of the book")
    return "\n".join(("---", *lines, "---", "", "")) if lines else ""


def _known(lines: Sequence[str], draft: Draft, account: Account) -> list[str]:
    """Lines of front matter without the keys that pages do not have, and what belongs to them."""
    out: list[str] = []
    keep = True
    for line in lines:
        if line[:1] not in (" ", "\t", "-", "#", ""):
            key = line.partition(":")[0]
            keep = key in FIELDS or key in IGNORED
            if not keep:
                account.changed(
                    "front matter", draft.source, 0, f"`{key}` is left out: no page has such a key"
                )
        if keep:
            out.append(line)
    return out


def _has_code(draft: Draft) -> bool:
    return any(cell.kind == "code" for cell in draft.cells)


def _yaml(text: str) -> str:
    return (
        text
        if re.fullmatch(r"[A-Za-z][\w .-]*(?<! )", text)
        and text.lower() not in ("yes", "no", "on", "off", "true", "false", "null")
        else json.dumps(text, ensure_ascii=False)
    )


def outputs_of(cells: Iterable[Cell]) -> tuple[CellOutputs, ...]:
    """What each code cell that shows something gave."""
    return tuple(
        CellOutputs(cell.text, msgspec.json.encode(list(cell.outputs)), cell.line)
        for cell in cells
        if cell.kind == "code" and cell.text.strip()
    )


def tell_kept(draft: Draft, account: Account) -> None:
    """Note what a notebook that stays one says otherwise now, since its text is read as MyST."""
    for cell in draft.notebook.cells:
        if cell.kind != "markdown":
            continue
        told: list[tuple[int, str, str]] = []
        escaped(read_rows(cell.text, myst=True)[0], told)
        for row, construct, _ in told:
            said = "it means something in MyST: write a backslash before it"
            account.changed(construct, draft.source, cell.at(row), said)


def tell_outputs(draft: Draft, account: Account, *, pages: bool) -> bool:
    """Note what becomes of outputs; whether there are any to be recorded."""
    notebook, source = draft.notebook, draft.source
    if _has_code(draft) and not notebook.ran:
        account.kept("notebook without outputs", source, 0, "the first build runs its cells")
        return False
    last = 0
    for cell in draft.cells:
        if cell.kind != "code":
            continue
        skipped = "skip-execution" in cell.tags or (pages and installs(cell.text))
        if cell.outputs and skipped and pages:
            said = "written below the cell" if "skip-execution" in cell.tags else "left out"
            account.changed("output of a cell that is not run", source, cell.line, said)
        elif cell.outputs:
            account.kept("output", source, cell.line, "a recorded result")
        elif not cell.ran and not skipped:
            account.kept("cell without a run", source, cell.line, "recorded as one without outputs")
        if cell.count is not None and cell.count < last:
            said = "the cells ran in another order; outputs may differ when the page is run"
            account.changed("order of the cells' numbers", source, cell.line, said)
        last = cell.count or last
        if any(_WIDGET in str(one.get("data", ""))[:4000] for one in cell.outputs if isinstance(one, dict)):
            said = "what stands for it is shown; it works again where the notebook is run"
            account.changed("interactive widget", source, cell.line, said)
    if "widgets" in notebook.metadata:
        account.changed("state of widgets", source, 0, "left out")
    return _has_code(draft)
