"""What is known of each variant that a verdict is made of: gap, best epoch, level, late gain, rise.

All on clean scores, with the weights standing still, loss and metric apart. What follows from it stands in
``verdict``. It is measured once for the same results.
"""

from dataclasses import dataclass

import numpy as np

from trainlab.diagnosis.best_epoch import BestEpoch, best_epoch
from trainlab.diagnosis.checks.not_converged import Late, last_quarter
from trainlab.diagnosis.completed import Completed, completed_runs
from trainlab.diagnosis.estimate import ALPHA, Estimate
from trainlab.diagnosis.reference_level import Reference, reference_of
from trainlab.diagnosis.risen import Risen, risen
from trainlab.diagnosis.simpler import Simpler, best_simpler, simpler_variants
from trainlab.results.outcome import Outcome
from trainlab.results.remembered import remembered
from trainlab.results.table import Results


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of one variant.

    Args:
        variant: its name.
        place: its place among the variants.
        runs: runs that have ended.
        diverged: runs whose loss, weights or scores were no longer finite.
        stopped: runs that early stopping ended.
        matters: the smallest difference in the metric that matters.
        gap: by how much training rows score better than validation rows.
        loss_gap: by how much the loss on validation rows is larger, seed by seed on exactly these rows.
        best: how its last epoch stands to its best one.
        simpler: the best of the less flexible variants beside it.
        reference: the level that its training score should reach.
        late: what the last quarter of epochs brought.
        risen: how the training loss ended above where it began.
        loss_that_matters: 1 % of what guessing costs.
    """

    variant: str
    place: int
    runs: int
    diverged: int
    stopped: int
    matters: float
    gap: Estimate | None
    loss_gap: Estimate | None
    best: BestEpoch | None
    simpler: Simpler | None
    reference: Reference | None
    late: Late | None
    risen: Risen | None
    loss_that_matters: float


@remembered
def evidence(results: Results) -> tuple[Evidence, ...]:
    """Measure what verdicts are made of; nothing where no run has ended.

    Args:
        results: what is stored, finished or not.

    Returns:
        One for each variant with a run that has ended, in the order of the experiment.
    """
    runs = completed_runs(results)
    if runs is None:
        return ()
    ended = (runs.scored | runs.diverged).any(axis=(1, 2))
    return tuple(_of(runs, place) for place in np.flatnonzero(ended).tolist())


def _of(runs: Completed, place: int) -> Evidence:
    results = runs.results
    scored = runs.scored[place]
    matters = runs.loss_that_matters(place)
    trained = np.where(scored, results.endings["train_score"][place], np.nan)
    losses = np.where(scored, results.endings["loss"][place] - results.endings["train_loss"][place], np.nan)
    tried = simpler_variants(runs, place)
    # Two ways to show that it learned by heart: the promise is shared between all that are tried.
    share = ALPHA / (1 + len(tried))
    return Evidence(
        variant=results.variants[place],
        place=place,
        runs=int((scored | runs.diverged[place]).sum()),
        diverged=int(runs.diverged[place].sum()),
        stopped=int((scored & (results.outcomes[place] == Outcome.STOPPED_EARLY)).sum()),
        matters=runs.matters,
        gap=runs.of_rows(trained, place),
        loss_gap=runs.of_runs(losses, matters),
        best=best_epoch(runs, place, share),
        simpler=best_simpler(runs, place, tried, share * len(tried)),
        reference=reference_of(runs, place),
        late=last_quarter(results, place),
        risen=risen(runs, place),
        loss_that_matters=matters,
    )
