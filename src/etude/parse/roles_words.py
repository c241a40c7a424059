"""Roles of Sphinx and MyST that say what a word is: menus, files, units, requests for comments."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etude.model.inline import (
    Emphasis,
    Inline,
    InlineCode,
    InlineMath,
    Link,
    RawInline,
    Reference,
    Strikethrough,
    Strong,
    Styled,
    Subscript,
    Superscript,
    Text,
)
from etude.model.rules import Rule, Severity
from etude.parse import formulas, links, sanitise
from etude.parse.addresses import Address
from etude.parse.role_call import Make, Role, RoleCall, inline, titled

__all__ = ["ROLES", "made_file", "raw"]

_BRACED = re.compile(r"(?<!\\)\{([^{}]*)\}")
_ACCELERATOR = re.compile(r"&(&?)")
_QUANTITY = re.compile(r"(.*?)\s*<([^<>]*)>\s*", re.DOTALL).fullmatch
_MACRO = re.compile(r"\\([a-zA-Z]+)|([^\\\s]+)")
_FORMULA = re.compile(
    r"\^\{?([0-9]*[+-])\}?|_\{?([0-9]+)\}?|(<=>|->|<-)|(?<=[A-Za-z)\]])([0-9]+)|([+-])(?=\s|\Z)"
)
_ARROWS = {"->": "→", "<-": "←", "<=>": "⇌"}


def _plain(kind: type[Strong | Emphasis]) -> Make:
    """Words as they are written, in another face."""

    def make(call: RoleCall) -> Sequence[Inline]:
        return (kind(call.span, (Text(call.span, call.content.strip()),)),)

    return make


def _marked(kind: type[Strong | Emphasis | Strikethrough]) -> Make:
    """Words that may hold marks themselves."""

    def make(call: RoleCall) -> Sequence[Inline]:
        return (kind(call.span, inline(call, call.content)),)

    return make


def _styled(name: str) -> Make:
    def make(call: RoleCall) -> Sequence[Inline]:
        return (Styled(call.span, inline(call, call.content), (name,)),)

    return make


def _literal(call: RoleCall) -> Sequence[Inline]:
    return (InlineCode(call.span, " ".join(call.content.split("\n"))),)


def _label(call: RoleCall) -> Sequence[Inline]:
    """A word of a user interface, without the ``&`` before the key that leads to it."""
    words = _ACCELERATOR.sub(r"\1", call.content.strip())
    return (Strong(call.span, (Text(call.span, words),)),)


def _menu(call: RoleCall) -> Sequence[Inline]:
    words = " ‣ ".join(part.strip() for part in _ACCELERATOR.sub(r"\1", call.content).split("-->"))
    return (Strong(call.span, (Text(call.span, words),)),)


def _sample(call: RoleCall) -> Sequence[Inline]:
    """Code in which what stands in braces is to be replaced by the reader."""
    made: list[Inline] = []
    for i, piece in enumerate(_BRACED.split(call.content.strip())):
        code = InlineCode(call.span, re.sub(r"\\([\\{}])", r"\1", piece))
        if piece:
            made.append(Emphasis(call.span, (code,)) if i % 2 else code)
    return made if len(made) < 2 else (Styled(call.span, tuple(made), ("sample",)),)


def _page(name: str, url: str, width: int = 0) -> Make:
    """A link to a document that has a number."""

    def make(call: RoleCall) -> Sequence[Inline]:
        target, children = titled(call)
        number, mark, place = target.partition("#")
        address = url.format(number.strip().zfill(width)) + mark + place
        words = Text(call.span, f"{name} {number.strip()}")
        return (Link(call.span, children or (Strong(call.span, (words,)),), address),)

    return make


def _button(call: RoleCall) -> Sequence[Inline]:
    """A link that looks like a button."""
    target, children = titled(call)
    made = links.link(call.context, Address(target), children or (Text(call.span, target),), call.span)
    return (Styled(call.span, (made,), ("button",)),)


def _chemistry(call: RoleCall) -> Sequence[Inline]:
    """A formula of chemistry: counts are lowered, charges raised."""
    made: list[Inline] = []
    text, at = call.content.strip(), 0
    for found in _FORMULA.finditer(text):
        if found.start() > at:
            made.append(Text(call.span, text[at : found.start()]))
        charge, low, arrow, count, sign = found.groups()
        words = (Text(call.span, (charge or sign or low or count or "").replace("-", "\N{MINUS SIGN}")),)
        if arrow:
            made.append(Text(call.span, _ARROWS[arrow]))
        elif charge or (sign and found.start() and not text[found.start() - 1].isspace()):
            made.append(Superscript(call.span, words))
        elif sign:
            made.append(Text(call.span, sign))
        else:
            made.append(Subscript(call.span, words))
        at = found.end()
    return (*made, *((Text(call.span, text[at:]),) if at < len(text) else ()))


def _quantity(call: RoleCall) -> Sequence[Inline]:
    r"""``4.5 <\kilo\gram>``: a number with its unit."""
    match = _QUANTITY(call.content)
    number, unit = (match[1], match[2]) if match is not None else (call.content.strip(), "")
    number = re.sub(r"[eE]([+-]?[0-9]+)\Z", r" \\times 10^{\1}", number)
    tex = f"{number}\\,{_unit(unit)}" if unit else number
    formulas.inline(call.context, tex, call.span)
    return (InlineMath(call.span, tex),)


def _unit(text: str) -> str:
    """A unit in the macros of siunitx, as LaTeX."""
    signs: list[str] = []
    prefix, below = "", False
    for found in _MACRO.finditer(text):
        name = found[1] or ""
        if name in _PREFIXES:
            prefix += _PREFIXES[name]
        elif name == "per":
            below = True
        elif name in _POWERS and signs:
            signs[-1] += f"^{{{'-' if '^{-1}' in signs[-1] else ''}{_POWERS[name]}}}"
            signs[-1] = signs[-1].replace("^{-1}^", "^")
        else:
            sign = _UNITS.get(name) or rf"\mathrm{{{name or found[2]}}}"
            if prefix:
                joined = sign.startswith(_UPRIGHT)
                sign = (
                    sign.replace(_UPRIGHT, _UPRIGHT + prefix, 1) if joined else rf"\mathrm{{{prefix}}}{sign}"
                )
            signs.append(sign + ("^{-1}" if below else ""))
            prefix, below = "", False
    return r"\,".join(signs)


_PREFIXES = {
    "yocto": "y", "zepto": "z", "atto": "a", "femto": "f", "pico": "p", "nano": "n", "micro": "µ",
    "milli": "m", "centi": "c", "deci": "d", "deca": "da", "hecto": "h", "kilo": "k", "mega": "M",
    "giga": "G", "tera": "T", "peta": "P", "exa": "E", "zetta": "Z", "yotta": "Y",
}  # fmt: skip
_UPRIGHT = r"\mathrm{"
_POWERS = {"squared": "2", "cubed": "3"}
_UNITS = {
    name: rf"\mathrm{{{sign}}}"
    for name, sign in {
        "ampere": "A", "candela": "cd", "kelvin": "K", "kilogram": "kg", "gram": "g", "meter": "m",
        "metre": "m", "mole": "mol", "second": "s", "becquerel": "Bq", "coulomb": "C", "farad": "F",
        "gray": "Gy", "hertz": "Hz", "henry": "H", "joule": "J", "katal": "kat", "lumen": "lm", "lux": "lx",
        "newton": "N", "pascal": "Pa", "siemens": "S", "sievert": "Sv", "tesla": "T", "volt": "V",
        "watt": "W", "weber": "Wb", "bar": "bar", "byte": "B", "bit": "bit", "day": "d", "hour": "h",
        "minute": "min", "liter": "L", "litre": "L", "electronvolt": "eV", "radian": "rad", "tonne": "t",
        "dalton": "Da", "decibel": "dB", "hectare": "ha",
    }.items()
} | {
    "ohm": r"\Omega", "degree": r"{}^\circ", "celsius": r"{}^\circ\mathrm{C}", "percent": r"\%",
    "degreeCelsius": r"{}^\circ\mathrm{C}", "angstrom": r"\mathrm{Å}",
}  # fmt: skip


def made_file(call: RoleCall) -> Sequence[Inline]:
    """A notebook, or another file of the book; one that a cell has written stays where the cell ran."""
    target, children = titled(call)
    path = call.context.resolve(target, call.span) if target else None
    if path is not None and call.context.exists(path):
        return (Reference(call.span, "download", call.context.use(path), children),)
    call.context.report(
        Rule.FILE_MISSING,
        f"`{call.name}`: files that cells write are not offered for download",
        call.span,
        hints=("put the file into the book and use `download`",),
        severity=Severity.INFO,
    )
    return children or (InlineCode(call.span, target),)


def raw(call: RoleCall) -> Sequence[Inline]:
    """``raw-html`` and its kin: what is meant for another output is not printed."""
    if call.name.lower() != "raw-html":
        return ()
    html = call.content
    if not call.context.config.trust:
        html, removed, _, _ = sanitise.clean(html)
        links.warn_html(call.context, removed, call.span)
    return (RawInline(call.span, html),) if html else ()


_STRONG = Role(_plain(Strong), "A program or a command.")
_LITERAL = Role(_literal, "A name of a kind that its role says, as code.")
_LEANING = Role(_plain(Emphasis), "A name of a kind that its role says.")
ROLES: dict[str, Role] = {
    "guilabel": Role(_label, "A word of a user interface."),
    "menuselection": Role(_menu, "The way through menus."),
    "file": Role(_sample, "A file, or code in which what stands in braces is the reader's."),
    "command": _STRONG,
    "option": _LITERAL,
    "mimetype": _LEANING,
    "dfn": Role(_marked(Emphasis), "A word that is defined here, or emphasised."),
    "strong": Role(_marked(Strong), "Strong words."),
    "underline": Role(_styled("underline"), "Underlined words."),
    "smallcaps": Role(_styled("small-caps"), "Small capitals."),
    "del": Role(_marked(Strikethrough), "Words that no longer stand."),
    "rfc": Role(
        _page("RFC", "https://datatracker.ietf.org/doc/html/rfc{}"), "A link to a request for comments."
    ),
    "pep": Role(_page("PEP", "https://peps.python.org/pep-{}/", 4), "A link to a proposal for Python."),
    "cve": Role(_page("CVE", "https://www.cve.org/CVERecord?id=CVE-{}"), "A link to a weakness of programs."),
    "cwe": Role(
        _page("CWE", "https://cwe.mitre.org/data/definitions/{}.html"), "A link to a kind of weakness."
    ),
    "button": Role(_button, "A link that looks like a button."),
    "chem": Role(_chemistry, "A formula of chemistry."),
    "si": Role(_quantity, "A number with its unit."),
}
for _alias, _name in (
    ("samp", "file"), ("program", "command"), ("makevar", "command"),
    ("envvar", "option"), ("token", "option"), ("keyword", "option"), ("regexp", "option"),
    ("mailheader", "mimetype"), ("newsgroup", "mimetype"), ("manpage", "mimetype"),
    ("title-reference", "mimetype"), ("title", "mimetype"), ("t", "mimetype"), ("emphasis", "dfn"),
    ("u", "underline"), ("sc", "smallcaps"), ("strike", "del"), ("delete", "del"),
    ("chemicalformula", "chem"),
):  # fmt: skip
    ROLES[_alias] = ROLES[_name]
