"""A book that is being written: held in memory, shown at once, run behind."""
