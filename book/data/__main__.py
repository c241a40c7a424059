"""List the data sets, bring them in full, or write their table: ``python -m data``.

Commands: ``list`` (if none is given), ``fetch NAME...`` or ``fetch --all``, and
``table``, in ``--language`` en or zh.
"""

import argparse
import sys
from collections.abc import Sequence

from ._catalogue import DATASETS
from ._dataset import About, DataSet
from ._resolver import fetch, installed

HEADS = {
    "en": ("Data", "What", "Size", "Licence", "Source", "By"),
    "zh": ("数据", "内容", "规模", "许可", "来源", "署名"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return 0, or 1 if a set could not be had."""
    parser = argparse.ArgumentParser(prog="python -m data", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("list", help="say which sets are here, in full or as a sample")
    bring = commands.add_parser("fetch", help="bring sets in full into the cache")
    bring.add_argument("names", nargs="*", metavar="NAME", help="as `list` says them")
    bring.add_argument("--all", action="store_true", help="every set")
    write = commands.add_parser("table", help="write what the sets are as a table in Markdown")
    write.add_argument("--language", choices=sorted(HEADS), default="en")
    chosen = parser.parse_args(arguments)
    match chosen.command:
        case "fetch":
            known = {dataset.name: dataset for dataset in DATASETS}
            unknown = [name for name in chosen.names if name not in known]
            if unknown or (chosen.all == bool(chosen.names)):
                bring.error(f"name sets, or --all; there are: {', '.join(known)}")
            return _fetch(DATASETS if chosen.all else [known[name] for name in chosen.names])
        case "table":
            sys.stdout.write(table(chosen.language))
        case _:
            sys.stdout.write(listing())
    return 0


def _fetch(datasets: Sequence[DataSet]) -> int:
    """Bring sets in full; print a line for each, and why one cannot be had."""
    missing = 0
    for dataset in datasets:
        found = fetch(dataset)
        missing += not found.full
        size = sum(len(contents) for contents in found.contents.values())
        outcome = f"complete, {_bytes(size)} (from: {found.origin})" if found.full else "not to be had here"
        sys.stdout.write(f"{dataset.name}: {outcome}\n")
        for note in () if found.full else found.notes:
            sys.stdout.write(f"  not from {note}\n")
    return 1 if missing else 0


def listing() -> str:
    """Return one line for each set: name, what is here, what a fetch brings, licence, task."""
    rows = [("name", "here", "to fetch", "licence", "task")]
    for dataset in DATASETS:
        here = "full" if installed(dataset) else "sample" if dataset.sample == "part" else "nothing yet"
        size = min((package.size for package in dataset.packages), default=0)
        rows.append(
            (
                dataset.name,
                here,
                _bytes(size) if size and here != "full" else "-",
                _about(dataset).licence,
                _about(dataset).task,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def table(language: str) -> str:
    """Return a table of all sets in Markdown, for the book's page on its data."""
    rows = [HEADS[language], ("---",) * len(HEADS[language])]
    for dataset in DATASETS:
        about = _about(dataset)
        what, size, licence = about.what, about.size, about.licence
        if language == "zh":
            what, size, licence = about.what_zh, about.size_zh or size, about.licence_zh or licence
        rows.append(
            (
                f"`{dataset.name}`",
                what,
                size,
                licence,
                f"[{about.title}]({about.address})",
                about.attribution,
            )
        )
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in rows)


def _about(dataset: DataSet) -> About:
    assert dataset.about is not None, f"{dataset.name} is not described"
    return dataset.about


def _bytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


if __name__ == "__main__":
    sys.exit(main())
