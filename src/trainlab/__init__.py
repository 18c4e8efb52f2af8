"""Which way of training a Keras network is better, how sure are we, and what to try next.

The front door: a dozen names, each loaded on first touch. Importing trainlab loads neither Keras nor JAX; it
asks for Keras on JAX and for the processor's cores as devices, where the environment says nothing else.
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

from trainlab.kept_programs import keep_programs

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_NUM_CPU_DEVICES", str(os.cpu_count() or 1))
# XLA writes notes for its developers to stderr.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
keep_programs(os.environ)

if TYPE_CHECKING:
    from trainlab.certifying import certify
    from trainlab.comparison.compare import compare
    from trainlab.data.columns import Column
    from trainlab.data.dataset import Dataset
    from trainlab.data.files.image_folders import read_images
    from trainlab.data.files.npz_files import read_npz
    from trainlab.data.named.catalogue import load
    from trainlab.data.named.openml import read_openml
    from trainlab.data.splitting.validations import (
        Bootstrap,
        Disjoint,
        GroupKFold,
        Holdout,
        KFold,
        LeaveOneOut,
        MonteCarlo,
        RepeatedKFold,
        Splitter,
        TimeSeries,
    )
    from trainlab.data.tables.csv_files import read_csv
    from trainlab.data.tables.frames import read_frame
    from trainlab.data.tables.parquet_files import read_parquet
    from trainlab.diagnosis.diagnose import diagnose
    from trainlab.errors import DataError, MissingError, TrainlabError, UsageError
    from trainlab.estimators.estimator import TrainlabClassifier, TrainlabRegressor
    from trainlab.experiment.models import mlp
    from trainlab.experiment.recipe import Recipe
    from trainlab.experiment.spec import Experiment
    from trainlab.exporting import export
    from trainlab.linting import lint
    from trainlab.opening import open_test
    from trainlab.probing import probe
    from trainlab.refitting import refit
    from trainlab.reporting.faces.report import report
    from trainlab.results.table import Results, open_results
    from trainlab.tracking.track import track
    from trainlab.tracking.verbs import resume, run
    from trainlab.treating import treat
    from trainlab.tuning.optuna_study import study

__version__ = "0.1.0"

_ROOMS = {
    "Bootstrap": "data.splitting.validations",
    "Column": "data.columns",
    "DataError": "errors",
    "Dataset": "data.dataset",
    "Disjoint": "data.splitting.validations",
    "Experiment": "experiment.spec",
    "GroupKFold": "data.splitting.validations",
    "Holdout": "data.splitting.validations",
    "KFold": "data.splitting.validations",
    "LeaveOneOut": "data.splitting.validations",
    "MissingError": "errors",
    "MonteCarlo": "data.splitting.validations",
    "Recipe": "experiment.recipe",
    "RepeatedKFold": "data.splitting.validations",
    "Results": "results.table",
    "Splitter": "data.splitting.validations",
    "TimeSeries": "data.splitting.validations",
    "TrainlabClassifier": "estimators.estimator",
    "TrainlabError": "errors",
    "TrainlabRegressor": "estimators.estimator",
    "UsageError": "errors",
    "certify": "certifying",
    "compare": "comparison.compare",
    "diagnose": "diagnosis.diagnose",
    "export": "exporting",
    "lint": "linting",
    "load": "data.named.catalogue",
    "mlp": "experiment.models",
    "open_results": "results.table",
    "open_test": "opening",
    "probe": "probing",
    "read_csv": "data.tables.csv_files",
    "read_frame": "data.tables.frames",
    "read_images": "data.files.image_folders",
    "read_npz": "data.files.npz_files",
    "read_openml": "data.named.openml",
    "read_parquet": "data.tables.parquet_files",
    "refit": "refitting",
    "report": "reporting.faces.report",
    "resume": "tracking.verbs",
    "run": "tracking.verbs",
    "study": "tuning.optuna_study",
    "track": "tracking.track",
    "treat": "treating",
}

__all__ = [
    "Bootstrap",
    "Column",
    "DataError",
    "Dataset",
    "Disjoint",
    "Experiment",
    "GroupKFold",
    "Holdout",
    "KFold",
    "LeaveOneOut",
    "MissingError",
    "MonteCarlo",
    "Recipe",
    "RepeatedKFold",
    "Results",
    "Splitter",
    "TimeSeries",
    "TrainlabClassifier",
    "TrainlabError",
    "TrainlabRegressor",
    "UsageError",
    "callbacks",
    "certify",
    "compare",
    "diagnose",
    "export",
    "lint",
    "load",
    "mlp",
    "open_results",
    "open_test",
    "probe",
    "read_csv",
    "read_frame",
    "read_images",
    "read_npz",
    "read_openml",
    "read_parquet",
    "refit",
    "report",
    "resume",
    "run",
    "study",
    "track",
    "treat",
]


def __getattr__(name: str) -> Any:
    if name == "callbacks":  # a room that is public as it is
        return importlib.import_module("trainlab.callbacks")
    if name not in _ROOMS:
        raise AttributeError(f"module 'trainlab' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"trainlab.{_ROOMS[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
