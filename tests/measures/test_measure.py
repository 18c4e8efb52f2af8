"""The measures by name, against scikit-learn, and measured again without each row; and their edges."""

import time

import numpy as np
import pytest
import sklearn.metrics

from trainlab.experiment.metrics import METRICS
from trainlab.measures.measure import _WHOLE, MEASURES, pseudo_values, value

DRAWN = np.random.default_rng(7)
LABELS = DRAWN.choice(4, 90, p=[0.5, 0.3, 0.15, 0.05])
SHARES = DRAWN.dirichlet(np.ones(4), 90) * 0.6 + 0.4 * np.eye(4)[LABELS] * DRAWN.random((90, 1))
SHARES /= SHARES.sum(axis=1, keepdims=True)
TWO = np.stack([SHARES[:, 0] + SHARES[:, 2], SHARES[:, 1] + SHARES[:, 3]], axis=1)
PAIR = LABELS % 2
WANTED = DRAWN.gamma(2.0, size=(90, 2))
AMOUNTS = WANTED + DRAWN.normal(0, 0.7, size=(90, 2))
ANSWERS = SHARES.argmax(axis=1)


def test_every_metric_that_predictions_tell_is_measured():
    """
    All metrics but a run's own loss are measures, and beside them the calibration error.
    """
    assert set(MEASURES) == set(METRICS) - {"loss"} | {"calibration_error"}
    for name, measure in MEASURES.items():
        assert measure.name == name
        assert measure.of_rows == (name not in _WHOLE)
        assert measure.task == ("regression" if name in {"mse", "mae", "r2"} else "classification")
    assert (MEASURES["auc"].label, MEASURES["auc"].higher_is_better, MEASURES["auc"].is_rate) == (
        "AUC",
        True,
        False,
    )


def test_measures_of_classes_are_those_of_scikit_learn():
    """
    Of four unlike classes, and of two, every figure is scikit-learn's.
    """
    two = TWO.argmax(axis=1)
    wanted = {
        "accuracy": sklearn.metrics.accuracy_score(LABELS, ANSWERS),
        "balanced_accuracy": sklearn.metrics.balanced_accuracy_score(LABELS, ANSWERS),
        "f1_macro": sklearn.metrics.f1_score(LABELS, ANSWERS, average="macro"),
        "log_loss": sklearn.metrics.log_loss(LABELS, SHARES),
        "auc": sklearn.metrics.roc_auc_score(LABELS, SHARES, multi_class="ovr", average="macro"),
    }

    for name, expected in wanted.items():
        assert value(name, SHARES, LABELS) == pytest.approx(expected, rel=1e-12), name
        assert MEASURES[name].value(SHARES, LABELS) == value(name, SHARES, LABELS)
    assert value("auc", TWO, PAIR) == pytest.approx(sklearn.metrics.roc_auc_score(PAIR, TWO[:, 1]))
    assert value("f1_macro", TWO, PAIR) == pytest.approx(sklearn.metrics.f1_score(PAIR, two, average="macro"))
    assert value("brier", TWO, PAIR) == pytest.approx(
        2 * sklearn.metrics.brier_score_loss(PAIR, TWO[:, 1]), rel=1e-12
    )


def test_measures_of_amounts_are_those_of_scikit_learn():
    """
    Errors are averaged over both targets, and so is what each explains; predictions may explain less than 0.
    """
    wanted = {
        "mse": sklearn.metrics.mean_squared_error,
        "mae": sklearn.metrics.mean_absolute_error,
        "r2": sklearn.metrics.r2_score,
    }

    for name, measured in wanted.items():
        assert value(name, AMOUNTS, WANTED) == pytest.approx(measured(WANTED, AMOUNTS), rel=1e-12)
    assert value("r2", -AMOUNTS, WANTED) == pytest.approx(sklearn.metrics.r2_score(WANTED, -AMOUNTS))
    assert value("r2", -AMOUNTS, WANTED) < 0


