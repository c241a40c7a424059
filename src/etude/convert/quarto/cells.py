"""Code that is run: ```` ```{python} ```` with its options, as `code-cell` and the figure of its output."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from etude.convert.quarto.brackets import length
from etude.convert.quarto.inline import one_line
from etude.convert.quarto.options import Options, read_options, settled
from etude.convert.quarto.places import Context

__all__ = ["LANGUAGES", "Made", "annotated", "cell", "tags"]

LANGUAGES = {"python": "python", "python3": "python", "r": "r", "R": "r", "julia": "julia"}
"""Languages that a page can run."""

_MARK = re.compile(r"^(?P<code>.*?)(?P<comment>#|//|--|%+|;)(?P<gap>\s*)(?P<marks>(?:<\d+>,?\s*)+)$")
_SILENT = {
    "cache": "results are always kept", "freeze": "results are always kept",
    "cache-lazy": "results are always kept", "autodep": "results are always kept",
    "dependson": "results are always kept", "purl": "",
}  # fmt: skip
_LOOKS = frozenset({
    "fig-width", "fig-height", "fig-asp", "fig-dpi", "out-width", "out-height", "fig-align", "fig-pos",
    "fig-env", "fig-format", "dpi", "dev", "fig-show", "fig-scap", "fig-link", "fig-ncol", "fig-keep",
    "fig-retina", "fig-ext",
})  # fmt: skip
_PLACE = frozenset(
    {"column", "fig-column", "tbl-column", "cap-location", "fig-cap-location", "tbl-cap-location"}
)


class Made(Struct, frozen=True):
    """A cell, and what stands after the texts of its annotations."""

    lines: tuple[str, ...]
    after: tuple[str, ...] = ()
    annotated: bool = False


def annotated(code: Sequence[str], language: str) -> tuple[list[str], bool]:
    """Code with its marks written ``# (1)``; whether there are any."""
    del language
    found = False
    seen: set[str] = set()
    lines: list[str] = []
    for line in code:
        mark = _MARK.match(line)
        if mark is None:
            lines.append(line)
            continue
        found = True
        # A text belongs to one line: the first that has its mark.
        new = [number for number in re.findall(r"<(\d+)>", mark["marks"]) if number not in seen]
        seen |= set(new)
        numbers = " ".join(f"({number})" for number in new)
        lines.append(f"{mark['code']}{mark['comment']} {numbers}" if new else mark["code"].rstrip())
    return lines, found


def tags(values: Mapping[str, Any]) -> list[str]:
    """The tags that do what the options do."""
    found: list[str] = []
    if values.get("include") is False:
        found.append("remove-cell")
    elif values.get("echo") is False:
        found.append("remove-input")
    elif values.get("code-fold") is True or values.get("code-fold") == "true":
        found.append("hide-input")
    hidden = values.get("output") is False or values.get("results") in {"hide", False}
    if hidden and "remove-cell" not in found:
        found = ["remove-cell"] if "remove-input" in found else [*found, "remove-output"]
    if values.get("eval") is False:
        found.append("skip-execution")
    if values.get("error") is True:
        found.append("raises-exception")
    more = values.get("tags")
    return (
        found + [str(tag) for tag in more if isinstance(tag, str) and tag not in found]
        if isinstance(more, list)
        else found
    )


def cell(context: Context, line: int, marker: str, info: str, code: tuple[str, ...], *, listed: bool) -> Made:
    """The lines of a cell; `listed` tells that an ordered list stands after it."""
    options = read_options(info, code)
    values = settled(options.values, context.cells)
    account, path = context.account, context.path
    construct = f"```{{{options.language}}}"
    if options.problem:
        account.changed("#| …", path, line, f"these options are not valid YAML: {options.problem}")
    language = LANGUAGES.get(options.language, options.language)
    body, marked = annotated(options.code, language) if listed else (list(options.code), False)
    if marked:
        account.kept("# <1>", path, line, "# (1)")
    if language != context.language:
        return _shown(context, line, marker, options, values, body)
    account.kept(construct, path, line, "{code-cell}")
    _note(context, line, options)
    lines: list[str] = []
    name, figure = _figure(context, line, values)
    caption = values.get("lst-cap")
    if name:
        lines.append(f":label: {name}")
    if caption:
        lines.append(f":caption: {one_line(str(caption), context, line)}")
    if found := tags(values):
        lines.append(f":tags: [{', '.join(found)}]")
    numbered = values.get("code-line-numbers", values.get("code-line-numbers "))
    if numbered is True:
        lines.append(":linenos:")
    elif isinstance(numbered, str | int) and re.fullmatch(r"[\d,\s-]+", str(numbered)):
        lines.append(f":emphasize-lines: {str(numbered).replace(' ', '')}")
    if lines and body and re.match(r":[\w-]+:", body[0]):
        lines.append("")
    kind = language if language != "r" else "r"
    return Made((f"{marker}{{code-cell}} {kind}", *lines, *body, _close(marker)), tuple(figure), marked)


def _close(marker: str) -> str:
    return marker


