"""The search for balanced folds of whole groups: each move and swap is worth what it is said to be."""

import itertools

import numpy as np

from trainlab.data.splitting.groups import LACK, _loads, _measures, _moving, _swapping, lacking, shared_out


def cost(table, hands, folds):
    """What is made small: squared loads, and classes that folds lack."""
    return (_loads(_measures(table, folds), hands, folds) ** 2).sum() + LACK * lacking(table, hands, folds)


def test_moves_and_swaps_are_worth_what_they_are_said_to_be():
    """
    The change that is computed for all at once is that of the cost, made and measured one by one.
    """
    random = np.random.default_rng(0)
    for _ in range(20):
        table = random.integers(0, 4, (7, 3))
        table[table.sum(axis=1) == 0, 0] = 1
        hands = random.integers(0, 3, 7)
        measures, present = _measures(table, 3), (table > 0).astype(float)
        state = (measures, present, hands, _loads(measures, hands, 3), _loads(present, hands, 3))
        moving, swapping, before = _moving(*state), _swapping(*state), cost(table, hands, 3)

        for group, fold in itertools.product(range(7), range(3)):
            moved = hands.copy()
            moved[group] = fold
            assert abs(cost(table, moved, 3) - before - moving[group, fold]) < 1e-6
        for one, other in itertools.product(range(7), range(7)):
            swapped = hands.copy()
            swapped[[one, other]] = hands[[other, one]]
            assert abs(cost(table, swapped, 3) - before - swapping[one, other]) < 1e-6


def test_small_problems_are_solved_as_well_as_by_trying_everything():
    """
    Of 40 problems of seven groups in two folds, three quarters have the smallest cost there is.
    """
    random = np.random.default_rng(3)
    best = 0
    for seed in range(40):
        table = random.integers(0, 6, (7, 2))
        table[table.sum(axis=1) == 0, 0] = 1
        everything = [np.array([0, *rest]) for rest in itertools.product((0, 1), repeat=6)]
        hands = shared_out(table, 2, np.random.default_rng(seed))
        assert lacking(table, hands, 2) == min(lacking(table, one, 2) for one in everything)
        best += cost(table, hands, 2) <= min(cost(table, one, 2) for one in everything) + 1e-9

    assert best >= 30
