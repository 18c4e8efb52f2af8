"""A hundred really trained experiments whose two arms are one and the same network: how often they differ."""

import dataclasses

import numpy as np
import pytest

import trainlab as tl
from trainlab.comparison.compare import compare

PAIRS, SEEDS = 100, 5
NAMES = ("one", "other")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """One network on digits with as many seeds as all arms of all pairs need."""
    asked = tl.Experiment(
        data=tl.load("digits"),
        model=tl.mlp([16]),
        recipe=tl.Recipe(optimizer="adam", learning_rate=3e-3, batch_size=64, epochs=4),
        seeds=2 * PAIRS * SEEDS,
        baselines=False,
    )
    return tl.run(asked, tmp_path_factory.mktemp("pairs") / "runs")


def pair(results, number):
    """Two arms of seeds that no other pair has, as results of two variants."""
    places = np.arange(2 * SEEDS) + 2 * SEEDS * number

    def taken(values):
        return values[0, places].reshape(2, SEEDS, *values.shape[2:])

    document = {**results.facts["experiment"], "variants": {name: {} for name in NAMES}}
    seconds = dict.fromkeys(NAMES, 1.0)
    return dataclasses.replace(
        results,
        facts={**results.facts, "experiment": document, "variant_seconds": seconds, "findings": []},
        variants=NAMES,
        reference=NAMES[0],
        seeds=tuple(range(SEEDS)),
        outcomes=taken(results.outcomes),
        endings={name: taken(values) for name, values in results.endings.items()},
        curves={name: taken(values) for name, values in results.curves.items()},
        run_numbers=taken(results.run_numbers),
        member_scores=taken(results.member_scores),
    )


@pytest.mark.slow
def test_equal_networks_are_seldom_called_different(trained):
    """
    At 5 %, a hundred pairs of arms with unrelated seeds give at most 5 % + 2 standard errors of verdicts.
    """
    rows = [compare(pair(trained, number)).rows[0] for number in range(PAIRS)]
    wrong = sum(row.verdict in {"better", "worse"} for row in rows)

    assert wrong <= 100 * (0.05 + 2 * np.sqrt(0.05 * 0.95 / PAIRS))
    assert np.ptp([row.difference for row in rows]) > 0
