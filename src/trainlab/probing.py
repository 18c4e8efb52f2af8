"""The verb for before an experiment: can each network overfit one batch, and which learning rates work?

Both are ordinary experiments of this package, many lanes of one program, trained into a folder of their own.
Nothing is compared here, and nothing that comes out belongs into an answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from trainlab.experiment.recipe import Recipe
from trainlab.experiment.settling import settled
from trainlab.experiment.spec import Experiment, parse_seeds
from trainlab.experiment.variants import Variant
from trainlab.probed import OneBatch, RateTest, Trial, judge_batches, judge_rates
from trainlab.running import make_folder, new_folder, read, run, silent

RATES = tuple(float(f"{rate:.3g}") for rate in np.logspace(-6, 1, 16))
RATE_EPOCHS, BATCH_EPOCHS = 3, 200
SEEDS = 3
ROWS_OF_A_BATCH = 32
FACTORS = (0.1, 1.0, 10.0, 100.0)

# What keeps a network from learning rows by heart, and what ends or repeats its training.
REGULARIZERS = (
    *("l1", "l2", "l1_l2", "activity_l1", "activity_l2", "weight_decay", "max_norm"),
    *("dropout", "gaussian_dropout", "alpha_dropout", "drop_connect", "gaussian_noise"),
    *("label_smoothing", "augment", "class_weight", "resample"),
)
ONE_RUN: Mapping[str, Any] = MappingProxyType(
    dict.fromkeys(("schedule", "ema", "early_stopping", "ensemble", "prune"), False)
)
# What a network is, beside the data.
NETWORK = (
    *("model", "hidden", "width", "depth", "activation", "initializer", "loss", "output"),
    *("batch_norm", "layer_norm", "weight_norm", "irrelevant_features"),
)


@dataclass(frozen=True)
class Probing:
    """What was found out before an experiment.

    Args:
        folder: where both trials are stored.
        one_batch: one for each network.
        rates: one for each way of training.
        interrupted: ``SIGINT`` or ``SIGTERM`` where training was cut short; empty else.
    """

    folder: Path
    one_batch: tuple[OneBatch, ...]
    rates: tuple[RateTest, ...]
    interrupted: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a person reads."""
        return (*(one.sentence for one in self.one_batch), *(one.sentence for one in self.rates))

    def document(self) -> dict[str, object]:
        """Give the object that ``trainlab probe --json`` prints."""
        return {
            "schema": "trainlab/probe/1",
            "folder": str(self.folder),
            "one_batch": [one.document() for one in self.one_batch],
            "rates": [one.document() for one in self.rates],
        }

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)


def probe(
    experiment: Experiment | str | Path,
    out: str | Path | None = None,
    *,
    seeds: int | None = None,
    epochs: int | None = None,
    allow_code: bool = False,
    show: Callable[[Any], None] = silent,
) -> Probing:
    """Find out beforehand whether networks can learn at all, and at which learning rates.

    Args:
        experiment: an experiment, or the path of an experiment file.
        out: folder for the results; left out, a new one under ``runs``.
        seeds: how many seeds; left out, 3.
        epochs: epochs of the test of rates; left out, 3.
        allow_code: whether a Python file that the experiment names may run.
        show: told how far training is.

    Raises:
        UsageError: where the experiment says something impossible, or the folder holds something.
        DataError: where the data cannot be learned from.

    Source:
        One batch: Karpathy, *A Recipe for Training Neural Networks* (2019). Rates: the range test of Smith,
        *Cyclical Learning Rates for Training Neural Networks* (2017); departure: every rate has runs of its
        own, so that a rate is not judged by what lower ones have learned before.
    """
    asked = settled(read(experiment, epochs=epochs))
    name = Path(experiment).stem if isinstance(experiment, (str, Path)) else "experiment"
    folder = new_folder(out, f"{name}-probe")
    used = parse_seeds(SEEDS if seeds is None else seeds, "--seeds")
    batch = batch_trial(asked, used)
    rates = rate_trial(asked, RATE_EPOCHS if epochs is None else epochs, used)
    make_folder(folder)
    tried = run(batch.experiment, folder / "one-batch", allow_code=allow_code, show=show)
    stopped = str(tried.facts.get("interrupted", ""))
    if stopped:
        return Probing(folder, (), (), stopped)
    found = run(rates.experiment, folder / "rates", allow_code=allow_code, show=show)
    return Probing(
        folder,
        tuple(judge_batches(tried, batch)),
        tuple(judge_rates(found, rates)),
        str(found.facts.get("interrupted", "")),
    )


