"""Resolve: indexes of pages -> numbers, addresses, citations and navigation of one language (pure)."""
