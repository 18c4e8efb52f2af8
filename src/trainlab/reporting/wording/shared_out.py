"""How rows were shared out, in words: which rows train and validate, and for what intervals hold.

Knows what was declared and how many rows each fold has; measures nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from trainlab.comparison.comparison import Comparison
from trainlab.comparison.splits import Kind, splits_of
from trainlab.reporting.wording.names import clean, quoted
from trainlab.reporting.wording.plain import percent
from trainlab.reporting.wording.settings import setting
from trainlab.reporting.wording.words import counted, span
from trainlab.results.table import Results

_MOST_FOLDS = 12

UNITS: Mapping[Kind, str] = {
    "one split": "seed",
    "folds": "fold",
    "disjoint sets": "training set",
    "time series": "fold",
    "resamples": "resample",
}


def interval_head(kind: Kind) -> str:
    """Name what stands as low and high: an interval, or what resamples have in its place.

    >>> interval_head("folds"), interval_head("resamples")
    ('95 % interval', 'middle 95 %')
    """
    return "middle 95 %" if kind == "resamples" else "95 % interval"


def validation_in_words(results: Results) -> str:
    """Tell which rows train and which validate, fold by fold where folds differ."""
    document, data = results.facts.get("experiment", {}), results.facts.get("data", {})
    how = _how(document.get("validation") or {}, results.folds)
    sizes = _sizes(results, data)
    if sizes:
        how += f"; {sizes}"
    drawn = document.get("split_seed")
    if "time_series" in (document.get("validation") or {}):
        return f"{how}. No row is drawn: the order of time decides. The rows are the same for every run."
    seed = "" if drawn is None else f" by split seed {drawn}"
    return (
        f"{how}. The rows are drawn{seed}, apart from the seeds of the runs, and are the same for every run."
    )


def mean_in_words(kind: Kind) -> str:
    """Say for what the interval of a mean holds; empty where there is none."""
    return {
        "one split": "The interval of a mean is Student's over seeds: it holds for training again on these "
        "rows and scoring on exactly these validation rows.",
        "folds": "Seeds are averaged within a fold. The interval of a mean is Student's over folds, widened "
        "because their training rows overlap (Nadeau and Bengio): it holds for training sets of this size "
        "drawn like these.",
        "disjoint sets": "Seeds are averaged within a training set. The interval of a mean is Student's over "
        "training sets, which share no row: it holds for training sets of this size drawn like these, scored "
        "on exactly these validation rows.",
        "time series": "Seeds are averaged within a fold, and the mean is over folds. Folds of a time series "
        "follow one another and share their past: they have no interval.",
        "resamples": "Seeds are averaged within a resample, and the mean is over resamples. In the place of "
        "an interval stands the middle 95 % of them.",
    }[kind]


def differences_in_words(comparison: Comparison) -> str:
    """Say for what the intervals of differences hold; empty where there are none."""
    if comparison.describes:
        what = (
            "parts of a time series" if comparison.splits == "time series" else "resamples of the same rows"
        )
        return f"Differences over {what} describe, and no verdict is read off them."
    if not any(row.low is not None for row in comparison.rows):
        return ""
    holds = quoted(clean(comparison.claim, 1_000)).rstrip(".")
    several = len(comparison.rows) > 1
    together = f" and for all {len(comparison.rows)} comparisons at once" if several else ""
    if comparison.splits == "disjoint sets":
        return (
            "The interval of a difference, from pairs of runs with the same seed on the same training set, "
            f"is Student's over training sets and holds {holds}{together}."
        )
    if comparison.splits == "folds":
        return (
            "The interval of a difference, from pairs of runs with the same seed on the same fold, is "
            f"widened in the same way and holds {holds}{together}."
        )
    return (
        f"The interval of a difference, from pairs of runs with the same seed, holds {holds}{together}; "
        "so it is the wider one."
    )


_TOLD = {
    "holdout": "One split: {share} of the rows are held out",
    "kfold": "{folds} folds: every row validates once",
    "repeated_kfold": "{folds} folds, {each} at a time: every row validates {times} times",
    "monte_carlo": "{folds} random splits, each with {share} of the rows held out",
    "group_kfold": "{folds} folds of whole groups: every group validates once",
    "time_series": "{folds} parts of the series in turn: training rows lie before those that validate{gap}",
    "leave_one_out": "{folds} folds: each leaves out one row, or one group where rows come in groups",
    "bootstrap": "{folds} resamples: training rows are drawn with replacement, {validate}",
    "disjoint": "{folds} training sets that share no row: {common} of the rows train nowhere and validate "
    "each time",
}


def _how(validation: Mapping[str, Any], folds: int) -> str:
    key = next((key for key in _TOLD if key in validation), None)
    if key is None:
        told = " ".join(setting(name, value) for name, value in validation.items())
        return clean(told).capitalize() if told else counted(folds, "split")
    share = validation.get("holdout", validation.get("fraction", 0.2))
    asked = validation[key]
    each, times = (
        asked if key == "repeated_kfold" and isinstance(asked, Sequence) and len(asked) == 2 else (folds, 1)
    )
    gap = validation.get("gap")
    apart = f", with a gap of {counted(int(gap), 'row')} between them" if gap else ""
    common = percent(float(validation.get("common") or 0.2))
    validate = "those never drawn validate"
    if "common" in validation:
        validate = f"from all but {common} of the rows, which validate each time"
    beside = {"common": common, "validate": validate}
    parts = beside | {
        "folds": folds,
        "share": percent(float(share)),
        "each": each,
        "times": times,
        "gap": apart,
    }
    return _TOLD[key].format(**parts)


def _sizes(results: Results, data: Mapping[str, Any]) -> str:
    """Say how many rows train and validate: of each fold where they differ by more than one."""
    try:
        splits = splits_of(results)
    except KeyError:  # rows of the folds were not stored: what is told of the first must do
        training, validating = data.get("training_rows"), data.get("validation_rows")
        if training is None or validating is None:
            return ""
        return f"{counted(training, 'row')} train, {counted(validating, 'row')} validate"
    training, validating = splits.training, splits.validating
    if results.folds == 1:
        return f"{counted(training[0], 'row')} train, {counted(validating[0], 'row')} validate"
    differ = max(training) - min(training) > 1 or max(validating) - min(validating) > 1
    if differ and results.folds <= _MOST_FOLDS:
        pairs = zip(training, validating, strict=True)
        each = [
            f"{train:,} and {validate:,} in fold {place}" for place, (train, validate) in enumerate(pairs, 1)
        ]
        return f"rows that train and that validate: {', '.join(each)}"
    return (
        f"in each, {span(min(training), max(training))} rows train and "
        f"{span(min(validating), max(validating))} {'validates' if max(validating) == 1 else 'validate'}"
    )
