"""TL104: a column that is the target under another name."""

import numpy as np
import pytest

from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.data.named.embedded import breast_cancer, diabetes, digits, iris, wine
from trainlab.data.named.synthetic import gaussians
from trainlab.experiment.spec import Experiment
from trainlab.protocol.check import Question
from trainlab.protocol.checks.target_copied import CHECK, _rank_correlation


def found(data):
    """What the check says of a data set."""
    return list(CHECK.examine(Question(Experiment(data), ())))


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_a_column_that_is_the_class_is_named(noise):
    """
    A column of class numbers, as they are or a little blurred, is found among thirteen healthy ones.
    """
    data = wine()
    random = np.random.default_rng(0)
    copied = data.y + noise * random.normal(size=data.rows)
    names = [*(f"c{at}" for at in range(13)), "grower"]
    told = Dataset(np.column_stack([data.x, copied]), data.y, columns=names)

    (finding,) = found(told)

    assert (finding.code, finding.severity, finding.where) == ("TL104", "warn", "`grower`")
    assert ("exactly one class each" in finding.evidence) == (noise == 0)


def test_a_category_that_is_the_class_is_named():
    """
    Levels in another order than the classes are found too.
    """
    data = iris()
    column = Column("species", "category", ("virginica", "setosa", "versicolor"))
    x = np.column_stack([data.x, np.array([1, 2, 0])[data.y]])

    (finding,) = found(Dataset(x, data.y, columns=["a", "b", "c", "d", column]))

    assert finding.where == "`species`"


def test_an_amount_is_found_behind_its_logarithm():
    """
    A logarithm of the target, and the target in another unit, are both found.
    """
    data = diabetes()
    amount = data.y[:, 0]
    x = np.column_stack([data.x, np.log(amount), -3.3 * amount])

    (finding,) = found(Dataset(x, amount, task="regression"))

    assert finding.where == "column 10 and column 11"
    assert "rank rows alike" in finding.evidence


@pytest.mark.parametrize("data", [digits(), wine(), iris(), breast_cancer(), diabetes(), gaussians()])
def test_healthy_data_are_passed_in_silence(data):
    """
    Columns that help, even to 96 % as the width of petals does, are no copies.
    """
    assert found(data) == []


def test_a_number_of_its_own_for_every_row_tells_nothing():
    """
    A row's own number knows each class by heart, and is not taken for the target.
    """
    random = np.random.default_rng(0)
    x = np.column_stack([random.permutation(300), random.normal(size=300)])

    assert found(Dataset(x, random.integers(0, 3, 300))) == []


def test_the_largest_class_is_no_evidence():
    """
    Where 999 rows in 1,000 are of one class, a column that knows nothing is right that often, and is passed.
    """
    random = np.random.default_rng(0)
    labels = np.zeros(5_000, int)
    labels[::1_000] = 1

    assert found(Dataset(random.normal(size=(5_000, 2)), labels)) == []


def test_a_curve_is_to_be_learned():
    """
    A data set of one column that determines the target is a task, not a fault.
    """
    x = np.linspace(0, 1, 100)

    assert found(Dataset(x, x**2 + 1.5, task="regression")) == []


def test_ranks_correlate_as_spearman_says():
    """
    The correlation of ranks is scipy's Spearman coefficient, ties included.
    """
    from scipy.stats import spearmanr

    random = np.random.default_rng(0)
    one = random.integers(0, 9, 200)
    other = one + random.integers(0, 5, 200)

    assert _rank_correlation(one, other) == pytest.approx(spearmanr(one, other).statistic, abs=1e-12)
