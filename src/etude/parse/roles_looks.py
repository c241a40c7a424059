"""Roles of sphinx-design: badges and icons."""

from __future__ import annotations

from collections.abc import Sequence

from etude.model.inline import Inline, Reference, Styled, Text
from etude.parse import links
from etude.parse.addresses import Address
from etude.parse.role_call import Make, Role, RoleCall, inline, titled

__all__ = ["COLOURS", "ROLES"]

COLOURS = (
    "primary", "secondary", "success", "info", "warning", "danger", "light", "muted", "dark",
    "black", "white",
)  # fmt: skip
_ICONS = {
    "star": "★", "star-fill": "★", "check": "✓", "check-circle": "✓", "x": "✕", "x-circle": "✕",
    "times": "✕", "close": "✕", "info": "ℹ", "info-circle": "ℹ", "alert": "⚠", "report": "⚠", "bug": "⚠",
    "exclamation-triangle": "⚠", "warning": "⚠", "heart": "♥", "heart-fill": "♥", "arrow-right": "→",
    "arrow-left": "←", "arrow-up": "↑", "arrow-down": "↓", "link-external": "↗", "external-link-alt": "↗",
    "pencil": "✎", "edit": "✎", "gear": "⚙", "cog": "⚙", "mail": "✉", "envelope": "✉", "plus": "+",
    "question": "?", "clock": "◷", "download": "⤓", "cloud-download": "⤓", "play": "▶", "search": "⌕",
}  # fmt: skip
"""Characters in the place of the pictures of icon fonts; other icons are left out."""


def _badge(call: RoleCall) -> Sequence[Inline]:
    return (Styled(call.span, inline(call, call.content), ("badge", *_kind(call))),)


def _badge_link(call: RoleCall) -> Sequence[Inline]:
    target, children = titled(call)
    made = links.link(call.context, Address(target), children or (Text(call.span, target),), call.span)
    return (Styled(call.span, (made,), ("badge", *_kind(call))),)


def _badge_reference(call: RoleCall) -> Sequence[Inline]:
    target, children = titled(call)
    made = Reference(call.span, "any", target.removeprefix("#"), children)
    return (Styled(call.span, (made,), ("badge", *_kind(call))),)


def _kind(call: RoleCall) -> tuple[str, ...]:
    """The classes for the colour and the outline that the role's name ends in."""
    words = call.name.lower().split("-")
    return (*(word for word in words if word in COLOURS), *(["outline"] if words[-1] == "line" else []))


def _icon(call: RoleCall) -> Sequence[Inline]:
    """A character that is like the icon; an icon is an ornament, which none is missed of."""
    name = call.content.partition(";")[0].strip().split(" ")[-1].removeprefix("fa-")
    sign = _ICONS.get(name)
    return (Styled(call.span, (Text(call.span, sign),), ("icon",)),) if sign else ()


def _names(stem: str, make: Make, summary: str) -> dict[str, Role]:
    """A role with a name for each colour, filled or as an outline."""
    made = Role(make, summary)
    return dict.fromkeys((stem, *(f"{stem}-{c}{end}" for c in COLOURS for end in ("", "-line"))), made)


_ICON = Role(_icon, "An icon, where there is a character like it; otherwise nothing.")
ROLES: dict[str, Role] = {
    **_names("bdg", _badge, "A badge; `-line` at the end makes it an outline."),
    **_names("bdg-link", _badge_link, "A badge that is a link."),
    **_names("bdg-ref", _badge_reference, "A badge that leads to a label."),
    **dict.fromkeys(
        ("octicon", "fas", "fab", "far", "fa", "material-regular", "material-outlined", "material-round",
         "material-sharp", "material-twotone"), _ICON,
    ),
}  # fmt: skip
