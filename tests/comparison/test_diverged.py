"""Runs that diverged: how many, and what they count as, against SciPy and scikit-learn."""

import numpy as np
import pytest
from scipy import stats
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    log_loss,
    mean_absolute_error,
    mean_squared_error,
    r2_score,
)

from trainlab.comparison.diverged import compare_diverged, trivial_rows


@pytest.mark.parametrize("first, second", [(0, 0), (1, 0), (5, 0), (3, 2), (0, 9), (4, 4)])
def test_the_exact_test_is_the_sign_test(first, second):
    """
    Seeds on which one diverged alone are tossed like coins; those on which both or none did say nothing.
    """
    variant = np.array([True] * first + [False] * second + [True] * 3 + [False] * 2)
    against = np.array([False] * first + [True] * second + [True] * 3 + [False] * 2)
    expected = stats.binomtest(first, first + second).pvalue if first + second else 1.0

    counted = compare_diverged(variant, against)

    assert (counted.variant, counted.against, counted.seeds) == (first + 3, second + 3, first + second + 5)
    assert counted.p == pytest.approx(expected)


LABELS = np.random.default_rng(1).choice(3, p=[0.2, 0.5, 0.3], size=400)
COUNTS = np.bincount(LABELS).tolist()


@pytest.mark.parametrize("metric", ["accuracy", "log_loss", "loss", "brier"])
def test_a_diverged_classifier_counts_as_the_class_prior(metric):
    """
    The mean over rows is what scikit-learn's predictor of the prior scores.
    """
    nothing = np.zeros((len(LABELS), 1))
    dummy = DummyClassifier(strategy="prior").fit(nothing, LABELS)
    probabilities = dummy.predict_proba(nothing)
    expected = {
        "accuracy": accuracy_score(LABELS, dummy.predict(nothing)),
        "log_loss": log_loss(LABELS, probabilities),
        "loss": log_loss(LABELS, probabilities),
        "brier": ((probabilities - np.eye(3)[LABELS]) ** 2).sum(axis=1).mean(),
    }

    rows = trivial_rows(metric, {"task": "classification", "class_counts": COUNTS}, LABELS)

    assert rows.shape == LABELS.shape
    assert rows.mean() == pytest.approx(expected[metric])


@pytest.mark.parametrize("metric, scored", [("mse", mean_squared_error), ("mae", mean_absolute_error)])
def test_a_diverged_regression_counts_as_the_mean(metric, scored):
    """
    The mean over rows and targets is what scikit-learn's predictor of the mean scores.
    """
    amounts = np.random.default_rng(2).gamma(2.0, size=(300, 2))
    nothing = np.zeros((300, 1))
    predicted = DummyRegressor(strategy="mean").fit(nothing, amounts).predict(nothing)
    facts = {"task": "regression", "target_mean": amounts.mean(axis=0).tolist()}

    rows = trivial_rows(metric, facts, amounts)

    assert rows.shape == (300,)
    assert rows.mean() == pytest.approx(scored(amounts, predicted))


def test_a_class_without_rows_costs_what_keras_clips_at():
    """
    A class that the data never had costs 16 nats, not infinity.
    """
    facts = {"task": "classification", "class_counts": [10, 0]}

    assert trivial_rows("log_loss", facts, np.array([1])) == pytest.approx([16.118], abs=1e-3)


@pytest.mark.parametrize("metric", ["balanced_accuracy", "f1_macro", "auc"])
def test_a_diverged_classifier_counts_as_a_constant_in_every_metric(metric):
    """
    Pseudo-values of one answer for all rows average to scikit-learn's figure for it.
    """
    always = np.full(len(LABELS), np.argmax(COUNTS))
    expected = {
        "balanced_accuracy": balanced_accuracy_score(LABELS, always),
        "f1_macro": f1_score(LABELS, always, average="macro"),
        "auc": 0.5,
    }

    rows = trivial_rows(metric, {"task": "classification", "class_counts": COUNTS}, LABELS)

    assert rows.shape == LABELS.shape
    assert rows.mean() == pytest.approx(expected[metric])


def test_a_diverged_regression_explains_nothing():
    """
    The mean of all data explains nothing of these rows, or a little less.
    """
    amounts = np.random.default_rng(2).gamma(2.0, size=(300, 2))

    rows = trivial_rows("r2", {"task": "regression", "target_mean": [2.1, 1.8]}, amounts)

    assert rows.mean() == pytest.approx(r2_score(amounts, np.tile([2.1, 1.8], (300, 1))))
    assert rows.mean() < 0
