"""TL215: miscalibrated: a network is right less often, or more often, than it is sure."""

from collections.abc import Iterator

import numpy as np

from trainlab.diagnosis.completed import completed_runs
from trainlab.diagnosis.measured import interval
from trainlab.measures.calibration import reliability
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed
from trainlab.results.table import Results

MATTERS = 0.05
MOST_RUNS = 10  # so many runs of a variant are looked at: their errors hardly differ


def examine(results: Results) -> Iterator[Finding]:
    """Look for calibration errors above 5 points beyond what a calibrated network would show by chance."""
    runs = completed_runs(results)
    if runs is None or results.facts["data"]["task"] != "classification":
        return
    told: dict[str, str] = {}
    for name in results.variants:
        beyond, errors, sure = [], [], []
        for fold in range(results.folds):
            targets = results.validation_targets[fold]
            for found in results.rows("outputs", name, fold, most=MOST_RUNS):
                if found is None or found.ndim != 2 or len(found) != len(targets):
                    continue
                if not np.isfinite(found).all():
                    continue
                seen = reliability(found, targets)
                beyond.append(seen.error - seen.by_chance)
                errors.append(seen.error)
                sure.append(
                    float(np.nansum((seen.confidence - seen.accuracy) * seen.counts) / seen.counts.sum())
                )
        bounds = interval(np.array(beyond)) if beyond else None
        if bounds is not None and bounds[0] > MATTERS:
            way = "too sure" if np.mean(sure) > 0 else "not sure enough"
            told[name] = f"`{name}` {way}, by {100 * float(np.mean(errors)):.1f} points on average"
    if told:
        yield CHECK.found(
            "output",
            "probabilities are not what they say, by more than 5 points beyond chance: "
            f"{listed(told.values())}",
            "Where probabilities are used, try `early_stopping: true`, `label_smoothing: 0.1`, an "
            "`ensemble`, or `metric: log_loss`.",
            variants=tuple(told),
        )


CHECK = AfterCheck("TL215", "note", "miscalibrated probabilities", examine)
