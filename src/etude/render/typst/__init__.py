"""Stage render, form `pdf`: a book as a Typst project, which `adapters` has Typst make a PDF of."""
