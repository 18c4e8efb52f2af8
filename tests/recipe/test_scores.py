"""The score of each row: its mean is what scikit-learn computes over all rows."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sklearn.metrics

from trainlab.experiment.metrics import METRICS
from trainlab.recipe.losses import Head
from trainlab.recipe.scores import SCORES, no_score, predictions

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


def test_every_average_over_rows_has_its_score():
    """
    Rows are scored in compiled code by every metric that is an average over rows, and by nothing else.
    """
    assert set(SCORES) == {name for name, metric in METRICS.items() if metric.of_rows}
    assert not no_score(SHARES, LABELS, jnp.asarray(LOSSES)).any()


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


TANH, SIGMOID = np.tanh(3 * LOGITS), 1 / (1 + np.exp(-LOGITS))
READINGS = [
    ("probabilities", SHARES),
    ("logits", LOGITS),
    ("scores", SIGMOID),
    ("score_logits", LOGITS),
    ("signed", TANH),
    ("estimates", LOGITS),
]


@pytest.mark.parametrize("reading, outputs", READINGS)
def test_every_reading_gives_probabilities_in_the_order_of_the_outputs(reading, outputs):
    """
    They are not negative, sum to one, and the largest output is the likeliest class: accuracy is its own.
    """
    shares = np.asarray(predictions(Head(reading, 3, 3), jnp.asarray(outputs)))

    assert (shares >= 0).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(shares.argmax(axis=1), outputs.argmax(axis=1))
    assert score("accuracy", shares, LABELS).mean() == pytest.approx(
        sklearn.metrics.accuracy_score(LABELS, outputs.argmax(axis=1))
    )
    for name in ("log_loss", "brier"):
        assert np.isfinite(score(name, shares, LABELS)).all()


@pytest.mark.parametrize(
    "reading, outputs, second",
    [
        ("signed", [-1.0, -0.5, 0.0, 1.0], [0.0, 0.25, 0.5, 1.0]),
        ("estimates", [-3.0, 0.25, 0.75, 1e6], [0.0, 0.25, 0.75, 1.0]),
    ],
)
def test_one_unit_between_other_bounds_becomes_two_probabilities(reading, outputs, second):
    """
    From -1 to 1 the output is moved, and an estimate of 0 or 1 is cut to what a probability can be.
    """
    given = jnp.asarray(outputs, jnp.float32)[:, None]

    both = predictions(Head(reading, 1, 2), given)

    np.testing.assert_allclose(both, np.stack([1 - np.array(second), second], axis=1), atol=1e-7)


def test_scores_are_divided_by_their_sum():
    """
    Scores, their logits and signed outputs give the same shares, also where all are next to nothing.
    """
    scores = SIGMOID / SIGMOID.sum(axis=1, keepdims=True)

    for reading, outputs in (("scores", SIGMOID), ("score_logits", LOGITS), ("signed", 2 * SIGMOID - 1)):
        given = predictions(Head(reading, 3, 3), jnp.asarray(outputs))
        np.testing.assert_allclose(given, scores, rtol=1e-5)
    tiny = np.array([[-200.0, -200.0, -199.0]], np.float32)
    given = predictions(Head("score_logits", 3, 3), jnp.asarray(tiny))
    np.testing.assert_allclose(given, jax.nn.softmax(tiny), rtol=1e-5)
    for reading, outputs in (("scores", 0.0), ("signed", -1.0)):
        even = predictions(Head(reading, 3, 3), jnp.full((1, 3), outputs))
        np.testing.assert_allclose(even, 1 / 3, rtol=1e-6)


def test_estimates_give_the_nearest_probabilities():
    """
    The shares are those that bisection for the common shift finds, and large estimates lose nothing.
    """
    outputs = np.concatenate([3 * LOGITS, SHARES, -LOGITS])

    given = np.asarray(predictions(Head("estimates", 3, 3), jnp.asarray(outputs)))

    low, high = outputs.min(axis=1) - 1.0, outputs.max(axis=1).astype(np.float64)
    for _ in range(60):
        middle = (low + high) / 2
        over = np.maximum(outputs - middle[:, None], 0).sum(axis=1) > 1
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    np.testing.assert_allclose(given, np.maximum(outputs - low[:, None], 0), atol=1e-6)
    far = predictions(Head("estimates", 3, 3), jnp.array([[1e10, 0.0, -1e10]]))
    np.testing.assert_array_equal(far, [[1, 0, 0]])


@pytest.mark.parametrize("reading, outputs", READINGS)
def test_outputs_that_are_no_numbers_give_no_probabilities(reading, outputs):
    """
    NaN in a row stays visible in every reading, so that the row is right nowhere.
    """
    broken = jnp.asarray(outputs[:2]).at[0, 1].set(jnp.nan)

    shares = predictions(Head(reading, 3, 3), broken)

    assert not np.isfinite(shares[0]).all()
    assert np.isfinite(shares[1]).all()
    label = np.asarray(shares).argmax(axis=1).astype(np.int32)
    np.testing.assert_array_equal(score("accuracy", shares, label, LOSSES[:2]), [0, 1])
