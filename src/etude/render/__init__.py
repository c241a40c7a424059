"""Rendering: a page with its facts and results becomes the bytes of an output. Pure.

The modules of this folder serve every output (highlighting, formulas, MIME bundles, terminal
colours); each output has a folder of its own.
"""
