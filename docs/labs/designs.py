"""What the sheets trained, as experiments of trainlab: rows, network, recipe and variants as printed.

The rows that a sheet scored on are validation rows of a fixed split here, so that nothing is chosen by them.
Where the linter refuses such a split, the reason for running it all the same stands beside the design. What
can't be said to trainlab at all stands in `as-printed`; its nearest design stands here to be linted only.
"""

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

import trainlab as tl
from trainlab.errors import MissingError

Array = NDArray[Any]
FASHION = 48_000
LEAKED = {"TL101": "the sheet's own split, run again to show what it gives"}


@dataclass(frozen=True)
class Laid:
    """Rows of a data set with their roles.

    Args:
        data: all rows.
        folds: pairs of row numbers, training and scored.
        parts: name -> numbers of scored rows that are scored apart; none where all are scored together.
        validation: the scored rows that the sheet calls validation rows, where it prints test scores beside.
    """

    data: tl.Dataset
    folds: list[tuple[Array, Array]]
    parts: Mapping[str, Array]
    validation: Array | None = None


Layout = Callable[[Path | None], Laid]


@dataclass(frozen=True)
class Design:
    """One experiment of a sheet.

    Args:
        name: what it is called here and where its results are kept.
        layout: gives its rows; takes the npz of MNIST.
        recipe: what all variants share, as an experiment file says it.
        added: variants that the sheet does not have, left out where its design is linted.
        hidden: units of the hidden layers, where a variant says nothing else.
        variants: name -> changes.
        seeds: how many seeds.
        override: code -> why a refusal is lifted.
        runs: whether trainlab trains it; else it is linted only.
        patience: where the sheet stopped early on rows that train: after so many epochs without a lower loss.
        loss_factor: what a loss here is multiplied by to be the sheet's.
        metric: what is compared.
        more: further parts of the experiment, for the linter.
    """

    name: str
    layout: Layout
    recipe: Mapping[str, Any]
    variants: Mapping[str, Mapping[str, Any]]
    added: tuple[str, ...] = ()
    hidden: tuple[int, ...] = (64, 32)
    seeds: int = 10
    override: Mapping[str, str] = field(default_factory=dict)
    runs: bool = True
    patience: int = 0
    loss_factor: float = 1.0
    metric: str = "accuracy"
    more: Mapping[str, Any] = field(default_factory=dict)


def as_printed(design: Design, laid: Laid) -> tl.Experiment:
    """Give a design as the linter sees it: the sheet's variants and split, one seed, no refusal lifted."""
    variants = {name: changes for name, changes in design.variants.items() if name not in design.added}
    printed = dataclasses.replace(design, variants=variants, seeds=1, override={})
    if laid.validation is not None:
        folds = [(train, laid.validation) for train, _ in laid.folds]
        laid = dataclasses.replace(laid, folds=folds)
    return experiment(printed, laid)


def experiment(design: Design, laid: Laid, *, epochs: int | None = None) -> tl.Experiment:
    """Give a design as an experiment.

    Args:
        design: what a sheet trained.
        laid: its rows.
        epochs: fewer epochs, for a first look.
    """
    return tl.Experiment(
        laid.data,
        tl.mlp(list(design.hidden)),
        {**design.recipe, **({} if epochs is None else {"epochs": epochs})},
        design.variants,
        validation=tl.Splitter(laid.folds),
        seeds=design.seeds,
        metric=design.metric,
        baselines=False,
        override=dict(design.override),
        **design.more,
    )


# ------------------------------------------------------------------------------------------------ rows


def _images(name: str, file: Path | None) -> tuple[Array, Array, Array, Array]:
    """Load training and test images with their classes, from Keras or from an npz."""
    if file is not None and name == "mnist":
        with np.load(file) as stored:
            x, y, x_test, y_test = (stored[key] for key in ("x_train", "y_train", "x_test", "y_test"))
            return x, y, x_test, y_test
    import keras

    try:
        (x, y), (x_test, y_test) = getattr(keras.datasets, name).load_data()
    except Exception as error:
        cure = "Download it once, or name a file by `--mnist FILE.npz`."
        raise MissingError("Keras can't load the data", name, None, cure) from error
    return x, y, x_test, y_test


def _span(low: int, high: int) -> Array:
    return np.arange(low, high, dtype=np.int32)


def fashion_split(file: Path | None) -> Laid:
    """Give Fashion-MNIST: the first 48,000 rows train; the last 12,000 and the test set are scored."""
    x, y, x_test, y_test = _images("fashion_mnist", file)
    data = tl.Dataset(np.concatenate([x, x_test]), np.concatenate([y, y_test]), name="Fashion-MNIST")
    parts = {"validation": _span(FASHION, 60_000), "test": _span(60_000, 70_000)}
    return Laid(data, [(_span(0, FASHION), _span(FASHION, 70_000))], parts)


