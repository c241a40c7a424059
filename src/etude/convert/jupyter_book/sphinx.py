"""`sphinx.config` of Jupyter Book 1: options of Sphinx and its extensions."""

from __future__ import annotations

import re
from typing import Final

from etude.convert.jupyter_book import settings
from etude.convert.jupyter_book.draft import Draft, Handler
from etude.convert.jupyter_book.launch import launch
from etude.convert.jupyter_book.settings import address, changed, file, files_of, lost, nothing, put
from etude.convert.jupyter_book.tree import Item
from etude.convert.toml import Placed, Plain

__all__ = ["SPHINX", "inventories", "other"]

_PREFIXES: Final = (
    *("myst_", "nb_", "latex_", "epub_", "texinfo_", "man_", "gettext_", "autodoc_", "autosummary_"),
    *("linkcheck_", "copybutton_", "tojupyter_", "sd_", "rediraffe_", "togglebutton_", "thebe_"),
    *("comments_", "nitpick_", "todo_", "napoleon_", "autosectionlabel_", "external_toc_", "sphinx_tabs_"),
    *("source_", "exercise_", "proof_", "sitemap_", "panels_", "jupyter_", "mermaid_", "graphviz_"),
)
"""Of options that are of no use here, or whose use Etude knows by itself."""
_SOURCE: Final = re.compile(r"\.(?:md|ipynb|rst|Rmd|html)$")


def inventories(draft: Draft, item: Item) -> None:
    """Other projects: ``name: [url, file]`` of Sphinx, ``name: {url: …}`` or ``name: url`` of MyST."""

    def one(draft: Draft, value: Item) -> None:
        name = value.at.removeprefix(f"{item.at}.")
        if isinstance(value.value, dict):
            url, inventory = value.get("url"), value.get("file")
        else:
            parts = value.each()
            url = parts[0] if parts else None
            inventory = parts[1] if len(parts) > 1 and isinstance(parts[1].value, str) else None
        if url is None or not url.text:
            draft.wrong(value, "the address of a project")
            return
        table = f"inventory.{re.sub(r'[^A-Za-z0-9_-]', '-', name)}"
        full = url.text if "://" in url.text else f"https://{url.text}"
        draft.put(table, "url", full, url, "`url` in `[inventory]`")
        if inventory is not None and "://" not in inventory.text:
            draft.put(table, "file", inventory.text, inventory)
        else:
            draft.changed(value, "links lead there; roles do when a file of the book has its `objects.inv`")

    draft.table(item, {}, one)


def _mathjax(draft: Draft, item: Item) -> None:
    """MathJax 3 has ``tex.macros``, MathJax 2 ``TeX.Macros``."""
    rest = changed("formulas need no MathJax")
    macros: dict[str, Handler] = {"macros": settings.macros, "Macros": settings.macros}

    def tex(draft: Draft, one: Item) -> None:
        draft.table(one, macros, rest)

    draft.table(item, {"tex": tex, "TeX": tex}, rest)


def _style(draft: Draft, item: Item) -> None:
    if item.text.startswith("author_year"):
        draft.kept(item, "works are cited by author and year")
    elif item.text:
        draft.changed(item, "works are cited by author and year, unless `style` names a CSL file")


def _theme(draft: Draft, item: Item) -> None:
    """What themes are told that the book has keys for."""
    told: dict[str, Handler] = {
        "repository_url": address("book", "repository"),
        "repository_branch": put("book", "branch"),
        "path_to_docs": put("book", "folder"),
        "description": put("book", "description"),
        "launch_buttons": launch,
        "analytics": lost("a site asks no third party for anything by itself"),
        "announcement": lost("there is no banner: write the words on the front page"),
    }
    draft.table(item, told, changed("Etude has a theme of its own"))


def _moved(draft: Draft, item: Item) -> None:
    """Pages that have moved, of sphinxext-rediraffe (``old.md: new.md``) and sphinx-reredirects."""

    def one(draft: Draft, value: Item) -> None:
        old = _SOURCE.sub("", value.at.removeprefix(f"{item.at}."))
        new = draft.text(value)
        if new:
            target = new if "://" in new else _SOURCE.sub("", new)
            draft.put("html.redirects", f"{old}.html", target, value)

    if isinstance(item.value, str):
        draft.lost(item, "write its lines into `[html.redirects]`")
    else:
        draft.table(item, {}, one)


def _static(draft: Draft, item: Item) -> None:
    found: list[Plain] = []
    for one in item.each():
        text = one.text
        if "://" in text:
            draft.lost(one, "a file of another site is not fetched: put it into the book")
        elif text:
            found.append(Placed(text if text.startswith("_static/") else f"_static/{text}", one.place))
    if found:
        draft.put("html", "css", found, item)


def other(draft: Draft, item: Item) -> None:
    """An option that has no handler: most of its family are of no use here."""
    key = item.at.rpartition(".")[2]
    if key.startswith(_PREFIXES):
        draft.changed(item, "not needed")
    else:
        draft.lost(item, "options of Sphinx have no effect here")


SPHINX: Final[dict[str, Handler]] = {
    "language": settings.language,
    "bibtex_reference_style": _style,
    "bibtex_default_style": _style,
    "bibtex_bibfiles": files_of("bibliography", "files"),
    "mathjax3_config": _mathjax,
    "mathjax_config": _mathjax,
    "mathjax_path": changed("formulas need no MathJax"),
    "intersphinx_mapping": inventories,
    "html_js_files": lost("scripts of one's own are not taken into the site"),
    "html_css_files": _static,
    "html_static_path": nothing("style sheets in `_static` are taken"),
    "html_extra_path": lost("files are not copied to the root of the site"),
    "html_theme": changed("Etude has a theme of its own"),
    "html_theme_options": _theme,
    "html_baseurl": address("html", "url"),
    "html_favicon": file("html", "favicon"),
    "html_logo": file("html", "logo"),
    "html_title": changed("the book's title is taken"),
    "html_show_copyright": changed("not needed"),
    "html_last_updated_fmt": changed("pages tell when they were changed, if the repository does"),
    "html_sidebars": changed("Etude has a theme of its own"),
    "copyright": changed("what `copyright` at the top says is taken"),
    "suppress_warnings": changed("each problem is told"),
    "nitpicky": nothing("every reference is checked"),
    "numfig": nothing("figures, tables and listings are numbered"),
    "math_number_all": changed("formulas with a label are numbered"),
    "proof_minimal_theme": changed("Etude has a theme of its own"),
    "exercise_include_exercise_title": nothing(),
    "hide_solutions": lost("solutions are folded"),
    "version": put("book", "version"),
    "release": changed("what `version` says is taken"),
    "add_module_names": changed("not needed"),
    "templates_path": lost("templates of Sphinx are not used"),
    "rediraffe_redirects": _moved,
    "redirects": _moved,
}
