"""The noise floor: against analysis of variance, SciPy's chi-square, and simulated power."""

import numpy as np
import pytest
from scipy import stats

from trainlab.comparison.compare import compare
from trainlab.comparison.crossed import Components, Layout, crossed
from trainlab.comparison.noise import pooled_spread, spread_interval
from trainlab.comparison.power import detectable
from trainlab.results.outcome import Outcome


def test_the_spread_is_the_residual_of_an_analysis_of_variance():
    """
    Pooled over variants and folds with unequal numbers of seeds, it is the mean square within groups.
    """
    rng = np.random.default_rng(6)
    scores = rng.normal(size=(3, 5, 2)) + 10 * np.arange(3)[:, None, None]
    scores[1, 3:, 0] = np.nan
    groups = [scores[v, :, f][np.isfinite(scores[v, :, f])] for v in range(3) for f in range(2)]
    within = sum(((group - group.mean()) ** 2).sum() for group in groups)
    degrees = sum(len(group) - 1 for group in groups)

    found = pooled_spread(scores)

    assert found == (pytest.approx(np.sqrt(within / degrees)), degrees)


def test_its_interval_is_that_of_the_chi_square():
    """
    Both ends come from SciPy's chi-square with the same degrees of freedom.
    """
    low, high = spread_interval(2.0, 12)

    assert low == pytest.approx(2.0 * np.sqrt(12 / stats.chi2.ppf(0.975, 12)))
    assert high == pytest.approx(2.0 * np.sqrt(12 / stats.chi2.ppf(0.025, 12)))


def test_the_smallest_detectable_difference_is_found_four_times_in_five():
    """
    Drawn tables whose true difference it is exclude zero in 80 % of cases, within three points.
    """
    spread, layout = Components(0.1, 4.0, 9.0), Layout(8, 100)
    difference = detectable(spread, layout, 0.05 / 3)
    rng = np.random.default_rng(7)
    found = []
    for _ in range(1_000):
        table = difference + np.sqrt(0.1) * rng.normal(size=(8, 1)) + 2 * rng.normal(size=(1, 100))
        found.append(crossed(table + 3 * rng.normal(size=(8, 100))).interval(1 - 0.05 / 3)[0] > 0)

    assert np.mean(found) == pytest.approx(0.8, abs=0.03)


def test_a_comparison_tells_its_noise_floor(stored):
    """
    The sentence holds the spread, what the design finds, and what matters; the JSON holds the numbers.
    """
    rng = np.random.default_rng(8)
    runs = {name: (rng.random((4, 50)) < 0.8).astype(float) for name in ("one", "other", "third")}

    comparison = compare(stored(runs))

    noise = comparison.noise
    expected = np.sqrt(np.mean([arm.mean(axis=1).var(ddof=1) for arm in runs.values()]))
    assert noise.spread == pytest.approx(expected)
    assert noise.degrees == 9
    shares = [row.detectable for row in comparison.rows]
    assert noise.smallest_detectable == pytest.approx(np.sqrt(np.mean(np.square(shares))))
    assert noise.sentence == (
        f"Runs that differ in nothing but the seed spread by {100 * noise.spread:.2f} percentage points (95 "
        f"% interval {100 * noise.low:.2f} to {100 * noise.high:.2f}), as a standard deviation; this design "
        f"finds a true difference of {100 * noise.smallest_detectable:.2f} with 80 % probability, more than "
        "the 0.50 that matter."
    )
    assert comparison.document()["noise"] == noise.document()


def test_one_seed_shows_no_noise(stored):
    """
    With one run of each variant nothing can be told, and it says so.
    """
    noise = compare(stored({"one": [[0, 1, 1]], "other": [[1, 1, 1]]})).noise

    assert (noise.spread, noise.smallest_detectable) == (None, None)
    assert noise.sentence == (
        "What seeds alone change cannot be told: no variant has two scores on the same rows."
    )


def test_diverged_runs_are_no_noise(stored):
    """
    What a network that failed counts as has nothing to do with the spread of those that did not.
    """
    runs = {"one": [[0, 1, 1, 1], [1, 1, 1, 0], Outcome.DIVERGED], "other": [[1, 1, 1, 1]] * 3}

    assert compare(stored(runs)).noise.degrees == 3
