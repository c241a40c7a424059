"""Words that only print says, by language."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

__all__ = ["Words", "words"]


class Words(Struct, frozen=True):
    """What the theme says; `{}` in a field is filled in."""

    contents: str
    page: str
    """Where a reference leads: words around the folio, which stands for `{}`."""
    listed: str
    separator: str
    of_variant: str
    """A variant beside its value."""
    elsewhere: str
    """For what only the website can show."""
    picture: str
    """The text alternative of a picture that a cell made."""
    on_screen: str
    """The text alternative of a QR code; `{}` is the address."""
    see: str
    see_also: str
    comma: str
    """Between the pages of an entry of the index."""
    continued: str
    """After a head of the index that stands above another column, too."""
    lists: Mapping[str, str]
    """Titles of the lists before the text, by the kind of what they list."""
    colophon: str
    faces: tuple[tuple[str, str], ...]
    """What is said before and after the faces of text, titles, code and formulas."""
    face_separator: str
    licence: str
    edition: str
    variant: str
    """The variant that the code of an edition is in."""
    website: str
    source: str
    build: str
    changed: str
    made: str
    """With which versions of Etude and Typst."""
    colon: str


_ZH = Words(
    contents="目录",
    page="（第{}页）",
    listed="、",
    separator="，",
    of_variant="（{}）",
    elsewhere="这里的内容需要在网页上查看。",
    picture="代码输出的图",
    on_screen="二维码：在网页上读这一节、参加讨论，{}",
    see="见",
    see_also="参见",
    comma="，",
    continued="（续）",
    lists={"figure": "插图目录", "table": "表格目录", "listing": "代码目录", "algorithm": "算法目录"},
    colophon="排印说明",
    faces=(("正文用 ", "，"), ("标题用 ", "，"), ("代码用 ", "，"), ("公式用 ", "。")),
    face_separator=" 和 ",
    licence="许可协议",
    edition="版本 {}",
    variant="代码：{}",
    website="网站",
    source="源文件",
    build="构建号",
    changed="更新于 {}",
    made="本书由 Etude {} 从 Markdown 源文件生成，用 Typst {} 排版。",
    colon="：",
)
_EN = Words(
    contents="Contents",
    page=" (page {})",
    listed=", ",
    separator="; ",
    of_variant=" ({})",
    elsewhere="This can only be seen on the website.",
    picture="Picture made by the code",
    on_screen="QR code: this section and its discussion on the website, {}",
    see="see",
    see_also="see also",
    comma=", ",
    continued=" (continued)",
    lists={"figure": "Figures", "table": "Tables", "listing": "Listings", "algorithm": "Algorithms"},
    colophon="Colophon",
    faces=(
        ("The text is set in ", ", "),
        ("titles in ", ", "),
        ("code in ", ", "),
        ("and formulas in ", "."),
    ),
    face_separator=" and ",
    licence="Licence",
    edition="Version {}",
    variant="Code in {}",
    website="Website",
    source="Source",
    build="Build",
    changed="Last changed {}",
    made="Etude {} made this book from Markdown sources; Typst {} set the pages.",
    colon=": ",
)


def words(language: str) -> Words:
    """The words of a language; English for those without their own."""
    return _ZH if language.lower().startswith("zh") else _EN
