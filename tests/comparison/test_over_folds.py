"""The mean over folds: its corrected interval against closed forms, and how often it is right."""

import numpy as np
import pytest
from scipy import stats

from trainlab.comparison.over_folds import FoldLayout, corrected_t, fold_half_width, percentiles

DIFFERENCES = np.array([0.031, -0.004, 0.022, 0.017, 0.009, 0.026, 0.001, 0.013, 0.019, 0.008])


def by_hand(differences, ratio):
    """Mean, interval and p of the corrected resampled t test, written with SciPy's t alone."""
    folds, mean = len(differences), np.mean(differences)
    error = np.sqrt((1 / folds + ratio) * np.sum((differences - mean) ** 2) / (folds - 1))
    low, high = stats.t(folds - 1, loc=mean, scale=error).interval(0.95)
    return mean, low, high, 2 * stats.t(folds - 1).sf(abs(mean) / error)


def test_the_interval_is_the_closed_form():
    """
    Ten folds of 50 of 500 rows: mean, interval and p are those of the formula written with SciPy.
    """
    measured = corrected_t(DIFFERENCES, ratio=50 / 450)

    found = (measured.mean, *measured.interval(), measured.p)
    assert found == pytest.approx(by_hand(DIFFERENCES, 50 / 450), rel=1e-9)


def test_the_interval_is_that_of_the_worked_example():
    """
    Counted by hand: variance 0.00013, times 1/5 + 1/4, and 2.7764 as the t of 4 degrees of freedom.
    """
    measured = corrected_t([0.02, 0.03, 0.01, 0.04, 0.02], ratio=20 / 80)

    half = 2.7764451 * (0.00013 * 0.45) ** 0.5
    assert measured.variance == pytest.approx(0.00013)
    assert measured.interval() == pytest.approx((0.024 - half, 0.024 + half))


def test_without_test_rows_it_is_the_plain_t_interval():
    """
    Where nothing overlaps the correction vanishes and the one-sample t test is left.
    """
    measured = corrected_t(DIFFERENCES, ratio=0.0)
    plain = stats.ttest_1samp(DIFFERENCES, 0)

    assert measured.interval() == pytest.approx(tuple(plain.confidence_interval()))
    assert measured.p == pytest.approx(plain.pvalue)


def test_more_folds_cannot_beat_the_overlap():
    """
    With ever more splits of the same rows the error falls to the part of the overlap and no further.
    """
    errors = [
        corrected_t(np.tile([1.0, -1.0], times), ratio=10 / 90).standard_error for times in (5, 50, 5_000)
    ]

    assert errors[0] > errors[1] > errors[2]
    assert errors[2] == pytest.approx((10 / 90) ** 0.5, rel=1e-3)


def test_one_fold_has_a_mean_and_nothing_else():
    """
    One fold shows no spread.
    """
    measured = corrected_t([0.5], ratio=20 / 80)

    assert (measured.mean, measured.interval(), measured.p, measured.standard_error) == (
        0.5,
        None,
        None,
        None,
    )


def test_folds_that_agree_by_chance_are_not_certain():
    """
    Two folds of 20 rows that differ by the same one row have no spread, and yet zero stays possible.
    """
    blind = corrected_t([0.05, 0.05], ratio=1.0, rows=40)
    seeing = corrected_t([0.05, 0.05], ratio=1.0, rows=40, step=1.0)

    assert blind.p == 0.0
    assert seeing.interval()[0] < 0 < seeing.interval()[1]
    assert seeing.p > 0.05


def test_p_is_the_level_at_which_the_interval_meets_zero():
    """
    Also where rows move in steps, so that p has no closed form.
    """
    measured = corrected_t(DIFFERENCES, ratio=50 / 450, rows=500, step=1.0)
    low, _ = measured.interval(1 - measured.p)

    assert low == pytest.approx(0, abs=1e-9)
    assert measured.p > corrected_t(DIFFERENCES, ratio=50 / 450).p


def test_resamples_are_described_by_their_middle():
    """
    NumPy's percentiles from 20 resamples on, and nothing from fewer.
    """
    values = np.random.default_rng(0).normal(size=200)

    assert percentiles(values) == pytest.approx(tuple(np.percentile(values, [2.5, 97.5])))
    assert percentiles(values[:19]) is None
    assert percentiles(values[:20]) is not None


# ----------------------------------------------------------- how often it is right, where folds overlap

ROWS, INPUTS, WORLDS = 60, 6, 1_500


def shared_out(rng, layout):
    """Validation rows of each fold, for some ways of sharing 60 rows out."""
    orders = [rng.permutation(ROWS) for _ in range(15)]
    return {
        "5 folds": [orders[0][place::5] for place in range(5)],
        "10 folds": [orders[0][place::10] for place in range(10)],
        "3 x 5 folds": [orders[time][place::5] for time in range(3) for place in range(5)],
        "15 splits": [order[:12] for order in orders],
        "one row out": [np.array([row]) for row in range(ROWS)],
    }[layout]


def ridge_errors(inputs, targets, validating, columns):
    """Squared errors of ridge regressions on some columns: ``(world, row)``, each world with its own rows."""
    trains = np.setdiff1d(np.arange(ROWS), validating)
    seen, scored = inputs[:, :, columns][:, trains], inputs[:, :, columns][:, validating]
    normal = np.einsum("wri,wrj->wij", seen, seen) + np.eye(len(columns))
    weights = np.linalg.solve(normal, np.einsum("wri,wr->wi", seen, targets[:, trains])[..., None])
    return (targets[:, validating] - (scored @ weights)[..., 0]) ** 2


def fold_differences(layout, seed=0):
    """Differences of two ridge regressions that are truly as good as each other: ``(world, fold)``.

    One sees the first half of the columns, one the second, and the targets lean on both halves alike.
    """
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(WORLDS, ROWS, INPUTS))
    targets = inputs.sum(axis=2) + rng.normal(size=(WORLDS, ROWS))
    halves = np.arange(INPUTS // 2), np.arange(INPUTS // 2, INPUTS)
    return np.stack(
        [
            np.subtract(*(ridge_errors(inputs, targets, rows, half) for half in halves)).mean(axis=1)
            for rows in shared_out(rng, layout)
        ],
        axis=1,
    )


def false_alarms(differences, ratio):
    """The share of worlds whose interval leaves out the true difference, which is zero."""
    folds = differences.shape[1]
    layout = FoldLayout(folds, ratio, rows=ROWS)
    half = fold_half_width(differences.var(axis=1, ddof=1), layout, 0.05)
    return np.mean(np.abs(differences.mean(axis=1)) > half)


@pytest.mark.parametrize(
    "layout, ratio, most",
    [
        ("5 folds", 1 / 4, 0.05),
        ("10 folds", 1 / 9, 0.05),
        ("3 x 5 folds", 1 / 4, 0.05),
        ("15 splits", 1 / 4, 0.06),
        ("one row out", 1 / 59, 0.05),
    ],
)
def test_two_equals_are_told_apart_about_as_seldom_as_asked(layout, ratio, most):
    """
    Over really overlapping folds few equals get a verdict: in 12,000 worlds 1.7, 1.3, 3.7, 5.6 and 0.7 %.
    """
    alarms = false_alarms(fold_differences(layout), ratio)

    assert alarms <= most + 2 * (0.05 * 0.95 / WORLDS) ** 0.5


def test_the_plain_t_test_is_too_sure_of_itself():
    """
    Without the correction, repeated splits tell equals apart several times too often: 36 % in 12,000 worlds.
    """
    assert false_alarms(fold_differences("15 splits"), 0.0) > 0.15
