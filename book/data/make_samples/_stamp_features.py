"""The sample of the stamps' features, computed by the network itself.

Needs torch and PyPI's efficientnet-lite-pytorch 0.1.0.  Unlike the other
samples this one is not the same on every computer: sums of floating-point
numbers may differ in their last digits, of which half precision keeps few.
"""

import importlib

import numpy as np

from .._dataset import Contents
from .._efficientnet import efficientnet_weights
from .._stamps import stamps

__all__ = ["make"]

BATCH = 32


def make() -> Contents:
    """Show every stamp to the network and keep its last feature maps' means."""
    torch = importlib.import_module("torch")
    network = importlib.import_module("efficientnet_lite_pytorch").EfficientNet.from_pretrained(
        "efficientnet-lite0", weights_path=str(efficientnet_weights().path)
    )
    network.eval()
    images = torch.as_tensor(stamps().images).permute(0, 3, 1, 2).float()
    parts = []
    with torch.inference_mode():
        for batch in images.split(BATCH):
            large = torch.nn.functional.interpolate(batch, (224, 224), mode="bilinear", antialias=True)
            parts.append(network.extract_features((large - 127) / 128).mean((2, 3)).numpy())
    return {"features.f2": np.concatenate(parts).astype("<f2").tobytes()}
