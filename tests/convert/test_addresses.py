"""Old addresses lead below the root of the new site, or cannot."""

from __future__ import annotations

import pytest

from etude.convert.addresses import redirects

PAGES = {"ch/a.html": "en/ch/a", "ch/a.html#one": "en/ch/a#eins", "index.html": "en/index"}


@pytest.mark.parametrize(
    ("old", "new", "folder"),
    [
        ("https://a.example/", "", ""),
        ("https://a.example", "https://a.example/", ""),
        ("https://a.example/book/", "https://a.example/", "book/"),
        ("https://a.example/x/book", "https://a.example/x/", "book/"),
        ("/en/latest/", "/", "en/latest/"),
        ("https://a.example/book", "", ""),
    ],
)
def test_addresses_are_told_from_the_new_root(old: str, new: str, folder: str) -> None:
    assert {f"{folder}{path}": page for path, page in PAGES.items()} == redirects(PAGES, old, new)


def test_files_of_the_new_site_stay() -> None:
    assert ["ch/a.html", "ch/a.html#one"] == list(redirects(PAGES, "/", real=["index.html"]))


@pytest.mark.parametrize("new", ["https://b.example/", "https://a.example/other/", "https://a.example/boo/"])
def test_an_old_site_elsewhere_is_refused(new: str) -> None:
    with pytest.raises(ValueError, match="is not below"):
        redirects(PAGES, "https://a.example/book/", new)
