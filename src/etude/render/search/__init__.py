"""Stage render: the site's own search. Pages in; what is found of them, and the index that finds it, out."""
