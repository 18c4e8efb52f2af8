"""What is believed of a difference: against SciPy's t, and against draws."""

import numpy as np
import pytest
from scipy import stats

from trainlab.comparison.bayes import Bayes, Posterior, over_overlapping_folds, over_seeds_and_rows
from trainlab.comparison.crossed import Crossed, Layout, MeanSquares, crossed
from trainlab.comparison.over_folds import corrected_t

DIFFERENCES = np.array([0.02, 0.03, 0.01, 0.04, 0.02])


@pytest.mark.parametrize("train, test", [(80, 20), (90, 10)])
def test_over_folds_it_is_the_correlated_t(train, test):
    """
    A t with location and scale as Benavoli and others give them, rho being the share that validates.
    """
    rho = test / (train + test)
    scale = np.sqrt(DIFFERENCES.var(ddof=1) * (1 / 5 + rho / (1 - rho)))
    believed = stats.t(4, loc=DIFFERENCES.mean(), scale=scale)

    found = over_overlapping_folds(corrected_t(DIFFERENCES, ratio=test / train)).beliefs(
        0.01, higher_is_better=True
    )

    expected = believed.sf(0.01), believed.cdf(0.01) - believed.cdf(-0.01), believed.cdf(-0.01)
    assert (found.better, found.equivalent, found.worse) == pytest.approx(expected)


def test_of_a_loss_better_is_below():
    """
    Where lower is better, better and worse change places and the middle stays.
    """
    posterior = Posterior(-0.02, ((0.01, 9.0),))

    loss, score = (posterior.beliefs(0.005, higher_is_better=higher) for higher in (False, True))

    assert loss == Bayes(score.worse, score.equivalent, score.better)
    assert loss.better > 0.8


@pytest.mark.parametrize(
    "parts, unmet",
    [
        (((0.005, 4.0), (0.004, 99.0)), 0.003),
        (((0.003, 2.0), (0.005, 9.0)), 0.0),
        (((0.0, 2.0), (0.002, 30.0)), 0.006),
    ],
)
def test_errors_add_as_draws_do(parts, unmet):
    """
    The probabilities are those of many sums of draws, to half a hundredth.
    """
    rng, draws = np.random.default_rng(5), 300_000
    drawn = 0.004 + sum(scale * rng.standard_t(freedom, draws) for scale, freedom in parts)
    drawn = drawn + rng.laplace(0, unmet, draws) if unmet else drawn

    found = Posterior(0.004, parts, unmet).beliefs(0.005, higher_is_better=True)

    assert found.better == pytest.approx(np.mean(drawn > 0.005), abs=0.005)
    assert found.worse == pytest.approx(np.mean(drawn < -0.005), abs=0.005)
    assert found.better + found.equivalent + found.worse == pytest.approx(1.0)


def test_where_seeds_alone_differ_it_is_the_t_over_seeds():
    """
    With rows that all say the same, SciPy's one-sample t is left.
    """
    by_seed = np.array([0.1, 0.3, 0.2, 0.5])
    table = np.repeat(by_seed[:, None], 50, axis=1)
    believed = stats.t(3, loc=by_seed.mean(), scale=stats.sem(by_seed))

    found = over_seeds_and_rows(crossed(table)).beliefs(0.05, higher_is_better=True)

    assert found.better == pytest.approx(believed.sf(0.05), abs=1e-6)
    assert found.worse == pytest.approx(believed.cdf(-0.05), abs=1e-6)


def test_where_seeds_agree_better_than_chance_the_rows_count_in_full():
    """
    A mean square of seeds below that of the rest takes nothing off the rows' own error.
    """
    measured = Crossed(0.1, Layout(5, 100), MeanSquares(seed=0.01, row=2.0, rest=1.0))
    believed = stats.t(99, loc=0.1, scale=np.sqrt(2.0 / 500))

    found = over_seeds_and_rows(measured).beliefs(0.02, higher_is_better=True)

    assert found.better == pytest.approx(believed.sf(0.02), abs=1e-6)


def test_networks_right_on_the_same_few_rows_are_not_believed_equivalent():
    """
    As in the interval, a share of 3 / n may differ with a probability of 5 % although none of n rows does.
    """
    few, many = (
        over_seeds_and_rows(crossed(np.zeros((5, rows)), step=1.0)).beliefs(0.005, higher_is_better=True)
        for rows in (30, 600)
    )

    assert few.equivalent == pytest.approx(1 - np.exp(-0.005 * 30), abs=1e-9)
    assert many.equivalent == pytest.approx(1 - np.exp(-0.005 * 600), abs=1e-9)
    assert few.better == few.worse


def test_with_no_doubt_at_all_one_of_three_is_certain():
    """
    Differences that never vary and move by any amount leave nothing open.
    """
    found = over_seeds_and_rows(crossed(np.full((3, 10), 0.2))).beliefs(0.1, higher_is_better=True)

    assert (found.better, found.equivalent, found.worse) == pytest.approx((1.0, 0.0, 0.0))


def test_one_seed_and_one_fold_are_not_believed_in():
    """
    Without spread there is no posterior.
    """
    assert over_seeds_and_rows(crossed(np.zeros((1, 10)))) is None
    assert over_overlapping_folds(corrected_t([0.1], ratio=0.25)) is None
