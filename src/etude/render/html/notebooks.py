"""The links of a page to its notebooks: to places where they run, and to take them along."""

from __future__ import annotations

from collections.abc import Iterator

from etude.model.offer import Offer
from etude.render.html.address import page_file, quoted
from etude.render.html.context import Context
from etude.render.html.hosts import Launch, launches
from etude.render.html.switch import variant_keys
from etude.render.notebook_place import notebook_path

__all__ = ["download_file", "downloads", "places_to_run"]


def download_file(language: str, name: str, home: str, variant: str) -> str:
    """Where a notebook lies to be downloaded, below the root of the site: ``zh/start/a.numpy.ipynb``."""
    stem = page_file(language, name, home).removesuffix(".html")
    return f"{stem}.{variant}.ipynb" if variant else f"{stem}.ipynb"


def places_to_run(ctx: Context) -> list[tuple[str, str, Launch]]:
    """Where the page's notebooks run: with the value of ``data-variant`` and the title of each variant."""
    config = ctx.site.config
    if not ctx.page.cells or not (config.launch.repository or config.repository):
        return []
    # A page without variants runs in the book's first.
    alone = next(iter(ctx.runs), config.variants[0].name if config.variants else "")
    return [
        (*_whose(ctx, variant), launch)
        for variant in ctx.variants or (alone,)
        for launch in launches(config, notebook_path(ctx.page, variant))
    ]


def downloads(ctx: Context, offer: Offer) -> Iterator[tuple[str, str, str]]:
    """The notebooks that lie beside the page, likewise with their addresses."""
    for variant, path in offer.notebooks:
        yield (*_whose(ctx, variant), quoted(path.rpartition("/")[2]))


def _whose(ctx: Context, variant: str) -> tuple[str, str]:
    """What marks the links of a variant, where there are several to choose from."""
    if len(ctx.variants) < 2:
        return "", ""
    return variant_keys((variant,)), ctx.site.config.variant_title(variant, ctx.page.language)
