"""Sheet 002, tasks 1 and 2: three structures, then 5-fold cross-validation of the trained networks.

Each network is trained on the first 48,000 rows of Fashion-MNIST and scored on the test set (task 1). Then
the same network, weights and optimizer state kept, goes through five folds *of the test set*: it trains 10
epochs on four fifths and is scored on the last fifth, then goes on from there with the next fold (task 2).

trainlab has no way to say that: it takes what builds a network and never a trained one, so every fold starts
anew, and test rows are sealed before training begins.

Then and now: the sheet ran Keras 2 with its legacy optimizers. Legacy SGD and Adam make the steps that
Keras 3 makes. Legacy RMSprop adds epsilon (1e-7) to the root of the mean square, and Keras 3 adds the same
epsilon under the root, where it counts as 3e-4 beside a gradient; `LegacyRMSprop` here is the old rule.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sklearn.model_selection import KFold

os.environ.setdefault("KERAS_BACKEND", "jax")
sys.path.insert(0, str(Path(__file__).parent))  # a test imports this file by its path
import keras
import plain
from keras import ops

TRAINING_ROWS = 48_000


class LegacyRMSprop(keras.optimizers.RMSprop):
    """RMSprop as Keras 2 had it under ``legacy``: without momentum, epsilon added to the root."""

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Move a variable against its gradient, divided by the root of the mean square of past ones."""
        mean_square = self._velocities[self._get_variable_index(variable)]
        self.assign(mean_square, self.rho * mean_square + (1 - self.rho) * ops.square(gradient))
        rate = ops.cast(learning_rate, variable.dtype)
        self.assign_sub(variable, rate * gradient / (ops.sqrt(mean_square) + self.epsilon))


CASES: Mapping[str, tuple[list[int], str, Any]] = {
    "model 1": ([64, 32], "relu", keras.optimizers.SGD),
    "model 2": ([128, 64, 32], "tanh", keras.optimizers.Adam),
    "model 3": ([256, 128], "relu", LegacyRMSprop),
}


def network(case: str) -> Any:
    """Build a structure of the sheet with its optimizer, all at a rate of 0.01."""
    units, activation, optimizer = CASES[case]
    layers = [keras.layers.Dense(count, activation=activation) for count in units]
    begin = [keras.Input((28, 28)), keras.layers.Flatten()]
    return plain.compiled([*begin, *layers], optimizer(learning_rate=0.01), at_once=10)


def main() -> None:
    """Train what the command line asks for."""
    asked = plain.asked(__file__, __doc__ or "")
    whole, test = (plain.scaled(rows) for rows in plain.images("fashion_mnist"))
    training, validation = (
        whole.first(TRAINING_ROWS),
        plain.Rows(whole.x[TRAINING_ROWS:], whole.y[TRAINING_ROWS:]),
    )
    epochs = asked.epochs_or(10)

    def train(case: str) -> tuple[dict[str, float], dict[str, list[float]]]:
        model = network(case)
        history = model.fit(
            training.x,
            training.y,
            epochs=epochs,
            validation_data=(validation.x, validation.y),
            validation_batch_size=plain.AT_ONCE,
            verbose=0,
        )
        found = plain.scores(model, test, "test")
        for number, (fitted, scored) in enumerate(KFold(5, shuffle=True, random_state=42).split(test.x), 1):
            model.fit(test.x[fitted], test.y[fitted], batch_size=32, epochs=epochs, verbose=0)
            found |= plain.scores(model, test.at(scored), f"fold_{number}")
        return found, plain.curves(history)

    plain.repeat(asked, CASES, train)


if __name__ == "__main__":
    main()
