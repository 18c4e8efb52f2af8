"""Why tuned contenders are compared as they are: simulated tunings whose truth is known.

Each contender has a true response to one number. A trial is trained once and scored on inner rows; the best
is trained again with five seeds and scored on rows that tuning has not seen.
"""

import numpy as np
import pytest

from trainlab.comparison.compare import compare
from trainlab.comparison.crossed import crossed
from trainlab.testing import made_up

ROWS, SEEDS, WORLDS = 300, 5, 1_500
# Standard deviations: of a run, of a row, and of a run on a row.
RUN, ROW, REST = 0.01, 0.2, 0.2


def surface(unit):
    """The true score at a position of the number: 0.9 at best."""
    return 0.9 - 0.3 * (unit - 0.6) ** 2


def tuned(rng, trials, worlds=WORLDS):
    """Tune in many worlds at once: what the best trial scored, and its true score."""
    truth = surface(rng.random((worlds, trials)))
    error = np.sqrt(RUN**2 + REST**2 / ROWS)  # the inner rows are shared by all trials of a study
    rows = rng.normal(0, ROW / np.sqrt(ROWS), (worlds, 1))
    scores = truth + rows + rng.normal(0, error, truth.shape)
    best = np.argmax(scores, axis=1)[:, None]
    return np.take_along_axis(scores, best, 1)[:, 0], np.take_along_axis(truth, best, 1)[:, 0]


def runs(rng, truth, rows):
    """Train the chosen setting with fresh seeds, and score it on fresh rows: ``(seed, row)``."""
    return truth + rng.normal(0, RUN, (SEEDS, 1)) + rows + rng.normal(0, REST, (SEEDS, ROWS))


def differences(rng, truths):
    """Give the differences of two contenders on common rows; each has rows of its own that suit it."""
    own = [rng.normal(0, ROW / 2, ROWS) for _ in truths]
    ours, theirs = (runs(rng, truth, rows) for truth, rows in zip(truths, own, strict=True))
    return ours - theirs


@pytest.mark.parametrize("trials, least", [(4, 0.005), (16, 0.012), (64, 0.018)])
def test_the_best_of_many_scored_too_high_and_fresh_runs_do_not(trials, least):
    """
    The score that won the tuning is above its truth, the more so the more trials; that of fresh runs is not.
    """
    rng = np.random.default_rng(trials)
    naive, truth = tuned(rng, trials)
    fresh = truth + rng.normal(0, RUN / np.sqrt(SEEDS), WORLDS) + rng.normal(0, ROW / np.sqrt(ROWS), WORLDS)

    assert np.mean(naive - truth) > least
    assert abs(np.mean(fresh - truth)) < 2.5 * np.std(fresh - truth) / np.sqrt(WORLDS)


@pytest.mark.parametrize("trials", [1, 16])
def test_what_is_claimed_of_tuned_contenders_holds(trials):
    """
    The interval misses the true difference of the two chosen settings in at most 5 % of worlds.

    Both contenders have one surface and are tuned apart; two standard errors are granted.
    """
    rng = np.random.default_rng(10 + trials)
    ours, theirs = tuned(rng, trials)[1], tuned(rng, trials)[1]
    missed = 0
    for truths in zip(ours, theirs, strict=True):
        low, high = crossed(differences(rng, truths)).interval()
        missed += not low <= truths[0] - truths[1] <= high

    assert missed / WORLDS <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / WORLDS)


def test_unequal_budgets_mislead():
    """
    Of two contenders that are equally good at their best, the one with 16 trials beats that with one.

    It does in most worlds, by more than half a point; with 16 each neither does.
    """
    rng = np.random.default_rng(0)
    many, one, other = tuned(rng, 16)[1], tuned(rng, 1)[1], tuned(rng, 16)[1]

    assert np.mean(many - one > 0.005) > 0.6
    assert np.mean(many - one) > 0.02
    assert np.mean(many - other > 0.005) < 0.2
    assert abs(np.mean(many - other)) < 0.001


@pytest.mark.slow
def test_compare_makes_no_false_claim_of_tuned_contenders():
    """
    The same as above by `compare` itself, on runs whose rows are right or wrong.
    """
    rng, worlds, missed = np.random.default_rng(5), 200, 0
    ours, theirs = (tuned(rng, 16, worlds)[1] for _ in range(2))
    for truths in zip(ours, theirs, strict=True):
        shared = rng.normal(0, 1, ROWS)
        arms = {}
        for name, truth in zip("ab", truths, strict=True):
            # A row is right where luck of row and run stays below what the true score is the chance of.
            luck = np.sqrt(0.5) * shared + np.sqrt(0.5) * rng.normal(0, 1, (SEEDS, ROWS))
            arms[name] = {"right": (luck < _normal_quantile(truth)).astype(np.uint8)}
            arms[name]["score"] = arms[name]["right"].mean(axis=1)
        [row] = compare(made_up(arms, rows=ROWS)).rows
        missed += not row.low <= truths[1] - truths[0] <= row.high

    assert missed / worlds <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / worlds)


def _normal_quantile(share):
    from scipy.special import ndtri

    return ndtri(share)
