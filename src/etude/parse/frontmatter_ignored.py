"""Keys of a page's front matter that other tools read."""

from __future__ import annotations

__all__ = ["IGNORED"]

IGNORED = frozenset({
    # Jupyter, jupytext, Colab
    "jupytext", "jupyter", "language_info", "nbformat", "nbformat_minor", "kernel_info", "celltoolbar",
    "widgets", "colab", "accelerator", "keep_ipynb", "varInspector", "toc", "toc-autonumbering",
    # Sphinx and Jupyter Book
    "orphan", "tocdepth", "html_meta", "html_theme", "nosearch", "no-search", "myst", "mystnb", "file_format",
    "sd_hide_title", "bibliography", "tags",
    # MyST
    "exports", "export", "banner", "bannerOptimized", "thumbnailOptimized", "github", "doi", "arxiv", "pmid",
    "pmcid", "downloads", "copyright", "open_access", "venue", "biblio", "volume", "issue",
    "first_page", "last_page", "subject", "site", "options", "settings", "parts",
    "affiliations", "editors", "reviewers", "contributors", "funding", "identifiers", "id", "binder", "thebe",
    "edit_url", "source_url", "requirements", "resources", "references", "content_includes_title",
    "abstract", "acknowledgments", "acknowledgements", "data_availability", "keypoints", "epigraph",
    "dedication", "summary", "enumerator",
    "blogpost", "bluesky", "category", "execution", "execution_mode", "extends", "hide-toc",
    "hide_footer_links", "hide_outline", "hide_title_block", "location", "nocomments", "social",
})  # fmt: skip
"""Keys that other tools read; Etude leaves them alone."""
