"""Footnotes: numbered by first reference within their page."""

from __future__ import annotations

from etude.model.block import FootnoteDefinition
from etude.model.diagnostic import Diagnostic, Place, Related, diagnose
from etude.model.rules import Rule
from etude.model.span import Span
from etude.resolve._walk import Walk
from etude.resolve.nearest import Nearest, did_you_mean

__all__ = ["number_notes"]


def number_notes(
    walk: Walk, path: str, sources: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[Diagnostic, ...]]:
    """Names of the footnotes in order of first reference, and what is wrong with them.

    What a footnote's text refers to counts after the page's own text; `walk` gathers it.
    """
    numbered: dict[str, None] = {}
    read = walked = 0
    while True:
        known = {definition.name: definition for definition in reversed(walk.definitions)}
        for note in walk.notes[read:]:
            if note.name in known:
                numbered.setdefault(note.name)
        read = len(walk.notes)
        if walked == len(numbered):
            break
        walk.blocks(known[list(numbered)[walked]].children)
        walked += 1

    def at(span: Span) -> Place:
        return Place(sources[span.source] if span.source < len(sources) else path, span)

    problems: list[Diagnostic] = []
    first: dict[str, FootnoteDefinition] = {}
    unused: list[FootnoteDefinition] = []
    for definition in walk.definitions:
        place, name = at(definition.span), definition.name
        if name in first:
            related = Related(at(first[name].span), "it is first defined here")
            message = f"the footnote `{name}` is defined twice"
            problems.append(
                diagnose(Rule.LABEL_DUPLICATE, message, place.path, place.span, related=(related,))
            )
            continue
        first[name] = definition
        if name not in numbered:
            unused.append(definition)
            message = f"the footnote `{name}` is never referred to"
            problems.append(diagnose(Rule.FOOTNOTE_UNUSED, message, place.path, place.span))
    nearest = Nearest(first)
    for note in walk.notes:
        if note.name not in first:
            place = at(note.span)
            message = f"the footnote `{note.name}` is not defined"
            hints = did_you_mean(nearest(note.name))
            problems.append(diagnose(Rule.FOOTNOTE_UNKNOWN, message, place.path, place.span, hints=hints))
    for definition in unused:  # what it refers to is checked, but gives no footnote a number
        walk.blocks(definition.children)
    return tuple(numbered), tuple(problems)
