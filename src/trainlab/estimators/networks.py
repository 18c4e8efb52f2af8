"""Trained networks that answer as one: a plain Keras model, and the weights of each network.

Pickling keeps the model as the bytes of a `.keras` file and the weights as arrays; what was compiled is made
anew where it is needed. Knows nothing of training, and nothing of estimators.
"""

import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Rows are answered in blocks of few sizes: any number of rows meets a compiled program, and the same row gets
# the same bits, whoever stands beside it.
BLOCKS = (64, 256, 1024)


@dataclass(eq=False)
class Networks:
    """Networks of one architecture that answer as one, by their mean.

    Args:
        model: a Keras model that takes rows as they are; its weights are any of the networks'.
        weights: of each network, in the order of ``model.get_weights()``.
        reading: what the outputs mean, as ``recipe.losses.Head`` names it.
        classes: how many classes there are; 0 for amounts.
        columns: numbers of the columns that the model takes; None where it takes the rows as they are.
    """

    model: Any
    weights: Sequence[Sequence[NDArray[Any]]]
    reading: str
    classes: int
    columns: NDArray[Any] | None = None
    _lock: Any = field(default_factory=threading.Lock, repr=False)
    _file: bytes = field(default=b"", repr=False)

    def answers(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        """Give the mean answer of the networks.

        Args:
            rows: ``(row, ...)`` inputs, as they were given for training.

        Returns:
            ``(row, class)`` probabilities, or ``(row, target)`` amounts.
        """
        if self.columns is not None:
            rows = rows[:, self.columns]
        # Weights are put into the one model: compiled for each network, the first answer would take as many
        # times longer. Two threads that ask at once would answer by each other's.
        with self._lock:
            model = self._ready()
            total: Any = 0.0
            for weights in self.weights:
                model.set_weights(weights)
                total = total + self._said(model, rows)
        mean: NDArray[np.float64] = total / len(self.weights)
        return mean

    def _said(self, model: Any, rows: NDArray[Any]) -> NDArray[np.float64]:
        from trainlab.recipe.losses import Head
        from trainlab.recipe.scores import predictions

        block = next((size for size in BLOCKS if len(rows) <= size), BLOCKS[-1])
        parts = []
        for start in range(0, len(rows), block):
            taken = rows[start : start + block]
            padded = np.zeros((block, *rows.shape[1:]), np.float32)
            padded[: len(taken)] = taken
            outputs = model.predict_on_batch(padded)
            head = Head(self.reading, outputs.shape[-1], self.classes)  # type: ignore[arg-type]  # as it was
            parts.append(np.asarray(predictions(head, outputs), np.float64)[: len(taken)])
        return np.concatenate(parts)

    def _ready(self) -> Any:
        if self.model is None:
            import keras

            with tempfile.TemporaryDirectory() as place:
                path = Path(place) / "model.keras"
                path.write_bytes(self._file)
                self.model = keras.saving.load_model(path, compile=False)
        return self.model

    def __getstate__(self) -> dict[str, Any]:
        """Give what is pickled: the model as a file, no lock and nothing compiled."""
        kept = {**vars(self), "model": None, "_file": self._file or _saved(self.model)}
        del kept["_lock"]
        return kept

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()


def _saved(model: Any) -> bytes:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "model.keras"
        model.save(path)
        return path.read_bytes()
