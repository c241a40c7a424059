"""Stage render: the book as Markdown that people read: one file for each page, and one for the whole book.

Documents, facts and results enter; texts and the pictures that cells made leave.
"""
