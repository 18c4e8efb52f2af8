"""The guess: no other constant scores better on the targets it was made from."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor

from trainlab.baselines.dummy import always, guess, guess_label, spread_over
from trainlab.experiment.metrics import METRICS
from trainlab.measures.measure import value

DRAWN = np.random.default_rng(5)
LABELS = DRAWN.choice(4, 200, p=[0.2, 0.45, 0.05, 0.3])
AMOUNTS = DRAWN.exponential(size=(201, 2))


@pytest.mark.parametrize(
    "metric", ["accuracy", "balanced_accuracy", "f1_macro", "auc", "log_loss", "brier", "loss"]
)
def test_no_other_constant_is_better_for_classes(metric):
    """
    Of a thousand other shares of the classes, none scores better on the training targets.
    """
    worse = -1 if METRICS[metric].higher_is_better else 1
    best = worse * value(metric, np.tile(guess(metric, LABELS, 4), (200, 1)), LABELS)

    others = [
        worse * value(metric, np.tile(shares, (200, 1)), LABELS)
        for shares in DRAWN.dirichlet(np.ones(4), 1000)
    ]

    assert best <= min(others) + 1e-12


@pytest.mark.parametrize("metric", ["mse", "mae", "r2", "loss"])
def test_no_other_constant_is_better_for_amounts(metric):
    """
    Of a thousand other amounts, none scores better on the training targets.
    """
    worse = -1 if METRICS[metric].higher_is_better else 1
    best = worse * value(metric, np.tile(guess(metric, AMOUNTS, 0), (201, 1)), AMOUNTS)

    others = [
        worse * value(metric, np.tile(amounts, (201, 1)), AMOUNTS)
        for amounts in DRAWN.exponential(size=(1000, 2))
    ]

    assert best <= min(others) + 1e-12


def test_the_guess_is_that_of_scikit_learn():
    """
    Prior, most frequent class, mean and median are those of scikit-learn's dummies.
    """
    x = np.zeros((200, 1))
    classifier = {
        metric: DummyClassifier(strategy=strategy).fit(x, LABELS).predict_proba(x[:1])[0]
        for metric, strategy in (("log_loss", "prior"), ("accuracy", "most_frequent"))
    }
    regressor = {
        metric: DummyRegressor(strategy=strategy).fit(AMOUNTS, AMOUNTS).predict(x[:1])[0]
        for metric, strategy in (("mse", "mean"), ("mae", "median"))
    }

    for metric, wanted in classifier.items():
        np.testing.assert_allclose(guess(metric, LABELS, 4), wanted)
    for metric, wanted in regressor.items():
        np.testing.assert_allclose(guess(metric, AMOUNTS, 0), wanted)


def test_a_class_without_training_rows_keeps_its_place():
    """
    Shares stand at their class's number, with nothing for classes that were not met.
    """
    assert guess("brier", np.array([1, 1, 3]), 5) == pytest.approx([0, 2 / 3, 0, 1 / 3, 0])
    assert spread_over(np.array([[0.4, 0.6]]), np.array([1, 3]), 5).tolist() == [[0, 0.4, 0, 0.6, 0]]
    assert always(np.array([0.5, 0.5]))(np.zeros((3, 7))).shape == (3, 2)


def test_the_label_says_what_is_guessed():
    """
    The words name the constant that is given.
    """
    assert guess_label("f1_macro", 3) == "guess: the most frequent class"
    assert guess_label("log_loss", 3) == "guess: the share of each class"
    assert guess_label("loss", 0) == "guess: the mean"
