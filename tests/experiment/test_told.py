"""Whether a metric can be told from the rows that validate: what can't be is refused before training."""

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.folds import Fold
from trainlab.errors import UsageError
from trainlab.experiment.metrics import METRICS
from trainlab.experiment.spec import Experiment
from trainlab.experiment.told import check_told

CLASSES = Dataset(np.arange(20.0), ["a"] * 16 + ["b"] * 4)
AMOUNTS = Dataset(np.arange(20.0), [1.0] * 10 + [2.0] * 10)
SORTED = [Fold(range(8, 20), range(8), [False, True] * 4), Fold(range(8), range(8, 20), [False, True] * 6)]
WHOLE = ("balanced_accuracy", "f1_macro", "auc", "r2")


def test_averages_over_rows_are_always_told():
    """
    Whatever the rows, even one alone: what each row has by itself needs no others.
    """
    alone = Fold(range(19), [19], [True])

    for name, metric in METRICS.items():
        if name not in WHOLE:
            data = AMOUNTS if "regression" in metric.tasks else CLASSES
            check_told(metric, data, [alone], by_halves=False)


def test_one_class_has_no_area_and_equal_amounts_nothing_to_explain():
    """
    The fold is named, with its rows and what they have in common.
    """
    with pytest.raises(
        UsageError, match=r"^metric: AUC can't be told where the 8 validation rows of fold 1 are"
    ):
        check_told(METRICS["auc"], CLASSES, SORTED, by_halves=False)
    with pytest.raises(UsageError, match=r"R² can't be told where the 8 .* have all the same amount.*`mse`"):
        check_told(METRICS["r2"], AMOUNTS, SORTED, by_halves=False)

    check_told(METRICS["auc"], CLASSES, SORTED[1:], by_halves=False)
    check_told(METRICS["balanced_accuracy"], CLASSES, SORTED, by_halves=False)


@pytest.mark.parametrize("name", WHOLE)
def test_a_row_alone_tells_none_of_them(name):
    """
    Leaving one row out is refused, since every fold would be told by its one row.
    """
    data = AMOUNTS if name == "r2" else CLASSES

    with pytest.raises(
        UsageError, match=r"^metric: .* where the 1 validation row of fold 1 stands alone.*kfold"
    ):
        Experiment(data, metric=name, validation={"leave_one_out": True}, seeds=1)

    assert Experiment(data, metric=name, validation={"kfold": 2}).metric.name == name


def test_halves_must_tell_what_chooses_epochs():
    """
    Where epochs are chosen by the metric, each half of the validation rows needs both classes.
    """
    halves = [True] * 7 + [False] * 5
    uneven = Fold(range(8), range(8, 20), halves)

    check_told(METRICS["auc"], CLASSES, [uneven], by_halves=False)
    with pytest.raises(
        UsageError, match="7 rows by which epochs are chosen, the first half, are all of class 'a'"
    ):
        check_told(METRICS["auc"], CLASSES, [uneven], by_halves=True)


def test_a_target_is_something_the_metric_can_reach():
    """
    A share is between 0 and 1, and R² is at most 1, but may be below 0.
    """
    for name, score in (("auc", 1.2), ("f1_macro", -0.1)):
        with pytest.raises(UsageError, match=r"^target_score: .* is never that.*a share, as 0.97"):
            Experiment(CLASSES, metric=name, target_score=score)
    with pytest.raises(UsageError, match=r"^target_score: R² is never that.*at most 1"):
        Experiment(AMOUNTS, metric="r2", target_score=1.5)

    assert Experiment(AMOUNTS, metric="r2", target_score=-0.5).target_score == -0.5
