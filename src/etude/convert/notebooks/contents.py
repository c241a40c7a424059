"""A table of contents for pages that have none: by folders, numbers and names."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from msgspec import Struct

from etude.convert.notebooks.draft import Draft, title_words
from etude.convert.notebooks.headings import number_of
from etude.convert.notebooks.names import is_index, order, place, readable
from etude.convert.toml import Plain, literal

__all__ = ["Part", "propose"]


class Part(Struct, frozen=True):
    """A part of the contents."""

    title: str
    chapters: tuple[Plain, ...]
    numbered: bool = True


def propose(drafts: Sequence[Draft], home: str) -> list[Part]:
    """Parts and chapters; the folders at the root are parts, pages between them parts without a title."""
    rest = [draft for draft in drafts if draft.name != home]
    root = _only_folder(rest)
    parts: list[Part] = []
    loose: list[Draft] = []
    for name, inside in _entries(rest, root):
        if isinstance(inside, Draft):
            loose.append(inside)
            continue
        parts += _loose(loose)
        loose = []
        lead = next(
            (one for one in inside if is_index(one.path) and posixpath.dirname(one.path) == name), None
        )
        title = title_words(lead) if lead and lead.titled else readable(name)
        parts.append(Part(title, tuple(_chapters(inside, name)), numbered=place(name) == 0))
    return [*parts, *_loose(loose)]


def _loose(drafts: Sequence[Draft]) -> list[Part]:
    """Pages beside folders, as parts of those that are numbered and those that are not."""
    parts: list[Part] = []
    group: list[Draft] = []
    for draft in drafts:
        if group and (place(group[-1].source) == 0) != (place(draft.source) == 0):
            parts.append(_loose_part(group))
            group = []
        group.append(draft)
    return [*parts, _loose_part(group)] if group else parts


def _loose_part(group: Sequence[Draft]) -> Part:
    return Part("", tuple(literal(draft.name) for draft in group), numbered=place(group[0].source) == 0)


def _only_folder(drafts: Sequence[Draft]) -> str:
    """The folder that all pages lie in, as long as it is one with more than pages of its own."""
    root = ""
    while True:
        inside = {_step(draft.path, root) for draft in drafts}
        if len(inside) != 1 or not drafts:
            return root
        (name,) = inside
        if not name or all(posixpath.dirname(draft.path) == name for draft in drafts):
            return name or root
        root = name


def _step(path: str, root: str) -> str:
    """The folder below `root` that a path leads through; empty when it lies in `root` itself."""
    below = path[len(root) :].lstrip("/") if root else path
    first, slash, _ = below.partition("/")
    return posixpath.join(root, first) if slash else ""


def _entries(drafts: Iterable[Draft], folder: str) -> list[tuple[str, Draft | list[Draft]]]:
    """What lies in a folder, in order: pages, and folders with all that is in them."""
    found: dict[str, Draft | list[Draft]] = {}
    for draft in drafts:
        name = _step(draft.path, folder)
        if not name:
            found[draft.path] = draft
            continue
        inner = found.setdefault(name, [])
        if isinstance(inner, list):
            inner.append(draft)
    pages = [
        one
        for one in found.values()
        if isinstance(one, Draft) and not place(one.path) and not is_index(one.path)
    ]
    numbers = {one.path: number for one in pages if (number := _typed(one)) is not None}
    if len(pages) == len(found) == len(set(numbers.values())) and not any(
        c.isdigit() for p in found for c in p
    ):
        return [(path, found[path]) for path in sorted(found, key=lambda path: (numbers[path], path))]
    return [(path, found[path]) for path in sorted(found, key=order)]


def _typed(draft: Draft) -> int | None:
    """The number that was typed before a page's title."""
    lead = next((one for one in draft.settled if one.level == 1), None)
    return number_of(lead.was.text) if lead else None


def _chapters(drafts: Sequence[Draft], folder: str) -> Iterable[Plain]:
    for name, inside in _entries(drafts, folder):
        if isinstance(inside, Draft):
            page = literal(inside.name)
            yield {"page": page, "numbered": False} if is_index(name) or place(name) else page
            continue
        lead = next(
            (one for one in inside if is_index(one.path) and posixpath.dirname(one.path) == name), None
        )
        if lead is None:
            yield from _chapters(inside, name)
        else:
            others = [one for one in inside if one is not lead]
            yield {"page": lead.name, "sections": list(_chapters(others, name))}
