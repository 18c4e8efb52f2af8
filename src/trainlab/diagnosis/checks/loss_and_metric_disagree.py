"""TL143: validation loss and metric disagree: one says that the network got worse, the other does not."""

from collections.abc import Iterator

import numpy as np

from trainlab.diagnosis.measured import Floats, by_seed, smallest, trivial
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed
from trainlab.results.table import Results

GROWN = 1.5  # the last validation loss is so many times its lowest
OF_GUESSING = 0.1  # and higher than it by this share of the loss of guessing


def examine(results: Results) -> Iterator[Finding]:
    """Look for losses that no rate of right rows explains: another scale, or misplaced certainty."""
    document = results.facts["experiment"]
    unusual = any("loss" in said for said in (document.get("recipe", {}), *document["variants"].values()))
    if not results.metric.right_or_wrong or unusual:
        return
    guess, guessed_right = trivial(results, "log_loss"), trivial(results)
    matters = smallest(results)
    losses, rates = results.validation_curve("loss"), results.validation_curve("metric")
    beyond: dict[str, str] = {}
    grown: dict[str, str] = {}
    for place, name in enumerate(results.variants):
        lowest, last, fallen, right = (by_seed(found) for found in _ends(losses[place], rates[place]))
        if not last.size:
            continue
        told = f"`{name}` {lowest.mean():.3g} to {last.mean():.3g} at {100 * right.mean():.1f} % right"
        if last.mean() > guess and right.mean() > guessed_right + max(matters, (1 - guessed_right) / 4):
            beyond[name] = told
        elif (
            last.mean() > GROWN * lowest.mean()
            and last.mean() - lowest.mean() > OF_GUESSING * guess
            and fallen.mean() < matters
        ):
            grown[name] = told
    if beyond:
        yield CHECK.found(
            "validation",
            f"the validation loss is worse than that of guessing ({guess:.3g}) while most rows are right: "
            f"{listed(beyond.values())}",
            "Look whether training and validation rows stand on one scale, and at the rows of largest loss.",
            variants=tuple(beyond),
            severity="warn",
        )
    if grown:
        yield CHECK.found(
            "validation",
            f"the validation loss rose from its lowest while the share of right rows stayed: "
            f"{listed(grown.values())}",
            "The network grows too sure of its mistakes: try `early_stopping: true`, `label_smoothing: 0.1` "
            "or weight decay, and `metric: log_loss` where probabilities are used.",
            variants=tuple(grown),
        )


def _ends(losses: Floats, rates: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Give ``(seed, fold)`` lowest and last loss, what the rate fell meanwhile, and the last rate."""
    lowest, last, fallen, right = (np.full(losses.shape[:2], np.nan) for _ in range(4))
    for seed, fold in np.ndindex(*losses.shape[:2]):
        there = np.flatnonzero(np.isfinite(losses[seed, fold]) & np.isfinite(rates[seed, fold]))
        if there.size:
            run, rate = losses[seed, fold, there], rates[seed, fold, there]
            at = int(run.argmin())
            lowest[seed, fold], last[seed, fold] = run[at], run[-1]
            fallen[seed, fold], right[seed, fold] = rate[at] - rate[-1], rate[-1]
    return lowest, last, fallen, right


CHECK = AfterCheck("TL143", "note", "loss and metric disagree", examine)
