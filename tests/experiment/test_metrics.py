"""Scores as people read them: never with an exponent where a whole number says more, and never wrong."""

import math

import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.experiment.metrics import CALIBRATION_ERROR, METRICS, amount, parse_metric


def test_an_amount_read_back_is_the_value_to_four_digits_or_to_one():
    """
    From millionths to billions the text is within half its last digit; only the very small have exponents.
    """
    rng = np.random.default_rng(0)
    values = rng.uniform(1, 10, 500) * 10.0 ** rng.integers(-6, 12, 500) * rng.choice([-1, 1], 500)

    for value in values:
        written = amount(value)
        read = float(written.replace(",", ""))
        half = 0.5 * 10.0 ** (math.floor(math.log10(abs(value))) - 3)
        assert abs(read - value) <= 1.000001 * (min(half, 0.5) if abs(value) >= 10_000 else half)
        assert ("e" in written) == (abs(value) < 1e-4)


@pytest.mark.parametrize(
    "value,written",
    [
        (9_999.49, "9999"),
        (9_999.5, "10,000"),
        (-1_234_567.8, "-1,234,568"),
        (1e13, "1e+13"),
        (math.inf, "inf"),
        (math.nan, "nan"),
        (0.0, "0"),
    ],
)
def test_amounts_at_the_edges(value, written):
    """
    From what would round to 10,000 on there are thousands signs; what is no number stays what it is.
    """
    assert amount(value) == written


@pytest.mark.parametrize("metric", ["mse", "mae", "r2", "log_loss", "loss", "brier", "auc"])
def test_a_difference_carries_its_sign(metric):
    """
    Differences have a sign at every size, and the size is written as of a score.
    """
    for value in (0.25, 47_900.0, 50_514.2):
        assert METRICS[metric].shown_difference(value) == f"+{METRICS[metric].shown(value)}"
        assert METRICS[metric].shown_difference(-value) == f"-{METRICS[metric].shown(value)}"


def test_a_rate_stays_in_percent():
    """
    Accuracy is written in percent, and its difference in points.
    """
    assert (METRICS["accuracy"].shown(1.0), METRICS["accuracy"].shown_difference(-1.0)) == (
        "100.00 %",
        "-100.00",
    )


def test_shares_and_what_is_at_most_one_are_written_as_such():
    """
    Balanced accuracy is a rate in percent; F1, area and R² are numbers; intervals end where each must end.
    """
    assert METRICS["balanced_accuracy"].shown(0.912) == "91.20 %"
    assert (METRICS["auc"].shown(0.98734), METRICS["auc"].shown_difference(-0.0061)) == ("0.9873", "-0.0061")
    assert METRICS["auc"].unit_of_difference == "units of AUC"
    assert METRICS["f1_macro"].shown(0.5) == "0.5"
    assert METRICS["r2"].shown(-1.25) == "-1.25"
    assert METRICS["r2"].cut(-3.0, 1.5) == (-3.0, 1.0)
    for name in ("accuracy", "balanced_accuracy", "f1_macro", "auc"):
        assert METRICS[name].cut(-0.5, 1.5) == (0.0, 1.0)
        assert METRICS[name].is_share
    assert METRICS["mse"].cut(-0.5, 1.5) == (0.0, 1.5)
    assert not METRICS["brier"].is_share


def test_nothing_is_compared_by_its_calibration_error():
    """
    It is measured and reported; who asks to compare by it is told what sees calibration and skill.
    """
    with pytest.raises(UsageError, match=r"^metric: the calibration error is.*by `brier` or `log_loss`"):
        parse_metric("calibration_error")

    assert CALIBRATION_ERROR.name not in METRICS
