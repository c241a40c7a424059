"""How a page's outputs were made: the packages that its cells name, in the versions that they ran with.

Outputs that were taken over from a notebook say so: nobody has seen them come.
Only what is the same whenever the same results are made is told: neither when that was nor how long it took.
"""

from __future__ import annotations

from collections.abc import Iterator

from etude.model.result import RunResult
from etude.render.html.context import Context
from etude.render.html.escape import attribute, text
from etude.render.html.switch import variant_key

__all__ = ["origins"]


def origins(ctx: Context) -> str:
    """A line for each variant, folded; empty when nothing is known.

    Scripts show at an output what had been imported up to it: ``data-from`` is the first cell of a package.
    At one with ``data-origin`` they show the paragraph ``taken``, or what that has as ``data-said``.
    """
    lines = [(name, list(_packages(run)), run.gpus) for name, run in ctx.runs.items()]
    words = ctx.site.words
    shown = [cell for run in ctx.runs.values() for cell in run.cells.values() if cell.outputs]
    taken = [cell for cell in shown if cell.origin]
    known = any(packages for _, packages, _ in lines)
    if taken and (len(taken) == len(shown) or not known):
        return _folded(words.origins, f'<p class="taken">{text(words.origins_taken)}</p>')
    if not known:
        return ""
    rows: list[str] = []
    for name, packages, gpus in lines:
        found = [f'<span data-from="{index}">{text(package)}</span>' for index, package in packages]
        found += [f"<span>{text(words.gpus.format(f'{gpus:g}'))}</span>"] * bool(gpus)
        title = ctx.site.config.variant_title(name, ctx.page.language) if ctx.variants else ""
        head = f"<dt>{text(title)}</dt>" if title else ""
        key = attribute(variant_key(name)) if ctx.variants else ""
        rows.append(f'{head}<dd data-run="{key}">{text(words.separator).join(found)}</dd>')
    said = attribute(words.origins_taken)
    some = f'<p class="taken" data-said="{said}">{text(words.origins_some)}</p>' if taken else ""
    return _folded(words.origins, f"<p>{text(words.origins_text)}</p><dl>{''.join(rows)}</dl>{some}")


def _folded(title: str, content: str) -> str:
    return f'<details class="fold origins"><summary>{text(title)}</summary>{content}</details>\n'


def _packages(run: RunResult) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for index, cell in sorted(run.cells.items()):
        for package in cell.packages:
            if package not in seen:
                seen.add(package)
                yield index, package
