"""Results that nobody trained: a folder as a run writes it, from numbers that a test or a guide makes up.

What is left out is missing, or follows from the rest: a score from the end of its curve, rows from the score.
"""

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.experiment.metrics import METRICS
from trainlab.results.outcome import Outcome
from trainlab.results.records import EPOCH_COLUMNS, EpochRecord, RunEnding
from trainlab.results.store import Writer
from trainlab.results.table import Results, open_results

Floats = NDArray[np.float64]

# Name of a curve -> the columns that it fills: both halves of the validation rows where only one is given.
_CURVES = {
    "metric": ("validation_metric_a", "validation_metric_b"),
    "loss": ("validation_loss_a", "validation_loss_b"),
    **{name: (name,) for name in EPOCH_COLUMNS},
}
_RECIPE = {"optimizer": "adam", "learning_rate": 1e-3, "batch_size": 32, "epochs": 10}


def made_up(
    variants: Mapping[str, Mapping[str, Any]],
    *,
    rows: int = 1_000,
    metric: str = "accuracy",
    facts: Mapping[str, Any] | None = None,
    recipe: Mapping[str, Any] | None = None,
    smallest: float | None = None,
    folds: int = 1,
    folder: Path | None = None,
) -> Results:
    """Write made-up results on rows of two classes, half of them each, and open them.

    Args:
        variants: variant -> name -> numbers. Curves are ``metric``, ``loss`` (on all validation rows) and the
            columns of ``EpochRecord``, each ``(epoch,)`` for all runs, ``(seed, epoch)``, or
            ``(seed, fold, epoch)``; NaN from where a run ended. Endings are ``score``, ``train_score``,
            ``train_loss``, ``parameters`` and ``outcomes``, each one number or ``(seed,)``, or
            ``(seed, fold)``. ``right`` is ``(seed, row)`` scores of the validation rows on one split,
            ``outputs`` ``(seed, row, class)`` probabilities, ``changes`` what the variant changes.
        rows: validation rows of each fold.
        metric: what is compared.
        facts: facts that are added, or replace the usual ones; of ``experiment`` key by key.
        recipe: what all variants share.
        smallest: the smallest difference that matters.
        folds: how many folds.
        folder: where to write; left out, a folder that goes when Python ends.

    >>> results = made_up({"a": {"score": [0.8, 0.9]}, "b": {"metric": [0.5, 0.7, 0.75]}})
    >>> results.scores[:, :, 0].tolist()
    [[0.8, 0.9], [0.75, 0.75]]
    """
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="trainlab-made-up-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    seeds = max([_seeds(name, found) for said in variants.values() for name, found in said.items()])
    places = [(v, s, f) for v in range(len(variants)) for s in range(seeds) for f in range(folds)]
    told = list(variants.values())
    with Writer(folder) as writer:
        document = {
            "model": {"mlp": {"hidden": [64], "activation": "relu"}},
            "recipe": {**_RECIPE, **(recipe or {})},
            "variants": {name: dict(said.get("changes", {})) for name, said in variants.items()},
            "seeds": list(range(seeds)),
            "metric": metric,
            "smallest_difference": smallest,
            "target_score": None,
            "validation": {"kfold": folds} if folds > 1 else {"holdout": 0.2},
        }
        writer.write_facts(_facts(document, folds, facts or {}))
        writer.declare_runs([(run, *place, 0, 0, 0) for run, place in enumerate(places)])
        for fold in range(folds):
            numbers = np.arange(fold * rows, (fold + 1) * rows)
            writer.write_arrays(
                f"fold/{fold}",
                {"validation": numbers, "halves": numbers % 2 == 0, "targets": numbers % 2}
                if METRICS[metric].tasks != {"regression"}
                else {"validation": numbers, "halves": numbers % 2 == 0, "targets": np.ones((rows, 1))},
            )
        runs = {run: _run(told[v], s, f, rows, metric) for run, (v, s, f) in enumerate(places)}
        for epoch in range(max(len(epochs) for epochs, _ in runs.values())):
            records = {run: epochs[epoch] for run, (epochs, _) in runs.items() if epoch < len(epochs)}
            writer.write_epoch(epoch + 1, records)
        writer.write_endings(
            {run: ending for run, (_, ending) in runs.items() if ending.outcome != Outcome.RUNNING}
        )
    return open_results(folder)


