"""Fetch every data set and say where it was found: ``python -m data``."""

import sys

from . import fashion_mnist, weather


def main() -> None:
    """Print one line for each data set, and why it is only a sample."""
    for source in (fashion_mnist().source, weather().source):
        sys.stdout.write(f"{source}\n  from: {source.origin}\n")
        for note in () if source.full else source.notes:
            sys.stdout.write(f"  not from {note}\n")


if __name__ == "__main__":
    main()
