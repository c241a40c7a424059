"""Measurements of Etude, and of Jupyter Book 1 beside it; README.md says how to run them."""
