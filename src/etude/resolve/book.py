"""Resolve: the indexes of all pages of one language -> the facts of each page, and the navigation."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from etude.model.book import Navigation, Number, PageFacts, Resolved
from etude.model.config import Config
from etude.model.contents import Toc
from etude.model.diagnostic import Diagnostic, diagnose
from etude.model.rules import Rule
from etude.resolve.citations import Citations
from etude.resolve.entries import PageIndex, ReferenceUse
from etude.resolve.inventory import Inventories, Inventory
from etude.resolve.library import Shelves
from etude.resolve.navigation import navigate
from etude.resolve.nearest import did_you_mean
from etude.resolve.number import PageNumbers, number_book
from etude.resolve.references import References
from etude.resolve.subjects import subject_index
from etude.resolve.targets import Targets
from etude.resolve.terms import Terms
from etude.resolve.titles import settle

__all__ = ["Resolution", "resolve"]


class Resolution(Struct, frozen=True):
    """One language of a book, resolved."""

    facts: dict[str, PageFacts]
    """By page name, in reading order, the home page first."""
    navigation: Navigation
    diagnostics: tuple[Diagnostic, ...]


def resolve(
    toc: Toc,
    indexes: Mapping[str, PageIndex],
    config: Config,
    *,
    bibliography: Mapping[str, str] | None = None,
    styles: Mapping[str, str] | None = None,
    inventories: Mapping[str, Inventory] | None = None,
    languages: Mapping[str, tuple[str, ...]] | None = None,
) -> Resolution:
    """Number, cross-reference and cite one language.

    Args:
        toc: The contents; pages without an index are left out.
        indexes: By page name, all of the language of `toc`.
        config: The book's configuration.
        bibliography: BibTeX files: path to text.
        styles: CSL styles: what ``bibliography.style`` says to the style's text; that a file of this
            name is absent is for the caller to report.
        inventories: By the name that the configuration gives them.
        languages: The languages in which a page exists, by its name.

    Equal diagnostics of bibliography files come with every language.
    """
    numbers = number_book(toc, indexes)
    pages: Mapping[str, PageIndex] = {name: indexes[name] for name in numbers}
    targets = Targets(toc.language, pages, numbers)
    if (settled := settle(pages, targets)) is not pages:
        pages, targets = settled, Targets(toc.language, settled, numbers)
    navigation, stations = navigate(toc, pages, numbers)
    terms = Terms(pages.values())
    references = References(targets, terms)
    citations = Citations(pages, config, bibliography or {}, styles or {}, toc.language)
    shelves = Shelves(pages, numbers, whole=config.library.whole)
    known = _inventories(config, inventories or {})
    problems = [*targets.duplicates(), *terms.duplicates, *citations.problems]
    coded = tuple(name for name, index in pages.items() if index.coded)
    facts: dict[str, PageFacts] = {}
    for name, index in pages.items():
        problems.extend(index.diagnostics)
        references.problems.clear()
        answers = dict(filter(None, (references.answer(index, use) for use in index.references)))
        problems.extend(references.problems)
        clusters, works = citations.clusters(index)
        if index.run_table:
            told = (ReferenceUse("doc", one, True, ()) for one in coded)
            answers |= dict(filter(None, (references.answer(index, use) for use in told)))
        own, station = numbers[name], stations[name]
        facts[name] = PageFacts(
            name=name,
            language=toc.language,
            number=own.number,
            label=own.label,
            numbers=_numbers(index, own, targets),
            references=answers | works,
            links=_links(index, known, problems),
            citations=clusters,
            works=citations.works(index),
            index=subject_index(pages.values(), numbers, toc.language) if index.print_index else (),
            coded=coded if index.run_table else (),
            sources=shelves.sources(name),
            users=shelves.users(name),
            footnotes={note: number for number, note in enumerate(index.footnotes, 1)},
            breadcrumbs=station.breadcrumbs,
            part=station.part,
            previous=station.previous,
            next=station.next,
            languages=(languages or {}).get(name, ()),
        )
    return Resolution(facts, navigation, tuple(problems))


def _numbers(index: PageIndex, numbers: PageNumbers, targets: Targets) -> dict[str, Number]:
    """The numbers of a page's blocks by their ids."""
    found = {
        anchor.id: number for anchor, number in zip(index.anchors, numbers.anchors, strict=True) if number
    }
    for anchor in index.anchors:
        if anchor.kind == "solution":
            found[anchor.id] = targets.solution(anchor)
    found.pop("", None)
    return found


def _inventories(config: Config, inventories: Mapping[str, Inventory]) -> Inventories:
    """The inventories that are at hand, in the order of the configuration."""
    return Inventories(
        {
            entry.name: (entry.url, inventories[entry.name])
            for entry in config.inventories
            if entry.name in inventories
        }
    )


def _links(index: PageIndex, inventories: Inventories, problems: list[Diagnostic]) -> dict[str, Resolved]:
    """The API links of a page that an inventory knows, by ``domain:role:target``."""
    links: dict[str, Resolved] = {}
    for use in index.links:
        found = inventories.find(use.domain, use.role, use.target)
        if found is not None:
            links[f"{use.domain}:{use.role}:{use.target}"] = found
        elif inventories.known and not use.target.startswith("!"):
            hints = did_you_mean(inventories.nearest(use.domain, use.target))
            message = f"no inventory has {{{use.domain}:{use.role}}}`{use.target}`"
            problems.extend(
                diagnose(Rule.INVENTORY_UNKNOWN, message, index.source(span), span, hints=hints)
                for span in use.spans
            )
    return links