def _shown(
    context: Context, line: int, marker: str, options: Options, values: Mapping[str, Any], body: list[str]
) -> Made:
    """Code that a page of another language cannot run."""
    account, path, name = context.account, context.path, options.language
    construct = f"```{{{name}}}"
    if values.get("include") is False or (values.get("echo") is False and values.get("eval") is False):
        account.lost(construct, path, line, "code that is neither shown nor run here is left out")
        return Made(())
    if values.get("eval") is False:
        account.kept(construct, path, line, "{code-block}")
    elif name in {"mermaid", "dot", "ojs"}:
        account.lost(construct, path, line, "it is shown as code: put a picture of it in its place")
    else:
        account.lost(construct, path, line, "a page runs one language; it is shown as code")
    caption = values.get("fig-cap") or values.get("lst-cap")
    label = str(values.get("label") or "")
    label = label if re.match(r"(?:fig|lst|tbl)-", label) else ""
    if not caption and not label:
        return Made((f"{marker}{name}", *body, marker))
    head = [f"{marker}{{code-block}} {name}"]
    head += [f":label: {label}"] if label else []
    head += [f":caption: {one_line(str(caption), context, line)}"] if isinstance(caption, str) else []
    return Made((*head, *body, marker))


def _note(context: Context, line: int, options: Options) -> None:
    """Take down what has no tag and no option."""
    account, path = context.account, context.path
    for key, value in options.values.items():
        if key == "fig-subcap":
            continue
        if key in _SILENT:
            account.kept(f"#| {key}", path, line, _SILENT[key])
        elif key in _LOOKS:
            account.changed(f"#| {key}", path, line, "set the size of a picture in the code that draws it")
        elif key in _PLACE or key.startswith("layout"):
            account.changed(f"#| {key}", path, line, "outputs stand one below the other in the text's column")
        elif key in {"warning", "message"} and value is False:
            account.changed(f"#| {key}", path, line, "warnings are shown unless the code turns them off")
        elif key in {"file", "code"}:
            account.lost(f"#| {key}", path, line, "write the code into the cell, or import it")
        elif key in {
            "code-summary",
            "code-overflow",
            "comment",
            "collapse",
            "prompt",
            "class-output",
            "classes",
            "attr-output",
            "attr-source",
            "class-source",
            "results",
            "tidy",
            "renderings",
        }:
            if value not in {"hide", False, True}:
                account.changed(f"#| {key}", path, line, "left out")
        elif key == "echo" and value == "fenced":
            account.changed("#| echo: fenced", path, line, "the code is shown without its fence")
        elif key == "output" and value == "asis":
            account.changed("#| output: asis", path, line, "display Markdown objects instead of printing it")
        else:
            account.kept(f"#| {key}", path, line)


def _figure(context: Context, line: int, values: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The label of a cell, and the figure that shows its output."""
    label = str(values.get("label") or "").strip()
    if context.book.bookdown and label and "fig-cap" in values and not label.startswith("fig-"):
        label = f"fig-{label}"
    listing = str(values.get("lst-label") or "").strip()
    table = label.startswith("tbl-") or (not label.startswith("fig-") and "tbl-cap" in values)
    caption = values.get("tbl-cap" if table else "fig-cap")
    alt = values.get("fig-alt")
    if not caption and not alt and not label.startswith(("fig-", "tbl-")):
        if listing:
            return listing, []
        if label.startswith("lst-"):
            return label, []
        clean = re.fullmatch(r"[^\W\d][\w.-]*", label)
        return (label if clean and label not in context.book.repeated else ""), []
    numbered = label.startswith(("fig-", "tbl-"))
    name = (
        f"cell-{label}"
        if label
        else f"cell-{re.sub(r'[^a-z0-9]+', '-', context.path.rpartition('.')[0].lower())}-{line}"
    )
    name = re.sub(r"[^\w.-]+", "-", name)
    # What has no number is not counted with the tables either.
    kind = "table" if numbered and table else "figure"
    lines = [f"```{{{kind}}} #{name}"]
    if numbered:
        lines.append(f":label: {label}")
        context.account.kept(f"#| label: {label[:3]}-…", context.path, line, f"{{{kind}}} #cell-…")
    else:
        lines.append(":numbered: false")
    if isinstance(alt, list):
        alt = " ".join(map(str, alt))
    if alt and kind == "figure":
        lines.append(f":alt: {' '.join(str(alt).split())}")
    width = str(values.get("out-width") or "")
    if re.fullmatch(r"[\d.]+(?:%|px|em|cm|mm|pt|in)?", width):
        lines.append(f":width: {length(width)}")
    text = "; ".join(map(str, caption)) if isinstance(caption, list) else str(caption or "")
    if named := re.fullmatch(r"\s*\(ref:([\w -]+)\)\s*", text):
        text = context.captions.get(named[1].strip(), text)
    below = values.get("tbl-subcap" if table else "fig-subcap")
    if isinstance(below, list):
        letters = ", ".join(f"({chr(97 + number % 26)}) {one}" for number, one in enumerate(below))
        text = f"{text} {letters}".strip()
        context.account.changed(
            "#| fig-subcap", context.path, line, "captions of parts stand in that of the whole"
        )
    if text:
        lines.append(one_line(text, context, line))
    return name, ["", *lines, "```"]
