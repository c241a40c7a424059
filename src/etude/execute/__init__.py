"""Execution: pages become runs with keys, runs become results; pure over kernels, files and store."""
