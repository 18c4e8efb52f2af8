"""TL103: columns of another size in another role."""

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.data.named.embedded import breast_cancer, digits, wine
from trainlab.data.splitting.folds import Fold
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import Holdout
from trainlab.experiment.spec import Experiment
from trainlab.protocol.check import Question
from trainlab.protocol.checks.scales_differ import CHECK, by_chance


def found(data, folds=None):
    """What the check says of a data set."""
    folds = split(data, Holdout(0.2)) if folds is None else folds
    return list(CHECK.examine(Question(Experiment(data), folds)))


def last(rows, validation):
    """A fold whose last rows validate."""
    return (
        Fold(
            np.arange(rows - validation), np.arange(rows - validation, rows), np.arange(validation) % 2 == 1
        ),
    )


def test_validation_images_that_were_never_divided_are_seen():
    """
    Training images of 0 to 1 beside validation images of 0 to 255: a lab sheet did so.
    """
    data = digits()
    x = data.x / 16
    x[1_400:] *= 255

    (finding,) = found(Dataset(x, data.y, scale=1.0), last(data.rows, data.rows - 1_400))

    assert (finding.code, finding.severity) == ("TL103", "warn")
    assert "x 0 to 1 in training and 0 to 255 in validation rows (255 times)" in finding.evidence
    assert "the same number" in finding.cure


@pytest.mark.parametrize("shown", [0.19, 0.02])
def test_mostly_empty_images_that_were_never_divided_are_seen(shown):
    """
    Where four fifths of the pixels are zero, as in handwritten digits, or nearly all, it is seen as well.
    """
    random = np.random.default_rng(2)
    x = np.where(random.random((400, 20, 20)) < shown, random.random((400, 20, 20)), 0)
    x[300:] *= 255

    (finding,) = found(Dataset(x, np.arange(400) % 2, scale=1.0), last(400, 100))

    assert "in training and 0 to 25" in finding.evidence


def test_the_other_way_round_is_seen_too():
    """
    Validation rows that were divided where training rows were not lie inside their range, and are seen.
    """
    data = digits()
    x = data.x.astype(float)
    x[1_400:] /= 255

    assert found(Dataset(x, data.y, scale=1.0), last(data.rows, data.rows - 1_400))[0].code == "TL103"


def test_one_column_in_other_units_is_named():
    """
    Of thirteen columns the one that was written in grams instead of kilograms is named.
    """
    x = wine().x.copy()
    x[140:, 12] *= 1_000
    data = Dataset(x, wine().y, columns=[f"c{at}" for at in range(13)])
    order = np.random.default_rng(0).permutation(140)

    (finding,) = found(data, (Fold(order, np.arange(140, 178), np.arange(38) % 2 == 1),))

    assert finding.where == "`c12`"
    assert finding.evidence.startswith("1 column")


def test_sealed_rows_of_another_size_are_seen_without_opening_them():
    """
    A test set of bytes beside training images of 0 to 1, and the reverse, is seen from its profile.
    """
    data = digits()
    small, large = data.x / 16, data.x / 16 * 255

    for x, test in ((small, large), (large, small)):
        (finding,) = found(Dataset(x[:1_500], data.y[:1_500], scale=1.0, test=(test[1_500:], data.y[1_500:])))
        assert finding.where.startswith("test")


def test_healthy_data_are_passed_in_silence():
    """
    Digits, wine and tumours get no word, with sealed rows or without.
    """
    for data in (digits(), wine(), breast_cancer()):
        assert found(data) == []
        assert found(data.seal(np.arange(0, data.rows, 4))) == []


@pytest.mark.parametrize("empty", [0.0, 0.8, 0.97])
def test_heavy_tails_are_no_other_scale(empty):
    """
    Of 60 random splits of ten Cauchy, log-normal and Pareto columns, full or mostly zero, none is flagged.
    """
    random = np.random.default_rng(0)
    for rows, validation in ((60, 12), (400, 80), (2_000, 100)):
        for _ in range(20):
            x = np.column_stack(
                [
                    random.standard_cauchy((rows, 4)),
                    np.exp(3 * random.normal(size=(rows, 3))),
                    random.pareto(0.7, (rows, 3)),
                ]
            )
            x[random.random(x.shape) < empty] = 0
            order = random.permutation(rows)
            fold = Fold(order[validation:], order[:validation], np.arange(validation) % 2 == 1)
            data = Dataset(x, np.arange(rows) % 2)
            assert found(data, (fold,)) == []
            assert found(data.seal(order[:validation]), ()) == []


def test_a_trend_in_time_is_no_other_scale():
    """
    A column that grows all the time lies beyond its former range later, in the same unit.
    """
    x = np.column_stack([np.arange(300.0), np.random.default_rng(0).normal(size=300)])

    assert found(Dataset(x, np.arange(300) % 2), last(300, 60)) == []


@pytest.mark.parametrize(
    "beyond, others, numbers", [(1, 5, 3), (3, 5, 3), (2, 10, 7), (9, 30, 10), (40, 900, 80)]
)
def test_the_probability_of_so_many_beyond_is_that_of_a_beta_binomial(beyond, others, numbers):
    """
    The share beyond the range of n others is Beta(2, n - 1), so the count of m numbers is beta-binomial.
    """
    from scipy.stats import betabinom

    expected = betabinom.sf(beyond - 1, numbers, 2, others - 1)

    assert by_chance(beyond, others, numbers) == pytest.approx(expected, rel=1e-6)
