"""All input and output: disk, store, kernels, locks; answers the protocols of `model`."""