def fashion_whole(file: Path | None) -> Laid:
    """Give Fashion-MNIST: all 60,000 training rows train, the test set is scored."""
    x, y, x_test, y_test = _images("fashion_mnist", file)
    data = tl.Dataset(np.concatenate([x, x_test]), np.concatenate([y, y_test]), name="Fashion-MNIST")
    return Laid(data, [(_span(0, 60_000), _span(60_000, 70_000))], {"test": _span(60_000, 70_000)})


def _unscaled(training_rows: int) -> Layout:
    def lay(file: Path | None) -> Laid:
        x, y, x_test, y_test = _images("mnist", file)
        x_kept, x_left, y_kept, y_left = train_test_split(x, y, test_size=0.2, random_state=42)
        x_kept, y_kept = x_kept[:training_rows], y_kept[:training_rows]
        rows = [x_kept / np.float32(255), x_left.astype(np.float32), x_test / np.float32(255)]
        data = tl.Dataset(
            np.concatenate(rows, dtype=np.float32),
            np.concatenate([y_kept, y_left, y_test]),
            name="MNIST, validation rows not divided by 255",
            scale=1.0,
        )
        first, second, end = len(y_kept), len(y_kept) + 12_000, len(y_kept) + 22_000
        parts = {
            "unscaled_validation": _span(first, second),
            "first_200": _span(first, first + 200),
            "test": _span(second, end),
        }
        few = _span(first, first + 200) if training_rows == 1_000 else _span(first, second)
        return Laid(data, [(_span(0, first), _span(first, end))], parts, few)

    return lay


def _leaked(*, with_copies: bool) -> Layout:
    def lay(file: Path | None) -> Laid:
        x, y, x_test, y_test = _images("mnist", file)
        copies = train_test_split(np.arange(60_000), test_size=0.2, random_state=42)[1] if with_copies else []
        again = np.asarray(copies, np.int64)
        data = tl.Dataset(
            np.concatenate([x, x[again], x_test]),
            np.concatenate([y, y[again], y_test]),
            name="MNIST, pixels from 0 to 255",
            scale=1.0,
        )
        second, end = 60_000 + len(again), 70_000 + len(again)
        parts = {"test": _span(second, end)}
        parts |= {"validation": _span(60_000, second)} if with_copies else {}
        return Laid(data, [(_span(0, 60_000), _span(60_000, end))], parts, parts.get("validation"))

    return lay


def circle(_: Path | None) -> Laid:
    """Give the playground's circle five times: 250 points train and 250 are scored in each drawing.

    Without noise: a disk of radius 2.5 and a ring from 3.5 to 5, as many points in each; targets 1 and -1.
    """
    random = np.random.default_rng(0)
    points, targets, folds = [], [], []
    for drawing in range(5):
        radius = np.concatenate([random.uniform(0, 2.5, 250), random.uniform(3.5, 5, 250)])
        angle = random.uniform(0, 2 * math.pi, 500)
        points.append(np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1))
        targets.append(np.repeat([1.0, -1.0], 250))
        order = random.permutation(500) + 500 * drawing
        folds.append((order[:250], order[250:]))
    data = tl.Dataset(
        np.concatenate(points), np.concatenate(targets), name="circle", task="regression", raw=False
    )
    return Laid(data, folds, {})


# --------------------------------------------------------------------------------------------- networks


def _playground(units: int) -> Callable[[], Any]:
    """Give a builder of the playground's network: tanh everywhere, weights from -0.5 to 0.5, biases 0.1."""

    def build() -> Any:
        import keras

        def dense(count: int, name: str) -> Any:
            weights = keras.initializers.RandomUniform(-0.5, 0.5)
            bias = keras.initializers.Constant(0.1)
            return keras.layers.Dense(
                count, "tanh", kernel_initializer=weights, bias_initializer=bias, name=name
            )

        return keras.Sequential([keras.Input((2,)), dense(units, "hidden"), dense(1, "output")])

    return build


def _rescaling(*units: int, dropout: float = 0.0) -> Callable[[], Any]:
    """Give a builder of a network for pixels from 0 to 255, which it brings to -1 to 1; it gives logits."""

    def build() -> Any:
        import keras

        layers: list[Any] = [keras.Input((28, 28)), keras.layers.Flatten()]
        layers += [keras.layers.Rescaling(1 / 127.5, offset=-1)]
        for count in units:
            layers += [keras.layers.Dense(count, activation="relu")]
            layers += [keras.layers.Dropout(dropout)] if dropout else []
        return keras.Sequential([*layers, keras.layers.Dense(10)])

    return build


# ---------------------------------------------------------------------------------------------- designs

