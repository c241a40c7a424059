"""Words that only e-books say, by language."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["BookWords", "book_words"]


class BookWords(Struct, frozen=True):
    """What the e-book says beside the words of the website; `{}` in a field is filled in."""

    cover: str
    title_page: str
    imprint: str
    about: str
    landmarks: str
    start: str
    pages: str
    page: str
    solutions: str
    elsewhere: str
    film: str
    frame: str
    interactive: str
    website: str
    by: str
    edition: str
    variant: str
    licence: str
    identifier: str
    modified: str
    summary: str
    summary_named: str
    summary_unnamed: str
    summary_pages: str


_EN = BookWords(
    cover="Cover",
    title_page="Title page",
    imprint="About this edition",
    about="About this book",
    landmarks="Landmarks",
    start="Beginning of the text",
    pages="Pages of the printed edition",
    page="Page {}",
    solutions="Solutions",
    elsewhere="Picture on the web",
    film="Watch the film",
    frame="Open on the web",
    interactive="This output is interactive; see it on the book’s website.",
    website="Website",
    by="by {}",
    edition="Version {}",
    variant="Code in {}",
    licence="Licence",
    identifier="Identifier",
    modified="Last changed {}",
    summary="The text can be read aloud and set in any size. Formulas are MathML, code and tables are text.",
    summary_named=" Pictures have alternative texts.",
    summary_unnamed=" Some pictures have no alternative text.",
    summary_pages=" Page numbers are those of the printed edition.",
)

_ZH = BookWords(
    cover="封面",
    title_page="扉页",
    imprint="版本信息",
    about="关于本书",
    landmarks="导览",
    start="正文开始",
    pages="纸质版页码",
    page="第 {} 页",
    solutions="解答",
    elsewhere="网上的图片",
    film="观看视频",
    frame="在网上打开",
    interactive="这项输出需要交互，请到本书网站查看。",
    website="网站",
    by="{} 著",
    edition="版本 {}",
    variant="代码：{}",
    licence="许可协议",
    identifier="标识",
    modified="更新于 {}",
    summary="全书可以朗读，字号可以随意调整。公式采用 MathML，代码和表格都是文本。",
    summary_named="图片都附有替代文字。",
    summary_unnamed="部分图片没有替代文字。",
    summary_pages="页码与纸质版一致。",
)


def book_words(language: str) -> BookWords:
    """The words for a language; those of English for one that has none here."""
    return _ZH if language.lower().startswith("zh") else _EN