def test_a_class_that_is_missing_is_left_out_as_scikit_learn_does():
    """
    Recall needs rows of a class; F1 needs rows or answers; an area needs rows of the class and of others.
    """
    few = LABELS < 3
    labels, shares = LABELS[few], SHARES[few]
    answers = shares.argmax(axis=1)
    unsaid = shares * [1, 1, 1, 0]

    assert 3 in answers
    assert value("f1_macro", shares, labels) == pytest.approx(
        sklearn.metrics.f1_score(labels, answers, average="macro", zero_division=0)
    )
    assert value("f1_macro", unsaid, labels) == pytest.approx(
        sklearn.metrics.f1_score(labels, unsaid.argmax(axis=1), average="macro")
    )
    recalls = sklearn.metrics.recall_score(labels, answers, labels=[0, 1, 2], average=None)
    assert value("balanced_accuracy", shares, labels) == pytest.approx(recalls.mean())
    areas = [sklearn.metrics.roc_auc_score(labels == place, shares[:, place]) for place in range(3)]
    assert value("auc", shares, labels) == pytest.approx(np.mean(areas))


def tied(shares, steps):
    """Shares rounded so that many rows tie."""
    return np.round(shares * steps) / steps


WORLDS = {
    "four classes": (SHARES, LABELS),
    "two classes": (TWO, PAIR),
    "ties": (tied(SHARES, 4), LABELS),
    "ties of two": (tied(TWO, 5), PAIR),
    "a class of one row": (SHARES[:30], np.where(np.arange(30) == 3, 3, LABELS[:30] % 3)),
    "a class missing": (SHARES[LABELS < 3], LABELS[LABELS < 3]),
    "one class said always": (np.tile([0.4, 0.3, 0.2, 0.1], (90, 1)), LABELS),
    "two rows": (SHARES[:2], np.array([0, 1])),
}


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("name", [name for name in _WHOLE if name != "r2"])
def test_what_is_left_without_a_row_is_what_is_measured_without_it(name, world):
    """
    The closed form is the measure of the other rows, row by row, with ties, rare and missing classes.
    """
    shares, labels = WORLDS[world]

    whole, without = _WHOLE[name](shares, labels)

    again = [
        value(name, np.delete(shares, row, axis=0), np.delete(labels, row)) for row in range(len(labels))
    ]
    np.testing.assert_allclose(without, again, rtol=1e-10, atol=1e-12)
    assert whole == value(name, shares, labels)


@pytest.mark.parametrize("columns", [1, 2])
def test_what_amounts_explain_without_a_row_is_measured_without_it(columns):
    """
    Without a row the mean moves too; a target that only this row makes vary is then left out.
    """
    wanted, amounts = WANTED[:40, :columns].copy(), AMOUNTS[:40, :columns]
    for case in (wanted, np.where(np.arange(40)[:, None] == 5, [[1.0] * columns], 3.0), np.round(wanted)):
        _, without = _WHOLE["r2"](amounts, case)
        again = [value("r2", np.delete(amounts, row, 0), np.delete(case, row, 0)) for row in range(40)]
        np.testing.assert_allclose(without, again, rtol=1e-10)


@pytest.mark.parametrize("name", [*MEASURES, "loss"])
def test_pseudo_values_average_to_the_measure(name):
    """
    Their mean is the value itself; those of averages over rows are the rows' scores.
    """
    shares, labels = (AMOUNTS, WANTED) if name in {"mse", "mae", "r2", "loss"} else (SHARES, LABELS)

    rows = pseudo_values(name, shares, labels)

    assert rows.shape == (90,)
    assert rows.mean() == pytest.approx(value(name, shares, labels), rel=1e-12)
    if name in _WHOLE:
        _, without = _WHOLE[name](shares, labels)
        jackknife = 89 / 90 * np.sum((without - without.mean()) ** 2)
        assert rows.var(ddof=1) / 90 == pytest.approx(jackknife)


def test_the_spread_of_an_area_is_that_of_delong():
    """
    The variance of the mean of the pseudo-values is DeLong's of the area, with a row less in each class.
    """
    random = np.random.default_rng(3)
    labels = np.arange(300) % 3 == 0
    scores = random.normal(labels, 1.0)
    shares = 1 / (1 + np.exp(-np.stack([-scores, scores], axis=1)))
    ours, others = scores[labels], scores[~labels]
    wins = (ours[:, None] > others).astype(float)
    delong = wins.mean(axis=1).var(ddof=1) / (len(ours) - 1)
    delong += wins.mean(axis=0).var(ddof=1) / (len(others) - 1)

    rows = pseudo_values("auc", shares, labels.astype(int))

    assert rows.var(ddof=1) / 300 == pytest.approx(delong, rel=0.005)


