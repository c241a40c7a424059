"""`_config.yml` of Jupyter Book 1: what each of its keys means here."""

from __future__ import annotations

import re
from typing import Final

from etude.convert.jupyter_book import settings
from etude.convert.jupyter_book.draft import Draft, Handler
from etude.convert.jupyter_book.launch import launch
from etude.convert.jupyter_book.settings import address, changed, file, files_of, lost, nothing, put
from etude.convert.jupyter_book.sphinx import SPHINX, other
from etude.convert.jupyter_book.tree import Item
from etude.convert.toml import Placed, Plain
from etude.model.diagnostic import Place
from etude.model.protocols import Files

__all__ = ["read_config"]

_JOINED: Final = re.compile(r",\s+and\s+|\s+and\s+|\s*&\s*|,\s+")
_WORDS: Final = 4
"""That a name has at most; it has two at least."""
_DAY: Final = 86400
"""Seconds that stand for “no limit”."""
_THIRD: Final = "a site asks no third party for anything by itself"
_PRINT: Final = "not needed: the printed book is set by Typst"
_PARSED: Final = frozenset({
    "amsmath", "attrs_block", "attrs_image", "attrs_inline", "colon_fence", "deflist", "dollarmath",
    "html_admonition", "html_image", "replacements", "smartquotes", "strikethrough", "substitution",
    "tasklist", "fieldlist",
})  # fmt: skip
"""Extensions of MyST's syntax."""


def read_config(draft: Draft, config: Item, files: Files) -> None:
    """Read the whole file into a draft."""
    draft.table(config, _TOP, settings.unknown)
    if (notice := config.get("copyright")) is not None:
        _footer(draft, notice, config.get("html", "extra_footer"))
    elif (extra := config.get("html", "extra_footer")) is not None:
        _footer(draft, None, extra)
    # Neither link is there in a Jupyter Book unless it is asked for.
    for button, key in (("use_edit_page_button", "edit"), ("use_issues_button", "issues")):
        item = config.get("html", button)
        if item is None or item.value is not True:
            draft.default("html", key, "", item.place if item is not None else config.place)
    if css := files.glob("_static/*.css"):
        draft.default("html", "css", list(css), Place(draft.path))


def _footer(draft: Draft, notice: Item | None, extra: Item | None) -> None:
    parts = []
    if notice is not None and (words := draft.text(notice)):
        parts.append(words if "©" in words else f"© {words}")
    if extra is not None and (words := draft.text(extra)):
        parts.append(" ".join(words.split()))
    if parts and (item := notice or extra) is not None:
        draft.put("html", "footer", " · ".join(parts), item)
        if notice is not None and extra is not None:
            draft.kept(extra, "`footer` in `[html]`")


def _table(handlers: dict[str, Handler], other: Handler = settings.unknown) -> Handler:
    return lambda draft, item: draft.table(item, handlers, other)


def _execute(draft: Draft, item: Item) -> None:
    words = item.text.lower()
    match words:
        case "off" | "false":
            draft.put("execute", "policy", "off", item)
        case "force":
            draft.put("execute", "policy", "force", item)
        case "auto":
            draft.put("execute", "stored", "keep", item, "`stored` in `[execute]`")
        case "cache" | "inline":
            draft.kept(item, "what did not change is not run again")
        case _:
            draft.wrong(item, "one of auto, force, cache, inline and off")


def _timeout(draft: Draft, item: Item) -> None:
    seconds = draft.number(item)
    if seconds is None:
        return
    if seconds <= 0:
        draft.put("execute", "timeout", _DAY, item)
        draft.put("execute", "run_timeout", _DAY, item)
        return
    draft.put("execute", "timeout", seconds, item)


def _errors(draft: Draft, item: Item) -> None:
    if (allowed := draft.truth(item)) is not None:
        draft.put("execute", "allow_errors", allowed, item)


def _stderr(draft: Draft, item: Item) -> None:
    match item.text:
        case "show":
            draft.kept(item)
        case "remove":
            draft.put("execute", "stderr", "remove", item)
        case "remove-warn" | "warn" | "error" | "severe":
            draft.put("execute", "stderr", "remove" if item.text == "remove-warn" else "keep", item)
        case _:
            draft.wrong(item, "one of show, remove, remove-warn, warn, error and severe")


def _extensions(draft: Draft, item: Item) -> None:
    for one in item.each():
        if one.text in _PARSED:
            draft.kept(one)
        elif one.text == "linkify":
            draft.changed(one, "bare addresses are text: write `<https://…>`")
        else:
            draft.lost(one, "unknown to Etude")


def _repository(draft: Draft, item: Item) -> None:
    draft.table(
        item,
        {
            "url": address("book", "repository"),
            "branch": put("book", "branch"),
            "path_to_book": _folder,
            "provider": changed("told by the address"),
        },
        settings.unknown,
    )


def _folder(draft: Draft, item: Item) -> None:
    text = (draft.text(item) or "").strip("/")
    if text not in {"", "."}:
        draft.put("book", "folder", text, item)
        draft.put("launch", "folder", text, item)


