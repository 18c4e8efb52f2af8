"""One baseline: what it scored, and what has to be said of it. Knows nothing of how it was fitted."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Baseline:
    """What a simple predictor scored on the folds.

    Args:
        name: ``dummy``, ``linear`` or ``trees``.
        label: what it is in words, with the part of the rows it was fitted on where that is not all.
        scores: ``(fold,)`` means over validation rows; empty where it was not fitted.
        row_scores: ``(validation row,)`` for each fold.
        low: lower end of the 95 % interval of the mean; None where there is none.
        high: upper end.
        seconds: what it took.
        note: what else has to be said: why it failed, or that it was stopped early.
    """

    name: str
    label: str
    scores: tuple[float, ...]
    row_scores: tuple[NDArray[np.float64], ...]
    low: float | None
    high: float | None
    seconds: float
    note: str

    @property
    def mean(self) -> float | None:
        """Mean over the folds; None where it was not fitted."""
        return float(np.mean(self.scores)) if self.scores else None

    def document(self) -> dict[str, Any]:
        """Give plain values, the same for the same experiment: no seconds, and no rows."""
        return {
            "name": self.name,
            "label": self.label,
            "mean": self.mean,
            "low": self.low,
            "high": self.high,
            "scores": list(self.scores),
            "note": self.note,
        }


@dataclass(frozen=True)
class Said:
    """What will be said of a baseline.

    Args:
        name: what it is.
        share: the part of rows and columns it was fitted on; empty for all.
        instead: why there are no scores; empty where there are.
    """

    name: str
    share: str = ""
    instead: str = ""

    def on(self, share: str) -> "Said":
        """Say on what part it was fitted."""
        return replace(self, share=share)

    def but(self, reason: str) -> "Said":
        """Say why there are no scores."""
        return replace(self, instead=reason)

    @property
    def label(self) -> str:
        """The name, with the part it was fitted on."""
        return f"{self.name}, on {self.share}" if self.share else self.name

    def note(self, said: Iterable[str]) -> str:
        """Put together what else has to be said, each thing once.

        >>> Said("boosted trees", "1,000 of 9,000 rows").note(["", "stopped early", "stopped early"])
        'Fitted on 1,000 of 9,000 rows, to cost little beside the networks; stopped early.'
        """
        if self.instead:
            parts = [self.instead]
        else:
            cheap = f"fitted on {self.share}, to cost little beside the networks" if self.share else ""
            parts = [part for part in dict.fromkeys([cheap, *said]) if part]
        text = "; ".join(parts)
        return f"{text[:1].upper()}{text[1:]}." if text else ""
