"""Settings that a checkpoint takes along: asking for them must not look like reading."""

from __future__ import annotations

import os
import subprocess
import sys

CODE = """
import sys
from etude.worker.kept import filters_version

opened = []
sys.addaudithook(lambda event, what: opened.append(what[0]) if event == "open" else None)
before = filters_version()
__import__("warnings").simplefilter("ignore", ImportWarning)
print(filters_version() - before, opened)
"""


def test_the_version_of_the_filters_is_asked_without_a_file(tmp_path):
    (tmp_path / "etude").mkdir()
    path = os.pathsep.join((os.environ.get("PYTHONPATH", ""), str(tmp_path))).strip(os.pathsep)
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert "1 []\n" == done.stdout
