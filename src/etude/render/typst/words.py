"""Words that only print says, by language."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["Words", "words"]


class Words(Struct, frozen=True):
    """What the theme says; `{}` in a field is filled in."""

    contents: str
    index: str
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
    edition: str
    licence: str
    built: str
    see: str
    see_also: str
    missing: str


_ZH = Words(
    contents="目录",
    index="索引",
    page="（第{}页）",
    listed="、",
    separator="，",
    of_variant="（{}）",
    elsewhere="这里的内容需要在网页上查看。",
    picture="代码输出的图",
    edition="版本",
    licence="许可",
    built="制作自",
    see="见",
    see_also="参见",
    missing="这里的结果尚未运行得出。",
)
_EN = Words(
    contents="Contents",
    index="Index",
    page=" (page {})",
    listed=", ",
    separator="; ",
    of_variant=" ({})",
    elsewhere="This can only be seen on the website.",
    picture="Picture made by the code",
    edition="Edition",
    licence="Licence",
    built="Built from",
    see="see",
    see_also="see also",
    missing="The result of this has not been computed yet.",
)


def words(language: str) -> Words:
    """The words of a language; English for those without their own."""
    return _ZH if language.lower().startswith("zh") else _EN
