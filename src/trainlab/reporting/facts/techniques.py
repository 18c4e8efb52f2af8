"""What ensembles, pruning and early stopping did, as facts and in sentences; only where they were used.

Differences here are between numbers of the same runs, on exactly these validation rows: their intervals are
Student's over seeds. Verdicts are the comparison's business, not theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.over_seeds import over_seeds
from trainlab.experiment.metrics import Metric
from trainlab.reporting.facts.variants import in_force
from trainlab.reporting.wording import words
from trainlab.reporting.wording.plain import is_off, percent
from trainlab.reporting.wording.words import counted, span
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results


@dataclass(frozen=True)
class Change:
    """A mean difference between paired numbers, with its 95 % interval over seeds where there is one.

    Args:
        value: mean difference, in the unit of the metric.
        low: lower end of the interval; None for one seed.
        high: upper end.
    """

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class EnsembleFacts:
    """What averaging gave.

    Args:
        variant: label of the variant.
        members: how many networks answer as one.
        score: mean score of the ensembles.
        alone: mean score of their members, each by itself.
        gain: score of an ensemble minus the mean of its members'.
        control: label of the network that may compute as much; empty without one.
        over_control: score of an ensemble minus that of its control, seed by seed; None where there is none.
    """

    variant: str
    members: int
    score: float
    alone: float
    gain: Change
    control: str
    over_control: Change | None


@dataclass(frozen=True)
class PruningFacts:
    """What pruning took away.

    Args:
        variant: label of the variant.
        before: mean score before pruning.
        after: mean score after.
        change: after minus before.
        share: share of all trainable numbers that was set to zero, the mean over runs.
    """

    variant: str
    before: float
    after: float
    change: Change
    share: float


@dataclass(frozen=True)
class StoppingFacts:
    """What early stopping saved.

    Args:
        variant: label of the variant.
        stopped: runs that it ended.
        runs: runs that ended well.
        asked: epochs that the recipe allows.
        trained: fewest and most epochs that were trained.
        chosen: fewest and most epochs whose weights are kept.
        saved: share of the allowed epochs that was not trained.
        seconds: what their steps would have taken, one run after the other; None where none was timed.
        members: whether these are the longest-trained members of ensembles.
    """

    variant: str
    stopped: int
    runs: int
    asked: int
    trained: tuple[int, int]
    chosen: tuple[int, int]
    saved: float
    seconds: float | None
    members: bool


TechniqueFacts = EnsembleFacts | PruningFacts | StoppingFacts


def technique_facts(results: Results, shown: Mapping[str, str]) -> tuple[TechniqueFacts, ...]:
    """Give what ensembles, pruning and early stopping did, variant by variant.

    Args:
        results: what was measured.
        shown: name of a variant -> how it is shown.
    """
    document = results.facts.get("experiment", {})
    found: list[TechniqueFacts | None] = []
    for place, name in enumerate(results.variants):
        recipe = in_force(document, name)
        found += [
            _ensemble(results, place, recipe, shown),
            _pruning(results, place, shown[name]),
            _stopping(results, place, recipe, shown[name]),
        ]
    return tuple(facts for facts in found if facts is not None)


def technique_sentence(facts: TechniqueFacts, metric: Metric) -> str:
    """Say what a technique did.

    >>> from trainlab.experiment.metrics import METRICS
    >>> pruned = PruningFacts("half", 0.97, 0.96, Change(-0.01, -0.02, 0.0), 0.48)
    >>> technique_sentence(pruned, METRICS["accuracy"])
    '“half”: pruning set 48 % of all trainable numbers to zero; accuracy 97.00 % before, 96.00 % after \
(−1.00 percentage points, 95 % interval over seeds −2.00 to +0.00).'
    """
    if isinstance(facts, EnsembleFacts):
        return _of_ensemble(facts, metric)
    if isinstance(facts, PruningFacts):
        return (
            f"“{facts.variant}”: pruning set {percent(facts.share)} of all trainable numbers to zero; "
            f"{metric.label} {metric.shown(facts.before)} before, {metric.shown(facts.after)} after "
            f"({_change(facts.change, metric)})."
        )
    return _of_stopping(facts)


def _of_ensemble(facts: EnsembleFacts, metric: Metric) -> str:
    said = (
        f"“{facts.variant}”: {counted(facts.members, 'network')} averaged reach "
        f"{metric.shown(facts.score)} {metric.label}, one alone {metric.shown(facts.alone)} on average; "
        f"averaging changes that by {_change(facts.gain, metric)}."
    )
    if facts.over_control is not None:
        said += (
            f" The difference from “{facts.control}”, one network trained for as many epochs as all of them "
            f"together, is {_change(facts.over_control, metric)}."
        )
    return said


def _of_stopping(facts: StoppingFacts) -> str:
    if facts.members:
        return (
            f"“{facts.variant}”: early stopping ended members; the longest-trained one of an ensemble took "
            f"{span(*facts.trained)} of {counted(facts.asked, 'epoch')} and kept the weights of "
            f"{_epochs(facts.chosen)}."
        )
    whose = "runs" if facts.runs != 1 else "run"
    kept = f"the weights kept are those of {_epochs(facts.chosen)}"
    if not facts.stopped:
        return (
            f"“{facts.variant}”: early stopping ended none of {facts.runs} {whose} before epoch "
            f"{facts.asked}; {kept}."
        )
    return (
        f"“{facts.variant}”: early stopping ended {facts.stopped} of {facts.runs} {whose}, after "
        f"{span(*facts.trained)} of {counted(facts.asked, 'epoch')}; {kept}, and "
        f"{percent(round(facts.saved, 2))} of the epochs{_in_seconds(facts.seconds)} were saved."
    )


def _in_seconds(seconds: float | None) -> str:
    return f", some {words.duration(seconds)} of steps," if seconds else ""


def _epochs(chosen: tuple[int, int]) -> str:
    return f"{'epoch' if chosen[0] == chosen[1] else 'epochs'} {span(*chosen)}"


def _change(change: Change, metric: Metric) -> str:
    said = f"{words.difference(metric, change.value)} {metric.unit_of_difference}"
    if change.low is None or change.high is None:
        return said
    return f"{said}, 95 % interval over seeds {words.difference_interval(metric, change.low, change.high)}"


def _ensemble(
    results: Results, place: int, recipe: Mapping[str, Any], shown: Mapping[str, str]
) -> EnsembleFacts | None:
    if not results.member_scores.shape[-1]:
        return None
    scores, members = results.scores[place], results.member_scores[place]
    size = _members(recipe)
    # Only where every member has a score: else the ensemble has none either.
    whole = np.isfinite(scores) & (np.isfinite(members).sum(axis=-1) == size)
    if size < 2 or not whole.any():
        return None
    alone = np.where(whole, np.nansum(members, axis=-1) / size, np.nan)
    name = results.variants[place]
    control = f"{name}: control"
    over = None
    if control in results.variants:
        theirs = results.scores[results.variants.index(control)]
        over = _paired(scores, theirs)
    gain = _paired(scores, alone)
    if gain is None:
        return None
    return EnsembleFacts(
        variant=shown[name],
        members=size,
        score=float(scores[whole].mean()),
        alone=float(alone[whole].mean()),
        gain=gain,
        control="" if over is None else shown[control],
        over_control=over,
    )


def _members(recipe: Mapping[str, Any]) -> int:
    asked = recipe.get("ensemble")
    members = asked.get("members", 5) if isinstance(asked, Mapping) else asked
    return 1 if is_off(members) else int(members or 1)


def _pruning(results: Results, place: int, label: str) -> PruningFacts | None:
    before, after, share = (
        results.endings[name][place] for name in ("unpruned_score", "score", "pruned_share")
    )
    pruned = (share > 0) & np.isfinite(before) & np.isfinite(after)
    change = _paired(np.where(pruned, after, np.nan), before)
    if change is None:
        return None
    return PruningFacts(
        variant=label,
        before=float(before[pruned].mean()),
        after=float(after[pruned].mean()),
        change=change,
        share=float(share[pruned].mean()),
    )


def _stopping(results: Results, place: int, recipe: Mapping[str, Any], label: str) -> StoppingFacts | None:
    if is_off(recipe.get("early_stopping")) or not isinstance(recipe.get("epochs"), int):
        return None
    outcomes = results.outcomes[place]
    ended = (outcomes == Outcome.FINISHED) | (outcomes == Outcome.STOPPED_EARLY)
    trained, chosen = (results.endings[name][place] for name in ("epochs", "chosen_epoch"))
    ended &= np.isfinite(trained) & np.isfinite(chosen)
    if not ended.any():
        return None
    asked, mean = int(recipe["epochs"]), float(trained[ended].mean())
    of_a_run = (results.facts.get("variant_seconds") or {}).get(results.variants[place])
    return StoppingFacts(
        variant=label,
        stopped=int((outcomes == Outcome.STOPPED_EARLY).sum()),
        runs=int(ended.sum()),
        asked=asked,
        trained=(int(trained[ended].min()), int(trained[ended].max())),
        chosen=(int(chosen[ended].min()), int(chosen[ended].max())),
        saved=1 - mean / asked,
        seconds=None if of_a_run is None or not mean else of_a_run * (asked / mean - 1) * int(ended.sum()),
        members=_members(recipe) > 1,
    )


def _paired(one: NDArray[np.float64], other: NDArray[np.float64]) -> Change | None:
    """Average the difference of ``(seed, fold)`` numbers; folds of a seed are averaged first."""
    differences = one - other
    there = np.isfinite(differences).all(axis=1)
    if not there.any():
        return None
    measured = over_seeds(differences[there].mean(axis=1))
    if measured.mean is None:
        return None
    low, high = measured.interval() or (None, None)
    return Change(measured.mean, low, high)
