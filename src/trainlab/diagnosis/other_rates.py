"""Variants that differ in nothing but the learning rate, held against each other by their training losses."""

from collections.abc import Iterator

import numpy as np

from trainlab.diagnosis.completed import Completed, completed_runs
from trainlab.diagnosis.measured import settings
from trainlab.results.table import Results


def trained_better(results: Results, place: int, *, faster: bool) -> Iterator[tuple[str, float]]:
    """Give the variants of another rate alone that reached a lower training loss, with that rate.

    Lower by more than 1 % of what guessing costs, with the whole interval of the paired difference.

    Args:
        results: what is stored.
        place: the variant that is held against them.
        faster: whether variants of a larger rate are meant, else those of a smaller one.
    """
    runs = completed_runs(results)
    own = settings(results, results.variants[place])
    rate = own.get("learning_rate")
    if runs is None or rate is None:
        return
    for other, name in enumerate(results.variants):
        theirs = settings(results, name)
        theirs_rate = theirs.get("learning_rate")
        alone = {**own, "learning_rate": 0} == {**theirs, "learning_rate": 0}
        if not alone or not theirs_rate or theirs_rate == rate or (theirs_rate > rate) != faster:
            continue
        if _lower(runs, place, other):
            yield name, float(theirs_rate)


def _lower(runs: Completed, place: int, other: int) -> bool:
    losses = np.where(runs.scored, runs.results.endings["train_loss"], np.nan)
    matters = runs.loss_that_matters(place)
    found = runs.of_runs(losses[place] - losses[other], matters)
    return found is not None and found.exceeds(matters) == "yes"
