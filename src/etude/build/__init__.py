"""The order of the stages: sources to outputs, doing again only what an edit reaches.

The only part of Etude that knows more than one stage. `build` brings a book's outputs up to date,
`status` says what it would run, `verify` runs it again and compares, a `Preview` runs what an edit
reaches, round after round. All raise only `BookError`.
"""

from __future__ import annotations

from etude.build.options import (
    BuildOptions,
    BuildReport,
    Recorded,
    RunOptions,
    RunReport,
    RunStatus,
    ServeOptions,
    StatusReport,
    VerifyOptions,
    VerifyReport,
)
from etude.build.preview import Preview
from etude.build.run import build, status
from etude.build.verify import verify

__all__ = [
    "BuildOptions",
    "BuildReport",
    "Preview",
    "Recorded",
    "RunOptions",
    "RunReport",
    "RunStatus",
    "ServeOptions",
    "StatusReport",
    "VerifyOptions",
    "VerifyReport",
    "build",
    "status",
    "verify",
]
