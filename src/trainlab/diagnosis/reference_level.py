"""The level that training should reach, and whether a variant's training score falls short of it.

It is the score to reach, where one was named; else the best *validation* score of another variant or a
baseline on the same rows: what others do on rows they have not seen, training should manage on rows it has.
"""

from dataclasses import dataclass

import numpy as np

from trainlab.diagnosis.completed import Completed
from trainlab.diagnosis.estimate import ALPHA, Estimate
from trainlab.diagnosis.measured import Floats, better, trivial

_DUMMY = "dummy"


@dataclass(frozen=True, eq=False)
class Reference:
    """The level that a variant's training score is held against.

    Args:
        what: what it is, in words.
        level: the score, mean over runs or folds.
        shortfall: by how much the training score falls short of it.
        known: whether reaching it says something: a guess that knows no inputs is reached by almost anything.
        name: the contender whose level it is; empty for the score to reach and for baselines.
    """

    what: str
    level: float
    shortfall: Estimate
    known: bool
    name: str = ""


@dataclass(frozen=True, eq=False)
class _Level:
    what: str
    scores: int | Floats
    mean: float
    error: float = 0.0
    known: bool = True
    name: str = ""


def reference_of(runs: Completed, place: int, alpha: float = ALPHA) -> Reference | None:
    """Hold a variant's training score against the level it should reach; None where it has no such score.

    Args:
        runs: the completed runs.
        place: which variant.
        alpha: probability left outside of the interval; shared among the contenders that it is taken of.
    """
    results = runs.results
    trained = np.where(runs.scored[place], results.endings["train_score"][place], np.nan)
    if not np.isfinite(trained).any():
        return None
    levels = _levels(runs, place, trained.shape)
    best = max(levels, key=lambda level: float(better(results, np.array(level.mean))))
    shortfall = runs.of_rows(best.scores, trained, alpha=alpha / len(levels))
    if shortfall is None:
        return None
    if best.error and runs.splits.kind == "one split":
        shortfall = shortfall.widened(best.error, runs.splits.validating[0], runs.matters)
    return Reference(best.what, best.mean, shortfall, any(level.known for level in levels), best.name)


def _levels(runs: Completed, place: int, shape: tuple[int, ...]) -> list[_Level]:
    results = runs.results
    target = results.facts["experiment"].get("target_score")
    if target is not None:
        shown = results.metric.shown(float(target))
        return [_Level(f"the score to reach ({shown})", np.full(shape, float(target)), float(target))]
    guess = trivial(results)
    levels = [_Level("guessing", np.full(shape, guess), guess, known=False)]
    levels += [_baseline(found, shape) for found in results.facts.get("baselines") or () if found["scores"]]
    for other, name in enumerate(results.variants):
        scores = np.where(runs.scored[other], results.scores[other], np.nan)
        if other != place and np.isfinite(scores).any():
            levels.append(_Level(f"`{name}`", other, float(np.nanmean(scores)), name=name))
    return levels


def _baseline(found: dict[str, object], shape: tuple[int, ...]) -> _Level:
    scores = np.broadcast_to(np.asarray(found["scores"], np.float64), shape)
    low, high = found.get("low"), found.get("high")
    error = (high - low) / 2 if isinstance(low, float) and isinstance(high, float) else 0.0
    return _Level(
        f"the baseline ({found['label']})",
        scores,
        float(scores.mean()),
        error,
        known=found["name"] != _DUMMY,
    )
