"""What both ways of PyTorch share: the network, the optimizer, the loss, and rows as tensors."""

from itertools import pairwise
from typing import Any

import works

# Keras's numbers where PyTorch has others.
_MORE = {"sgd": {}, "adam": {"eps": 1e-7}, "rmsprop": {"alpha": 0.9, "eps": 1e-7}}
_KINDS = {"sgd": "SGD", "adam": "Adam", "rmsprop": "RMSprop"}


def load() -> None:
    """Import what the script needs."""
    import matplotlib.pyplot  # noqa: F401, ICN001
    import sklearn.datasets  # noqa: F401
    import torch  # noqa: F401


def device() -> str:
    """Name the device: a GPU where PyTorch has one."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def build(network: works.Network) -> Any:
    """Build a network that gives logits, on the device."""
    from torch import nn

    layers: list[Any] = []
    channels = network.shape[-1] if network.filters else 0
    for filters in network.filters:
        layers += [nn.Conv2d(channels, filters, network.kernel, padding="same"), nn.ReLU(), nn.MaxPool2d(2)]
        channels = filters
    sizes = [network.products[len(network.filters)].inputs, *network.hidden]
    layers.append(nn.Flatten())
    for inputs, units in pairwise(sizes):
        layers += [nn.Linear(inputs, units), nn.ReLU()]
        if network.dropout:
            layers.append(nn.Dropout(network.dropout))
    return nn.Sequential(*layers, nn.Linear(sizes[-1], works.CLASSES)).to(device())


def optimizer(parameters: Any, training: works.Training) -> Any:
    """Make the optimizer of some parameters."""
    import torch

    kind = getattr(torch.optim, _KINDS[training.optimizer])
    return kind(parameters, lr=training.rate, **_MORE[training.optimizer])


def tensors(network: works.Network, rows: tuple[Any, Any]) -> tuple[Any, Any]:
    """Put rows on the device, channels first."""
    import torch

    x, y = (torch.from_numpy(part).to(device()) for part in rows)
    return (x.movedim(-1, 1).contiguous() if network.filters else x), y
