"""The files of a LaTeX project beside its text: class, preamble, how it is compiled."""

from __future__ import annotations

import re
from collections.abc import Mapping

from etude.model.config import Config

__all__ = ["TEMPLATE", "project"]

_CUT = "%%%% ETUDE %%%%"

TEMPLATE = f"\n{_CUT}\n".join(
    (
        "$title$",
        "$subtitle$",
        "$for(author)$$author$$sep$ \\and $endfor$",
        "$if(highlighting-macros)$\n$highlighting-macros$\n$endif$",
        "$body$",
    )
)
"""What pandoc fills in; `project` takes it apart."""

_PREAMBLE = r"""% What the text needs. It is compiled with XeLaTeX.
\usepackage{amsmath}
\usepackage{unicode-math}
% A face for code that has frames, arrows and signs, where it is installed.
\IfFontExistsTF{DejaVu Sans Mono}{\setmonofont[Scale=MatchLowercase]{DejaVu Sans Mono}}{}
\usepackage{graphicx}
\usepackage{xcolor}
\usepackage{booktabs,longtable,array,calc}
\usepackage{framed}
\usepackage{needspace}
\usepackage{fvextra}
\usepackage[normalem]{ulem}
\usepackage{xurl}
\usepackage[hidelinks,unicode]{hyperref}
\usepackage{bookmark}

% Numbers of chapters, sections, figures and formulas are part of the text: Etude has counted them.
\setcounter{secnumdepth}{-2}
\setcounter{tocdepth}{1}
\emergencystretch=3em
\raggedbottom

% Pictures are never wider than the text.
\makeatletter
\newsavebox\pandoc@box
\providecommand*\pandocbounded[1]{%
  \sbox\pandoc@box{#1}%
  \ifdim\wd\pandoc@box>\linewidth \resizebox{\linewidth}{!}{\usebox\pandoc@box}\else\usebox\pandoc@box\fi}
\makeatother
\setkeys{Gin}{keepaspectratio}

% Listings: long lines are broken, Chinese characters may stand in them.
\definecolor{shadecolor}{gray}{0.96}
\providecommand\tightlist{\setlength{\itemsep}{0pt}\setlength{\parskip}{0pt}}
\providecommand\st[1]{\sout{#1}}
\providecommand\real[1]{#1}
\fvset{breaklines,breakanywhere,fontsize=\small}
\AtBeginDocument{\ifcsname Shaded\endcsname
  \renewenvironment{Shaded}{\begin{snugshade}}{\end{snugshade}}\fi}
\usepackage{newunicodechar}
\AtBeginDocument{\providecommand\square{\fboxsep0pt\fbox{\rule{0pt}{1.2ex}\rule{1.2ex}{0pt}}}%
  \providecommand\boxtimes{\times}}
\newunicodechar{★}{\ensuremath{\bullet}}
\newunicodechar{☆}{\ensuremath{\circ}}

% Notes, theorems, exercises and quotations have a line at their side.
\renewenvironment{quote}{\def\FrameCommand{{\color{gray}\vrule width 1.5pt}\hspace{8pt}}%
  \MakeFramed{\advance\hsize-\width\FrameRestore}\parindent=0pt\parskip=4pt plus 1pt}{\endMakeFramed}

\newenvironment{bookfigure}{\par\addvspace{\medskipamount}\noindent\begin{minipage}{\linewidth}\centering
  \setlength{\parskip}{4pt}\let\bookcaption\small\let\endbookcaption\par}{\end{minipage}\par\vspace{\medskipamount}}
\newenvironment{bookcaption}{\par\addvspace{\medskipamount}\Needspace{5\baselineskip}\parindent=0pt\small}{\par\nopagebreak}
"""

_BOOK = r"""% !TEX program = xelatex
\documentclass[@OPTIONS@]{@CLASS@}
@FONTS@\input{preamble}
@MACROS@
\title{@TITLE@}
\author{@AUTHORS@}
\date{@DATE@}
\hypersetup{pdflang={@LANG@}}

\begin{document}
\frontmatter
\maketitle
\tableofcontents
\mainmatter
\input{text}
\end{document}
"""

_CHINESE = "\\usepackage[scheme=plain,fontset=fandol]{ctex}\n"
"""For a few words of Chinese in another language."""

_HAN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")

_LATEXMKRC = """# `latexmk` alone makes book.pdf.
$pdf_mode = 5;  # XeLaTeX
@default_files = ('book.tex');
"""

_README = {
    "en": (
        "# {title}: the LaTeX project\n\n"
        "`book.tex` is the book: its class and its title. `preamble.tex` says how things look, and is meant\n"
        "to be changed. `text.tex` is the text; `img` and the other folders hold its pictures.\n\n"
        "To compile it, run `latexmk` in this folder, or `xelatex book` twice. It needs XeLaTeX of\n"
        "TeX Live 2022 or newer{needs}.\n\n"
        "All numbers are in the text: of chapters, figures, formulas, references. Etude has counted them,\n"
        "and they are those of the website. What is changed here does not go back into the book's sources.\n"
    ),
    "zh": (
        "# {title}：LaTeX 工程\n\n"
        "`book.tex`是书的主文件，定下文档类与书名；`preamble.tex`管版式，可以随意修改；\n"
        "`text.tex`是正文；图片在`img`等文件夹里。\n\n"
        "编译时，在这个文件夹里运行`latexmk`，或者把`xelatex book`运行两遍。\n"
        "需要 TeX Live 2022 或更新的版本，其中要有 XeLaTeX{needs}。\n\n"
        "章节、图表、公式和引用的编号都写在正文里，由 Etude 统一编好，与网站一致。\n"
        "这个工程由 Etude 生成，在这里所做的修改不会回到书的源文件中。\n"
    ),
}
_NEEDS = {"en": " and its package ctex for Chinese", "zh": "和 ctex 宏包"}


def project(filled: str, config: Config, language: str, lang: str) -> Mapping[str, bytes]:
    """The files of the project but its pictures, by path; `filled` is what pandoc made of the template."""
    title, subtitle, authors, macros, text = (part.strip("\n") for part in filled.split(_CUT, 4))
    chinese = language.lower().startswith("zh")
    filling = {
        "@CLASS@": "ctexbook" if chinese else "book",
        "@OPTIONS@": "oneside,a4paper,zihao=-4" if chinese else "oneside,a4paper,11pt",
        "@FONTS@": _CHINESE if not chinese and _HAN.search(filled) else "",
        "@MACROS@": macros,
        "@TITLE@": f"{title}\\\\[1ex]\\large {subtitle}" if subtitle else title,
        "@AUTHORS@": authors,
        "@DATE@": config.date,
        "@LANG@": lang,
    }
    book = _BOOK
    for name, value in filling.items():
        book = book.replace(name, value)
    said = "zh" if chinese else "en"
    readme = _README[said].format(title=config.title.get(language), needs=_NEEDS[said] if chinese else "")
    files = {
        "book.tex": book,
        "preamble.tex": _PREAMBLE,
        "text.tex": f"{text}\n",
        "latexmkrc": _LATEXMKRC,
        "README.md": readme,
    }
    return {path: content.encode() for path, content in files.items()}
