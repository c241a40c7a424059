"""Write the samples: ``python -m data.make_samples [NAME...]``."""

import argparse
import hashlib
import lzma
from collections.abc import Callable, Mapping

from .._dataset import Contents
from .._resolver import SAMPLES
from . import _fashion, _stamps, _weather

MAKERS: Mapping[str, Callable[[], Contents]] = {
    "fashion-mnist": _fashion.make,
    "stamps": _stamps.make,
    "weather": _weather.make,
}


def main() -> None:
    """Write the named samples, or all, into the folder of samples."""
    parser = argparse.ArgumentParser(prog="python -m data.make_samples", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MAKERS)}")
    names = parser.parse_args().names
    if unknown := sorted(set(names) - set(MAKERS)):
        parser.error(f"no such sample: {', '.join(unknown)}")
    for name in names or MAKERS:
        folder = SAMPLES / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, contents in MAKERS[name]().items():
            packed = lzma.compress(contents, preset=9 | lzma.PRESET_EXTREME)
            (folder / f"{file}.xz").write_bytes(packed)
            print(f"{name}/{file}: {len(packed):,} bytes, {hashlib.sha256(contents).hexdigest()}")


if __name__ == "__main__":
    main()
