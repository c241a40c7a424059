"""Words of the website's own, by language."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["LANGUAGE_NAMES", "Words", "words"]


class SearchWords(Struct, frozen=True):
    """What the search says, in the order in which its script takes it; none has a `|`."""

    label: str
    placeholder: str
    everywhere: str
    none: str
    one: str
    many: str
    about: str
    busy: str
    failed: str
    keys: str
    scope: str
    close: str


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
    used: str
    saved_in: str
    origins: str
    origins_text: str
    origins_taken: str
    origins_some: str
    gpus: str
    footnotes: str
    back: str
    difficulty: str
    see: str
    see_also: str
    edit: str
    discuss: str
    report: str
    updated: str
    run_in: str
    run_in_hint: str
    download_notebook: str
    brackets: str
    start: str
    version: str
    not_found: str
    not_found_text: str
    redirect: str
    moved: str
    new_page: str
    changed_page: str
    colon: str
    separator: str
    keys: str
    search: SearchWords
    kinds: dict[str, str]
    api: dict[str, str]
    """What inventories of other projects call their objects."""


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
    used="used in",
    saved_in="Defined in {}",
    origins="How the outputs were made",
    origins_text="By running the code of this page, from top to bottom, with these packages.",
    origins_taken="From the notebook that this page was made of. The code has not been run since.",
    origins_some="Others are from the notebook that this page was made of.",
    gpus="GPUs: {}",
    footnotes="Notes",
    back="Back to the text",
    difficulty="Difficulty {} of 3",
    see="see",
    see_also="see also",
    edit="Edit this page",
    discuss="Discuss this page",
    report="Report a problem",
    updated="changed {}",
    run_in="Run in",
    run_in_hint="Opens this page’s notebook on another site",
    download_notebook="Download notebook",
    brackets=" ({})",
    start="Begin reading",
    version="Version",
    not_found="There is no such page",
    not_found_text="It may have moved. The contents know where everything stands.",
    redirect="The book begins here",
    moved="This page is here now",
    new_page="New",
    changed_page="Changed",
    colon=": ",
    separator=", ",
    keys="Keys",
    search=SearchWords(
        label="Search",
        placeholder="Titles, text, formulas, code",
        everywhere="All languages",
        none="Nothing found",
        one="1 place",
        many="{} places",
        about="about {} places",
        busy="Looking…",
        failed="The files that the search needs could not be loaded.",
        keys="↑ ↓ choose · Enter open · Esc close",
        scope="Where to search",
        close="Close",
    ),
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
    api={
        "doc": "page",
        "cmdoption": "option",
        "envvar": "environment variable",
        "staticmethod": "static method",
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
    used="用于",
    saved_in="定义见{}",
    origins="输出的由来",
    origins_text="从上到下运行本页代码而得，所用软件包如下。",
    origins_taken="取自本页所据的笔记本，其后未再运行代码。",
    origins_some="另有一些输出取自本页所据的笔记本。",
    gpus="GPU：{} 块",
    footnotes="注释",
    back="回到正文",
    difficulty="难度{}（共三级）",
    see="见",
    see_also="参见",
    edit="编辑本页",
    discuss="讨论本页",
    report="报告问题",
    updated="更新于 {}",
    run_in="在线运行",
    run_in_hint="在其他网站打开本页的笔记本",
    download_notebook="下载笔记本",
    brackets="（{}）",
    start="开始阅读",
    version="版本",
    not_found="没有这一页",
    not_found_text="它也许移到了别处。从目录里总能找到它。",
    redirect="本书由此开始",
    moved="本页已移到这里",
    new_page="新增",
    changed_page="更新",
    colon="：",
    separator="、",
    keys="快捷键",
    search=SearchWords(
        label="搜索",
        placeholder="标题、正文、公式、代码",
        everywhere="全部语言",
        none="没有找到",
        one="1 处",
        many="{} 处",
        about="约 {} 处",
        busy="查找中……",
        failed="未能读取搜索所需的文件。",
        keys="↑ ↓ 选择 · Enter 打开 · Esc 关闭",
        scope="搜索范围",
        close="关闭",
    ),
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
    api={
        "attribute": "属性",
        "class": "类",
        "classmethod": "类方法",
        "cmdoption": "选项",
        "data": "数据",
        "doc": "文档",
        "envvar": "环境变量",
        "exception": "异常",
        "function": "函数",
        "label": "小节",
        "method": "方法",
        "module": "模块",
        "property": "属性",
        "staticmethod": "静态方法",
        "term": "术语",
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
