"""Books of other tools to books of Etude: text enters, text and an account of what became of it leave.

Pure: a converter reads through `Files`, and what it wants written is in its answer, `Converted`.
"""
