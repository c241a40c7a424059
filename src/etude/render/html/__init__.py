"""Rendering of the website: pages, assets, and the files around them."""
