"""Words of the website's own, by language."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["LANGUAGE_NAMES", "Words", "words"]


class Words(Struct, frozen=True):
    """What the theme says; `{}` in a field is filled in."""

    skip: str
    contents: str
    on_this_page: str
    menu: str
    close: str
    theme: str
    done: str
    to_do: str
    theme_auto: str
    theme_light: str
    theme_dark: str
    variant: str
    previous: str
    next: str
    breadcrumbs: str
    permalink: str
    copy: str
    copied: str
    show_code: str
    show_output: str
    show_cell: str
    output: str
    output_image: str
    stderr: str
    traceback: str
    timeout: str
    dead: str
    missing: str
    broken: str
    annotation: str
    saved: str
    footnotes: str
    back: str
    difficulty: str
    see: str
    see_also: str
    edit: str
    start: str
    version: str
    not_found: str
    not_found_text: str
    redirect: str
    separator: str
    kinds: dict[str, str]


_EN = Words(
    skip="Skip to the text",
    contents="Contents",
    on_this_page="On this page",
    menu="Contents",
    close="Close",
    theme="Colours",
    done="Done",
    to_do="To do",
    theme_auto="as the system has them",
    theme_light="light",
    theme_dark="dark",
    variant="Code in",
    previous="Previous",
    next="Next",
    breadcrumbs="Where this page stands",
    permalink="Link to this place",
    copy="Copy",
    copied="Copied",
    show_code="Code",
    show_output="Output",
    show_cell="Code and output",
    output="Output",
    output_image="Picture made by the code",
    stderr="standard error",
    traceback="Traceback",
    timeout="This cell did not finish in the time it was given.",
    dead="The kernel died while this cell ran.",
    missing="no result",
    broken="This reference leads nowhere",
    annotation="Note {}",
    saved="kept in",
    footnotes="Notes",
    back="Back to the text",
    difficulty="Difficulty {} of 3",
    see="see",
    see_also="see also",
    edit="Edit this page",
    start="Begin reading",
    version="Version",
    not_found="There is no such page",
    not_found_text="It may have moved. The contents know where everything stands.",
    redirect="The book begins here",
    separator=", ",
    kinds={
        "note": "Note",
        "tip": "Tip",
        "important": "Important",
        "warning": "Warning",
        "caution": "Caution",
        "danger": "Danger",
        "error": "Error",
        "hint": "Hint",
        "attention": "Attention",
        "seealso": "See also",
        "admonition": "Note",
    },
)

_ZH = Words(
    skip="跳到正文",
    contents="目录",
    on_this_page="本页内容",
    menu="目录",
    close="关闭",
    theme="配色",
    done="已完成",
    to_do="未完成",
    theme_auto="随系统",
    theme_light="浅色",
    theme_dark="深色",
    variant="代码版本",
    previous="上一节",
    next="下一节",
    breadcrumbs="本页位置",
    permalink="此处的链接",
    copy="复制",
    copied="已复制",
    show_code="代码",
    show_output="输出",
    show_cell="代码与输出",
    output="输出",
    output_image="代码画出的图",
    stderr="标准错误",
    traceback="出错的经过",
    timeout="这段代码没有在限定的时间内运行完。",
    dead="运行这段代码时内核终止了。",
    missing="尚无结果",
    broken="此引用没有目标",
    annotation="注{}",
    saved="已存入",
    footnotes="注释",
    back="回到正文",
    difficulty="难度{}（共三级）",
    see="见",
    see_also="参见",
    edit="编辑本页",
    start="开始阅读",
    version="版本",
    not_found="没有这一页",
    not_found_text="它也许移到了别处。从目录里总能找到它。",
    redirect="本书由此开始",
    separator="、",
    kinds={
        "note": "说明",
        "tip": "提示",
        "important": "要点",
        "warning": "警告",
        "caution": "当心",
        "danger": "危险",
        "error": "错误",
        "hint": "提示",
        "attention": "注意",
        "seealso": "参见",
        "admonition": "说明",
    },
)

LANGUAGE_NAMES: dict[str, str] = {
    "ar": "العربية",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "pt": "Português",
    "ru": "Русский",
    "vi": "Tiếng Việt",
    "zh": "中文",
    "zh-hans": "简体中文",
    "zh-hant": "繁體中文",
    "zh-tw": "繁體中文",
}
"""What speakers of a language call it."""


def words(language: str) -> Words:
    """The words for a language; those of English for one that has none here."""
    return _ZH if language.lower().startswith("zh") else _EN
