"""TL102: validation rows that are all but copies of training rows."""

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.data.named.embedded import breast_cancer, diabetes, digits, iris, wine
from trainlab.data.named.synthetic import circles, spirals, xor
from trainlab.data.splitting.folds import Fold
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import Holdout
from trainlab.experiment.spec import Experiment
from trainlab.protocol.check import Question
from trainlab.protocol.checks.near_duplicates import CHECK


def found(data, folds=None):
    """What the check says of a data set."""
    folds = split(data, Holdout(0.2)) if folds is None else folds
    return list(CHECK.examine(Question(Experiment(data), folds)))


def test_images_saved_again_with_noise_are_seen():
    """
    Forty digits with one grey level of noise in some pixels stand beside their originals, and are named.
    """
    data, random = digits(), np.random.default_rng(0)
    again = data.x[:40].astype(int)
    again[:, 0, :3] += 1
    whole = Dataset(np.r_[data.x, again].astype(np.uint8), np.r_[data.y, data.y[:40]], scale=1 / 16)
    rest = random.permutation(np.arange(40, data.rows))
    validation = np.r_[rest[:300], np.arange(data.rows, whole.rows)]
    train = np.setdiff1d(np.arange(whole.rows), validation)

    (finding,) = found(whole, (Fold(train, validation, np.arange(340) % 2 == 1),))

    assert (finding.code, finding.severity) == ("TL102", "warn")
    assert "40 of 340 validation rows (11.8 %)" in finding.evidence
    assert "(as " in finding.evidence


def test_measurements_in_units_of_any_size_are_compared_by_their_spread():
    """
    Copies of a table that differ in the last digits are seen, though one column is a million times another.
    """
    random = np.random.default_rng(1)
    x = random.normal(size=(400, 8)) * 10.0 ** np.arange(-3, 5)
    x[300:] = x[:100] * (1 + 1e-4 * random.normal(size=(100, 8)))
    fold = Fold(np.arange(300), np.arange(300, 400), np.arange(100) % 2 == 1)

    (finding,) = found(Dataset(x, np.arange(400) % 2), (fold,))

    assert "100 of 100 validation rows" in finding.evidence


@pytest.mark.parametrize(
    "data", [digits(), wine(), iris(), breast_cancer(), diabetes(), xor(), circles(), spirals(rows=3_000)]
)
def test_healthy_data_are_passed_in_silence(data):
    """
    Rows that are close by nature, as points on a plane are, are no copies.
    """
    assert found(data) == []
    assert found(data.seal(np.arange(0, data.rows, 5))) == []


@pytest.mark.parametrize("columns", [1, 2, 3, 5, 8, 20])
def test_random_points_of_any_dimension_are_passed(columns):
    """
    Neither normal nor heavy-tailed points raise an alarm in 1 to 20 columns.
    """
    random = np.random.default_rng(columns)
    for x in (random.normal(size=(1_500, columns)), random.standard_cauchy((1_500, columns))):
        assert found(Dataset(x, np.arange(1_500) % 2)) == []


def test_exact_copies_are_another_checks_business():
    """
    Rows that are equal bit for bit are TL101's, and are not told twice.
    """
    x = np.random.default_rng(0).normal(size=(200, 6))

    assert found(Dataset(np.r_[x, x], np.arange(400) % 2)) == []


def test_sealed_rows_that_were_rounded_are_seen():
    """
    A test set saved with fewer digits holds open rows, most of which their rounded hashes show.
    """
    x = np.random.default_rng(0).normal(size=(200, 6))
    data = Dataset(x, np.arange(200) % 2, test=(x[:50].round(6), np.arange(50) % 2))

    (finding,) = found(data)

    assert finding.where == "test"
    # As data keep them, in single precision; some numbers lie so close to a half that five digits differ.
    rounded = (x[:50].round(6).astype(np.float32).round(5), x[:50].astype(np.float32).round(5))
    same = int((rounded[0] == rounded[1]).all(axis=1).sum())
    assert same > 25
    assert f"{same} of 50 sealed test rows ({2 * same} %) equal an open row to 5 digits" in finding.evidence
