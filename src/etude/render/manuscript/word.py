"""The styles of a Word document, as the reference document that pandoc takes them from.

Styles are those of WordprocessingML (ECMA-376, part 1, 17.7). They are put into pandoc's own reference
document, so that whatever else it needs is there.
"""

from __future__ import annotations

import io
import re
import zipfile

__all__ = ["reference"]

_EPOCH = (1980, 1, 1, 0, 0, 0)
_FONTS = {
    "zh": {"major": "黑体", "minor": "宋体", "code": "等线"},
    "en": {"major": "", "minor": "", "code": ""},
}
"""Fonts for Chinese: of titles, of text, and of code. Western ones are those of the theme."""

_STYLES = {
    "SourceCode": """<w:style w:type="paragraph" w:customStyle="1" w:styleId="SourceCode">
    <w:name w:val="Source Code" /><w:basedOn w:val="Normal" /><w:link w:val="VerbatimChar" />
    <w:pPr><w:keepLines /><w:shd w:val="clear" w:color="auto" w:fill="F4F4F2" /><w:wordWrap w:val="off" />
    <w:spacing w:before="120" w:after="120" w:line="240" w:lineRule="auto" /><w:jc w:val="left" /></w:pPr>
  </w:style>""",
    "VerbatimChar": """<w:style w:type="character" w:customStyle="1" w:styleId="VerbatimChar">
    <w:name w:val="Verbatim Char" /><w:basedOn w:val="DefaultParagraphFont" />
    <w:rPr><w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Consolas"{east} /><w:sz w:val="19" /></w:rPr>
  </w:style>""",
    "BlockText": """<w:style w:type="paragraph" w:styleId="BlockText">
    <w:name w:val="Block Text" /><w:basedOn w:val="BodyText" /><w:next w:val="BodyText" /><w:qFormat />
    <w:pPr><w:pBdr><w:left w:val="single" w:sz="12" w:space="8" w:color="A0A0A0" /></w:pBdr>
    <w:spacing w:before="60" w:after="60" /><w:ind w:left="320" w:right="0" /></w:pPr>
  </w:style>""",
    "Figure": """<w:style w:type="paragraph" w:customStyle="1" w:styleId="Figure">
    <w:name w:val="Figure" /><w:basedOn w:val="Normal" /><w:next w:val="BodyText" />
    <w:pPr><w:keepLines /><w:spacing w:before="60" w:after="60" /><w:jc w:val="center" /></w:pPr>
  </w:style>""",
    "Caption": """<w:style w:type="paragraph" w:styleId="Caption">
    <w:name w:val="caption" /><w:basedOn w:val="Normal" /><w:next w:val="BodyText" /><w:qFormat />
    <w:pPr><w:spacing w:before="120" w:after="120" /></w:pPr><w:rPr><w:sz w:val="20" /></w:rPr>
  </w:style>""",
}
_EAST = re.compile(r'<a:ea typeface="[^"]*"\s*/>')
_HANS = re.compile(r'(<a:font script="Hans" typeface=")[^"]*(")')


def reference(document: bytes, language: str) -> bytes:
    """Pandoc's reference document with our styles; the same input gives the same bytes."""
    fonts = _FONTS["zh" if language.lower().startswith("zh") else "en"]
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/styles.xml":
                data = _styles(data.decode(), fonts["code"]).encode()
            elif name == "word/theme/theme1.xml":
                data = _theme(data.decode(), fonts).encode()
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, data)
    return made.getvalue()


def _styles(styles: str, east: str) -> str:
    for name, style in _STYLES.items():
        own = style.replace("{east}", f' w:eastAsia="{east}"' if east else "")
        old = re.search(rf'<w:style\b[^>]*w:styleId="{name}"[^>]*>.*?</w:style>', styles, re.DOTALL)
        if old is not None:
            styles = styles[: old.start()] + own + styles[old.end() :]
        else:
            styles = styles.replace("</w:styles>", f"  {own}\n</w:styles>")
    return styles


def _theme(theme: str, fonts: dict[str, str]) -> str:
    """Fonts of titles and of text, for Chinese."""
    for kind in ("major", "minor"):
        if not fonts[kind]:
            continue
        start, end = theme.find(f"<a:{kind}Font>"), theme.find(f"</a:{kind}Font>")
        if start < 0 or end < 0:
            continue
        part = _EAST.sub(f'<a:ea typeface="{fonts[kind]}"/>', theme[start:end])
        part = _HANS.sub(rf"\g<1>{fonts[kind]}\g<2>", part)
        theme = theme[:start] + part + theme[end:]
    return theme