def _excluded(table: str) -> Handler:
    def handle(draft: Draft, item: Item) -> None:
        found: list[Plain] = [
            Placed(word.value, word.place)
            for word in draft.texts(item)
            if isinstance(word, Placed) and isinstance(word.value, str) and word.value
        ]
        if found:
            draft.put(table, "exclude", found, item)

    return handle


def _authors(draft: Draft, item: Item) -> None:
    """Jupyter Book 1 has one text for all; names joined by *and* are told apart."""
    pieces = _JOINED.split(item.text) if isinstance(item.value, str) else []
    if len(pieces) > 1 and all(2 <= len(piece.split()) <= _WORDS for piece in pieces):
        draft.put("book", "authors", [Placed(piece.strip(), item.place) for piece in pieces], item)
    else:
        settings.authors(draft, item)


_KNOWN: Final = frozenset({
    "sphinx_proof", "sphinx_exercise", "sphinx_design", "sphinx_togglebutton", "sphinx_copybutton",
    "sphinx_panels", "sphinx_inline_tabs", "sphinx.ext.intersphinx", "sphinx.ext.mathjax", "myst_nb",
    "sphinxcontrib.bibtex", "sphinx_multitoc_numbering", "sphinx_comments", "sphinx_thebe",
    "sphinx.ext.graphviz", "sphinxext.rediraffe", "sphinx_sitemap", "sphinxcontrib.mermaid",
    "sphinx_external_toc", "sphinx_jupyterbook_latex", "sphinx_subfigure", "sphinx_tabs.tabs",
})  # fmt: skip


def _sphinx_extensions(draft: Draft, item: Item) -> None:
    for one in item.each():
        if one.text.replace("-", "_") in _KNOWN:
            draft.kept(one, "built in, as far as its directives are known")
        else:
            draft.lost(one, "extensions of Sphinx are not run: its directives are told where they stand")


_TOP: Final[dict[str, Handler]] = {
    "title": put("book", "title"),
    "author": _authors,
    "email": changed("not shown"),
    "description": put("book", "description"),
    "logo": file("html", "logo"),
    "copyright": lambda _draft, _item: None,
    "exclude_patterns": _excluded("book"),
    "only_build_toc_files": nothing("only pages in the contents are built"),
    "bibtex_bibfiles": files_of("bibliography", "files"),
    "execute": _table(
        {
            "execute_notebooks": _execute,
            "cache": changed("not needed: results are kept in `.etude`"),
            "exclude_patterns": _excluded("execute"),
            "timeout": _timeout,
            "run_in_temp": changed("every run has a folder of its own over the book's files"),
            "allow_errors": _errors,
            "stderr_output": _stderr,
            "raise_on_error": nothing("a cell that fails is an error of the build"),
            "show_tb": nothing("the traceback is shown"),
            "merge_streams": nothing("outputs of one stream are joined"),
            "eval_regex": lost("`eval` takes any expression"),
            "kernel_rgx_aliases": changed("the kernel that a notebook names is taken"),
        }
    ),
    "parse": _table(
        {
            "myst_enable_extensions": _extensions,
            "myst_substitutions": settings.texts("substitutions"),
            "myst_url_schemes": nothing(),
            "myst_dmath_double_inline": nothing(),
            "myst_dmath_allow_labels": nothing(),
            "myst_dmath_allow_space": nothing(),
            "myst_dmath_allow_digits": nothing(),
            "myst_heading_anchors": nothing("every heading has an anchor"),
            "myst_fence_as_directive": lost("unknown to Etude"),
        },
        lambda draft, item: draft.changed(item, "the dialect has no settings"),
    ),
    "html": _table(
        {
            "favicon": file("html", "favicon"),
            "baseurl": address("html", "url"),
            "extra_footer": lambda _draft, _item: None,
            "extra_navbar": lost("the bar has no text of one's own"),
            "home_page_in_navbar": changed("the book's title leads to its front page"),
            "use_edit_page_button": nothing("links to edit a page"),
            "use_issues_button": nothing("links to report a problem"),
            "use_repository_button": nothing("links to the repository"),
            "use_darkmode_button": nothing("pages are light or dark as readers like"),
            "use_fullscreen_button": changed("the browser has one"),
            "use_multitoc_numbering": nothing("numbers go on over parts"),
            "announcement": lost("there is no banner: write the words on the front page"),
            "analytics": lost(_THIRD),
            "google_analytics_id": lost(_THIRD),
            "comments": lost("discussions beside the text are not read from this file"),
            "extra_css": files_of("html", "css"),
            "navbar_number_sections": changed("numbers are shown in the contents"),
            "navbar_footer_text": lost("the contents have no text of one's own"),
        }
    ),
    "latex": lambda draft, item: draft.changed(item, _PRINT),
    "launch_buttons": launch,
    "repository": _repository,
    "sphinx": _table(
        {
            "config": _table(SPHINX, other),
            "extra_extensions": _sphinx_extensions,
            "local_extensions": lost("extensions of Sphinx are not run"),
            "recursive_update": nothing(),
        }
    ),
}
