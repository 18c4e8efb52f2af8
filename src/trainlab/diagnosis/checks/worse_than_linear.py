"""TL214: a network that scores worse than a linear model on the same rows."""

from collections.abc import Iterator

import numpy as np

from trainlab.diagnosis.completed import completed_runs
from trainlab.diagnosis.evidence import evidence
from trainlab.diagnosis.measured import settings
from trainlab.diagnosis.saying import with_half
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed
from trainlab.results.table import Results


def examine(results: Results) -> Iterator[Finding]:
    """Hold every variant's validation score against that of the linear baseline.

    The baseline's rows are not stored, so that their luck cannot be taken off: the interval is wider than
    that of two variants, and what is told is told late rather than wrongly.
    """
    runs = completed_runs(results)
    linear = next((one for one in results.facts.get("baselines") or () if one["name"] == "linear"), None)
    if runs is None or linear is None or not linear["scores"]:
        return
    shape = results.outcomes.shape[1:]
    scores = np.broadcast_to(np.asarray(linear["scores"], np.float64), shape)
    metric, told = results.metric, {}
    for found in evidence(results):
        own = settings(results, found.variant)
        if own.get("train_rows") or own.get("train_fraction", 1) != 1:
            continue  # the baseline learned from all rows
        worse = runs.of_rows(scores, found.place)
        if worse is not None and worse.exceeds(found.matters) == "yes":
            told[found.variant] = f"`{found.variant}` by {with_half(metric, worse)}"
    if told:
        level = metric.shown(float(np.mean(linear["scores"])))
        yield CHECK.found(
            "baselines",
            f"worse than the {linear['label']} with its {level}, in {metric.unit_of_difference}: "
            f"{listed(told.values())}",
            "Look at scaling, learning rate and epochs first: every network has a linear model inside.",
            variants=tuple(told),
        )


CHECK = AfterCheck("TL214", "warn", "worse than a linear model", examine)
