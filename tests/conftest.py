"""What all tests share: rewriting of golden files, on request only."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# Machines differ and are busy: how long an example takes is no property of the code.
settings.register_profile("etude", deadline=None)
settings.load_profile("etude")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update", action="store_true", help="rewrite golden files instead of comparing with them"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--update") and os.environ.get("CI"):
        raise pytest.UsageError("golden files are rewritten by a person who reads them, not in CI")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten."""
    return bool(request.config.getoption("--update"))
