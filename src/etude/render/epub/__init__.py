"""Stage render: an e-book (EPUB 3.3). Pages, facts and results in; the files and their container out.

What a page says is written by the functions of `render/html`, in a context of its own: nothing can be
switched, opened or run, and the markup leaves as XHTML.
"""