def _seeds(name: str, found: Any) -> int:
    """Count the seeds that numbers tell apart; 1 where they are for all runs."""
    least = 2 if name in _CURVES else 1
    return 1 if name == "changes" or np.ndim(found) < least else len(found)


def _facts(document: dict[str, Any], folds: int, more: Mapping[str, Any]) -> dict[str, Any]:
    regression = METRICS[document["metric"]].tasks == {"regression"}
    data = {"task": "regression", "target_mean": [0.0]} if regression else {"task": "classification"}
    classes = {} if regression else {"classes": ["0", "1"], "class_counts": [500, 500]}
    usual = {
        "reference": next(iter(document["variants"])),
        "folds": folds,
        "seconds": {"compile": 1.0, "train": 1.0, "evaluate": 1.0, "total": 3.0},
        "data": {"name": "made up", "rows": 5_000, **data, **classes},
    }
    return {**usual, **more, "experiment": {**document, **more.get("experiment", {})}}


def _run(
    said: Mapping[str, Any], seed: int, fold: int, rows: int, metric: str
) -> tuple[list[EpochRecord], RunEnding]:
    curves = {}
    for name, columns in _CURVES.items():
        if name in said:
            for column in columns:
                curves[column] = _of(said[name], seed, fold, 1)
    epochs = max((int(np.isfinite(curve).sum()) for curve in curves.values()), default=0)
    records = [
        EpochRecord(**{name: _at(curves.get(name), epoch) for name in EPOCH_COLUMNS})
        for epoch in range(epochs)
    ]
    outcome = Outcome(int(_of(said.get("outcomes", Outcome.FINISHED), seed, fold)))
    score = _ending(said, "score", curves.get("validation_metric_a"), seed, fold)
    right = np.asarray(said["right"][seed]) if "right" in said else _rows(score, rows, metric)
    outputs = None if "outputs" not in said else np.asarray(said["outputs"][seed], np.float16)
    ending = RunEnding(
        outcome=outcome,
        epochs=epochs,
        chosen_epoch=int(_of(said.get("chosen_epoch", epochs), seed, fold)) if outcome.scored else 0,
        best_epoch=epochs,
        diverged_step=None if outcome.scored else 1,
        score=score if outcome.scored else np.nan,
        loss=_ending(said, "end_loss", curves.get("validation_loss_a"), seed, fold),
        train_score=_ending(said, "train_score", curves.get("train_metric"), seed, fold),
        train_loss=_ending(said, "end_train_loss", curves.get("train_loss"), seed, fold),
        parameters=int(_of(said.get("parameters", 100), seed, fold)),
        steps=10 * epochs,
        row_scores=right if outcome.scored else None,
        outputs=outputs if outcome.scored else None,
    )
    return records, ending


def _of(numbers: Any, seed: int, fold: int, rank: int = 0) -> Any:
    """Give what numbers for all runs, for seeds, or for seeds and folds say of one run."""
    given = np.asarray(numbers, np.float64)
    if given.ndim == rank:
        return given
    return given[seed] if given.ndim == rank + 1 else given[seed, fold]


def _at(curve: Floats | None, epoch: int) -> float:
    return float("nan") if curve is None else float(curve[epoch])


def _ending(said: Mapping[str, Any], name: str, curve: Floats | None, seed: int, fold: int) -> float:
    """Give an ending as it is said, else the last number of its curve."""
    if name in said:
        return float(_of(said[name], seed, fold))
    there = np.empty(0) if curve is None else curve[np.isfinite(curve)]
    return float(there[-1]) if there.size else float("nan")


def _rows(score: float, rows: int, metric: str) -> NDArray[Any] | None:
    """Give scores of rows whose mean is the score."""
    if not np.isfinite(score):
        return None
    if METRICS[metric].right_or_wrong:
        return (np.arange(rows) < round(score * rows)).astype(np.uint8)
    return np.asarray(score * (0.5 + np.arange(rows) % 2), np.float32)
