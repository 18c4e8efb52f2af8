"""Which way of training a Keras network is better, how sure are we, and what to try next.

The front door: a dozen names, each loaded on first touch. Importing trainlab loads neither Keras nor JAX; it
asks for Keras on JAX and for the processor's cores as devices, where the environment says nothing else.
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_NUM_CPU_DEVICES", str(os.cpu_count() or 1))
# XLA writes notes for its developers to stderr.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

if TYPE_CHECKING:
    from trainlab.certifying import certify
    from trainlab.comparison.compare import compare
    from trainlab.data.catalogue import load
    from trainlab.data.dataset import Dataset
    from trainlab.data.splits import Holdout
    from trainlab.errors import DataError, MissingError, TrainlabError, UsageError
    from trainlab.experiment.models import mlp
    from trainlab.experiment.recipe import Recipe
    from trainlab.experiment.spec import Experiment
    from trainlab.exporting import export
    from trainlab.reporting.html import report
    from trainlab.results.table import Results, open_results
    from trainlab.resuming import resume
    from trainlab.running import run

__version__ = "0.1.0"

_ROOMS = {
    "DataError": "errors",
    "Dataset": "data.dataset",
    "Experiment": "experiment.spec",
    "Holdout": "data.splits",
    "MissingError": "errors",
    "Recipe": "experiment.recipe",
    "Results": "results.table",
    "TrainlabError": "errors",
    "UsageError": "errors",
    "certify": "certifying",
    "compare": "comparison.compare",
    "export": "exporting",
    "load": "data.catalogue",
    "mlp": "experiment.models",
    "open_results": "results.table",
    "report": "reporting.html",
    "resume": "resuming",
    "run": "running",
}

__all__ = [
    "DataError",
    "Dataset",
    "Experiment",
    "Holdout",
    "MissingError",
    "Recipe",
    "Results",
    "TrainlabError",
    "UsageError",
    "certify",
    "compare",
    "export",
    "load",
    "mlp",
    "open_results",
    "report",
    "resume",
    "run",
]


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module 'trainlab' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"trainlab.{_ROOMS[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
