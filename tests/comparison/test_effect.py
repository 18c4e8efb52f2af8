"""Effect sizes and the chance to beat: against SciPy's noncentral t, its rank test, and simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from trainlab.comparison.effect import effect_over_folds, effect_over_seeds, share_interval, standardized

DIFFERENCES = np.array([0.02, 0.03, 0.01, 0.04, 0.02])


@pytest.mark.parametrize("factor, alpha", [(1 / 5, 0.05), (1 / 5 + 20 / 80, 0.05), (1 / 5, 0.005)])
def test_the_interval_of_the_size_inverts_the_noncentral_t(factor, alpha):
    """
    Its ends are where the t that was seen lies at the edges of SciPy's noncentral t; signs mirror it.
    """
    t = DIFFERENCES.mean() / (DIFFERENCES.std(ddof=1) * np.sqrt(factor))
    ends = [
        optimize.brentq(lambda at, edge=edge: stats.nct.cdf(t, 4, at) - edge, -2, 25)
        for edge in (1 - alpha / 2, alpha / 2)
    ]

    found, mirrored = (standardized(sign * DIFFERENCES, factor=factor, alpha=alpha) for sign in (1, -1))

    assert (found.low, found.high) == pytest.approx(tuple(np.array(ends) * np.sqrt(factor)), rel=1e-5)
    assert (mirrored.size, mirrored.low, mirrored.high) == pytest.approx(
        (-found.size, -found.high, -found.low)
    )


def test_the_size_is_corrected_for_few_pairs():
    """
    The mean of sizes over many drawn experiments of 4 pairs is the true size, and not a third above it.
    """
    rng = np.random.default_rng(1)
    drawn = 0.8 + rng.normal(size=(4_000, 4))
    plain = drawn.mean(axis=1) / drawn.std(axis=1, ddof=1)
    ratio = standardized(drawn[0], factor=1 / 4).size / plain[0]

    assert np.mean(ratio * plain) == pytest.approx(0.8, abs=0.05)
    assert np.mean(plain) > 1.0


@pytest.mark.slow
def test_the_interval_of_the_size_covers():
    """
    At least 94 of 100 intervals hold the true size.
    """
    rng = np.random.default_rng(2)
    found = [standardized(0.8 + rng.normal(size=5), factor=1 / 5) for _ in range(2_000)]

    assert np.mean([one.low <= 0.8 <= one.high for one in found]) >= 0.94


def test_a_size_too_large_for_the_noncentral_t_goes_on_where_that_ends():
    """
    At the border between the two ways, the ends agree to a thousandth.
    """
    spread = DIFFERENCES - DIFFERENCES.mean()
    at = 1_000 * spread.std(ddof=1) * np.sqrt(0.2)

    below, above = (standardized(spread + shift * at, factor=0.2) for shift in (0.9999, 1.0001))

    assert (below.low, below.high) == pytest.approx((above.low, above.high), rel=2e-3)


@pytest.mark.parametrize("values", [[0.1, 0.2], [0.1, 0.1, 0.1], [0.0, 0.0, 0.0]])
def test_without_enough_spread_there_is_no_size(values):
    """
    Two pairs, or pairs that all differ alike, have none.
    """
    found = standardized(values, factor=1 / len(values))

    assert (found.size, found.low, found.high) == (None, None, None)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=8))
def test_the_chance_is_that_of_the_rank_test_without_pairs_of_one_seed(pairs):
    """
    SciPy's rank statistic, less what runs of the same seed contribute, by the number of other pairs.
    """
    ours, theirs = np.array(pairs, float).T
    whole = stats.mannwhitneyu(ours, theirs).statistic if np.ptp(np.r_[ours, theirs]) else len(pairs) ** 2 / 2
    own = np.sum((ours > theirs) + 0.5 * (ours == theirs))

    found = effect_over_seeds(ours, theirs, higher_is_better=True)

    assert found.probability == pytest.approx((whole - own) / (len(pairs) * (len(pairs) - 1)))


def test_a_loss_is_beaten_from_below():
    """
    Where lower is better, the chance turns round and the size keeps the sign of the difference.
    """
    ours, theirs = [0.2, 0.3, 0.25], [0.4, 0.5, 0.44]

    lower = effect_over_seeds(ours, theirs, higher_is_better=False)

    assert (lower.probability, lower.probability_high) == (1.0, 1.0)
    assert lower.size < 0
    assert effect_over_seeds(ours, theirs, higher_is_better=True).probability == 0.0


@pytest.mark.slow
@pytest.mark.parametrize("lead", [0.0, 1.0, 2.5])
@pytest.mark.parametrize("shared", [0.0, 0.7])
def test_the_interval_of_the_chance_covers(lead, shared):
    """
    At least 94 of 100 intervals hold the true chance, whether seeds move both arms alike or not.
    """
    rng = np.random.default_rng(3)
    truth = stats.norm.cdf(lead / np.sqrt(2))
    held = []
    for _ in range(1_000):
        own, other = rng.normal(size=(2, 5))
        found = effect_over_seeds(
            lead + own, shared * own + np.sqrt(1 - shared**2) * other, higher_is_better=True
        )
        held.append(found.probability_low <= truth <= found.probability_high)

    assert np.mean(held) >= 0.94


def test_the_interval_of_a_share_is_wilson_s():
    """
    With the variance of a share of independent coins it is SciPy's.
    """
    expected = stats.binomtest(7, 20).proportion_ci(method="wilson")

    found = share_interval(7 / 20, lambda at: at * (1 - at) / 20, 0.05)

    assert found == pytest.approx((expected.low, expected.high))


def test_over_folds_runs_meet_within_a_fold():
    """
    What is easy about a fold helps nobody: in each fold the variant wins three of four, whatever its level.
    """
    easy = np.array([0.0, 10.0, 20.0])
    ours, theirs = np.array([[3.0], [5.0]]) + easy, np.array([[4.0], [2.0]]) + easy

    found = effect_over_folds(ours, theirs, ratio=0.5, higher_is_better=True)

    # Different seeds alone: 3 against 2, and 5 against 4.
    assert (found.probability, found.over, found.pairs) == (1.0, "folds", 3)
    assert found.size is None


def test_folds_without_a_pair_are_left_out():
    """
    One fold that nobody ended is not counted, and where one fold is left there is no effect.
    """
    ours = np.array([[0.9, 0.8, np.nan]])
    theirs = np.array([[0.7, 0.9, 0.8]])

    assert effect_over_folds(ours, theirs, ratio=0.5, higher_is_better=True).pairs == 2
    assert effect_over_folds(ours[:, 1:], theirs[:, 1:], ratio=0.5, higher_is_better=True) is None


def test_overlap_widens_the_interval():
    """
    The same folds say less where their training sets overlap.
    """
    rng = np.random.default_rng(4)
    ours, theirs = 0.5 + rng.normal(size=(1, 8)), rng.normal(size=(1, 8))

    apart, overlapping = (
        effect_over_folds(ours, theirs, ratio=ratio, higher_is_better=True) for ratio in (0.0, 0.5)
    )

    assert overlapping.size == apart.size
    assert overlapping.low < apart.low < apart.high < overlapping.high
    assert overlapping.probability_low < apart.probability_low


def test_one_seed_has_no_effect():
    """
    One run of each cannot tell a difference from luck.
    """
    assert effect_over_seeds([0.9], [0.8], higher_is_better=True) is None
