"""The form of a network: what is changed in a model for every lane of a program alike.

Numbers that differ between lanes are no part of it; two runs share a program only if their forms are equal.
"""

from dataclasses import dataclass

from trainlab.model.sites import Norm, Site


@dataclass(frozen=True)
class Form:
    """What is changed in a model, apart from numbers.

    Args:
        norms: normalizations, at most one for each layer.
        weight_norm: sites of weight normalization.
        width: what units and filters of hidden layers are multiplied with.
        activation: name of the hidden layers' activation; as in the model where nothing is said.
        initializer: name of the initializer of the hidden layers' kernels.
        output: name of the output layers' activation.

    >>> Form() == Form(width=1.0)
    True
    """

    norms: tuple[Norm, ...] = ()
    weight_norm: tuple[Site, ...] = ()
    width: float = 1.0
    activation: str | None = None
    initializer: str | None = None
    output: str | None = None
