"""Which program builds: part of every key, so that another Etude makes everything anew."""

from __future__ import annotations

import os
import sysconfig

import etude
from etude.build.watch import digest, stamp


def program_key() -> str:
    """A digest that changes when Etude itself or what it is built on is installed anew."""
    folder = os.path.dirname(etude.__file__)
    parts = [etude.__version__, repr(stamp(sysconfig.get_paths()["purelib"])[1])]
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if f != "__pycache__")
        parts.extend(f"{name}{stamp(os.path.join(at, name))[:2]}" for name in sorted(names))
    return digest(*parts)
