"""The control of every split: labels that have nothing to do with the rows are learned by heart, and no more.

A network that sees a row it is scored on gets nearly everything right, so a leak of any kind shows here.
"""

import numpy as np
import pytest
from sklearn.model_selection import StratifiedShuffleSplit

import trainlab as tl

ROWS, COLUMNS, TOGETHER = 400, 320, 20

# Most train on 300 rows and validate on 100 in four runs, and so share one compiled program.
WAYS = {
    "holdout": tl.Holdout(0.25),
    "kfold": tl.KFold(4),
    "repeated_kfold": tl.RepeatedKFold(4, 2),
    "monte_carlo": tl.MonteCarlo(4, fraction=0.25),
    "group_kfold": tl.GroupKFold(4),
    "time_series": tl.TimeSeries(3),
    "leave_one_out": tl.LeaveOneOut(),
    "bootstrap": tl.Bootstrap(2),
    "disjoint": tl.Disjoint(2, common=0.25),
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


def learned_by_heart(data, validation, folder, override=None, **beside):
    """Train a small network for as long as it takes to know its training rows by heart."""
    experiment = tl.Experiment(
        data,
        tl.mlp([8]),
        tl.Recipe(optimizer="adam", learning_rate=0.01, batch_size=20, epochs=8, **beside),
        validation=validation,
        seeds=1,
        baselines=False,
        override=override or {},
    )
    return tl.run(experiment, folder)


# In CI one split and folds; the others share the code that is proven there.
SLOW = set(WAYS) - {"holdout", "kfold"}


@pytest.mark.parametrize(
    "way, beside",
    [
        *(pytest.param(way, {}, marks=pytest.mark.slow if way in SLOW else (), id=way) for way in WAYS),
        # Its epoch is chosen by a score of validation rows, and must not be scored by the same rows.
        pytest.param("kfold", {"early_stopping": {"patience": 8}}, marks=pytest.mark.slow, id="stopping"),
    ],
)
def test_shuffled_labels_are_scored_at_chance(way, beside, tmp_path):
    """
    Labels that are learned by heart are guessed on other rows: 50 %, within four standard errors of a coin.
    """
    results = learned_by_heart(shuffled(way), WAYS[way], tmp_path / "out", **beside)

    # A row that validates in several folds is one toss of the coin, not several.
    tosses = len(np.unique(np.concatenate(results.validation_rows)))
    assert np.nanmean(results.curves["train_metric"][..., -1]) > 0.9
    assert abs(results.scores.mean() - 0.5) < 4 * 0.5 / np.sqrt(tosses)


@pytest.mark.slow
def test_rows_on_both_sides_are_seen_at_once(tmp_path):
    """
    Rows that stand twice are refused, score far above chance if let in, and at chance if groups keep them.
    """
    once = shuffled("kfold")
    half = np.arange(ROWS) % (ROWS // 2)
    x, labels = once.x[half], once.y[half]
    copies = tl.Dataset(x, labels)
    together = tl.Dataset(x, labels, groups=half)

    with pytest.raises(tl.UsageError, match=r"TL101, rows shared between roles: .* of 100 validation rows"):
        learned_by_heart(copies, tl.KFold(4), tmp_path / "refused")
    lifted = {"TL101": "to see what it prevents"}
    leaking = learned_by_heart(copies, tl.KFold(4), tmp_path / "leaking", lifted)
    kept = learned_by_heart(together, tl.KFold(4), tmp_path / "kept")

    assert leaking.scores.mean() > 0.8
    assert abs(kept.scores.mean() - 0.5) < 4 * 0.5 / np.sqrt(ROWS / 2)
