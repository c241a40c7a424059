"""An invented bibliography: none of its works exists."""

from __future__ import annotations

import random

from benchmarks.material.grammar import Grammar, load


def bibliography(count: int, rng: random.Random, grammar: Grammar) -> tuple[tuple[str, ...], str]:
    """Keys, and the text of a BibTeX file."""
    words: dict[str, list[str]] = load("works")
    keys: list[str] = []
    entries: list[str] = []
    for number in range(count):
        names = rng.sample(words["family"], rng.randint(1, 4))
        year = rng.randint(1986, 2025)
        key = f"{names[0].lower()}{year}n{number}"
        title = grammar.expand("bibtitle", rng)
        title = title[:1].upper() + title[1:]
        first = rng.randint(1, 400)
        fields = {
            "author": " and ".join(f"{name}, {rng.choice(words['given'])}" for name in names),
            "title": title,
            "year": str(year),
        }
        if rng.random() < 0.5:
            kind = "article"
            fields |= {"journal": rng.choice(words["journal"]), "volume": str(rng.randint(1, 60))}
            fields |= {"number": str(rng.randint(1, 6)), "pages": f"{first}--{first + rng.randint(8, 30)}"}
        else:
            kind = "inproceedings"
            fields |= {
                "booktitle": rng.choice(words["meeting"]),
                "pages": f"{first}--{first + rng.randint(6, 14)}",
            }
        body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
        keys.append(key)
        entries.append(f"@{kind}{{{key},\n{body}}}\n")
    return tuple(keys), "\n".join(entries)
