"""Commands: arguments in, diagnostics out."""

from etude.cli.app import main

__all__ = ["main"]
