"""TL157: the best trials were still learning when their training ended."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import counted
from trainlab.results.table import Results
from trainlab.tuning.choosing import within_one_error
from trainlab.tuning.of_variants import of_variants
from trainlab.tuning.trials import Study, Trial

Floats = NDArray[np.float64]

QUARTERS = 4
FALL = 0.1
"""A training loss that falls by this share of itself in the last quarter of epochs is on its way."""


def examine(results: Results) -> Iterator[Finding]:
    """Look for studies whose best trials, those within one standard error, mostly still learned.

    Settings that start fast lead while all are under way, so that longer training may rank them otherwise.
    Both must hold: the training loss fell by a tenth in the last quarter of epochs, and the score on the
    inner validation rows got better meanwhile. Trials that early stopping ended are left out, and with fewer
    than four epochs nothing is told.
    """
    for name, studies in of_variants(results).items():
        told = [(study, trial) for study in studies for trial in within_one_error(study)]
        asked = [
            (study, trial)
            for study, trial in told
            if trial.outcome == "finished" and trial.epochs >= QUARTERS and np.isfinite(_fall(trial))
        ]
        late = [trial for study, trial in asked if _learning(study, trial)]
        if asked and 2 * len(late) > len(asked):
            epochs = max(trial.epochs for trial in late)
            falls = float(np.median([_fall(trial) for trial in late]))
            yield CHECK.found(
                "recipe.epochs",
                f"`{name}`: of the {counted(len(asked), 'best trial')}, {len(late)} still lowered the "
                f"training loss in the last quarter of {epochs} epochs, by {100 * falls:.0f} %, "
                "and got better",
                f"Train longer, `epochs: {2 * epochs}`: settings that learn slowly may win then.",
                variants=(name,),
            )


def _learning(study: Study, trial: Trial) -> bool:
    quarter = max(1, trial.epochs // QUARTERS)
    known = trial.curve[np.isfinite(trial.curve)]
    better = len(known) > quarter and study.better(float(known[-1] - known[-1 - quarter])) > 0
    return better and _fall(trial) > FALL


def _fall(trial: Trial) -> float:
    """Give the share of its training loss that a line through the last quarter falls by, mean over runs."""
    quarter = max(1, trial.epochs // QUARTERS)
    losses = trial.train_losses[:, max(0, trial.epochs - quarter - 1) : trial.epochs]
    losses = losses[np.isfinite(losses).all(axis=1)]
    if not losses.size or losses.shape[1] < 2:
        return float("nan")
    mean = losses.mean(axis=0)
    at = np.arange(len(mean)) - (len(mean) - 1) / 2
    fall = -float(mean @ at / (at @ at)) * (len(mean) - 1)
    return fall / float(mean[0]) if mean[0] > 0 else 0.0


CHECK = AfterCheck("TL157", "note", "the best trials had not converged", examine)
