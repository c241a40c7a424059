"""Shared types of all stages: the document, diagnostics, configuration, results, protocols."""
