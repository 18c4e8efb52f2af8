"""The works that contenders are measured on: which network, how it is trained, how often, what is claimed.

Values only: nothing here trains, and nothing that is measured is imported. A *steady* work is one epoch after
another of a network that is compiled already; a *whole* work is an experiment from the start of a process to
its report. Claims are ratios: so many times our time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

CLASSES = 10
SLOTS = {"sgd": 0, "rmsprop": 1, "adam": 2}  # numbers that an optimizer keeps for each weight
FLOAT_BYTES = 4


class Product(NamedTuple):
    """A layer as a matrix product: for each row so many positions, inputs of each and outputs of each."""

    positions: int
    inputs: int
    outputs: int


@dataclass(frozen=True)
class Network:
    """Blocks of convolution (same padding, ReLU) and pooling by 2, dense layers (ReLU), ten classes.

    Args:
        shape: shape of one row.
        hidden: units of the dense layers.
        filters: filters of each block's convolution.
        kernel: height and width of a filter.
        dropout: share that is dropped after each hidden layer.
        l2: what squared kernels of the hidden layers cost.
    """

    shape: tuple[int, ...]
    hidden: tuple[int, ...] = ()
    filters: tuple[int, ...] = ()
    kernel: int = 3
    dropout: float = 0.0
    l2: float = 0.0

    @property
    def products(self) -> tuple[Product, ...]:
        """Every layer that has weights, from the first one to the output.

        >>> Network((28, 28, 1), filters=(16,)).products
        (Product(positions=784, inputs=9, outputs=16), Product(positions=1, inputs=3136, outputs=10))
        """
        found = []
        if self.filters:
            height, width, channels = self.shape
            for filters in self.filters:
                found.append(Product(height * width, self.kernel**2 * channels, filters))
                height, width, channels = height // 2, width // 2, filters
            inputs = height * width * channels
        else:
            inputs = int(np.prod(self.shape))
        for units in (*self.hidden, CLASSES):
            found.append(Product(1, inputs, units))
            inputs = units
        return tuple(found)

    @property
    def weights(self) -> int:
        """Numbers that are learned, biases included."""
        return sum(one.inputs * one.outputs + one.outputs for one in self.products)

    @property
    def words(self) -> str:
        """The network in words: its sizes, and its filters where it has any."""
        if not self.filters:
            return "-".join(str(size) for size in (self.products[0].inputs, *self.hidden, CLASSES))
        blocks = ", ".join(f"conv {count} {self.kernel}x{self.kernel}, pool 2" for count in self.filters)
        return f"{'x'.join(map(str, self.shape))}: {blocks}, {'-'.join(map(str, (*self.hidden, CLASSES)))}"


@dataclass(frozen=True)
class Training:
    """How a network is trained: optimizer by Keras's name, learning rate, rows of a batch."""

    optimizer: str
    rate: float
    batch: int

    @property
    def words(self) -> str:
        """The training in words."""
        return f"{self.optimizer} {self.rate:g}, batch {self.batch}"


@dataclass(frozen=True)
class Claim:
    """What is claimed: contender -> so many times our time, and our share of the floor where it is."""

    ratios: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    share: float | None = None


def claim(tensorflow: float, jax: float, torch: float, share: float | None = None) -> Claim:
    """Claim against Keras on TensorFlow, Keras on JAX and a PyTorch loop."""
    ratios = {"keras_tensorflow": tensorflow, "keras_jax": jax, "torch_loop": torch}
    return Claim(MappingProxyType(ratios), share)


@dataclass(frozen=True)
class Steady:
    """Epochs of a network, one after the other.

    Args:
        network: what is trained.
        training: how.
        lanes: runs that are trained at once, by those who can.
        rows: rows of the data, of which a hundredth is held out.
        claimed: what is claimed.
        accelerated: whether it is a work for a GPU alone.
    """

    network: Network
    training: Training
    lanes: int
    rows: int = 60_000
    claimed: Claim = Claim()
    accelerated: bool = False

    @property
    def sentence(self) -> str:
        """The work in words."""
        return f"{self.network.words}, {self.training.words}, {self.lanes:,} lanes"

    @property
    def lane_bytes(self) -> int:
        """Bytes of one lane's weights and optimizer state."""
        return FLOAT_BYTES * self.network.weights * (1 + SLOTS[self.training.optimizer])


@dataclass(frozen=True)
class Variant:
    """One way of training within a whole work."""

    name: str
    network: Network
    training: Training


@dataclass(frozen=True)
class Whole:
    """An experiment, everything included.

    Args:
        title: the work in words.
        data: ``fashion_mnist`` or ``digits``.
        variants: what is compared; of a search, some settings that stand for all.
        seeds: seeds of each variant.
        epochs: epochs of each run.
        folds: folds of a cross-validation; 1 holds rows out once.
        held_out: share of the rows that is held out, where there are no folds.
        trials: of a search, how many settings are tried; its winner is trained once more.
        claimed: what is claimed.
        drawn_rows: train on so many drawn rows instead of the data.
    """

    title: str
    data: str
    variants: tuple[Variant, ...]
    seeds: int
    epochs: int
    folds: int = 1
    held_out: float = 0.1
    trials: int = 0
    claimed: Claim = Claim()
    drawn_rows: int = 0

    @property
    def runs(self) -> float:
        """Runs of each variant; of a search those of a setting that stands for several."""
        if self.trials:
            return (self.trials + 1) / len(self.variants)
        return self.seeds * self.folds


