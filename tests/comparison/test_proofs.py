"""Whole experiments whose truth is known: how often equals are told apart, how often a difference is found.

What one interval does in worlds of every mix of variance stands in ``test_coverage``; here are the layouts
and procedures around it: unrelated seeds, chosen epochs, several variants over folds, techniques of a grid.
"""

import numpy as np
import pytest
from scipy import stats

from trainlab.comparison.crossed import Components, Layout, crossed
from trainlab.comparison.factors import design_of
from trainlab.comparison.over_folds import FoldLayout, fold_half_width
from trainlab.comparison.power import power
from trainlab.comparison.power_over_folds import FoldParts, power_over_folds

EXPERIMENTS = 500
# What is promised, and two standard errors of what is measured.
AT_MOST = 0.05 + 2 * np.sqrt(0.05 * 0.95 / EXPERIMENTS)

SEEDS, ROWS = 5, 120


def decided(table, alpha=0.05, step=0.0):
    """Whether the interval of these differences leaves out zero."""
    low, high = crossed(table, step=step).interval(1 - alpha)
    return low > 0 or high < 0


def losses(rng, luck):
    """Losses of one arm: rows that are hard for everybody are left out of it, since they cancel out."""
    own_rows = 0.3 * rng.normal(size=(1, ROWS))
    return luck[:, None] + own_rows + 0.5 * rng.normal(size=(SEEDS, ROWS))


@pytest.mark.parametrize("related", [True, False])
def test_equals_are_told_apart_at_most_as_often_as_promised(related):
    """
    Of 500 A/A experiments at most 5 % and two standard errors do, whether the arms share their seeds or not.
    """
    rng = np.random.default_rng(22)
    alarms = 0
    for _ in range(EXPERIMENTS):
        own, other = 0.2 * rng.normal(size=(2, SEEDS))
        alarms += decided(losses(rng, own) - losses(rng, own if related else other))

    assert alarms / EXPERIMENTS <= AT_MOST


EPOCHS = 20


def answers(rng, easy, churn):
    """``(epoch, seed, row)`` who is right: each epoch as often as any other, on other rows where it churns.

    The share ``churn`` of rows is answered anew in every epoch, the rest as in the first.
    """
    drawn = rng.random((EPOCHS, SEEDS, ROWS))
    again = rng.random((EPOCHS, SEEDS, ROWS)) < churn
    return (np.where(again, drawn, drawn[:1]) < easy).astype(np.float64)


def cross_fitted(right, first):
    """``(seed, row)`` scores: each half of the rows at the epoch that is best on the other half."""
    chosen = [right[:, :, half].mean(axis=2).argmax(axis=0) for half in (first, ~first)]
    seeds = np.arange(SEEDS)
    return np.where(first, right[chosen[1], seeds], right[chosen[0], seeds])


def best_seen(right):
    """``(seed, row)`` scores at the epoch that is best on the very rows that are scored."""
    return right[right.mean(axis=2).argmax(axis=0), np.arange(SEEDS)]


def test_a_jittery_arm_gains_nothing_by_choosing_its_epoch():
    """
    Equal in truth at every epoch, one arm's answers jitter, one's don't; chosen crosswise it gains nothing.

    Few are told apart, since 120 rows that are right or wrong leave room for rows not met (some 1 % of 3,000
    worlds): so the mean gain itself is looked at, too. Scored on the rows that chose, the jittery arm gains
    points and would be called better more than half of the time (57 %).
    """
    rng = np.random.default_rng(23)
    crosswise, blind = [], []
    for _ in range(EXPERIMENTS):
        easy = rng.beta(4, 1, size=ROWS)
        first = rng.permutation(ROWS) < ROWS // 2
        steady, jittery = answers(rng, easy, 0.0), answers(rng, easy, 0.8)
        crosswise.append(cross_fitted(jittery, first) - cross_fitted(steady, first))
        blind.append(best_seen(jittery) - best_seen(steady))
    gains = np.array([table.mean() for table in crosswise])
    error = gains.std(ddof=1) / np.sqrt(EXPERIMENTS)

    assert np.mean([decided(table, step=1.0) for table in crosswise]) <= AT_MOST
    assert abs(gains.mean()) <= 3 * error
    assert np.mean(blind) > 20 * error
    assert np.mean([decided(table, step=1.0) for table in blind]) > 0.5


