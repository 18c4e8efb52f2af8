"""The control of every split: labels that have nothing to do with the rows are learned by heart, and no more.

A network that sees a row it is scored on gets nearly everything right, so a leak of any kind shows here.
"""

import numpy as np
import pytest
from sklearn.model_selection import StratifiedShuffleSplit

import trainlab as tl

ROWS, COLUMNS, TOGETHER = 400, 320, 20

# All but three train on 300 rows and validate on 100, and share their compiled programs.
WAYS = {
    "holdout": tl.Holdout(0.25),
    "kfold": tl.KFold(4),
    "repeated_kfold": tl.RepeatedKFold(4, 2),
    "monte_carlo": tl.MonteCarlo(4, fraction=0.25),
    "group_kfold": tl.GroupKFold(4),
    "time_series": tl.TimeSeries(3),
    "leave_one_out": tl.LeaveOneOut(),
    "bootstrap": tl.Bootstrap(2),
    "splitter": tl.Splitter(StratifiedShuffleSplit(4, test_size=100, random_state=0)),
}


def shuffled(way):
    """Rows of noise with labels that were dealt to them blindly.

    The deal is balanced in every twenty rows, and folds that nothing else balances are made of whole
    twenties. Otherwise a fold that trains on more of one class would validate on fewer, and score below
    chance. Rows that are left out one by one have labels that are tossed one by one, for the same reason.
    """
    random = np.random.default_rng(0)
    if way == "leave_one_out":
        return tl.Dataset(random.standard_normal((40, COLUMNS)), random.integers(0, 2, 40))
    x = random.standard_normal((ROWS, COLUMNS))
    labels = [random.permutation([0, 1] * (TOGETHER // 2)) for _ in range(ROWS // TOGETHER)]
    groups = np.arange(ROWS) // TOGETHER if way == "group_kfold" else None
    return tl.Dataset(x, np.concatenate(labels), groups=groups)


@pytest.mark.parametrize("way", WAYS)
def test_shuffled_labels_are_scored_at_chance(way, tmp_path):
    """
    Labels that are learned by heart are guessed on other rows: 50 %, within four standard errors of a coin.
    """
    experiment = tl.Experiment(
        shuffled(way),
        tl.mlp([8]),
        tl.Recipe(optimizer="adam", learning_rate=0.01, batch_size=20, epochs=8),
        validation=WAYS[way],
        seeds=1,
        baselines=False,
    )

    results = tl.run(experiment, tmp_path / "out")

    # A row that validates in several folds is one toss of the coin, not several.
    tosses = len(np.unique(np.concatenate(results.validation_rows)))
    print(way, results.scores.shape, results.scores.mean(), results.endings["train_score"].min(), 4*.5/np.sqrt(tosses), results.seconds)
    assert results.endings["train_score"].min() > 0.9
    assert abs(results.scores.mean() - 0.5) < 4 * 0.5 / np.sqrt(tosses)
