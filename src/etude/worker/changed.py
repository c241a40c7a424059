"""What libraries have changed in themselves since they were loaded, taken along to another process.

The containers stay what they are there, and get what these hold here. What a change has taken the place of
is known in both processes: values lead to it by where it was. A place that is another one there by itself,
as importing something or setting something has changed it, is left alone. Whether all is well then is for
the digest of the state to say.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable
from typing import Any

from .baseline import NOTHING, Baseline, has_others, is_of_python, is_reordered, other_entries, same
from .described import contents, inner_dict, slots_of

__all__ = ["Changed", "put_changes"]


class Changed:
    """What modules of libraries hold otherwise."""

    def __init__(self, baseline: Baseline, names: Iterable[str]) -> None:
        """Look at these modules."""
        self.parts: list[tuple[Any, ...]] = []
        """Module, place, what is changed there, key, and what is there now."""
        self.keys: dict[int, set[Any]] = {}
        """Keys of what is otherwise, by the ids of containers."""
        self.others: set[int] = set()
        """Ids of lists and sets that have other items."""
        self.replaced: dict[int, tuple[Any, ...]] = {}
        """Where what is gone from its place was, by its id."""
        for name in names:
            places: Any = None
            for path, value, now, kept in baseline.touched(name):
                if places is None:
                    # Names of compiled modules may only tell of what these keep elsewhere.
                    places = baseline.places(name) if is_of_python(name) else {}
                if now is not None:
                    self._add(name, path, value, now, kept, carry=path in places)

    def _add(self, home: str, path: str, value: Any, now: Any, kept: Any, *, carry: bool) -> None:
        parts: list[tuple[Any, ...]] = []
        if type(kept) is dict:
            for key, new, old in other_entries(path, now, kept):
                self.keys.setdefault(id(value), set()).add(key)
                if type(key) is str and key != "__warningregistry__":
                    self._note(home, path, key, old)
                    parts.append((home, path, "entry", key, new))
            if type(value) is dict and is_reordered(now, kept):
                parts.append((home, path, "order", "", list(now)))
        elif has_others(now, kept):
            self.others.add(id(value))
            if isinstance(value, list):
                for number, item in enumerate(kept):
                    self._note(home, path, number, item)
                parts.append((home, path, "items", "", list(now)))
            else:
                before, after = ({id(item) for item in items} for items in (kept, now))
                added = [item for item in now if id(item) not in before]
                gone = [item for item in kept if id(item) not in after]
                parts.append((home, path, "members", "", (added, gone)))
        if carry:
            self.parts += parts

    def _note(self, home: str, path: str, key: Any, old: Any) -> None:
        self.replaced.setdefault(id(old), (home, path, key))

    def carried(self, can_be: Callable[[Any], bool]) -> list[tuple[Any, ...]]:
        """Those that can be written."""
        return [
            (*part[:4], *(() if part[4] is NOTHING else (part[4],)))
            for part in self.parts
            if part[4] is NOTHING or can_be(part[4])
        ]


def put_changes(baseline: Baseline, parts: list[tuple[Any, ...]]) -> None:
    """Change in this process's libraries what was changed in those of another one."""
    places: dict[str, dict[str, tuple[Any, Any]]] = {}
    for home, path, what, key, *new in parts:
        if home not in places:
            places[home] = baseline.places(home)
        if path not in places[home]:
            continue
        value, kept = places[home][path]
        now = contents(value)
        if what == "entry":
            if same(now.get(key, NOTHING), kept.get(key, NOTHING)):
                _put(value, key, new)
        elif what == "order":
            for name in [name for name in new[0] if name in value]:
                value[name] = value.pop(name)
        elif not has_others(now, kept):
            if what == "items":
                list.__setitem__(value, slice(None), new[0])
            else:
                added, gone = new[0]
                set.difference_update(value, gone)
                set.update(value, added)


def _put(value: Any, key: str, new: list[Any]) -> None:
    """Give a container what belongs to a key, if anything does, without running code of its class."""
    if isinstance(value, type):
        if new:
            type.__setattr__(value, key, new[0])
        else:
            type.__delattr__(value, key)
        return
    for name, member in () if isinstance(value, (dict, types.ModuleType)) else slots_of(type(value)):
        if name == key:
            if new:
                member.__set__(value, new[0])
            else:
                member.__delete__(value)
            return
    names = value if isinstance(value, dict) else inner_dict(value)
    if new:
        dict.__setitem__(names, key, new[0])
    else:
        dict.__delitem__(names, key)