def ridge_errors(inputs, targets, validating, columns):
    """``(world, row)`` squared errors on validation rows of ridge regressions that see some columns."""
    trains = np.setdiff1d(np.arange(inputs.shape[1]), validating)
    seen, scored = inputs[:, trains][..., columns], inputs[:, validating][..., columns]
    normal = np.einsum("wri,wrj->wij", seen, seen) + np.eye(len(columns))
    weights = np.linalg.solve(normal, np.einsum("wri,wr->wi", seen, targets[:, trains])[..., None])
    return (targets[:, validating] - (scored @ weights)[..., 0]) ** 2


def test_six_equals_over_overlapping_folds_stay_equals():
    """
    Five comparisons at once over really overlapping folds tell equals apart in at most 5 % of experiments.
    """
    rng = np.random.default_rng(24)
    arms, folds, rows = 6, 5, 60
    inputs = rng.normal(size=(EXPERIMENTS, rows, 2 * arms))
    targets = inputs.sum(axis=2) + rng.normal(size=(EXPERIMENTS, rows))
    scores = np.array(
        [
            [
                ridge_errors(inputs, targets, np.arange(fold, rows, folds), [2 * arm, 2 * arm + 1]).mean(
                    axis=1
                )
                for fold in range(folds)
            ]
            for arm in range(arms)
        ]
    )
    differences = scores[1:] - scores[0]
    layout = FoldLayout(folds, ratio=1 / (folds - 1), rows=rows)
    half = fold_half_width(differences.var(axis=1, ddof=1), layout, 0.05 / (arms - 1))

    alarms = (np.abs(differences.mean(axis=1)) > half).any(axis=0)

    assert alarms.mean() <= AT_MOST


GRID = design_of({"plain": {}, "a": {"l2": 1}, "b": {"l1": 1}, "ab": {"l2": 1, "l1": 1}}, {}, "plain")


EFFECTS = (*GRID.main_effects(), *GRID.interactions())


def effects_decided(rng, truth, effects=EFFECTS):
    """For each of these effects of a grid of two by two, whether its interval leaves out zero."""
    tables = {name: losses(rng, 0.2 * rng.normal(size=SEEDS)) + truth.get(name, 0.0) for name in GRID.places}
    return [
        decided(sum(weight * tables[name] for name, weight in each.weights.items()), 0.05 / len(EFFECTS))
        for each in effects
    ]


def test_techniques_that_do_nothing_are_seldom_said_to_do_something():
    """
    Two main effects and their interaction together raise a false alarm in at most 5 % of A/A experiments.
    """
    rng = np.random.default_rng(25)

    alarms = [any(effects_decided(rng, {})) for _ in range(EXPERIMENTS)]

    assert np.mean(alarms) <= AT_MOST


def test_a_technique_that_helps_is_found_as_often_as_foreseen():
    """
    A main effect rests on four arms, so its variance is that of one difference halved; power within 3 points.
    """
    rng, times, effect = np.random.default_rng(26), 1_000, 0.4
    # Of one arm's mean: luck of seeds, own rows, and the rest; four arms, each counted a half.
    spread = Components(seed=0.2**2, row=0.3**2, rest=0.5**2)
    foreseen = power(spread, Layout(SEEDS, ROWS), 0.05 / 3, effect)

    found = [effects_decided(rng, {"a": effect, "ab": effect}, EFFECTS[:1])[0] for _ in range(times)]

    assert 0.6 < foreseen < 0.95
    assert np.mean(found) == pytest.approx(foreseen, abs=0.03)


@pytest.mark.parametrize("sets", [4, 10])
def test_power_over_disjoint_training_sets_is_that_of_the_t_test(sets):
    """
    Where training sets share nothing it is the upper tail of the noncentral t.
    """
    expected = stats.nct.sf(stats.t.isf(0.025, sets - 1), sets - 1, 1.2 * np.sqrt(sets))

    found = power_over_folds(FoldParts(1.0, 0.0, 0.0), FoldLayout(sets, 0.0, rows=100), 0.05, 1.2)

    assert found == pytest.approx(expected, abs=0.005)
