"""What Jupyter and its tools keep with a cell, and jupytext writes among the options of a directive."""

from __future__ import annotations

__all__ = ["METADATA"]

METADATA = frozenset({
    # Jupyter (docs.jupyter.org, nbformat 4.5)
    "id", "name", "format", "raw-mimetype", "jupyter", "execution", "attributes", "collapsed", "scrolled",
    "autoscroll", "deletable", "editable", "trusted", "inputhidden", "outputhidden", "hidden", "slideshow",
    "run-control", "heading-collapsed", "jp-markdownheadingcollapsed", "init-cell", "code-folding",
    "hidecode", "hideprompt", "hideoutput", "solution", "solution2", "solution2-first", "executetime",
    # jupytext
    "lines-to-next-cell", "lines-to-end-of-cell-marker", "cell-marker", "region-name", "active", "magic-args",
    # other tools
    "vscode", "colab", "colab-type", "cellview", "outputid", "nbgrader", "otter", "papermill", "pycharm",
    "nteract", "azdata", "ein", "jukit-cell-id", "rise", "nbsphinx", "nbsphinx-thumbnail", "cell-style",
})  # fmt: skip
"""Keys of cells' metadata, as names of options are compared: tools read them, readers do not see them."""
