"""Stage render: code for print, in lines that are no wider than the page has room for."""
