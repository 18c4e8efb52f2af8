"""Keras `fit`, one model after the other, on the backend that the environment names."""

import statistics
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import measure
import works
from contenders.rows import steady_rows
from contenders.script import Fitted, Job, Parts

OPTIMIZERS = {"sgd": "SGD", "adam": "Adam", "rmsprop": "RMSprop"}


def load() -> None:
    """Import what the script needs."""
    import keras  # noqa: F401
    import matplotlib.pyplot  # noqa: F401, ICN001
    import sklearn.datasets  # noqa: F401


def build(network: works.Network, training: works.Training) -> Any:
    """Build and compile a model."""
    import keras

    layers = [keras.Input(network.shape)]
    for filters in network.filters:
        layers.append(keras.layers.Conv2D(filters, network.kernel, padding="same", activation="relu"))
        layers.append(keras.layers.MaxPooling2D(2))
    layers.append(keras.layers.Flatten())
    penalty = keras.regularizers.L2(network.l2) if network.l2 else None
    for units in network.hidden:
        layers.append(keras.layers.Dense(units, activation="relu", kernel_regularizer=penalty))
        if network.dropout:
            layers.append(keras.layers.Dropout(network.dropout))
    model = keras.Sequential([*layers, keras.layers.Dense(works.CLASSES, activation="softmax")])
    optimizer = getattr(keras.optimizers, OPTIMIZERS[training.optimizer])(training.rate)
    model.compile(optimizer, loss="sparse_categorical_crossentropy")
    return model


def steady(work: works.Steady, seconds: float) -> tuple[measure.Epochs, Callable[[], dict[str, Any]]]:
    """Train by `fit`, which gives the losses of each epoch as numbers, so it is ready when it returns."""
    x, y = steady_rows(work)
    batch = work.training.batch
    model = build(work.network, work.training)

    def train(epochs: int) -> None:
        model.fit(x, y, batch_size=batch, epochs=epochs, verbose=0)

    return measure.Epochs(train, steps=-(-len(y) // batch), runs=1, seconds=seconds), dict


def fit(job: Job, parts: Parts) -> list[Fitted]:
    """Fit one run with validation rows, and look at the sample of training rows after each epoch.

    What the first epoch takes beyond the others is compiling.
    """
    import keras

    [split], [seed] = job.splits, job.seeds
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    model = build(job.variant.network, job.variant.training)
    model.compile(model.optimizer, loss=model.loss, metrics=["accuracy"])
    times: list[list[float]] = []
    seen: list[dict[str, float]] = []

    class Watch(keras.callbacks.Callback):
        """Tells training from looking."""

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            del epoch, logs
            times.append([time.perf_counter()])

        def on_test_begin(self, logs: Any = None) -> None:
            del logs
            times[-1].append(time.perf_counter())

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            del epoch
            loss, accuracy = model.evaluate(*split.sample, batch_size=job.variant.training.batch, verbose=0)
            seen.append({"loss": float(loss), "accuracy": float(accuracy)})
            seen[-1] |= {name: float(value) for name, value in logs.items() if name.startswith("val_")}
            times[-1].append(time.perf_counter())

    model.fit(
        *split.train,
        batch_size=job.variant.training.batch,
        epochs=job.epochs,
        validation_data=split.validation,
        callbacks=[Watch()],
        verbose=0,
    )
    both = [[end - begin for begin, end in pairwise(one)] for one in times]
    for name, epochs in zip(("training", "evaluation"), zip(*both, strict=True), strict=True):
        compiling = max(0.0, epochs[0] - statistics.median(epochs[1:] or epochs))
        parts.add("compile", compiling)
        parts.add(name, sum(epochs) - compiling)
    return [Fitted(seen, lambda path: model.save_weights(path.with_suffix(".weights.h5")))]
