"""Sheet 003, tries 4 and 5: early stopping on unscaled validation rows that keeps the last weights.

48,000 rows of MNIST divided by 255, 12,000 validation rows that are not. Training stops when the validation
loss was not the lowest for three epochs, and what is scored on the test set are the weights of the last
epoch, three after the best, since `restore_best_weights` was left out.

trainlab cannot run this: a run that stops early gives its best weights back, always. The unscaled rows it
would run, with a warning (TL103).

Then and now: the sheet ran Keras 3 as here; its backend was TensorFlow.
"""

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")
sys.path.insert(0, str(Path(__file__).parent))  # a test imports this file by its path
import keras
import plain

CASES = {"64-32": ([64, 32], 0.0), "dropout 0.2": ([128, 128], 0.2), "dropout 0.5": ([128, 128], 0.5)}


def network(case: str) -> Any:
    """Build a network of the sheet with Adam at 3e-4; dropout stands behind both hidden layers."""
    units, rate = CASES[case]
    layers: list[Any] = [keras.Input((28, 28)), keras.layers.Flatten()]
    for count in units:
        layers += [keras.layers.Dense(count, activation="relu")]
        layers += [keras.layers.Dropout(rate)] if rate else []
    return plain.compiled(layers, keras.optimizers.Adam(3e-4), at_once=20)


def main() -> None:
    """Train what the command line asks for."""
    asked = plain.asked(__file__, __doc__ or "")
    whole, unscaled, test = plain.split_of_mnist(asked.mnist)
    training, test = plain.scaled(whole), plain.scaled(test)

    def train(case: str) -> tuple[dict[str, float], dict[str, list[float]]]:
        model = network(case)
        history = model.fit(
            training.x,
            training.y,
            epochs=asked.epochs_or(25),
            batch_size=10,
            validation_data=(unscaled.x, unscaled.y),
            validation_batch_size=plain.AT_ONCE,
            callbacks=[keras.callbacks.EarlyStopping(monitor="val_loss", patience=3)],
            verbose=0,
        )
        seen = plain.curves(history)
        found = {"epochs": float(len(seen["loss"])), "best_epoch": 1.0 + int(np.argmin(seen["val_loss"]))}
        found |= {f"last_{name}": values[-1] for name, values in seen.items()}
        return found | plain.scores(model, test, "test"), {}

    plain.repeat(asked, CASES, train)


if __name__ == "__main__":
    main()
