"""Baselines on the networks' folds: what they score, what they may see, and what happens when they fail."""

import sys

import numpy as np
import pytest

from trainlab.baselines.fitting import fit_baselines
from trainlab.data.dataset import Dataset
from trainlab.data.named.catalogue import load
from trainlab.data.splitting.folds import Fold
from trainlab.experiment.metrics import METRICS

DRAWN = np.random.default_rng(4)


def fold(train, validation):
    """A fold with halves of no importance."""
    return Fold(train, validation, np.arange(len(validation)) % 2 == 1)


def dealt(rows, folds):
    """Folds whose validation rows are every so many."""
    return tuple(
        fold([row for row in range(rows) if row % folds != place], range(place, rows, folds))
        for place in range(folds)
    )


def fitted(data, folds, metric, names=("dummy", "linear", "trees"), **asked):
    """The baselines by name, on the rows as the data set gives them."""

    def rows(_, numbers):
        return data.prepared(numbers)

    return {one.name: one for one in fit_baselines(data, folds, rows, METRICS[metric], names, **asked)}


def test_all_three_beat_the_guess_where_there_is_something_to_learn():
    """
    On wine, scored by log loss and over three folds, line and trees are far better than the guess.
    """
    found = fitted(load("wine"), dealt(178, 3), "log_loss")

    assert [one.label for one in found.values()] == [
        "guess: the share of each class",
        "linear model (logistic regression)",
        "boosted trees",
    ]
    assert found["linear"].mean < 0.15
    assert found["trees"].mean < 0.3
    assert found["dummy"].mean > 1
    assert all(len(one.scores) == 3 and one.note == "" for one in found.values())


@pytest.mark.parametrize("metric", ["mse", "mae", "loss"])
def test_amounts_are_learned_in_their_own_unit(metric):
    """
    A target in the thousands is scored in its own unit, and what line and trees leave is noise.
    """
    x = DRAWN.normal(size=(200, 3))
    y = 1_000 * x[:, 0] + 5_000
    found = fitted(Dataset(x, y, task="regression"), dealt(200, 2), metric)
    guessed = np.abs(y - 5_000).mean() if metric == "mae" else y.var()

    assert found["dummy"].mean == pytest.approx(guessed, rel=0.1)
    assert found["linear"].mean < 0.02 * guessed
    assert found["trees"].mean < 0.35 * guessed


def test_shuffled_labels_are_learned_by_nobody():
    """
    Where labels are drawn apart from the inputs, no baseline is better than chance.
    """
    data = Dataset(DRAWN.normal(size=(600, 5)), DRAWN.integers(0, 2, 600))
    found = fitted(data, dealt(600, 2), "accuracy")

    assert all(abs(one.mean - 0.5) < 0.06 for one in found.values())


def test_validation_targets_are_never_seen():
    """
    Changing every validation target changes no prediction: right becomes wrong, row by row.
    """
    x, y = DRAWN.normal(size=(120, 2)), DRAWN.integers(0, 2, 120)
    other = y.copy()
    other[80:] = 1 - other[80:]
    folds = [fold(range(80), range(80, 120))]

    one, two = (fitted(Dataset(x, labels), folds, "accuracy") for labels in (y, other))

    for name, found in one.items():
        np.testing.assert_array_equal(found.row_scores[0], 1 - two[name].row_scores[0])


def test_each_fold_is_read_as_prepared_for_it():
    """
    Training and validation rows are asked for with the number of their own fold, and no others are.
    """
    data = Dataset(DRAWN.normal(size=(42, 2)), [0, 1] * 21)
    folds, asked = dealt(42, 3), []

    def rows(place, numbers):
        asked.append((place, set(numbers)))
        return data.prepared(numbers)

    fit_baselines(data, folds, rows, METRICS["accuracy"], ["linear"])

    for place, part in enumerate(folds):
        assert (place, set(part.train)) in asked
        assert (place, set(part.validation)) in asked
    assert all(numbers <= set(folds[place].train) | set(folds[place].validation) for place, numbers in asked)


@pytest.mark.parametrize("metric", ["accuracy", "log_loss", "brier", "loss"])
def test_a_class_that_a_fold_does_not_train_on_breaks_nothing(metric):
    """
    Rows of a class that was missing in training get a finite score: at worst a sure mistake's.
    """
    x = DRAWN.normal(size=(90, 2))
    data = Dataset(x, [0, 1, 2] * 30, classes=["a", "b", "c", "never"])
    train = [row for row in range(60) if row % 3 != 2]
    found = fitted(data, [fold(train, range(60, 90))], metric)

    for one in found.values():
        assert np.isfinite(one.row_scores[0]).all()
        if metric == "log_loss":
            assert one.row_scores[0].max() == pytest.approx(-np.log(1e-7))


