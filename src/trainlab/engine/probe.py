"""What one lane's network shows: two functions of its weights, and what is read off their results.

The gradient is that of the data loss, with random layers off and moving averages as they stand: what the
data alone tell the weights. Nothing here knows when a lane is looked at or where the numbers go.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from trainlab.engine.entering import in_own_unit
from trainlab.engine.step import Learner, Numbers
from trainlab.model.watching import Hidden, Watching
from trainlab.recipe.scores import predictions
from trainlab.results.histograms import count_values
from trainlab.results.probes import MomentSeen

# A unit is saturated where so many of its outputs lie in the flat ends.
SATURATED_SHARE = 0.95
# So many outputs of a layer are counted at most: the histogram of a layer of feature maps needs no more.
MOST_VALUES = 2**14

Arrays = Sequence[NDArray[Any]]


def gradient_of(learner: Learner, watching: Watching) -> Callable[..., Any]:
    """Make the function that gives loss and gradient of one lane on rows, and what its hidden layers give.

    Args:
        learner: what the lane is made of.
        watching: its network, with its hidden layers.

    Returns:
        A function of weights, other variables, numbers, stored rows and targets, that gives the mean data
        loss, the outputs of the hidden layers, and the gradient of the loss by each weight.
    """

    def look(weights: Any, layers: Any, numbers: Numbers, inputs: Any, targets: jax.Array) -> Any:
        labels = learner.labels(targets, numbers)
        wanted = learner.head.targets(labels)

        def loss_of(weights: list[jax.Array]) -> tuple[jax.Array, list[jax.Array]]:
            outputs, hidden = watching.call(weights, layers, learner.prepared(inputs, numbers), numbers)
            return learner.head.make_loss().call(wanted, outputs).mean(), hidden

        (loss, hidden), slopes = jax.value_and_grad(loss_of, has_aux=True)(weights)
        return loss, hidden, slopes

    return look


def answer_of(learner: Learner) -> Callable[..., Any]:
    """Make the function that gives what one lane's network says: probabilities, or amounts in their unit.

    Args:
        learner: what the lane is made of.

    Returns:
        A function of weights, other variables, numbers and stored rows.
    """

    def answer(weights: Any, layers: Any, numbers: Numbers, inputs: Any) -> jax.Array:
        rows = learner.prepared(inputs, numbers)
        outputs, _, _ = learner.network.call(weights, layers, rows, numbers, training=False)
        said = predictions(learner.head, outputs)
        return in_own_unit(said, numbers) if learner.head.reading == "values" else said

    return answer


def read_off(
    hidden: Sequence[Hidden], weights: Arrays, seen: Any, *, epoch: int, validation_loss: float = math.nan
) -> MomentSeen:
    """Read off what is kept of one lane at one moment.

    Args:
        hidden: its hidden layers.
        weights: its weights.
        seen: what the function of `gradient_of` gives.
        epoch: number of the epoch; 0 before training.
        validation_loss: data loss over all validation rows, where it is known.
    """
    loss, outputs, slopes = seen
    outputs = [np.asarray(values) for values in outputs]
    counted = [count_values(weight) for weight in weights if weight.ndim > 1]
    counted += [count_values(some(values)) for values in outputs]
    pairs = list(zip(hidden, outputs, strict=True))
    return MomentSeen(
        epoch=epoch,
        loss=float(loss),
        validation_loss=validation_loss,
        weight_norms=np.array([norm(weight) for weight in weights]),
        gradient_norms=np.array([norm(np.asarray(slope)) for slope in slopes]),
        dead=np.array([dead(layer, values) for layer, values in pairs]),
        saturated=np.array([saturated(layer, values) for layer, values in pairs]),
        powers=np.array([power for power, _ in counted], np.float64),
        counts=np.array([counts for _, counts in counted], np.uint32),
    )


def norm(values: NDArray[Any]) -> float:
    """Give the root of the sum of squares, in float64: squares of small gradients vanish in 32 bits.

    >>> norm(np.array([3e-30, 4e-30], np.float32)) > 0
    True
    """
    flat = np.asarray(values, np.float64).reshape(-1)
    return float(np.sqrt(flat @ flat))


def dead(layer: Hidden, values: NDArray[Any]) -> float:
    """Give the share of a layer's units that are zero on every row; NaN where its units can't die.

    Args:
        layer: which layer.
        values: ``(row, ...)`` what it gives.
    """
    if not layer.dies:
        return math.nan
    return float((values == 0).all(axis=_but_units(layer, values)).mean())


def saturated(layer: Hidden, values: NDArray[Any]) -> float:
    """Give the share of a layer's units that lie in their flat ends nearly always; NaN where there are none.

    Args:
        layer: which layer.
        values: ``(row, ...)`` what it gives.
    """
    if layer.ends is None:
        return math.nan
    low, high = layer.ends
    flat = ((values <= low) | (values >= high)).mean(axis=_but_units(layer, values))
    return float((flat >= SATURATED_SHARE).mean())


def some(values: NDArray[Any]) -> NDArray[Any]:
    """Choose at most 16,384 numbers of an array, spread over all of its axes.

    >>> some(np.zeros((256, 28, 28, 32))).size <= MOST_VALUES
    True
    """
    flat = values.reshape(-1)
    stride = -(-flat.size // MOST_VALUES)
    # A stride that has a factor in common with an axis would pass by whole channels.
    while stride > 1 and any(math.gcd(stride, size) > 1 for size in values.shape):
        stride += 1
    return flat[::stride]


def _but_units(layer: Hidden, values: NDArray[Any]) -> tuple[int, ...]:
    return tuple(axis for axis in range(values.ndim) if axis != layer.axis)
