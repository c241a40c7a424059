"""The two dialects of the same book: Etude's, and that of Jupyter Book 1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from benchmarks.material.outline import LANGUAGES, Outline

_TITLES = {"zh": "动手做一本书", "en": "A book made by hand"}
_REFERENCES = {"zh": "参考文献", "en": "References"}
_PARTS = {"zh": "第{}编", "en": "Part {}"}


class Dialect(Protocol):
    """How a tool wants the book written."""

    folder: str
    """Where its version goes."""
    label_option: str
    lexer: str

    def front_matter(self, description: str) -> str:
        """What a page begins with."""

    def label(self, language: str, name: str) -> str:
        """A label as it is written on the pages of a language."""

    def references(self, language: str) -> str:
        """The page of the works cited."""

    def settings(self, outline: Outline) -> Iterator[tuple[str, str]]:
        """Paths and texts of the configuration."""


class Etude:
    """Languages are folders, labels are the same in all of them, the contents name a page once."""

    folder = "etude"
    label_option = "label"
    lexer = "python"

    def front_matter(self, description: str) -> str:
        """What a page begins with."""
        return f"---\ndescription: {description}\ndate: '2026-03-01'\nkernelspec:\n  name: python3\n---"

    def label(self, language: str, name: str) -> str:
        """A label as it is written on the pages of a language."""
        del language
        return name

    def references(self, language: str) -> str:
        """The page of the works cited."""
        return f"(references)=\n\n# {_REFERENCES[language]}\n\n```{{bibliography}}\n```\n"

    def settings(self, outline: Outline) -> Iterator[tuple[str, str]]:
        """Paths and texts of the configuration."""
        languages = ", ".join(f'"{language}"' for language in LANGUAGES)
        titles = ", ".join(f'{language} = "{title}"' for language, title in _TITLES.items())
        lines = [
            "[book]",
            f"title = {{ {titles} }}",
            'authors = ["A. Writer", "B. Reader"]',
            'license = "CC-BY-4.0"',
        ]
        lines += [
            f"languages = [{languages}]",
            'home = "index"',
            "",
            "[bibliography]",
            'files = ["references.bib"]',
        ]
        for number, part in enumerate(outline.parts, 1):
            titles = ", ".join(f'{language} = "{title.format(number)}"' for language, title in _PARTS.items())
            lines += ["", "[[part]]", f"title = {{ {titles} }}", "chapters = ["]
            for chapter in part:
                sections = ", ".join(f'"{leaf.name}"' for leaf in chapter.pages[1:])
                lines.append(f'  {{ page = "{chapter.pages[0].name}", sections = [{sections}] }},')
            lines.append("]")
        back = ", ".join(f'{language} = "{title}"' for language, title in _REFERENCES.items())
        lines += [
            "",
            "[[part]]",
            f"title = {{ {back} }}",
            "numbered = false",
            'chapters = ["references"]',
            "",
        ]
        yield "etude.toml", "\n".join(lines)


class JupyterBook:
    """One project and one contents for all languages; labels of the second language have a prefix."""

    folder = "jupyter-book"
    label_option = "name"
    lexer = "ipython3"

    def front_matter(self, description: str) -> str:
        """What a page begins with."""
        text = "jupytext:\n  text_representation:\n    extension: .md\n    format_name: myst"
        kernel = "kernelspec:\n  name: python3\n  display_name: Python 3\n  language: python"
        return f"---\ndescription: {description}\ndate: '2026-03-01'\n{text}\n{kernel}\n---"

    def label(self, language: str, name: str) -> str:
        """A label as it is written on the pages of a language."""
        return name if language == LANGUAGES[0] else f"{language}-{name}"

    def references(self, language: str) -> str:
        """The page of the works cited; a project has one list, the others point to it."""
        head = f"({self.label(language, 'references')})=\n\n# {_REFERENCES[language]}\n\n"
        return head + ("```{bibliography}\n```\n" if language == LANGUAGES[0] else "See {ref}`references`.\n")

    def settings(self, outline: Outline) -> Iterator[tuple[str, str]]:
        """Paths and texts of the configuration."""
        yield "_config.yml", _JUPYTER_BOOK
        lines = ["format: jb-book", f"root: {LANGUAGES[0]}/index", "parts:"]
        for language in LANGUAGES:
            if language != LANGUAGES[0]:
                lines += [f"- caption: {_TITLES[language]}", "  chapters:", f"  - file: {language}/index"]
            for number, part in enumerate(outline.parts, 1):
                chapters = [
                    [leaf.name for leaf in chapter.pages if language in leaf.languages] for chapter in part
                ]
                if not chapters[0]:
                    break
                lines += [f"- caption: {_PARTS[language].format(number)}", "  numbered: true", "  chapters:"]
                for names in filter(None, chapters):
                    lines.append(f"  - file: {language}/{names[0]}")
                    lines += ["    sections:"] if names[1:] else []
                    lines += [f"    - file: {language}/{name}" for name in names[1:]]
            lines += [
                f"- caption: {_REFERENCES[language]}",
                "  chapters:",
                f"  - file: {language}/references",
            ]
        yield "_toc.yml", "\n".join([*lines, ""])


_JUPYTER_BOOK = """\
title: 动手做一本书
author: A. Writer, B. Reader
only_build_toc_files: true
execute:
  execute_notebooks: "off"
bibtex_bibfiles:
- references.bib
sphinx:
  config:
    language: zh_CN
"""
