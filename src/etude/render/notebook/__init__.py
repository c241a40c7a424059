"""Stage render: one Jupyter notebook for each run of a page.

A page without runs (no code cell, or none of a variant that it runs in) makes no notebook.
"""

from etude.render.notebook.document import Along, notebook_files, picture_files, render_notebook
from etude.render.notebook_place import notebook_path

__all__ = ["Along", "notebook_files", "notebook_path", "picture_files", "render_notebook"]
