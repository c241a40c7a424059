"""Make the samples packed with the book, byte for byte the same every time.

``python -m data.make_samples [NAME...]`` writes them and prints the SHA-256 of
each file, which the loader of a set that is packed whole must name.  A module
for each set takes it from its package; that of Ames needs pandas 2 or later.
"""
