"""The networks of the step `4-models`: one network written in two ways, and others that differ in one thing.

Every network takes pixels as they are stored and prepares them itself, by a `Rescaling` layer. The digits are
images of 8 x 8 pixels from 0 to 16, those of Fashion-MNIST of 28 x 28 from 0 to 255; each has its functions
below, which the experiment files name. Nothing here knows of training: optimizer, batches and epochs stand in
the files.
"""

import keras

DIGITS = ((8, 8, 1), 16)
FASHION = ((28, 28, 1), 255)
UNITS = 128
CLASSES = 10


def _sequential(shape: tuple[int, ...], scale: float, offset: float = 0.0) -> keras.Model:
    """Stack the layers one upon the other; the pixels become ``pixel * scale + offset``."""
    return keras.Sequential(
        [
            keras.Input(shape),
            keras.layers.Rescaling(scale, offset),
            keras.layers.Flatten(),
            keras.layers.Dense(UNITS, activation="relu"),
            keras.layers.Dense(UNITS, activation="relu"),
            keras.layers.Dense(CLASSES, activation="softmax"),
        ]
    )


def _bypass(shape: tuple[int, ...], scale: float) -> keras.Model:
    """Lead the pixels around the hidden layers too, straight to the output layer (functional interface)."""
    pixels = keras.Input(shape)
    flat = keras.layers.Flatten()(keras.layers.Rescaling(scale)(pixels))
    hidden = keras.layers.Dense(UNITS, activation="relu")(flat)
    hidden = keras.layers.Dense(UNITS, activation="relu")(hidden)
    joined = keras.layers.Concatenate()([flat, hidden])
    return keras.Model(pixels, keras.layers.Dense(CLASSES, activation="softmax")(joined))


class Subclassed(keras.Model):
    """The network of `_sequential` as a class that keeps its layers and says in `call` how data pass them."""

    def __init__(self, scale: float) -> None:
        super().__init__()
        self.rescaling = keras.layers.Rescaling(scale)
        self.flatten = keras.layers.Flatten()
        self.first = keras.layers.Dense(UNITS, activation="relu")
        self.second = keras.layers.Dense(UNITS, activation="relu")
        self.answer = keras.layers.Dense(CLASSES, activation="softmax")

    def call(self, pixels):  # type: ignore[no-untyped-def]
        """Give the probabilities of the classes."""
        flat = self.flatten(self.rescaling(pixels))
        return self.answer(self.second(self.first(flat)))


def digits() -> keras.Model:
    """Give the sequential network for digits; its pixels become 0 to 1."""
    shape, largest = DIGITS
    return _sequential(shape, 1 / largest)


def digits_both_sides() -> keras.Model:
    """Give the same with pixels from -1 to 1."""
    shape, largest = DIGITS
    return _sequential(shape, 2 / largest, -1)


def digits_raw() -> keras.Model:
    """Give the same with pixels as they are stored."""
    return _sequential(DIGITS[0], 1)


def digits_bypass() -> keras.Model:
    """Give the network with a bypass for digits."""
    shape, largest = DIGITS
    return _bypass(shape, 1 / largest)


def digits_subclassed() -> keras.Model:
    """Give the subclassed network for digits; it finds the shape out by itself."""
    return Subclassed(1 / DIGITS[1])


def fashion() -> keras.Model:
    """Give the sequential network for Fashion-MNIST; its pixels become 0 to 1."""
    shape, largest = FASHION
    return _sequential(shape, 1 / largest)


def fashion_both_sides() -> keras.Model:
    """Give the same with pixels from -1 to 1."""
    shape, largest = FASHION
    return _sequential(shape, 2 / largest, -1)


def fashion_raw() -> keras.Model:
    """Give the same with pixels as they are stored."""
    return _sequential(FASHION[0], 1)


def fashion_bypass() -> keras.Model:
    """Give the network with a bypass for Fashion-MNIST."""
    shape, largest = FASHION
    return _bypass(shape, 1 / largest)


def fashion_subclassed() -> keras.Model:
    """Give the subclassed network for Fashion-MNIST; it finds the shape out by itself."""
    return Subclassed(1 / FASHION[1])
