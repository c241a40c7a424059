"""Words of the scripts that load when they are asked for, by language; they make up a script of their own."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from etude.render.html.tags import tag

__all__ = ["late_words"]


class _Said(NamedTuple):
    """What is said in English, and in Chinese."""

    en: str
    zh: str


_WORDS = {
    "close": _Said("Close", "关闭"),
    "preview": _Said("Preview", "预览"),
    "go": _Said("Go there", "前往"),
    "here": _Said("Link to this place", "此处的链接"),
    "goTo": _Said("Go to {}", "前往：{}"),
    "linked": _Said("Address copied", "已复制链接"),
    "tex": _Said("LaTeX", "LaTeX"),
    "texName": _Said("Copy the formula as LaTeX", "复制公式的 LaTeX 源码"),
    "copied": _Said("Copied", "已复制"),
    "compare": _Said("Compare", "对照"),
    "compareName": _Said("Compare two versions of this code", "对照这段代码的两个版本"),
    "sides": _Said("Left|Right", "左侧|右侧"),
    "copy": _Said("Copy", "复制"),
    "copySide": _Said("Copy the code in {}", "复制 {} 版代码"),
    "keys": _Said("Keys", "快捷键"),
    "keySearch": _Said("Search the book", "在书中查找"),
    "keyPages": _Said("Previous, next page", "上一节、下一节"),
    "keyPreview": _Said("Into the preview of the link that has the focus", "进入当前链接的预览"),
    "keyEscape": _Said("Close what is open", "关闭打开的窗口"),
    "keyHelp": _Said("This list", "显示本表"),
    "keyLetters": _Said("Use keys of single letters and signs", "启用单个字母和符号的快捷键"),
    "enlarge": _Said("Enlarge the picture", "放大图片"),
    "enlargeName": _Said("Enlarge: {}", "放大图片：{}"),
    "or": _Said("or", "或"),
    "origin": _Said("How this output was made", "这份输出的由来"),
}


def late_words(language: str) -> tuple[str, bytes]:
    """The script for one language: its name, and its text."""
    own = tag(language)
    said = {name: word.zh if own.lower().startswith("zh") else word.en for name, word in _WORDS.items()}
    return f"words-{own}.js", f'etude["words-{own}"]='.encode() + msgspec.json.encode(said) + b";\n"
