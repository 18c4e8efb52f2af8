"""A folder of results as a run leaves it, from scores that a test makes up."""

import itertools

import numpy as np
import pytest

from trainlab.results.outcome import Outcome
from trainlab.results.records import RunEnding
from trainlab.results.store import Writer
from trainlab.results.table import open_results

CLASSIFICATION = {"task": "classification", "class_counts": [60, 40]}
REGRESSION = {"task": "regression", "target_mean": [1.0]}


def ending(rows, losses, outcome):
    """How a run ended that scored these rows, or none."""
    score = np.nan if rows is None else float(np.mean(rows, dtype=np.float64))
    chosen = 0 if rows is None else 1
    return RunEnding(
        outcome,
        1,
        chosen,
        chosen,
        None,
        score,
        score,
        score,
        score,
        10,
        10,
        row_scores=rows,
        row_losses=losses,
    )


@pytest.fixture
def stored(tmp_path):
    """A function that stores scores and opens them again.

    It takes variant -> runs, each run the ``(row,)`` scores of one seed or the `Outcome` it came to instead.
    """
    made = iter(range(10_000))

    def store(
        runs, *, metric="accuracy", data=CLASSIFICATION, targets=None, smallest=None, folds=1, losses=None
    ):
        folder = tmp_path / str(next(made))
        folder.mkdir()
        seeds = len(next(iter(runs.values())))
        count = next(len(run) for arm in runs.values() for run in arm if not isinstance(run, Outcome))
        if targets is None:
            targets = np.arange(count) % 2 if data is CLASSIFICATION else np.ones((count, 1), np.float32)
        endings = {}
        for variant, name in enumerate(runs):
            for seed, run in enumerate(runs[name]):
                if isinstance(run, Outcome):
                    endings[variant * seeds + seed] = ending(None, None, run)
                else:
                    rows = np.asarray(run, np.float32)
                    row_losses = None if losses is None else np.asarray(losses[name][seed], np.float32)
                    endings[variant * seeds + seed] = ending(rows, row_losses, Outcome.FINISHED)
        document = {
            "variants": {name: {} for name in runs},
            "seeds": list(range(seeds)),
            "metric": metric,
            "smallest_difference": smallest,
        }
        with Writer(folder) as writer:
            writer.write_facts(
                {
                    "experiment": document,
                    "reference": next(iter(runs)),
                    "folds": folds,
                    "seconds": {"compile": 1.0, "train": 1.0, "evaluate": 1.0, "total": 3.0},
                    "data": data,
                }
            )
            writer.declare_runs([(run, run // seeds, run % seeds, 0, 0, 0, 0) for run in endings])
            writer.write_arrays(
                "fold/0",
                {
                    "validation": np.arange(count),
                    "halves": np.arange(count) % 2 == 0,
                    "targets": np.asarray(targets),
                },
            )
            writer.write_endings(endings)
        return open_results(folder)

    return store


@pytest.fixture
def stored_folds(tmp_path):
    """A function that stores scores over several folds and opens them again.

    It takes variant -> seed -> fold -> the ``(row,)`` scores of a run, or the `Outcome` it came to instead.
    """
    made = iter(range(10_000))

    def store(
        runs,
        *,
        validation=None,
        training=None,
        validating=None,
        metric="mse",
        data=REGRESSION,
        smallest=0.1,
        **facts,
    ):
        folder = tmp_path / f"folds-{next(made)}"
        folder.mkdir()
        seeds = len(next(iter(runs.values())))
        folds = len(next(iter(runs.values()))[0])
        sizes = [
            next(
                len(seed[fold])
                for arm in runs.values()
                for seed in arm
                if not isinstance(seed[fold], Outcome)
            )
            for fold in range(folds)
        ]
        starts = np.cumsum([0, *sizes])
        if validating is None:
            validating = [np.arange(start, stop) for start, stop in itertools.pairwise(starts)]
        places = list(itertools.product(enumerate(runs), range(seeds), range(folds)))
        declared, endings = [], {}
        for run, ((variant, name), seed, fold) in enumerate(places):
            declared.append((run, variant, seed, fold, 0, 0, 0))
            scored = runs[name][seed][fold]
            if isinstance(scored, Outcome):
                endings[run] = ending(None, None, scored)
            else:
                endings[run] = ending(np.asarray(scored, np.float32), None, Outcome.FINISHED)
        document = {
            "variants": {name: {} for name in runs},
            "seeds": list(range(seeds)),
            "metric": metric,
            "smallest_difference": smallest,
            "validation": {"kfold": folds} if validation is None else validation,
        }
        with Writer(folder) as writer:
            told = {
                "experiment": document,
                "reference": next(iter(runs)),
                "folds": folds,
                "seconds": {"compile": 1.0, "train": 1.0, "evaluate": 1.0, "total": 3.0},
                "data": data,
            }
            writer.write_facts(told | facts)
            writer.declare_runs(declared)
            for fold, rows in enumerate(validating):
                amounts = np.ones((len(rows), 1), np.float32)
                arrays = {
                    "validation": np.asarray(rows),
                    "halves": np.arange(len(rows)) % 2 == 0,
                    "targets": np.arange(len(rows)) % 2 if data is CLASSIFICATION else amounts,
                }
                if training is not None:
                    arrays["training"] = np.arange(training[fold])
                writer.write_arrays(f"fold/{fold}", arrays)
            writer.write_endings(endings)
        return open_results(folder)

    return store