@pytest.mark.parametrize("name", [name for name in _WHOLE if name in METRICS])
def test_the_spread_of_pseudo_values_is_that_over_fresh_rows(name):
    """
    The standard error they tell is the standard deviation of the metric over 400 draws of the rows.
    """
    random = np.random.default_rng(11)
    values, told = [], []
    for _ in range(400):
        labels = random.choice(3, 150, p=[0.6, 0.3, 0.1])
        if name == "r2":
            wanted = random.gamma(2.0, size=(150, 1))
            shares, labels = wanted + random.normal(0, 0.8, (150, 1)), wanted
        else:
            sure = np.exp(1.2 * np.eye(3)[labels] + random.normal(size=(150, 3)))
            shares = sure / sure.sum(axis=1, keepdims=True)
        rows = pseudo_values(name, shares, labels)
        values.append(rows.mean())
        told.append(rows.std(ddof=1) / np.sqrt(150))

    assert np.sqrt(np.mean(np.square(told))) == pytest.approx(np.std(values), rel=0.15)


@pytest.mark.parametrize("name", [name for name in _WHOLE if name != "r2"])
def test_one_row_is_its_own_measure_or_none(name):
    """
    Of a single row an area is not told; the others are, and the row carries them whole.
    """
    shares, labels = np.array([[0.7, 0.3]]), np.array([0])

    rows = pseudo_values(name, shares, labels)

    wanted = {"balanced_accuracy": 1.0, "f1_macro": 1.0, "auc": np.nan, "calibration_error": 0.3}[name]
    np.testing.assert_allclose(rows, [wanted])
    np.testing.assert_allclose(value(name, shares, labels), wanted)


def test_where_nothing_can_be_told_nothing_is():
    """
    One class has no area, equal amounts have no spread to explain, and one varying target is told alone.
    """
    assert np.isnan(value("auc", TWO, np.zeros(90, int)))
    assert np.isnan(pseudo_values("auc", TWO, np.zeros(90, int))).all()
    assert np.isnan(value("r2", AMOUNTS, np.full((90, 2), 0.1)))
    assert np.isnan(value("r2", AMOUNTS[:1], WANTED[:1]))
    half = np.stack([WANTED[:, 0], np.full(90, 0.1)], axis=1)
    assert value("r2", AMOUNTS, half) == pytest.approx(sklearn.metrics.r2_score(WANTED[:, 0], AMOUNTS[:, 0]))


def test_outputs_that_are_no_numbers_are_never_right():
    """
    A row of NaN names no class, so that class shares count it as missed; what needs its number is none.
    """
    broken, amounts = SHARES.copy(), AMOUNTS.copy()
    broken[4], amounts[4] = np.nan, np.nan
    wrong = SHARES.copy()
    wrong[4] = np.roll(np.eye(4)[LABELS[4]], 1)

    assert value("balanced_accuracy", broken, LABELS) == value("balanced_accuracy", wrong, LABELS)
    assert value("f1_macro", broken, LABELS) > value("f1_macro", wrong, LABELS)
    for name in ("auc", "calibration_error"):
        assert np.isnan(value(name, broken, LABELS))
        assert np.isnan(pseudo_values(name, broken, LABELS)).all()
    assert np.isnan(value("r2", amounts, WANTED))


def test_the_only_row_of_a_class_that_can_be_ranked_changes_nothing():
    """
    Where an area can't be told without a row, that row counts as the mean does, and the rest stay finite.
    """
    rows = pseudo_values("auc", TWO, (np.arange(90) == 3).astype(int))

    assert np.isfinite(rows).all()
    assert rows.mean() == pytest.approx(value("auc", TWO, (np.arange(90) == 3).astype(int)))


def test_ten_thousand_rows_of_ten_classes_are_measured_in_a_moment():
    """
    No measure is taken again without each row: all of them together take less than two seconds.
    """
    random = np.random.default_rng(0)
    labels, shares = random.integers(0, 10, 10_000), random.dirichlet(np.ones(10), 10_000)
    amounts = random.normal(size=(2, 10_000, 3))

    began = time.perf_counter()
    for name in _WHOLE:
        pseudo_values(name, *(amounts if name == "r2" else (shares, labels)))

    assert time.perf_counter() - began < 2
