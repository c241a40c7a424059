"""Etude publishes executable textbooks: one source, run and checked, in every form a reader wants."""

__version__ = "0.1.0"
