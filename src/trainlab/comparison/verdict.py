"""The verdict: what an interval says about a difference that was named as the smallest that matters."""

from typing import Literal

from trainlab.experiment.metrics import Metric

Verdict = Literal["better", "worse", "equivalent", "undecided"]

RATE_THAT_MATTERS = 0.005
SHARE_OF_TRIVIAL_LOSS = 0.01
SCORE_THAT_MATTERS = 0.01


def decide(interval: tuple[float, float] | None, smallest: float, *, higher_is_better: bool) -> Verdict:
    """Read the verdict off an interval of a difference, variant minus reference.

    Args:
        interval: low and high in the metric's unit; None where there is none.
        smallest: the smallest difference that matters, above 0.
        higher_is_better: whether a positive difference speaks for the variant.

    >>> decide((-0.02, -0.01), 0.005, higher_is_better=False)
    'better'
    >>> decide((-0.004, 0.001), 0.005, higher_is_better=True)
    'equivalent'
    >>> decide((-0.010, 0.001), 0.005, higher_is_better=True)
    'undecided'
    """
    if interval is None:
        return "undecided"
    low, high = interval
    if low > 0 or high < 0:
        return "better" if (low > 0) == higher_is_better else "worse"
    return "equivalent" if within(interval, smallest) else "undecided"


def within(interval: tuple[float, float], smallest: float) -> bool:
    """Whether the whole interval is smaller than what matters, in either direction."""
    return -smallest <= interval[0] and interval[1] <= smallest


def smallest_difference(metric: Metric, trivial_score: float) -> float:
    """Give the smallest difference that matters where nobody named one.

    0.005, half a point, for what lies between 0 and 1, a hundredth of the trivial predictor's loss for
    losses, 0.01 for other scores.

    Args:
        metric: what is compared.
        trivial_score: mean score of the class-prior or mean predictor on the validation rows.

    >>> from trainlab.experiment.metrics import METRICS
    >>> smallest_difference(METRICS["accuracy"], 0.1), smallest_difference(METRICS["log_loss"], 2.3)
    (0.005, 0.023)
    """
    if metric.is_share:
        return RATE_THAT_MATTERS
    return SCORE_THAT_MATTERS if metric.higher_is_better else SHARE_OF_TRIVIAL_LOSS * trivial_score
