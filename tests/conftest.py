"""What all tests share: rewriting of golden files, on request only; one browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from etude.build.faces import faces
from etude.build.workers import Workers

# Machines differ and are busy: how long an example takes is no property of the code.
settings.register_profile("etude", deadline=None)
settings.load_profile("etude")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update", action="store_true", help="rewrite golden files instead of comparing with them"
    )


def pytest_configure(config: pytest.Config) -> None:
    # Fonts that were cut once are kept between runs, but not among the user's own.
    os.environ["ETUDE_CACHE"] = str(config.rootpath / ".pytest_cache" / "etude")
    if config.getoption("--update") and os.environ.get("CI"):
        raise pytest.UsageError("golden files are rewritten by a person who reads them, not in CI")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session")
def theme_faces() -> dict[str, bytes]:
    """The faces of the theme as WOFF2, by name; cut once and then kept."""
    with Workers(2) as workers:
        found = {name: get() for name, get in faces("→", workers).items()}
    return {name: content for name, content in found.items() if content is not None}


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-gpu")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The system's browser; where it is absent tests are skipped, but never in CI."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        reason = f"none of these is installed: {', '.join(BROWSERS)}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- other tests run without it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()
