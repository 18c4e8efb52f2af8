"""Coverage of the crossed interval for metrics that are no averages over rows, without a difference."""

import numpy as np
import pytest

from trainlab.comparison.crossed import crossed
from trainlab.comparison.steps import step_of
from trainlab.experiment.metrics import METRICS
from trainlab.measures.measure import pseudo_values

REPETITIONS = 600
LEAST = 0.93

# How much seeds and rows make the two arms differ.
WORLDS = {"rows": (0.2, 1.0), "mixed": (1.0, 1.0), "seeds": (1.0, 0.2)}


def labels(random, rows, shares):
    """Classes of which each has a row, so that every metric can be told."""
    while True:
        drawn = random.choice(len(shares), rows, p=shares)
        if len(np.unique(drawn)) == len(shares):
            return drawn


def classes(random, drawn, seeds, by_seed, by_row):
    """Probabilities of one arm: rows it finds easy or hard, networks that favour classes, and noise."""
    count = drawn.max() + 1
    own = by_row * random.normal(0, 0.6, (len(drawn), count))
    for _ in range(seeds):
        skill = 2 + by_seed * random.normal(0, 0.4)
        scores = skill * np.eye(count)[drawn] + own + by_seed * random.normal(0, 0.5, count)
        scores = np.exp(scores + random.normal(0, 0.8, (len(drawn), count)))
        yield scores / scores.sum(axis=1, keepdims=True)


def amounts(random, wanted, seeds, by_seed, by_row):
    """Amounts of one arm: rows it finds easy or hard, networks that are off by a little, and noise."""
    own = by_row * random.normal(0, 0.4, wanted.shape)
    for _ in range(seeds):
        noise = (1 + by_seed * random.normal(0, 0.3)) * random.normal(0, 0.3, wanted.shape)
        yield wanted + own + by_seed * random.normal(0, 0.15) + noise


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("seeds, rows", [(5, 100), (10, 400)])
@pytest.mark.parametrize(
    "metric, shares",
    [
        ("balanced_accuracy", (0.7, 0.2, 0.1)),
        ("f1_macro", (0.7, 0.2, 0.1)),
        ("auc", (0.85, 0.15)),
        ("auc", (0.7, 0.2, 0.1)),
        ("r2", ()),
    ],
)
def test_the_interval_of_pseudo_values_covers(metric, shares, seeds, rows, world):
    """
    Two arms of equal truth, the rarest class with 10 % of the rows: zero is inside at least 93 times in 100.
    """
    random = np.random.default_rng(20)
    inside = 0
    for _ in range(REPETITIONS):
        wanted = labels(random, rows, shares) if shares else random.gamma(2.0, size=(rows, 1))
        said = classes if shares else amounts
        one, other = (
            np.stack(
                [pseudo_values(metric, of, wanted) for of in said(random, wanted, seeds, *WORLDS[world])]
            )
            for _ in range(2)
        )
        differences = one - other
        low, high = crossed(differences, step=step_of(METRICS[metric], wanted, differences)).interval()
        inside += low <= 0 <= high

    assert inside / REPETITIONS >= LEAST, inside / REPETITIONS