def digits_search(count: int) -> Iterator[Variant]:
    """Draw settings of the search: rate, L2, dropout and one of three widths.

    Args:
        count: how many.
    """
    rng = np.random.default_rng(0)
    for number in range(count):
        rate, l2 = (float(10 ** rng.uniform(*ends)) for ends in ((-4, -1), (-6, -2)))
        width = (32, 64, 128)[number % 3]
        network = Network((8, 8), (width,), dropout=float(rng.uniform(0, 0.6)), l2=l2)
        yield Variant(f"setting {number + 1}", network, Training("adam", rate, 32))


_SMALL = Network((28, 28), (64, 32))
_DIGITS = Network((8, 8), (64, 32))
_SGD = Training("sgd", 0.01, 32)
_ADAM = Training("adam", 1e-3, 32)

STEADY: Mapping[str, Steady] = MappingProxyType(
    {
        "a": Steady(_SMALL, _SGD, 32, claimed=claim(30, 4.5, 6, 0.75)),
        "a1024": Steady(_SMALL, _SGD, 1024, accelerated=True),
        "b": Steady(Network((28, 28), (128, 128)), replace(_ADAM, batch=10), 8, claimed=claim(20, 4, 9, 0.6)),
        "c": Steady(Network((28, 28), (512,)), replace(_ADAM, batch=128), 4, claimed=claim(6, 1.9, 2.5, 0.8)),
        "conv": Steady(
            Network((28, 28, 1), filters=(16, 32)), _ADAM, 4, rows=4_000, claimed=claim(2, 3.5, 2)
        ),
        "thousand": Steady(_DIGITS, _SGD, 1_000, rows=1_797),
    }
)

_ALL_BATCHES = [Variant(f"sgd-{batch}", _SMALL, replace(_SGD, batch=batch)) for batch in (32, 128, 512)]
_OTHERS = [
    Variant("adam-32", _SMALL, _ADAM),
    Variant("adam-128", _SMALL, replace(_ADAM, batch=128)),
    Variant("rmsprop-32", _SMALL, Training("rmsprop", 1e-3, 32)),
]

WHOLE: Mapping[str, Whole] = MappingProxyType(
    {
        "fashion": Whole(
            "Fashion-MNIST, 784-64-32-10, 6 variants x 10 seeds x 10 epochs",
            "fashion_mnist",
            (*_ALL_BATCHES, *_OTHERS),
            seeds=10,
            epochs=10,
            claimed=claim(20, 3.5, 5),
        ),
        "digits": Whole(
            "scikit-learn digits, 64-64-32-10, 2 variants x 5 folds x 5 seeds x 50 epochs",
            "digits",
            (
                Variant("baseline", _DIGITS, _ADAM),
                Variant("dropout", replace(_DIGITS, dropout=0.3), _ADAM),
            ),
            seeds=5,
            epochs=50,
            folds=5,
            claimed=claim(15, 5, 3),
        ),
        "one": Whole(
            "Fashion-MNIST, 784-64-32-10, one run of 10 epochs",
            "fashion_mnist",
            (_ALL_BATCHES[0],),
            seeds=1,
            epochs=10,
            claimed=claim(3, 1, 1.5),
        ),
        "search": Whole(
            "scikit-learn digits, one hidden layer, a search of 256 trials x 5 epochs",
            "digits",
            tuple(digits_search(8)),
            seeds=1,
            epochs=5,
            held_out=0.2,
            trials=256,
        ),
    }
)

_QUICK_ROWS, _QUICK_LANES, _QUICK_TRIALS = 1_000, 32, 8


def quick(work: Any) -> Any:
    """Make a work small: few rows, one epoch, few seeds. Enough to see whether it is in order."""
    if isinstance(work, Steady):
        return replace(work, rows=min(work.rows, _QUICK_ROWS), lanes=min(work.lanes, _QUICK_LANES))
    small = replace(work, epochs=1, seeds=min(work.seeds, 2), trials=min(work.trials, _QUICK_TRIALS))
    if len(work.variants) > 2:
        small = replace(small, variants=(work.variants[0], work.variants[-1]))
    return replace(small, drawn_rows=_QUICK_ROWS) if work.data == "fashion_mnist" else small


def find(name: str, *, small: bool) -> Any:
    """Give a work by its name.

    Args:
        name: a name of `STEADY` or `WHOLE`.
        small: whether it is to be made small.
    """
    work = {**STEADY, **WHOLE}[name]
    return quick(work) if small else work
