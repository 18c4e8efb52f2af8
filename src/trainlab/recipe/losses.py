"""Keras's losses, chosen by what the task asks and the network gives."""

from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

from trainlab.errors import UsageError

Reading = Literal["probabilities", "logits", "probability", "logit", "values"]


@dataclass(frozen=True)
class Head:
    """What the network's output means and which loss fits it.

    Args:
        reading: probabilities or logits of each class, probability or logit of the second class, or values.
        outputs: units of the output layer.
        classes: number of classes; 0 for regression.
    """

    reading: Reading
    outputs: int
    classes: int

    @property
    def sentence(self) -> str:
        """How the output was taken, in words."""
        return {
            "probabilities": f"its {self.outputs} outputs are taken as probabilities of the classes",
            "logits": f"its {self.outputs} outputs don't sum to one and are taken as logits of the classes",
            "probability": "its one output is taken as the probability of the second class",
            "logit": "its one output is taken as the logit of the second class",
            "values": f"its {self.outputs} output(s) are taken as the target's values",
        }[self.reading]

    def make_loss(self) -> Any:
        """Make Keras's loss object."""
        logits = self.reading in {"logits", "logit"}
        if self.reading in {"probabilities", "logits"}:
            return keras.losses.SparseCategoricalCrossentropy(from_logits=logits)
        if self.reading in {"probability", "logit"}:
            return keras.losses.BinaryCrossentropy(from_logits=logits)
        return keras.losses.MeanSquaredError()

    def targets(self, labels: Any) -> Any:
        """Give targets in the shape that the loss wants: ``(row,)`` classes, else ``(row, output)``."""
        if self.reading in {"probability", "logit"}:
            return labels.reshape(-1, 1)
        return labels


def read_head(outputs: NDArray[Any], *, classes: int, targets: int, first_rows: dict[int, int]) -> Head:
    """Tell from a few outputs of the untrained network what they mean.

    Args:
        outputs: ``(row, unit)`` outputs for a few rows, some of them far from any data: a probability stays
            between 0 and 1 there too. Rows that are not finite are left out.
        classes: number of classes in the data; 0 for regression.
        targets: number of targets in a regression.
        first_rows: class -> first row that has it.

    Raises:
        UsageError: where the output does not fit the classes or targets.
    """
    if outputs.ndim != 2:
        raise UsageError(
            f"the model gives an output of shape {outputs.shape[1:]} for a row",
            "model",
            None,
            "End it in one row of numbers: a dense layer with one unit for each class or target.",
        )
    units = outputs.shape[1]
    outputs = outputs[np.isfinite(outputs).all(axis=1)]
    if classes:
        if units == 1 and classes == 2:
            # A head that starts at zero gives 0 everywhere; a sigmoid would give one half.
            inside = bool(((outputs >= 0) & (outputs <= 1)).all() and outputs.any())
            return Head("probability" if inside else "logit", 1, 2)
        if units != classes:
            beyond = next((label for label in sorted(first_rows) if label >= units), None)
            seen = "" if beyond is None else f"; row {first_rows[beyond]} has class {beyond}"
            raise UsageError(
                f"the model has {units} output(s) and the data have {classes} classes{seen}",
                "model",
                units,
                f"End it in a dense layer with {classes} units.",
            )
        sums = outputs.sum(axis=1)
        probable = outputs.size > 0 and bool((outputs >= 0).all()) and np.allclose(sums, 1, atol=1e-3)
        return Head("probabilities" if probable else "logits", units, classes)
    if units != targets:
        raise UsageError(
            f"the model has {units} output(s) and the data have {targets} target(s)",
            "model",
            units,
            f"End it in a dense layer with {targets} linear unit(s).",
        )
    return Head("values", units, 0)
