"""The website and the loop of writing it, beside others: `python -m benchmarks.site`.

Runs `loop` (from a saved file to the screen), `weight` (what a page costs on a first visit) and `search`
(what is found, how fast, after how many bytes), one after the other.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

SECTIONS: dict[str, tuple[str, ...]] = {"loop": (), "weight": (), "search": ()}
QUICK: dict[str, tuple[str, ...]] = {
    "loop": ("--runs", "10", "--alone"),
    "weight": ("--runs", "1", "--tools", "etude"),
    "search": ("--queries", "60", "--large", "0", "--tools", "etude"),
}
"""Options for a first look, at Etude alone."""


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=tuple(SECTIONS), default=list(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="few samples, of Etude alone")
    options = parser.parse_args()
    for name in options.only:
        print(f"\n# {name}\n", flush=True)
        chosen = QUICK if options.quick else SECTIONS
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *chosen[name]], check=True)


if __name__ == "__main__":
    main()
