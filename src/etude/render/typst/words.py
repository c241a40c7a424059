"""Words that only print says, by language."""

from __future__ import annotations

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
)


def words(language: str) -> Words:
    """The words of a language; English for those without their own."""
    return _ZH if language.lower().startswith("zh") else _EN
