"""The settings of `config.ini` as they are taken over, each of which is told once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from posixpath import normpath

from etude.convert.account import Account
from etude.convert.d2lbook.project import CONFIG, Project

__all__ = ["Settings"]

_SILENT = frozenset({
    ("build", "notebooks"), ("build", "exclusions"), ("build", "index"), ("build", "tabs"),
    ("build", "source_dir"), ("build", "output_dir"), ("build", "resources"), ("build", "non-notebooks"),
    ("build", "html_dir"),
    ("project", "lang"), ("translation", "origin_lang"), ("library", "save_mark"),
    ("library", "save_patterns"),
})  # fmt: skip
"""Settings that are in the new book by what it holds."""

_SAID = {
    ("build", "eval_notebook"): 'use `policy = "off"` under `[execute]` to run nothing',
    (
        "build",
        "dependencies",
    ): "what results depend on is found out; name data files under `inputs` of `[execute]`",
    ("build", "warning_is_error"): "use `etude build --strict`",
    ("build", "sphinx_extensions"): "Sphinx is not used",
    ("build", "sphinx_configs"): "Sphinx is not used; words before numbers, “Figure”, are the language's",
    ("build", "rsts"): "reStructuredText is not read",
    ("project", "name"): "files are named after the book's title",
    ("html", "include_js"): "scripts are not taken into the site",
    ("pdf", "post_latex"): "LaTeX is not used",
    ("pdf", "latex_logo"): "LaTeX is not used",
    ("pdf", "latex_url"): "LaTeX is not used",
    ("pdf", "style"): "LaTeX is not used; see `[pdf]` in `etude.toml`",
    ("deploy", "google_analytics_tracking_id"): "the site does not send anything to Google",
}
"""What is told of a setting that is lost."""


class Settings:
    """The settings, each of which is told once."""

    def __init__(self, project: Project, account: Account, exists: Callable[[str], bool]) -> None:
        self.project, self.account, self.exists = project, account, exists
        self.told: set[tuple[str, str]] = {("library", "save_filename")}

    def _line(self, section: str, key: str) -> int:
        return self.project.lines.get((section, key), 0)

    def take(self, section: str, key: str, said: str) -> str:
        """A text that becomes what is `said`; empty when there is none."""
        value = " ".join(self.project.get(section, key).split())
        if value:
            self.told.add((section, key))
            self.account.kept(f"[{section}] {key}", CONFIG, self._line(section, key), said)
        return value

    def files(self, section: str, key: str, said: str) -> Iterator[str]:
        """The files of a setting that are there."""
        for path in self.project.get(section, key).split():
            self.told.add((section, key))
            if self.exists(normpath(path)):
                self.account.kept(f"[{section}] {key}", CONFIG, self._line(section, key), said)
                yield normpath(path)
            else:
                said_no = f"there is no file `{path}`"
                self.account.lost(f"[{section}] {key}", CONFIG, self._line(section, key), said_no)

    def file(self, section: str, key: str, said: str) -> str:
        """The first of them; empty when there is none."""
        return next(self.files(section, key, said), "")

    def repository(self) -> str:
        """The address of the source: what a link of the head calls GitHub."""
        self.told.add(("html", "header_links"))
        found = ""
        line = self._line("html", "header_links")
        for number, text in enumerate(self.project.get("html", "header_links").splitlines()):
            words = [word.strip() for word in text.split(",")]
            if len(words) < 2 or not words[1]:
                continue
            github = re.fullmatch(r"https://git(?:hub|lab)\.com/[\w.-]+/[\w.-]+/?", words[1])
            if github and not found:
                found = words[1].rstrip("/")
                said = "`[book] repository`; say its `branch` if that is not `main`"
                self.account.changed("[html] header_links", CONFIG, line + number, said)
            else:
                said = "links of the head have no counterpart: put them on the front page or into `footer`"
                self.account.lost("[html] header_links", CONFIG, line + number, said)
        return found

    def tell_rest(self) -> None:
        """Tell of every setting that nothing was made of."""
        for (section, key), value in self.project.settings.items():
            if not value.strip() or (section, key) in self.told or section == "DEFAULT":
                continue
            line = self._line(section, key)
            if (section, key) in _SILENT:
                self.account.kept(f"[{section}] {key}", CONFIG, line)
            elif (section, key) == ("pdf", "bibfile"):
                self.account.kept("[pdf] bibfile", CONFIG, line, "`[bibliography] files`")
            elif section.startswith("library-") and section.removeprefix("library-") in self.project.tabs:
                if key not in ("lib_file", "lib_name"):
                    said = "the code of each variant has its own names"
                    self.account.kept(f"[library-…] {key}", CONFIG, line, said)
            elif (section, key) == ("build", "eval_notebook") and value.strip().lower() == "true":
                self.account.kept("[build] eval_notebook", CONFIG, line)
            else:
                said = _SAID.get((section, key)) or _of_section(section)
                self.account.lost(f"[{section}] {key}", CONFIG, line, said)


def _of_section(section: str) -> str:
    return {
        "colab": "see `[launch]`: notebooks open in Colab from a repository that holds `_build/notebook`",
        "sagemaker": "see `[launch]`",
        "slides": "slides are not made",
        "deploy": "see `etude publish`",
        "translation": "translations are pages of their own: import with `--originals`",
        "library": "the package is made by each build, and has the version of the book",
        "pdf": "choose it under `[pdf]` in `etude.toml`",
    }.get(section, "Etude has no such setting")
