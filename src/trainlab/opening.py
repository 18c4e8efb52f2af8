"""Opening the sealed test set: a final model meets rows that nothing has seen, and it is recorded for ever.

The one module that may import ``data.unsealing``.
"""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.checking import Ready, prepare
from trainlab.comparison.crossed import crossed
from trainlab.comparison.steps import step_of
from trainlab.comparison.units import by_group
from trainlab.data.dataset import Dataset
from trainlab.data.splitting.folds import Fold
from trainlab.data.unsealing import opened
from trainlab.errors import UsageError
from trainlab.experiment.checks import text
from trainlab.experiment.metrics import Metric
from trainlab.experiment.places import Place
from trainlab.experiment.spec import Experiment
from trainlab.refitting import Refit, asked_variant, find_refit, refit_experiment
from trainlab.results import provenance
from trainlab.results.outcome import Outcome
from trainlab.results.store import Reader, Writer
from trainlab.results.table import Results, open_results
from trainlab.results.weights import scored_weights
from trainlab.running import silent, with_hindsight
from trainlab.stored import asked_before

CLAIM = "for networks trained on these rows, on new rows like the test rows"


@dataclass(frozen=True)
class Opening:
    """What the test set said of a final model.

    Args:
        time: when it was opened, UTC.
        variant: which variant's final model.
        reason: why, as whoever opened it wrote.
        metric: what was measured.
        mean: the mean over the networks; NaN where one answers a row by what is no number.
        low: lower end of its 95 % interval, over seeds and rows, or over seeds and groups where test rows
            belong together; None for one network.
        high: upper end.
        scores: of each network.
        rows: how many test rows there are.
        number: which opening of this test set it is, from 1.
        claim: what the interval covers, in words.
    """

    time: str
    variant: str
    reason: str
    metric: Metric
    mean: float
    low: float | None
    high: float | None
    scores: tuple[float, ...]
    rows: int
    number: int
    claim: str = CLAIM

    def document(self) -> dict[str, Any]:
        """Give plain values, as they are stored and printed."""
        return {
            "schema": "trainlab/open-test/1",
            "time": self.time,
            "variant": self.variant,
            "reason": self.reason,
            "metric": self.metric.name,
            "mean": _known(self.mean),
            "low": self.low,
            "high": self.high,
            "scores": [_known(score) for score in self.scores],
            "rows": self.rows,
            "number": self.number,
            "claim": self.claim,
        }


def open_test(
    folder: str | Path,
    *,
    variant: str | None = None,
    reason: str = "",
    experiment: Experiment | None = None,
    allow_code: bool = False,
    show: Callable[[str], None] = silent,
) -> Opening:
    """Open the sealed test set for the final model of a variant.

    Every opening is stored before its result is shown, and stands in every later report: the second look at
    a test set is a choice made on it.

    Args:
        folder: what ``run`` has written, and ``refit``.
        variant: which variant; left out, the one that was refitted, or the best of several by its mean score.
        reason: why it is opened.
        experiment: the experiment, where data or model live in memory.
        allow_code: whether a Python file that the experiment names may run.
        show: told what is being done.

    Raises:
        UsageError: where nothing is sealed, for an unknown variant, and where the variant was not refitted.
        DataError: where rows have changed since the experiment was begun, sealed ones too.
    """
    folder = Path(folder)
    why = " ".join(text(1_000)(reason, Place("--reason")).split())
    results = open_results(folder)
    asked = asked_before(folder, results.facts, experiment, "open_test")
    unsealed = opened(asked.data)
    rows = unsealed.rows
    final = _refit(folder, results, variant)
    show("looking at the test rows")
    fold = Fold(np.arange(asked.data.rows), rows, np.arange(len(rows)) % 2 == 1)
    alone = _on(refit_experiment(asked, final.variant), unsealed.data)
    ready = prepare(alone, (fold,), allow_code=allow_code)
    judged = _judged(ready, final)
    table = np.stack([scores for scores, _ in judged]).astype(np.float64)
    low, high = _interval(table, unsealed.groups, asked.metric, unsealed.data.y[rows])
    with Writer(folder) as writer:
        before = open_results(folder).facts.get("openings") or []
        made = Opening(
            time=provenance.now(),
            variant=final.variant,
            reason=why,
            metric=asked.metric,
            mean=float(table.mean()),
            low=low,
            high=high,
            scores=tuple(float(scores.mean()) for scores in table),
            rows=len(rows),
            number=len(before) + 1,
        )
        # The record first: no answer to a sealed row stands anywhere without it.
        writer.write_facts({"openings": [*before, made.document()]})
        for network, (scores, outputs) in enumerate(judged):
            writer.write_arrays(
                f"opening/{made.number}/{network}", {"row_scores": scores, "outputs": outputs}
            )
        writer.write_facts({"findings": with_hindsight(open_results(folder))})
    return made


def _on(asked: Experiment, whole: Dataset) -> Experiment:
    """Give the experiment on other rows, whose folds are known.

    Not through its initialiser, which would split them: groups and times of test rows need not be known.
    """
    made = copy.copy(asked)
    object.__setattr__(made, "data", whole)
    vars(made).pop("folds", None)
    return made


def _interval(
    scores: NDArray[np.float64], groups: NDArray[np.int32] | None, metric: Metric, targets: NDArray[Any]
) -> tuple[float | None, float | None]:
    by_unit, step = by_group(scores, groups)
    found = crossed(by_unit, step=step * step_of(metric, targets, scores)).interval()
    return metric.cut(*found) if found is not None and np.isfinite(found).all() else (None, None)


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _refit(folder: Path, results: Results, variant: str | None) -> Refit:
    made = [found for name in results.variants if (found := find_refit(folder, results, name)) is not None]
    if variant is None and len(made) == 1:
        return made[0]
    name = asked_variant(results, variant)
    for found in made:
        if found.variant == name:
            return found
    cure = f"Make its final model first: `trainlab refit {folder} --variant {name!r}`."
    raise UsageError(
        "the test set is opened for a refitted model, and there is none", "--variant", name, cure
    )


def _judged(ready: Ready, final: Refit) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Give scores and outputs on the test rows, of each network, or of each ensemble of networks."""
    from trainlab.engine.testing_rows import judge_test_rows

    with Reader(final.folder) as reader:
        sound = [run["run"] for run in reader.runs() if Outcome(run["outcome"]).scored]
    weights = scored_weights(final.folder, sound)
    judged = judge_test_rows(ready.experiment, ready.folds, ready.cohorts, ready.workshop, weights)
    if not judged:
        cure = "Refit another variant, or begin anew at a lower rate."
        raise UsageError(
            "the final model has no network that did not diverge", "--variant", final.variant, cure
        )
    return judged
