"""The score of each row: its mean is what scikit-learn computes over all rows."""

import jax.numpy as jnp
import numpy as np
import pytest
import sklearn.metrics

from trainlab.experiment.metrics import METRICS
from trainlab.recipe.losses import Head
from trainlab.recipe.scores import SCORES, predictions

DRAWN = np.random.default_rng(0)
LOGITS = DRAWN.normal(size=(40, 3)).astype(np.float32)
SHARES = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
LABELS = DRAWN.integers(0, 3, 40).astype(np.int32)
AMOUNTS = DRAWN.normal(size=(40, 3)).astype(np.float32)
LOSSES = np.arange(40, dtype=np.float32)


def score(name, predicted, wanted, losses=LOSSES):
    """The score of each row as NumPy sees it."""
    rows = SCORES[name](jnp.asarray(predicted), jnp.asarray(wanted), jnp.asarray(losses))

    assert rows.shape == (len(predicted),)
    return np.asarray(rows)


def test_every_metric_has_its_score():
    """
    What can be asked for can be computed, and nothing else is.
    """
    assert set(SCORES) == set(METRICS)


def test_scores_of_classes_are_those_of_scikit_learn():
    """
    Accuracy, log loss and Brier score average to scikit-learn's figures, the last also for two classes.
    """
    second = SHARES[:, :1]
    two = np.concatenate([1 - second, second], axis=1)
    label = (LABELS == 0).astype(np.int32)
    votes, exact = np.eye(3)[LABELS], np.exp(LOGITS.astype(np.float64))

    assert score("accuracy", SHARES, LABELS).mean() == pytest.approx(
        sklearn.metrics.accuracy_score(LABELS, SHARES.argmax(axis=1))
    )
    assert score("log_loss", SHARES, LABELS).mean() == pytest.approx(
        sklearn.metrics.log_loss(LABELS, exact / exact.sum(axis=1, keepdims=True), labels=[0, 1, 2]), rel=1e-5
    )
    assert score("brier", SHARES, LABELS).mean() == pytest.approx(
        ((SHARES - votes) ** 2).sum(axis=1).mean(), rel=1e-5
    )
    # Both classes are summed, as Brier did; scikit-learn takes the second of two alone, which is half.
    assert score("brier", two, label).mean() == pytest.approx(
        2 * sklearn.metrics.brier_score_loss(label, second[:, 0]), rel=1e-5
    )


def test_scores_of_amounts_are_those_of_scikit_learn():
    """
    Squared and absolute errors average to scikit-learn's figures over several targets.
    """
    assert score("mse", LOGITS, AMOUNTS).mean() == pytest.approx(
        sklearn.metrics.mean_squared_error(AMOUNTS, LOGITS), rel=1e-5
    )
    assert score("mae", LOGITS, AMOUNTS).mean() == pytest.approx(
        sklearn.metrics.mean_absolute_error(AMOUNTS, LOGITS), rel=1e-5
    )


def test_the_loss_is_a_score_as_it_is():
    """
    Asked for the loss, each row's own loss comes back.
    """
    np.testing.assert_array_equal(score("loss", SHARES, LABELS), LOSSES)


def test_outputs_that_are_no_numbers_are_right_nowhere():
    """
    A row of NaN is a mistake, although its largest entry could be taken for class 0.
    """
    broken = np.array([[np.nan, np.nan], [0.2, np.nan], [np.inf, 0.1], [0.9, 0.1]], np.float32)

    rows = score("accuracy", broken, np.zeros(4, np.int32), LOSSES[:4])

    np.testing.assert_array_equal(rows, [0, 0, 0, 1])


def test_a_sure_mistake_costs_sixteen_nats():
    """
    A probability of zero for the right class is clipped as Keras does, so that one row can't be infinite.
    """
    rows = score("log_loss", np.array([[1.0, 0.0]], np.float32), np.array([1], np.int32), LOSSES[:1])

    assert rows[0] == pytest.approx(-np.log(1e-7), rel=1e-5)


@pytest.mark.parametrize("reading", ["logit", "probability"])
def test_one_output_becomes_two_probabilities(reading):
    """
    From the probability or logit of the second class come both, in the order of the classes.
    """
    outputs = np.array([[0.25], [0.75]], np.float32)
    given = np.log(outputs / (1 - outputs)) if reading == "logit" else outputs

    both = predictions(Head(reading, 1, 2), jnp.asarray(given))

    np.testing.assert_allclose(both, [[0.75, 0.25], [0.25, 0.75]], rtol=1e-6)


def test_logits_become_probabilities_and_others_stay():
    """
    Logits go through a softmax; probabilities and values come back as they are.
    """
    np.testing.assert_allclose(predictions(Head("logits", 3, 3), jnp.asarray(LOGITS)), SHARES, rtol=1e-5)
    np.testing.assert_array_equal(predictions(Head("probabilities", 3, 3), SHARES), SHARES)
    np.testing.assert_array_equal(predictions(Head("values", 3, 0), LOGITS), LOGITS)
