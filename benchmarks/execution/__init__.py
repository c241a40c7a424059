"""What `benchmarks/execute.py` measures: how notebooks are run, by Etude and by other tools."""
