"""How rows were shared out, as far as a comparison must know it: what its intervals may claim.

Read from the stored facts and rows of the folds. Knows nothing of scores.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trainlab.comparison.over_folds import DISJOINT_CLAIM, FOLDS_CLAIM, RESAMPLES_CLAIM, TIME_CLAIM
from trainlab.experiment.cocktail import left_out
from trainlab.experiment.tuning import FOUND
from trainlab.results.naming import named
from trainlab.results.store import Reader
from trainlab.results.table import Results

Kind = Literal["one split", "folds", "disjoint sets", "time series", "resamples"]

CLAIM = "for a network trained on these rows, on new rows like the validation rows"
GROUPS_CLAIM = "for a network trained on these rows, on new groups of rows like those that validate"
CLAIMS: dict[Kind, str] = {
    "one split": CLAIM,
    "folds": FOLDS_CLAIM,
    "disjoint sets": DISJOINT_CLAIM,
    "time series": TIME_CLAIM,
    "resamples": RESAMPLES_CLAIM,
}


@dataclass(frozen=True)
class Splits:
    """How rows were shared out.

    Args:
        kind: what may be claimed: ``"time series"`` and ``"resamples"`` come to no verdicts.
        training: training rows of each fold.
        validating: validation rows of each fold.
        scored_rows: rows that validate in some fold, each counted once.
        grouped: whether rows come in groups, which are then what new rows are drawn by.
        settings: how the settings that are compared came about, in words; empty where all are as written.
    """

    kind: Kind
    training: tuple[int, ...]
    validating: tuple[int, ...]
    scored_rows: int
    grouped: bool = False
    settings: str = ""

    @property
    def claim(self) -> str:
        """For what an interval holds, in words."""
        claim = GROUPS_CLAIM if self.grouped and self.kind == "one split" else CLAIMS[self.kind]
        return f"{claim}, {self.settings}" if self.settings else claim

    @property
    def describes(self) -> bool:
        """Whether numbers only describe, and no verdict follows from them."""
        return self.kind in {"time series", "resamples"}

    @property
    def rows(self) -> int:
        """Rows that a fold shares out, the mean over folds."""
        return round(float(np.mean(self.training) + np.mean(self.validating)))

    @property
    def ratio(self) -> float:
        """Validation rows by training rows, the mean over folds; 0 where training sets share no row.

        It is what the variance over folds is widened by, for what their training sets share.
        """
        if self.kind == "disjoint sets":
            return 0.0
        return float(np.mean(np.divide(self.validating, self.training)))

    @property
    def one_row(self) -> bool:
        """Whether each of several folds leaves one row out."""
        return self.kind == "folds" and set(self.validating) == {1}


def splits_of(results: Results) -> Splits:
    """Tell how the rows of stored results were shared out."""
    validation = results.facts["experiment"].get("validation") or {}
    kind: Kind = "folds" if results.folds > 1 else "one split"
    if "time_series" in validation:
        kind = "time series"
    elif "bootstrap" in validation:
        kind = "resamples"
    elif "disjoint" in validation:
        kind = "disjoint sets"
    validating = results.validation_rows
    scored = np.unique(np.concatenate(validating)).size
    sizes = tuple(len(rows) for rows in validating)
    grouped = results.validation_groups[0] is not None
    training = _training_sizes(results, sizes, scored)
    return Splits(kind, training, sizes, scored, grouped, tuned_settings(results))


def tuned_settings(results: Results) -> str:
    """Say how the settings that are compared came about; empty where nothing was tuned.

    On one split an interval holds for the settings that were found, and covers nothing of what other trials
    would have found. Over several folds each fold was tuned anew, so that it covers that too.

    >>> from trainlab.testing import made_up_trials
    >>> results = made_up_trials({"sgd": {"scores": [0.7, 0.9]}, "adam": {"scores": [0.8, 0.7]}})
    >>> tuned_settings(results)
    'each at the settings that 2 trials found'
    """
    studies = (results.facts.get("tuning") or {}).get("studies") or ()
    trials: dict[str, int] = {}
    for study in studies:
        if study["chosen"] is not None:
            trials[study["variant"]] = max(trials.get(study["variant"], 0), int(study["trials"]))
    if not trials:
        return ""
    anew = results.folds > 1
    by_trials: dict[int, list[str]] = {}
    # What leaves one technique out of what was found has its settings otherwise, and says so by its name.
    less = set(left_out(FOUND, results.variants).values())
    for name in results.variants:
        by_trials.setdefault(trials.get(FOUND if name in less else name, 0), []).append(name)
    if len(by_trials) == 1:
        return f"each {_found(next(iter(by_trials)), anew=anew)}"
    return ", ".join(f"{named(names)} {_found(count, anew=anew)}" for count, names in by_trials.items())


def _found(trials: int, *, anew: bool) -> str:
    if not trials:
        return "as written"
    plural = "trial" if trials == 1 else "trials"
    if anew:
        return f"tuned anew with {trials} {plural} in each fold"
    return f"at the settings that {trials} {plural} found"


def _training_sizes(results: Results, sizes: Sequence[int], scored: int) -> tuple[int, ...]:
    """Count the training rows of each fold; where they were not stored, all rows but the validating ones."""
    with Reader(results.folder) as reader:
        stored = [reader.array(f"fold/{fold}", "training") for fold in range(results.folds)]
    rows = max(int(results.facts["data"].get("rows") or 0), scored)
    return tuple(
        max(1, rows - size if training is None else len(training))
        for training, size in zip(stored, sizes, strict=True)
    )
