"""TL203: overtrained: the best epoch is long past, and what came after it made the validation loss worse."""

from collections.abc import Iterator

import numpy as np

from trainlab.diagnosis.best_epoch import at_last_epoch, cross_fitted_gain
from trainlab.diagnosis.checks import loss_and_metric_disagree
from trainlab.diagnosis.completed import completed_runs
from trainlab.diagnosis.evidence import evidence
from trainlab.diagnosis.measured import Floats
from trainlab.diagnosis.verdict import overfits
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed
from trainlab.results.table import Results

PAST = 0.5  # of the epochs had not passed when it was best


def examine(results: Results) -> Iterator[Finding]:
    """Look for validation losses that were lowest in the first half of training, cross-fitted over halves.

    What TL143 and TL201 tell already is not told again.
    """
    runs = completed_runs(results)
    if runs is None:
        return
    said = {name for finding in loss_and_metric_disagree.examine(results) for name in finding.variants}
    told: dict[str, str] = {}
    for found in evidence(results):
        if found.variant in said or overfits(found) == "yes":
            continue
        past = _past(results, found.place)
        if past is None:
            continue
        gains, best, epochs = past
        loss = runs.of_runs(gains, found.loss_that_matters)
        early = np.isfinite(gains) & (best <= PAST * epochs)
        if loss is None or loss.exceeds(found.loss_that_matters) != "yes":
            continue
        asked = int(np.isfinite(gains).sum())
        if 2 * early.sum() >= asked:
            lowest = f"lowest after {np.nanmedian(best):.0f} of {np.nanmedian(epochs):.0f} epochs"
            runs_of = f"in {int(early.sum())} of {asked} runs"
            told[found.variant] = (
                f"`{found.variant}` {lowest} and {loss.mean:.3g} higher at the end {runs_of}"
            )
    if told:
        yield CHECK.found(
            "epochs",
            f"the validation loss was best long before the end: {listed(told.values())}",
            "Stop there: `early_stopping: true` gives the best weights back.",
            variants=tuple(told),
        )


def _past(results: Results, place: int) -> tuple[Floats, Floats, Floats] | None:
    """Give ``(seed, fold)`` what stopping at the lowest validation loss gains, that epoch, the last one."""
    asked = at_last_epoch(results, place)
    halves = [results.curves[f"validation_loss_{half}"][place] for half in "ab"]
    gains, best, last = (np.full(asked.shape, np.nan) for _ in range(3))
    for seed, fold in np.argwhere(asked).tolist():
        at = (seed, fold)
        first, second = -halves[0][at], -halves[1][at]
        there = np.flatnonzero(np.isfinite(first) & np.isfinite(second))
        if len(there) < 4:
            continue
        share = float(results.halves[at[1]].mean())
        gains[at] = cross_fitted_gain(first[there], second[there], share)
        whole = share * first[there] + (1 - share) * second[there]
        best[at], last[at] = there[int(whole.argmax())] + 1, there[-1] + 1
    return (gains, best, last) if np.isfinite(gains).any() else None


CHECK = AfterCheck("TL203", "note", "the best epoch is long past", examine)
