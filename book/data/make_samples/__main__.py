"""Write the samples: ``python -m data.make_samples [NAME...]``."""

import argparse
import hashlib
import importlib
import lzma
from collections.abc import Mapping

from .._dataset import Contents
from .._resolver import SAMPLES

MAKERS: Mapping[str, str] = {
    "ames": "_ames",
    "austen": "_austen",
    "co2": "_co2",
    "fashion-mnist": "_fashion",
    "glove": "_glove",
    "hsk-sentences": "_hsk",
    "libreoffice-help": "_office",
    "photographs": "_photographs",
    "quatrains": "_quatrains",
    "stamp-features": "_stamp_features",
    "stamps": "_stamps",
    "weather": "_weather",
}
"""The module, loaded at need, whose `make` returns the files of a sample."""


def main() -> None:
    """Write the named samples, or all, into the folder of samples."""
    parser = argparse.ArgumentParser(prog="python -m data.make_samples", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MAKERS)}")
    names = parser.parse_args().names
    if unknown := sorted(set(names) - set(MAKERS)):
        parser.error(f"no such sample: {', '.join(unknown)}")
    for name in names or MAKERS:
        made: Contents = importlib.import_module(f".{MAKERS[name]}", __package__).make()
        folder = SAMPLES / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, contents in made.items():
            packed = lzma.compress(contents, preset=9 | lzma.PRESET_EXTREME)
            (folder / f"{file}.xz").write_bytes(packed)
            print(f"{name}/{file}: {len(packed):,} bytes, {hashlib.sha256(contents).hexdigest()}")


if __name__ == "__main__":
    main()
