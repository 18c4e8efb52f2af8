"""Questions to be examined, and results as a run would have left them, from numbers that a test makes up."""

from pathlib import Path

import numpy as np
import pytest

from trainlab.data.splitting.splits import split
from trainlab.experiment.metrics import METRICS
from trainlab.protocol.check import Question
from trainlab.protocol.lint import AFTER_CHECKS, CHECKS
from trainlab.results.outcome import Outcome
from trainlab.results.records import EPOCH_COLUMNS
from trainlab.results.table import Results
from trainlab.testing import tiny_experiment

ROWS = 1_000
ENDINGS = ("score", "train_score", "loss", "train_loss", "epochs")


@pytest.fixture
def question():
    """A function that asks the tiny experiment's question, with parts of it changed."""

    def ask(**changes):
        experiment = tiny_experiment(**changes)
        return Question(experiment, split(experiment.data, experiment.validation, experiment.split_seed))

    return ask


@pytest.fixture
def found(question):
    """A function that gives the findings of one check about a changed tiny experiment."""

    def examine(code, **changes):
        return list(CHECKS[code].examine(question(**changes)))

    return examine


@pytest.fixture
def results():
    """A function that makes results on 1,000 rows of two classes, half of them each.

    It takes variant -> name -> numbers: `metric`, `loss` (on validation rows) and `train_loss` are
    ``(seed, epoch)``, `score`, `train_score` and `outcomes` ``(seed,)``; what is left out is missing.
    """

    def make(variants, *, metric="accuracy", facts=None, recipe=None, smallest=None):
        told = [np.asarray(numbers) for said in variants.values() for numbers in said.values()]
        seeds = max(len(numbers) for numbers in told)
        epochs = max([numbers.shape[1] for numbers in told if numbers.ndim == 2], default=1)
        shape = (len(variants), seeds, 1)
        curves = {name: np.full((*shape, epochs), np.nan) for name in EPOCH_COLUMNS}
        endings = {name: np.full(shape, np.nan) for name in ENDINGS}
        outcomes = np.full(shape, Outcome.FINISHED)
        columns = {"metric": "validation_metric", "loss": "validation_loss"}
        for place, said in enumerate(variants.values()):
            for name, numbers in said.items():
                if name == "outcomes":
                    outcomes[place, :, 0] = numbers
                elif name in columns:
                    for half in "ab":
                        curves[f"{columns[name]}_{half}"][place, :, 0, : np.shape(numbers)[1]] = numbers
                elif name in curves and np.ndim(numbers) == 2:
                    curves[name][place, :, 0, : np.shape(numbers)[1]] = numbers
                else:
                    endings[name][place, :, 0] = numbers
        document = {
            "variants": {name: {} for name in variants},
            "seeds": list(range(seeds)),
            "recipe": recipe or {},
            "smallest_difference": smallest,
        }
        data = {"task": "classification", "class_counts": [ROWS // 2, ROWS // 2]}
        made = Results(
            folder=Path("nowhere"),
            facts={"experiment": document, "data": data, **(facts or {})},
            variants=tuple(variants),
            reference=next(iter(variants)),
            seeds=tuple(range(seeds)),
            folds=1,
            metric=METRICS[metric],
            outcomes=outcomes,
            endings=endings,
            curves=curves,
            run_numbers=np.arange(outcomes.size).reshape(shape),
            member_scores=np.full((*shape, 0), np.nan),
        )
        right = {
            name: [np.arange(ROWS) < round(score * ROWS) for score in said["score"]]
            for name, said in variants.items()
            if "score" in said
        }
        # What a store would hold of the rows.
        made.__dict__["halves"] = (np.arange(ROWS) % 2 == 0,)
        made.__dict__["validation_targets"] = (np.arange(ROWS) % 2,)
        made.__dict__["rows"] = lambda name, variant, fold=0: right.get(variant, [None] * seeds)
        return made

    return make


@pytest.fixture
def seen(results):
    """A function that gives the findings of one check about made-up results."""

    def examine(code, variants, **others):
        return list(AFTER_CHECKS[code].examine(results(variants, **others)))

    return examine