# Keras on TensorFlow took the loss from logits. From probabilities it is cut at 16, which counts at high
# rates and on pixels that are not scaled; the networks built above give logits anyway.
_LOGITS = {"output": "linear"}
_SGD = {"optimizer": "sgd", "learning_rate": 0.01, "batch_size": 32, "epochs": 10, **_LOGITS}
_ADAM = {"optimizer": "adam", "learning_rate": 1e-3, "batch_size": 32, "epochs": 10}
_DIGITS = {"optimizer": "adam", "learning_rate": 3e-4, "batch_size": 10, "epochs": 25}
# The root of 1e-14 is the 1e-7 that legacy RMSprop adds to the root of the mean square.
_LEGACY = {"optimizer": {"rmsprop": {"epsilon": 1e-14}}}
_FIRST_TWO = {"first": 2}
# The playground halves the squared error, which halves the step; its L2 is half a square, its L1 is whole.
_PLAYGROUND = {"optimizer": "sgd", "learning_rate": 0.015, "batch_size": 10, "epochs": 1_000}
_BOTH = ["hidden", "output"]

DESIGNS: Mapping[str, Design] = {
    design.name: design
    for design in (
        Design(
            "structures",
            fashion_split,
            _SGD,
            {
                "model 1": {},
                "model 2": {"hidden": [128, 64, 32], "activation": "tanh", "optimizer": "adam"},
                "model 3": {"hidden": [256, 128], "optimizer": "rmsprop"},
                "model 3, legacy RMSprop": {"hidden": [256, 128], **_LEGACY},
            },
            added=("model 3, legacy RMSprop",),
        ),
        Design(
            "batch sizes",
            fashion_whole,
            _SGD,
            {"32": {}, "128": {"batch_size": 128}, "512": {"batch_size": 512}},
        ),
        Design(
            "optimizers",
            fashion_whole,
            _SGD,
            {
                "SGD": {},
                "Adam": {"optimizer": "adam"},
                "RMSprop": {"optimizer": "rmsprop"},
                "RMSprop, legacy": _LEGACY,
            },
            added=("RMSprop, legacy",),
        ),
        Design(
            "circle",
            circle,
            {**_PLAYGROUND, "loss": "mean_squared_error"},
            {
                "2 units": {"model": _playground(2)},
                "3 units": {"model": _playground(3)},
                "4 units": {"model": _playground(4)},
                "4 units, L1": {"model": _playground(4), "l1": {"strength": 0.006, "at": _BOTH}},
                "4 units, L2": {"model": _playground(4), "l2": {"strength": 0.003, "at": _BOTH}},
            },
            added=("4 units",),
            seeds=2,
            loss_factor=0.5,
            metric="mse",
        ),
        Design(
            "penalties",
            fashion_split,
            _ADAM,
            {
                "model_d": {},
                "L1, 3 layers": {"hidden": [128] * 3, "l1": {"strength": 1e-3, "at": _FIRST_TWO}},
                "L2, 6 layers": {"hidden": [128] * 6, "l2": {"strength": 1e-3, "at": _FIRST_TWO}},
                "L1, 6 layers": {"hidden": [128] * 6, "l1": {"strength": 1e-3, "at": _FIRST_TWO}},
            },
            added=("L1, 6 layers",),
            hidden=(128,) * 4,
        ),
        Design(
            "dropout",
            fashion_split,
            _ADAM,
            {
                "model_d": {},
                "dropout": {"dropout": {"strength": 0.2, "at": ["hidden_3"]}},
                "Gaussian dropout": {"gaussian_dropout": {"strength": 0.2, "at": ["hidden_3"]}},
            },
            hidden=(128,) * 4,
        ),
        Design("1,000 rows", _unscaled(1_000), _DIGITS | _LOGITS, {"baseline": {}}, hidden=(128, 128)),
        Design("48,000 rows", _unscaled(48_000), _DIGITS | _LOGITS, {"baseline": {}}, hidden=(128, 128)),
        Design(
            "augmentation",
            _unscaled(1_000),
            _DIGITS,
            {
                "flip and rotation": {"augment": {"flip": "horizontal", "rotation": 0.05}},
                "64-32, rotation": {"hidden": [64, 32], "augment": {"rotation": 0.05}},
            },
            hidden=(128, 128),
            runs=False,
        ),
        Design(
            "early stopping",
            _unscaled(48_000),
            {**_DIGITS, "early_stopping": {"patience": 3}},
            {"64-32": {"hidden": [64, 32]}, "dropout 0.2": {"dropout": 0.2}, "dropout 0.5": {"dropout": 0.5}},
            hidden=(128, 128),
            runs=False,
        ),
        Design(
            "preparation inside",
            _leaked(with_copies=True),
            _DIGITS,
            {"baseline": {"model": _rescaling(128, 128, dropout=0.2)}},
            override=LEAKED,
        ),
        Design(
            "raw pixels",
            _leaked(with_copies=False),
            _DIGITS | _LOGITS,
            {"baseline": {}},
            hidden=(64, 32),
            patience=3,
        ),
        Design(
            "trials",
            _leaked(with_copies=True),
            {**_DIGITS, "learning_rate": 1e-4, "epochs": 5},
            {
                "32-128-64": {"model": _rescaling(32, 128, 64)},
                "128-128-64": {"model": _rescaling(128, 128, 64)},
                "64-128": {"model": _rescaling(64, 128)},
                "128-32-64": {"model": _rescaling(128, 32, 64)},
            },
            override=LEAKED,
        ),
    )
}
"""Every design, by name."""