def test_a_single_class_in_training_is_always_given():
    """
    A fold that trains on one class gives it always, and the note says so.
    """
    data = Dataset(DRAWN.normal(size=(20, 2)), [0] * 10 + [0, 1] * 5)
    found = fitted(data, [fold(range(10), range(10, 20))], "accuracy")

    assert [one.mean for one in found.values()] == [0.5, 0.5, 0.5]
    assert found["trees"].note == "Where a fold trains on a single class, that one is given always."


def test_large_data_are_fitted_in_part_and_the_label_says_so(monkeypatch):
    """
    Above the cap rows are drawn by class from the split seed, and label and note tell how many.
    """
    monkeypatch.setattr("trainlab.baselines.amount.LINEAR_SECONDS", 0.0)
    monkeypatch.setattr("trainlab.baselines.amount.FEWEST_ROWS", 30)
    data, seen = Dataset(DRAWN.normal(size=(400, 2)), [0, 0, 0, 1] * 100), []

    def rows(_, numbers):
        seen.append(np.asarray(numbers))
        return data.prepared(numbers)

    def linear(split_seed):
        return fit_baselines(
            data,
            [fold(range(300), range(300, 400))],
            rows,
            METRICS["accuracy"],
            ["linear"],
            split_seed=split_seed,
        )[0]

    one, same, other = linear(0), linear(0), linear(1)

    first, again, another = (numbers for numbers in seen if len(numbers) == 30)
    assert one.label == "linear model (logistic regression), on 30 of 300 rows"
    assert one.note == "Fitted on 30 of 300 rows, to cost little beside the networks."
    assert np.bincount(data.y[first]).tolist() in ([22, 8], [23, 7])
    np.testing.assert_array_equal(first, again)
    assert set(first) != set(another)
    assert one.document() == same.document() != other.document() or one.mean == other.mean


def test_too_many_folds_are_left_out(monkeypatch):
    """
    A baseline that would take too long is left out with the reason; the others are fitted.
    """
    monkeypatch.setattr("trainlab.baselines.amount.MOST_SECONDS", 0.01)
    found = fitted(Dataset(DRAWN.normal(size=(30, 2)), [0, 1] * 15), dealt(30, 3), "accuracy")

    assert found["dummy"].mean == 0.5
    assert found["trees"].mean is None
    assert found["trees"].note.startswith("Left out: 3 folds would take about ")


def test_one_that_fails_leaves_the_others_alone(monkeypatch):
    """
    An error inside a baseline becomes its note, with what the library said.
    """

    def fails(*_, **__):
        raise MemoryError("cannot allocate 9 GB")

    monkeypatch.setattr(sys.modules["trainlab.baselines.fitting"], "fit_trees", fails)
    found = fitted(Dataset(DRAWN.normal(size=(30, 2)), [0, 1] * 15), dealt(30, 3), "accuracy")

    assert found["trees"].scores == ()
    assert found["trees"].note == "Could not be fitted: MemoryError: cannot allocate 9 GB."
    assert found["linear"].mean is not None


def test_the_same_experiment_gives_the_same_baselines():
    """
    Fitted again, every row has the same score to the bit, and what is stored is the same.
    """
    data = Dataset(DRAWN.normal(size=(60, 300)), [0, 1] * 30)
    folds = [fold(range(40), range(40, 60))]
    one, again = (fitted(data, folds, "log_loss", split_seed=5) for _ in range(2))

    for name, found in one.items():
        np.testing.assert_array_equal(found.row_scores, again[name].row_scores)
        assert found.document() == again[name].document()
    assert one["trees"].label == "boosted trees, on 256 of 300 columns"


def test_what_is_fitted_is_told():
    """
    The progress names baseline and fold.
    """
    told = []
    data = Dataset(DRAWN.normal(size=(20, 2)), [0, 1] * 10)

    fitted(data, dealt(20, 2), "accuracy", ["dummy"], show=told.append)

    assert told == ["baselines: dummy, fold 1 of 2", "baselines: dummy, fold 2 of 2"]


def test_a_guess_reads_no_inputs():
    """
    The guess is scored without asking for a single row of inputs.
    """

    def rows(*_):
        raise AssertionError("a guess has no use for inputs")

    data = Dataset(DRAWN.normal(size=(20, 2)), [0, 1] * 10)
    (guess,) = fit_baselines(data, [fold(range(10), range(10, 20))], rows, METRICS["accuracy"], ["dummy"])

    assert guess.mean == 0.5
