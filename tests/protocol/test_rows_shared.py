"""TL101: rows of one role that stand, with the same inputs, in another."""

import numpy as np

from trainlab.data.dataset import Dataset
from trainlab.data.named.embedded import digits, iris, wine
from trainlab.data.named.synthetic import xor
from trainlab.data.splitting.folds import Fold
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import Holdout
from trainlab.experiment.spec import Experiment
from trainlab.protocol.check import Question
from trainlab.protocol.checks.rows_shared import CHECK


def found(data, folds=None):
    """What the check says of a data set."""
    folds = split(data, Holdout(0.2)) if folds is None else folds
    return list(CHECK.examine(Question(Experiment(data), folds)))


def halved(train, validation):
    """A fold of these rows."""
    return Fold(train, validation, np.arange(len(validation)) % 2 == 1)


def test_validation_inside_training_is_refused_with_its_rows():
    """
    A data set whose validation rows were put into training again is refused, with the rows and their twins.
    """
    data = digits()
    whole = Dataset(np.r_[data.x, data.x[:300]], np.r_[data.y, data.y[:300]], scale=1 / 16)
    fold = halved(np.arange(data.rows), np.arange(data.rows, whole.rows))

    (finding,) = found(whole, (fold,))

    assert finding.code == "TL101"
    assert finding.refuses
    assert finding.evidence.startswith("300 of 300 validation rows (100 %)")
    assert "300 of them the same target too: rows 1797 (as 0), 1798 (as 1), 1799 (as 2)" in finding.evidence
    assert finding.cure.index("`groups: COLUMN` beside the file") < finding.cure.index("numpy.unique")


def test_a_few_copies_are_a_warning():
    """
    Two copies among a thousand validation rows are below one in a hundred: the run goes on.
    """
    x = np.random.default_rng(0).normal(size=(3_000, 5))
    x[2_000:2_002] = x[:2]
    fold = halved(np.arange(2_000), np.arange(2_000, 3_000))

    (finding,) = found(Dataset(x, np.arange(3_000) % 2), (fold,))

    assert finding.severity == "warn"
    assert "2 of 1,000 validation rows (0.2 %)" in finding.evidence


def test_the_worst_fold_is_named_and_the_others_counted():
    """
    Of several folds with copies the one with most is told, with its number.
    """
    x = np.random.default_rng(0).normal(size=(60, 5))
    x[30:33] = x[:3]
    data = Dataset(x, np.arange(60) % 2)
    folds = tuple(halved(np.setdiff1d(np.arange(60), rows), rows) for rows in (np.arange(2), np.arange(2, 6)))

    (finding,) = found(data, folds)

    assert finding.where == "rows, fold 0 of 2"
    assert "so in 2 of 2 folds" in finding.evidence


def test_sealed_rows_among_the_open_ones_are_refused():
    """
    A test set that holds training rows is refused before it is opened; whatever type its numbers have.
    """
    data = wine()
    sealed = Dataset(data.x, data.y, test=(data.x[::9].astype(np.float64), data.y[::9]))

    (finding,) = found(sealed)

    assert finding.refuses
    assert finding.where == "test"
    assert "20 of 20 sealed test rows" in finding.evidence


def test_healthy_data_are_passed_in_silence():
    """
    Neither digits nor wine nor iris, with its one natural pair, gets a word, sealed rows or not.
    """
    for data in (digits(), wine(), iris(), xor()):
        assert found(data) == []
        assert found(data.seal(np.arange(0, data.rows, 5))) == []


def test_copies_that_are_kept_together_are_passed():
    """
    Oversampled rows of one label in `groups` either train or validate, so nothing is shared.
    """
    x = np.random.default_rng(0).normal(size=(50, 5)).repeat(4, axis=0)
    labels = (np.arange(50) % 2).repeat(4)

    assert found(Dataset(x, labels))[0].refuses
    assert found(Dataset(x, labels, groups=np.arange(50).repeat(4))) == []


def test_few_different_rows_are_a_note_that_says_so():
    """
    A truth table repeats itself: its rows are no copies, and nothing is refused.
    """
    x = np.random.default_rng(0).integers(0, 2, (400, 3))

    (finding,) = found(Dataset(x, x.sum(axis=1) % 2))

    assert finding.severity == "note"
    assert "The data hold 8 different rows only, so that is chance, not copying" in finding.evidence
