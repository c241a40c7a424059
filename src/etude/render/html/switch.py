"""What differs between variants: a panel for each, and a switch above them.

The switch's radio buttons stand once, in the page's header; what stands above a group are their
labels, so that every group and every value changes together, without scripts too.
"""

from __future__ import annotations

from collections.abc import Sequence

from etude.render.html.context import Context
from etude.render.html.escape import text

__all__ = ["switched", "variant_key", "variant_keys", "variant_styles"]


def variant_key(name: str) -> str:
    """A variant's name as attributes and selectors have it: letters, digits, ``-`` and ``_`` only."""
    return "".join(c if c.isalnum() or c in "-_" else f"_{ord(c):x}_" for c in name)


def variant_keys(names: Sequence[str]) -> str:
    """The value of ``data-variant``."""
    return " ".join(map(variant_key, names))


def switched(
    ctx: Context,
    panels: Sequence[tuple[tuple[str, ...], str]],
    *,
    quiet: bool = False,
    mixed: bool = False,
) -> str:
    """Panels of which a reader sees those of the chosen variant.

    A quiet group, and one that only one variant has, says whose it is and has no switch; nor has any where
    all panels are seen.
    """
    if len(ctx.variants) < 2 or not panels:
        return "".join(content for _, content in panels)
    config, language = ctx.site.config, ctx.page.language
    present = {name for names, _ in panels for name in names}
    quiet = quiet or len(present) == 1 or ctx.site.still
    labels = "".join(
        f'<label for="variant-{variant_key(name)}">{text(config.variant_title(name, language))}</label>'
        for name in ctx.variants
        if name in present
    )
    inner = "".join(
        f'<div class="variant" data-variant="{variant_keys(names)}">'
        f"{_whose(ctx, names) if quiet else ''}{content}</div>"
        for names, content in panels
    )
    if quiet:
        return f'<div class="variants quiet">{inner}</div>\n'
    kinds = "variants mixed" if mixed else "variants"
    return f'<div class="{kinds}"><div class="switch">{labels}</div>{inner}</div>\n'


def _whose(ctx: Context, names: Sequence[str]) -> str:
    words = " · ".join(ctx.site.config.variant_title(name, ctx.page.language) for name in names)
    return f'<span class="whose">{text(words)}</span>'


def variant_styles(variants: Sequence[str]) -> str:
    """The rules that show one variant of a page and mark its labels; empty for a single one."""
    if len(variants) < 2:
        return ""
    chosen = [(key, f":root:has(#variant-{key}:checked)") for key in map(variant_key, variants)]
    rules = "".join(
        f'{root} [data-variant]:not([data-variant~="{key}"]){{display:none}}' for key, root in chosen
    )
    marks = ",".join(f'{root} .switch [for="variant-{key}"]' for key, root in chosen)
    return f"{rules}{marks}{{color:var(--ink);background:var(--paper);box-shadow:var(--chip)}}"
