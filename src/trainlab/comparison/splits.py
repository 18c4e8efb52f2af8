"""How rows were shared out, as far as a comparison must know it: what its intervals may claim.

Read from the stored facts and rows of the folds. Knows nothing of scores.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trainlab.comparison.over_folds import DISJOINT_CLAIM, FOLDS_CLAIM, RESAMPLES_CLAIM, TIME_CLAIM
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
    """

    kind: Kind
    training: tuple[int, ...]
    validating: tuple[int, ...]
    scored_rows: int
    grouped: bool = False

    @property
    def claim(self) -> str:
        """For what an interval holds, in words."""
        return GROUPS_CLAIM if self.grouped and self.kind == "one split" else CLAIMS[self.kind]

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
    return Splits(kind, _training_sizes(results, sizes, scored), sizes, scored, grouped)


def _training_sizes(results: Results, sizes: Sequence[int], scored: int) -> tuple[int, ...]:
    """Count the training rows of each fold; where they were not stored, all rows but the validating ones."""
    with Reader(results.folder) as reader:
        stored = [reader.array(f"fold/{fold}", "training") for fold in range(results.folds)]
    rows = max(int(results.facts["data"].get("rows") or 0), scored)
    return tuple(
        max(1, rows - size if training is None else len(training))
        for training, size in zip(stored, sizes, strict=True)
    )
