"""What a compiled loss says of each row, and what outputs are taken for, against Keras's own losses."""

import re

import keras
import numpy as np
import pytest

from trainlab.callbacks.judging import judge_of, penalty
from trainlab.errors import UsageError

RANDOM = np.random.default_rng(0)
LOGITS = RANDOM.normal(size=(40, 3)).astype(np.float32)
SHARES = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
LABELS = np.arange(40) % 3
ONE_HOT = np.eye(3)[LABELS]
TWO = np.arange(40) % 2
SIGMOID = 1 / (1 + np.exp(-LOGITS[:, :1]))
AMOUNTS = RANDOM.normal(size=(40, 2)).astype(np.float32)


def judged(loss, y, outputs, **said):
    """Judge outputs that are as far from the data as near them."""
    asked = {"metric": None, "task": None, **said}
    return judge_of(loss, np.asarray(y), outputs, outputs, **asked)


LOSSES = [
    ("sparse_categorical_crossentropy", LABELS, SHARES, "probabilities"),
    ("sparse_categorical_crossentropy", LABELS[:, None].astype(float), SHARES, "probabilities"),
    (keras.losses.SparseCategoricalCrossentropy(from_logits=True), LABELS, LOGITS, "logits"),
    ("categorical_crossentropy", ONE_HOT, SHARES, "probabilities"),
    ("crossentropy", ONE_HOT, SHARES, "probabilities"),
    (keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), ONE_HOT, LOGITS, "logits"),
    ("binary_crossentropy", TWO, SIGMOID, "probability"),
    ("binary_crossentropy", TWO.astype(float)[:, None], SIGMOID, "probability"),
    (keras.losses.BinaryCrossentropy(from_logits=True), TWO, LOGITS[:, :1], "logit"),
    (keras.losses.BinaryFocalCrossentropy(gamma=3.0), TWO, SIGMOID, "probability"),
    (["mse"], TWO, SIGMOID, "probability"),
    ("mse", AMOUNTS, LOGITS[:, :2], "values"),
    ("mae", AMOUNTS[:, 0], LOGITS[:, :1], "values"),
    (keras.losses.Huber(0.3), AMOUNTS, LOGITS[:, :2], "values"),
    (keras.losses.Poisson(), np.arange(40.0), np.exp(LOGITS[:, :1]), "values"),
]


@pytest.mark.parametrize("loss, y, outputs, reading", LOSSES)
def test_the_mean_over_rows_is_what_keras_gives(loss, y, outputs, reading):
    """
    A model compiled with the loss has the same one on the same rows, and its outputs mean what they should.
    """
    model = keras.Sequential([keras.Input(outputs.shape[1:]), keras.layers.Activation("linear")])
    model.compile(loss=loss, run_eagerly=True)

    judge = judged(loss, y, outputs)

    expected = model.evaluate(outputs, y, batch_size=40, verbose=0)
    assert judge.look(outputs, np.asarray(y)).losses.mean() == pytest.approx(expected, rel=1e-5)
    assert judge.head.reading == reading
    assert judge.metric.name == ("mse" if reading == "values" else "accuracy")


def test_a_loss_of_the_users_own_is_measured_row_by_row():
    """
    A plain function that gives a number for each row is taken as it is.
    """

    def cubed(y, outputs):
        return keras.ops.mean(keras.ops.abs(y - outputs) ** 3, axis=-1)

    found = judged(cubed, AMOUNTS, LOGITS[:, :2]).look(LOGITS[:, :2], AMOUNTS).losses

    np.testing.assert_allclose(found, (np.abs(AMOUNTS - LOGITS[:, :2]) ** 3).mean(axis=1), rtol=1e-5)


def test_a_hinge_counts_classes_by_their_sign():
    """
    Targets of -1 and 1 are two classes, and an output above 0 means the second.
    """
    signs, outputs = 2 * TWO - 1, np.tanh(LOGITS[:, :1])

    judge = judged("hinge", signs, outputs)

    right = (outputs[:, 0] > 0) == (signs > 0)
    np.testing.assert_array_equal(judge.look(outputs, signs).scores, right)
    assert judge.look(outputs, signs).means[1] == pytest.approx(right.mean())
    np.testing.assert_array_equal(judge.labels(signs[signs > 0]), 1)


def test_another_metric_and_task_may_be_asked_for():
    """
    Floating-point 0 and 1 with a squared error are amounts, unless classes are asked for.
    """
    y = TWO.astype(float)

    assert judged("mse", y, SIGMOID).metric.name == "mse"
    judge = judged("mse", y, SIGMOID, task="classification", metric="auc")

    second, first = SIGMOID[TWO == 1], SIGMOID[TWO == 0].T
    assert judge.look(SIGMOID, y).means[1] == pytest.approx((second > first).mean())
    assert judged("mse", y, SIGMOID, metric="loss").look(SIGMOID, y).means[1] == pytest.approx(
        ((y[:, None] - SIGMOID) ** 2).mean()
    )


@pytest.mark.parametrize(
    "loss, outputs, said, message",
    [
        (None, SHARES, {}, "the model has no compiled loss. Compile it with one"),
        (["mse", "mae"], SHARES, {}, "the model has several losses"),
        ("mse", SHARES[:, :, None], {}, "the model gives an output of shape (3, 1) for a row"),
        ("mse", SHARES, {"task": "ranking"}, "task: unknown task (got 'ranking')"),
        ("mse", SHARES, {"metric": "r2"}, "R² does not fit a classification task"),
    ],
)
def test_what_cannot_be_judged_is_refused(loss, outputs, said, message):
    """
    The message says what the model lacks and how to mend it.
    """
    with pytest.raises(UsageError, match=re.escape(message)):
        judged(loss, LABELS, outputs, **said)


def test_a_loss_that_averages_by_itself_is_refused():
    """
    Rows that have no loss of their own can't be diagnosed, and the message says what to return.
    """
    judge = judged(lambda y, outputs: keras.ops.mean((y - outputs) ** 2), AMOUNTS, LOGITS[:, :2])

    with pytest.raises(UsageError, match="Let it return one number for each row"):
        judge.look(LOGITS[:, :2], AMOUNTS)


def test_the_penalty_is_that_of_the_weights():
    """
    It is what a model without data loss would have left.
    """
    dense = keras.layers.Dense(4, kernel_regularizer=keras.regularizers.L2(0.3), bias_regularizer="l1")
    model = keras.Sequential([keras.Input((2,)), dense, keras.layers.Dense(1)])

    found = penalty(model)

    assert found == pytest.approx(float(sum(model.losses)), rel=1e-6)
    assert found == pytest.approx(0.3 * float((np.asarray(dense.kernel.numpy()) ** 2).sum()), rel=1e-5)
