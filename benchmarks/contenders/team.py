"""Who takes part: what each is called, which file does it, in which environment, what it needs and can do.

Imports nothing that is measured.
"""

import importlib
import importlib.util
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import measure
import works
from contenders import sklearn_mlp

OURS = "trainlab"
CORES = os.cpu_count() or 1
_SRC = str(measure.ROOT / "src")
_WITHOUT_TENSORFLOW = str(measure.ROOT / "benchmarks" / "without_tensorflow")


def _anything(network: works.Network, training: works.Training) -> bool:
    del network, training
    return True


def _one_loss(network: works.Network, training: works.Training) -> bool:
    del training
    return not network.l2


@dataclass(frozen=True)
class Contender:
    """A way of training.

    Args:
        title: what it is called.
        module: the file of this folder that does it.
        packages: what it needs.
        variables: environment of its process.
        processes: how many of them train at once.
        compiles: whether its first epoch compiles.
        together: whether it trains all runs of a variant at once.
        steady: whether it takes part in steady works alone.
        able: whether a network can be trained so.
    """

    title: str
    module: str
    packages: tuple[str, ...]
    variables: Mapping[str, str]
    processes: int = 1
    compiles: bool = False
    together: bool = False
    steady: bool = False
    able: Callable[[works.Network, works.Training], bool] = _anything

    @property
    def missing(self) -> str:
        """The package that is not installed, if any."""
        return next((one for one in self.packages if importlib.util.find_spec(one) is None), "")

    def load(self) -> Any:
        """Import the file that does it; the packages come later."""
        return importlib.import_module(f"contenders.{self.module}")


# What is measured is this checkout, whose commit is told, not what may be installed.
_PLAIN = MappingProxyType({"PYTHONPATH": os.pathsep.join((_WITHOUT_TENSORFLOW, _SRC))})


def _keras(backend: str) -> Mapping[str, str]:
    where = {} if backend == "tensorflow" else _PLAIN
    return MappingProxyType({**where, "KERAS_BACKEND": backend})


TEAM: Mapping[str, Contender] = MappingProxyType(
    {
        OURS: Contender("trainlab", "ours", ("keras", "jax"), _PLAIN, compiles=True, together=True),
        "keras_jax": Contender("Keras fit, JAX", "keras_fit", ("keras", "jax"), _keras("jax"), compiles=True),
        "keras_tensorflow": Contender(
            "Keras fit, TensorFlow",
            "keras_fit",
            ("keras", "tensorflow"),
            _keras("tensorflow"),
            compiles=True,
        ),
        "keras_torch": Contender("Keras fit, PyTorch", "keras_fit", ("keras", "torch"), _keras("torch")),
        "torch_loop": Contender("PyTorch loop", "torch_loop", ("torch",), _PLAIN),
        "torch_func": Contender(
            "torch.func ensemble", "torch_func", ("torch",), _PLAIN, together=True, able=_one_loss
        ),
        "sklearn_mlp": Contender(
            "scikit-learn MLP", "sklearn_mlp", ("sklearn",), _PLAIN, able=sklearn_mlp.able
        ),
        # Nothing is claimed of it, but whoever has many runs would start as many as there are cores.
        "keras_jax_per_core": Contender(
            f"Keras fit, JAX, {CORES} at once",
            "keras_fit",
            ("keras", "jax"),
            _keras("jax"),
            processes=CORES,
            compiles=True,
            steady=True,
        ),
    }
)
