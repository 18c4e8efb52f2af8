"""What a network's output is taken for, which loss fits it, and the outputs that fit no data."""

import keras
import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.recipe.losses import Head, read_head

NORMAL = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)
SHARES = np.exp(NORMAL) / np.exp(NORMAL).sum(axis=1, keepdims=True)
ONE_INSIDE = np.linspace(0, 1, 8, dtype=np.float32)[:, None]
ROWS = {0: 0, 1: 4, 2: 9}


@pytest.mark.parametrize(
    "outputs, classes, reading, outputs_read",
    [
        (SHARES, 3, "probabilities", 3),
        (NORMAL, 3, "logits", 3),
        (np.abs(NORMAL), 3, "logits", 3),
        (NORMAL - NORMAL.mean(axis=1, keepdims=True) + 1 / 3, 3, "logits", 3),
        (SHARES[:, :2] / SHARES[:, :2].sum(axis=1, keepdims=True), 2, "probabilities", 2),
        (ONE_INSIDE, 2, "probability", 1),
        (ONE_INSIDE - 0.01, 2, "logit", 1),
        (ONE_INSIDE + 0.01, 2, "logit", 1),
        (np.zeros((8, 1), np.float32), 2, "logit", 1),
        (np.full((8, 1), np.nan, np.float32), 2, "logit", 1),
        (np.full((8, 3), np.nan, np.float32), 3, "logits", 3),
        (SHARES, 0, "values", 3),
    ],
)
def test_outputs_are_read_by_what_they_are(outputs, classes, reading, outputs_read):
    """
    Numbers that are not negative and sum to one are probabilities, others logits; amounts are values.
    """
    head = read_head(outputs, classes=classes, targets=3, first_rows=ROWS)

    assert head == Head(reading, outputs_read, classes)


@pytest.mark.parametrize(
    "reading, said",
    [
        ("probabilities", "its 3 outputs are taken as probabilities of the classes"),
        ("logits", "its 3 outputs don't sum to one and are taken as logits of the classes"),
        ("probability", "its one output is taken as the probability of the second class"),
        ("logit", "its one output is taken as the logit of the second class"),
        ("values", "its 3 output(s) are taken as the target's values"),
    ],
)
def test_what_was_taken_is_said(reading, said):
    """
    Each reading has its sentence for the report.
    """
    assert Head(reading, 3, 3).sentence == said


@pytest.mark.parametrize(
    "outputs, classes, targets, message",
    [
        (
            NORMAL[:, :2],
            3,
            3,
            r"^model: the model has 2 output\(s\) and the data have 3 classes; row 9 has class 2 ",
        ),
        (NORMAL[:, :1], 3, 3, r"1 output\(s\) and the data have 3 classes; row 4 has class 1 \(got 1\)"),
        (
            NORMAL,
            2,
            2,
            r"3 output\(s\) and the data have 2 classes \(got 3\)\. End it in a dense layer with 2 units",
        ),
        (NORMAL, 0, 1, r"3 output\(s\) and the data have 1 target\(s\).*dense layer with 1 linear unit"),
        (NORMAL[:, :1], 0, 2, r"1 output\(s\) and the data have 2 target\(s\)"),
        (
            NORMAL.reshape(4, 2, 3),
            3,
            3,
            r"an output of shape \(2, 3\) for a row.*one unit for each class or target",
        ),
        (NORMAL[:, 0], 3, 3, r"an output of shape \(\) for a row"),
    ],
)
def test_outputs_that_fit_no_data_are_refused(outputs, classes, targets, message):
    """
    The message counts outputs and classes, shows the first row beyond them, and names the layer to end in.
    """
    rows = {label: row for label, row in ROWS.items() if label < max(classes, 1)}

    with pytest.raises(UsageError, match=message):
        read_head(outputs, classes=classes, targets=targets, first_rows=rows)


LABELS = np.array([0, 2, 1, 1, 0, 2, 2, 0], np.int32)
SECOND = np.array([0, 1, 1, 0, 1, 0, 0, 1], np.int32)


def log_loss(shares, labels):
    """Mean negative logarithm of what the right class was given."""
    return -np.log(shares[np.arange(len(labels)), labels]).mean()


def test_losses_agree_with_their_definition():
    """
    Logits and probabilities of one network have one loss, that of the definition.
    """
    inside = 0.1 + 0.8 * ONE_INSIDE
    both = np.concatenate([1 - inside, inside], axis=1)
    amounts = np.zeros((8, 3), np.float32)

    def loss(reading, targets, outputs):
        head = Head(reading, outputs.shape[1], 3)
        return float(head.make_loss()(head.targets(targets), outputs))

    assert loss("probabilities", LABELS, SHARES) == pytest.approx(log_loss(SHARES, LABELS), rel=1e-5)
    assert loss("logits", LABELS, NORMAL) == pytest.approx(log_loss(SHARES, LABELS), rel=1e-5)
    assert loss("probability", SECOND, inside) == pytest.approx(log_loss(both, SECOND), rel=1e-5)
    assert loss("logit", SECOND, np.log(inside / (1 - inside))) == pytest.approx(
        log_loss(both, SECOND), rel=1e-5
    )
    assert loss("values", amounts, NORMAL) == pytest.approx((NORMAL**2).mean(), rel=1e-5)


def test_losses_are_keras_own():
    """
    The loss objects are of Keras's classes, told whether they get logits.
    """
    assert isinstance(Head("values", 1, 0).make_loss(), keras.losses.MeanSquaredError)
    assert Head("logit", 1, 2).make_loss().get_config()["from_logits"] is True
    assert Head("probabilities", 3, 3).make_loss().get_config()["from_logits"] is False
