"""Certifying: prove that training together changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainlab.checking import check_backend
from trainlab.errors import UsageError
from trainlab.experiment.checks import count
from trainlab.experiment.spec import Experiment
from trainlab.running import read, silent

if TYPE_CHECKING:
    from trainlab.engine.certificate import LaneDifference

DEFAULT_LANES = 4


@dataclass(frozen=True)
class Certificate:
    """Whether lanes equal `keras.Model.fit` alone.

    Args:
        dtype: what was computed in.
        tolerance: largest absolute difference that holds.
        lanes: each lane's differences in weights, other variables and losses.
    """

    dtype: str
    tolerance: float
    lanes: "tuple[LaneDifference, ...]"

    @property
    def largest_difference(self) -> float:
        """The largest absolute difference over all lanes."""
        return max((lane.largest for lane in self.lanes), default=0.0)

    @property
    def holds(self) -> bool:
        """Whether every lane equals `fit` within the tolerance."""
        return self.largest_difference <= self.tolerance

    def document(self) -> dict[str, Any]:
        """Give the certificate as the object that ``--json`` prints."""
        import math

        largest = self.largest_difference
        return {
            "schema": "trainlab/certify/1",
            "lanes": len(self.lanes),
            "largest_difference": largest if math.isfinite(largest) else None,
            "tolerance": self.tolerance,
            "holds": self.holds,
            "precision": self.dtype,
        }


def certify(
    experiment: Experiment | str | Path,
    *,
    lanes: int = DEFAULT_LANES,
    precision: str = "float64",
    epochs: int | None = None,
    allow_code: bool = False,
    show: Callable[[str], None] = silent,
) -> Certificate:
    """Train lanes of an experiment together and alone by `keras.Model.fit`, and compare them.

    Args:
        experiment: an experiment, or the path of an experiment file.
        lanes: how many runs are certified, taken in turn from every variant.
        precision: ``"float64"``, where only the order of sums differs, or ``"float32"``, as training runs.
        epochs: as many epochs instead of the experiment's.
        allow_code: whether a Python file that the experiment names may run.
        show: told what is being done.

    Raises:
        UsageError: for an unknown precision or fewer than one lane.
    """
    asked = read(experiment, epochs=epochs)
    lanes = count()(lanes, "lanes")
    check_backend()
    from trainlab.engine.certificate import TOLERANCES, lane_differences

    if precision not in TOLERANCES:
        raise UsageError("unknown precision", "precision", precision, f"Choose {' or '.join(TOLERANCES)}.")
    found = lane_differences(
        asked, asked.folds, lanes=lanes, dtype=precision, allow_code=allow_code, show=show
    )
    return Certificate(precision, TOLERANCES[precision], found)
