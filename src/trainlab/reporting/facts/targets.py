"""Time to target as it is shown: how many runs of each variant reached the score, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trainlab.comparison.time_to_target import TimeToTarget
from trainlab.experiment.metrics import Metric
from trainlab.reporting.wording.words import duration


@dataclass(frozen=True)
class TargetRow:
    """When the runs of one variant reached the target, every part as it is shown.

    Args:
        variant: its label.
        reached: as ``2 of 3``.
        epochs: median over runs, as ``5`` or ``more than 8``.
        steps: the same in optimizer steps.
        seconds: the same in time of a run measured alone.
    """

    variant: str
    reached: str
    epochs: str
    steps: str
    seconds: str


@dataclass(frozen=True)
class Targets:
    """The target and when it was reached.

    Args:
        target: the score, with its unit.
        rows: one for each variant.
        note: what the numbers mean.
    """

    target: str
    rows: tuple[TargetRow, ...]
    note: str


def targets(
    times: Sequence[TimeToTarget], target: float | None, metric: Metric, shown: Mapping[str, str]
) -> Targets | None:
    """Give what is shown of the times to the target; None where there is no target.

    Args:
        times: one for each variant.
        target: the score to reach.
        metric: what is measured.
        shown: name of a variant -> how it is shown.
    """
    if target is None or not times:
        return None
    return Targets(
        target=metric.shown(target),
        rows=tuple(_row(time, shown.get(time.variant, time.variant)) for time in times),
        note=_note(times, target, metric),
    )


def target_in_words(target: float | None, metric: Metric) -> str:
    """Say what counts as reached.

    >>> from trainlab.experiment.metrics import METRICS
    >>> target_in_words(0.97, METRICS["accuracy"])
    'accuracy of at least 97.00 % over all validation rows'
    """
    if target is None:
        return ""
    side = "at least" if metric.higher_is_better else "at most"
    return f"{metric.label} of {side} {metric.shown(target)} over all validation rows"


def _note(times: Sequence[TimeToTarget], target: float, metric: Metric) -> str:
    said = [
        f"The first epoch after which a run had {target_in_words(target, metric)}.",
        "Told is the median over the runs of a variant: the epoch by which more than half of them had.",
    ]
    if any(time.reached < time.runs for time in times):
        said.append(
            "A run that never did counts as later than all its epochs; where no more than half did, the "
            "median is only known to be more."
        )
    if any(time.averaged for time in times):
        said.append("An ensemble answers as one only at its end, and reaches it there or not at all.")
    said.append("Time is that of a run measured alone, without compiling.")
    return " ".join(said)


def _row(time: TimeToTarget, label: str) -> TargetRow:
    more = "more than " if time.censored else ""
    return TargetRow(
        variant=label,
        reached=f"{time.reached} of {time.runs}",
        epochs="–" if time.epochs is None else f"{more}{time.epochs:,}",
        steps="–" if time.steps is None else f"{more}{time.steps:,}",
        seconds="–" if time.seconds is None else f"{more}{duration(time.seconds)}",
    )
