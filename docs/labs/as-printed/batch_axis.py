"""Sheet 003, tries 2 and 3: flips and rotations that turned the batch, and not the pictures.

The sheet feeds pictures of 28 x 28 without a channel axis to `RandomFlip` and `RandomRotation`. Keras 3 takes
an array of three axes for *one* picture: the batch of 10 is its height, the rows of pixels its width, the
columns its channels. So the horizontal flip turns all ten pictures upside down together, and the rotation
mixes rows of neighbouring pictures, which have other labels. The cases called "each picture by itself" add
the channel axis and change nothing else.

trainlab cannot run this: its augmentation gives pictures a channel axis and turns each row by itself. The
validation rows of the sheet were not divided by 255 either, as in its tries 1 to 5.

Then and now: the sheet ran Keras 3, where the layers take three axes in the same way as in the version used
here (the JSON says which); its backend was TensorFlow.
"""

import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax")
sys.path.insert(0, str(Path(__file__).parent))  # a test imports this file by its path
import keras
import plain

CASES = {
    "flip and rotation": ([128, 128], True, False),
    "flip and rotation, each picture by itself": ([128, 128], True, True),
    "64-32, rotation": ([64, 32], False, False),
    "64-32, rotation, each picture by itself": ([64, 32], False, True),
}


def network(case: str) -> Any:
    """Build a network of the sheet: augmentation, two hidden layers, Adam at 3e-4."""
    units, flips, by_itself = CASES[case]
    layers: list[Any] = [keras.Input((28, 28))]
    layers += [keras.layers.Reshape((28, 28, 1))] if by_itself else []
    layers += [keras.layers.RandomFlip("horizontal")] if flips else []
    layers += [keras.layers.RandomRotation(0.05)]
    for layer in layers[1:]:
        # Keras says no for layers that change pictures; JAX compiles these, and a step takes a hundredth.
        layer.supports_jit = True
    layers += [keras.layers.Flatten()]
    layers += [keras.layers.Dense(count, activation="relu") for count in units]
    return plain.compiled(layers, keras.optimizers.Adam(3e-4), at_once=5)


def main() -> None:
    """Train what the command line asks for."""
    asked = plain.asked(__file__, __doc__ or "")
    whole, unscaled, test = plain.split_of_mnist(asked.mnist)
    training, few = plain.scaled(whole.first(1_000)), unscaled.first(200)

    def train(case: str) -> tuple[dict[str, float], dict[str, list[float]]]:
        model = network(case)
        history = model.fit(
            training.x,
            training.y,
            epochs=asked.epochs_or(25),
            batch_size=10,
            validation_data=(few.x, few.y),
            validation_batch_size=plain.AT_ONCE,
            verbose=0,
        )
        found = plain.scores(model, unscaled, "unscaled_validation")
        found |= plain.scores(model, plain.scaled(unscaled), "validation")
        return found | plain.scores(model, plain.scaled(test), "test"), plain.curves(history)

    plain.repeat(asked, CASES, train)


if __name__ == "__main__":
    main()