def batch_trial(asked: Experiment, seeds: tuple[int, ...]) -> Trial:
    """Give the experiment that lets each distinct network learn one batch by heart.

    Full descent on as many rows as a batch has, without anything that regularizes, at the own rate, at a
    tenth, at ten and a hundred times of it: where only another one does it, the network is not what is wrong.

    Args:
        asked: the experiment to come.
        seeds: with which seeds.
    """
    rows = min(len(fold.train) for fold in asked.folds)
    off = {**dict.fromkeys(REGULARIZERS, False), **ONE_RUN, "accumulate": 1, "train_fraction": 1.0}

    def settings(variant: Variant) -> dict[str, Any]:
        size = variant.recipe(asked.recipe).batch_size
        size = ROWS_OF_A_BATCH if size == "all" else int(size)
        taken = max(2, min(size, rows))
        return {**off, "train_rows": taken, "batch_size": "all", "epochs": BATCH_EPOCHS}

    def kind(recipe: Recipe) -> tuple[Any, ...]:
        return tuple(getattr(recipe, key) for key in NETWORK)

    def rates(own: Mapping[str, float]) -> list[float]:
        first = next(iter(own.values()))
        return [float(f"{first * factor:.3g}") for factor in FACTORS]

    return _trial(asked, seeds, settings, kind, rates)


def rate_trial(asked: Experiment, epochs: int, seeds: tuple[int, ...]) -> Trial:
    """Give the experiment that trains every variant for a few epochs at 16 rates and at its own.

    Args:
        asked: the experiment to come.
        epochs: for how long.
        seeds: with which seeds.
    """

    def settings(variant: Variant) -> dict[str, Any]:
        del variant
        return {**ONE_RUN, "epochs": epochs}

    def kind(recipe: Recipe) -> Recipe:
        return replace(recipe, learning_rate=None)

    def rates(own: Mapping[str, float]) -> list[float]:
        return sorted({*RATES, *own.values()})

    return _trial(asked, seeds, settings, kind, rates)


def _trial(
    asked: Experiment,
    seeds: tuple[int, ...],
    settings: Callable[[Variant], dict[str, Any]],
    kind: Callable[[Recipe], Any],
    rates: Callable[[Mapping[str, float]], list[float]],
) -> Trial:
    """Group variants that are trained alike, and spread each group over its rates."""
    groups: list[tuple[Any, Variant, dict[str, float]]] = []
    for variant in asked.variants:
        changed = Variant(variant.name, {**variant.changes, **settings(variant)})
        alike = kind(changed.recipe(asked.recipe))
        own = variant.recipe(asked.recipe).step_size
        for known, _, members in groups:
            if known == alike:
                members[variant.name] = own
                break
        else:
            groups.append((alike, changed, {variant.name: own}))
    variants: list[Variant] = []
    named: list[tuple[dict[str, float], dict[float, str]]] = []
    for _, changed, members in groups:
        tried = {}
        for rate in rates(members):
            tried[rate] = f"{changed.name} at {rate:.6g}"
            variants.append(Variant(tried[rate], {**changed.changes, "learning_rate": rate}))
        named.append((members, tried))
    question = f"Before: {asked.question}"[:1_000] if asked.question else ""
    made = replace(asked, variants=tuple(variants), seeds=seeds, baselines=(), question=question)
    return Trial(made, tuple(named))
