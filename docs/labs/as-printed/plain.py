"""What the as-printed scripts share: data as the sheets take them, a model a seed, scores, a JSON a script.

Keras 3 on JAX and nothing of trainlab, so that what trainlab refuses to run, or cannot run, is reproduced by
somebody else. What a sheet did with models and rows stands in the scripts.

The sheets end their networks in a softmax and ran Keras on TensorFlow, which computes the loss from logits
before it. On JAX Keras computes it from probabilities, cut at 1e-7, so that no row costs more than 16: the
losses of 71 and 85 that a sheet prints could not come about. So the output layers here give logits.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras  # reads the backend when it is imported

Array = NDArray[Any]
Measures = Mapping[str, float]
Curves = Mapping[str, list[float]]

# Rows of one step of an evaluation: they change no score, and 32 of them waste most of the time.
AT_ONCE = 1_000


@dataclass(frozen=True)
class Rows:
    """Inputs as a network sees them, float32, and the class of each."""

    x: Array
    y: Array

    def first(self, count: int) -> "Rows":
        """Give the first so many rows."""
        return Rows(self.x[:count], self.y[:count])

    def at(self, numbers: Array) -> "Rows":
        """Give the rows of these numbers."""
        return Rows(self.x[numbers], self.y[numbers])


@dataclass(frozen=True)
class Asked:
    """What the command line asks for."""

    seeds: int
    epochs: int | None
    only: str
    mnist: Path | None
    out: Path

    def epochs_or(self, printed: int) -> int:
        """Give the epochs of the sheet, or fewer for a first look."""
        return self.epochs or printed


def asked(script: str, about: str) -> Asked:
    """Read the command line of a script.

    Args:
        script: its path, beside which the JSON is written.
        about: its docstring.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10, help="how many seeds (10)")
    parser.add_argument("--epochs", type=int, help="fewer epochs than the sheet, for a first look")
    parser.add_argument("--only", default="", metavar="CASE", help="one case; the others stay as they are")
    parser.add_argument("--mnist", type=Path, help="npz with x_train, y_train, x_test, y_test")
    parser.add_argument("--out", type=Path, default=Path(script).with_suffix(".json"), help="the JSON")
    return Asked(**vars(parser.parse_args()))


def images(name: str, file: Path | None = None) -> tuple[Rows, Rows]:
    """Load training and test rows with pixels from 0 to 255.

    Args:
        name: ``fashion_mnist`` or ``mnist``, as Keras calls them.
        file: an npz with the same four arrays, where Keras can't load the set.
    """
    if file is None:
        (x, y), (x_test, y_test) = getattr(keras.datasets, name).load_data()
    else:
        with np.load(file) as stored:
            x, y, x_test, y_test = (stored[key] for key in ("x_train", "y_train", "x_test", "y_test"))
    return Rows(x.astype(np.float32), y), Rows(x_test.astype(np.float32), y_test)


def split_of_mnist(file: Path | None) -> tuple[Rows, Rows, Rows]:
    """Give sheet 003's 48,000 training, 12,000 validation and 10,000 test rows, pixels from 0 to 255.

    Args:
        file: as in ``images``.
    """
    whole, test = images("mnist", file)
    kept, left = train_test_split(np.arange(len(whole.y)), test_size=0.2, random_state=42)
    return whole.at(kept), whole.at(left), test


def scaled(rows: Rows) -> Rows:
    """Divide pixels by 255."""
    return Rows(rows.x / np.float32(255), rows.y)


def scores(model: Any, rows: Rows, prefix: str) -> dict[str, float]:
    """Measure loss, accuracy and macro F1 on rows, with the weights standing still."""
    logits = model.predict(rows.x, batch_size=AT_ONCE, verbose=0).astype(np.float64)
    predicted = logits.argmax(axis=1)
    losses = logsumexp(logits, axis=1) - logits[np.arange(len(rows.y)), rows.y]
    return {
        f"{prefix}_loss": float(losses.mean()),
        f"{prefix}_accuracy": float((predicted == rows.y).mean()),
        f"{prefix}_f1": float(f1_score(rows.y, predicted, average="macro")),
    }


def compiled(layers: Sequence[Any], optimizer: Any, at_once: int = 1) -> Any:
    """Give a network of ten classes behind some layers, with its optimizer.

    Args:
        layers: what stands before the output layer.
        optimizer: Keras's.
        at_once: steps that Keras runs as one program: the same arithmetic, sooner.
    """
    model = keras.Sequential([*layers, keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, metrics=["accuracy"], steps_per_execution=at_once)
    return model


def curves(history: Any) -> dict[str, list[float]]:
    """Give what ``fit`` printed after each epoch; ``loss`` and ``accuracy`` are running means of it."""
    return {name: [float(value) for value in values] for name, values in history.history.items()}


def repeat(asked: Asked, cases: Iterable[str], train: Callable[[str], tuple[Measures, Curves]]) -> None:
    """Train every case with every seed and write what came out, after every seed.

    Args:
        asked: what the command line asks for.
        cases: names of the cases.
        train: trains one case from the seed that is set, and gives its measures and its curves.
    """
    for case in cases:
        if asked.only not in {"", case}:
            continue
        began = time.perf_counter()
        runs = []
        for seed in range(asked.seeds):
            keras.utils.clear_session()  # names of layers start again, so that JAX's cache knows the program
            keras.utils.set_random_seed(seed)
            runs.append(train(case))
            sys.stdout.write(f"{case}, seed {seed}: {_said(runs[-1][0])}\n")
            sys.stdout.flush()
            _write(asked.out, case, runs, time.perf_counter() - began)
    sys.stdout.write(f"{asked.out}\n")


def _write(out: Path, case: str, runs: Sequence[tuple[Measures, Curves]], seconds: float) -> None:
    """Put a case into the JSON; the others stay as they are."""
    found = json.loads(out.read_text("utf-8")) if out.exists() else {"cases": {}}
    found["cases"][case] = {
        "seeds": len(runs),
        "seconds": round(seconds, 1),
        "measures": {name: [run[0][name] for run in runs] for name in runs[0][0]},
        "curves": {name: [run[1][name] for run in runs] for name in runs[0][1]},
    }
    found["versions"] = {"keras": keras.__version__, "backend": keras.backend.backend()}
    out.write_text(json.dumps(_short(found), indent=1) + "\n", encoding="utf-8")


def _said(measures: Measures) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in measures.items())


def _short(value: Any) -> Any:
    """Write numbers with six digits: more is noise, and a file of it."""
    if isinstance(value, dict):
        return {key: _short(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_short(one) for one in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value
