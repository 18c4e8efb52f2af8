"""Scores of rows in NumPy: the engine's own definitions, measure by measure."""

import jax.numpy as jnp
import numpy as np
import pytest

from trainlab.experiment.metrics import METRICS
from trainlab.measures.rows import row_scores, said
from trainlab.recipe.scores import SCORES

DRAWN = np.random.default_rng(3)
SHARES = DRAWN.dirichlet([0.3, 0.3, 0.3, 0.3], 60).astype(np.float32)
SHARES[0] = [1, 0, 0, 0]
SHARES[1] = [0.5, 0.5, 0, 0]
LABELS = DRAWN.integers(0, 4, 60).astype(np.int32)
LABELS[:2] = 2, 1
AMOUNTS, WANTED = DRAWN.normal(size=(2, 60, 3)).astype(np.float32)


@pytest.mark.parametrize("metric", [name for name in SCORES if name != "loss"])
def test_a_baseline_is_scored_as_a_network_is(metric):
    """
    Every metric gives the row scores that the compiled program gives, sure mistakes and ties included.
    """
    classes = "classification" in METRICS[metric].tasks
    predicted, wanted = (SHARES, LABELS) if classes else (AMOUNTS, WANTED)

    ours = row_scores(metric, predicted, wanted)

    engine = SCORES[metric](jnp.asarray(predicted), jnp.asarray(wanted), jnp.zeros(60, jnp.float32))
    np.testing.assert_allclose(ours, np.asarray(engine), rtol=2e-6, atol=2e-6)


def test_the_loss_is_what_keras_trains_on():
    """
    The loss of classes is Keras's cross-entropy of the same probabilities, that of amounts its squared error.
    """
    import keras

    crossed = keras.losses.sparse_categorical_crossentropy(LABELS, SHARES)
    squared = keras.losses.mean_squared_error(WANTED, AMOUNTS)

    np.testing.assert_allclose(row_scores("loss", SHARES, LABELS), crossed, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(row_scores("loss", AMOUNTS, WANTED), squared, rtol=1e-5)


def test_predictions_that_are_no_numbers_are_right_nowhere():
    """
    A row whose probabilities are not finite counts as wrong, although argmax names its class.
    """
    broken = np.array([[np.nan, 0.0], [0.0, 1.0]])

    assert row_scores("accuracy", broken, np.array([0, 1])).tolist() == [0.0, 1.0]
    assert said(broken).tolist() == [-1, 1]
