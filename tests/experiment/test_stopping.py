"""Early stopping as a recipe asks for it."""

import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.experiment.stopping import MONITORS, EarlyStopping, parse_early_stopping


@pytest.mark.parametrize(
    "value, found",
    [
        (True, EarlyStopping()),
        (np.bool_(True), EarlyStopping()),
        (False, None),
        ({}, EarlyStopping()),
        ({"patience": 5, "min_delta": 0, "monitor": "loss"}, EarlyStopping()),
        ({"patience": 3.0}, EarlyStopping(3)),
        ({"min_delta": 1e-3, "smooth": 3}, EarlyStopping(min_delta=1e-3, smooth=3)),
        (EarlyStopping(2, 0.1, "metric", 4), EarlyStopping(2, 0.1, "metric", 4)),
    ],
)
def test_early_stopping_is_read(value, found):
    """
    `true` and every number that is left out mean the agreed five epochs, no least improvement, the loss.
    """
    assert parse_early_stopping(value, "early_stopping") == found
    if found is not None:
        assert parse_early_stopping(found.document(), "early_stopping") == found


@pytest.mark.parametrize("monitor", MONITORS)
def test_either_number_can_be_watched(monitor):
    """
    Loss and metric are the numbers to watch.
    """
    assert parse_early_stopping({"monitor": monitor}, "e").monitor == monitor


@pytest.mark.parametrize(
    "value, match",
    [
        (5, r"^e: neither true nor false \(got 5\)\. Write `true`, `false` or `\{patience: 5\}`\."),
        (None, "^e: neither true nor false"),
        ("yes", "^e: neither true nor false"),
        ([5], "^e: neither true nor false"),
        ({"patience": 0}, r"^e\.patience: not in the allowed range"),
        ({"patience": True}, r"^e\.patience: not a whole number"),
        ({"patience": None}, r"^e\.patience: not a whole number"),
        ({"min_delta": -1}, r"^e\.min_delta: not in the allowed range"),
        ({"smooth": 0}, r"^e\.smooth: not in the allowed range"),
        ({"monitor": "val_loss"}, r"^e\.monitor: unknown number to watch .*Did you mean `loss`\?"),
        ({"monitor": "accuracy"}, r"^e\.monitor: unknown number to watch .*Known are: loss, metric"),
        ({"patiance": 3}, r"^e\.patiance: unknown key of early stopping .*`patience`"),
        (EarlyStopping(0), r"^e\.patience: not in the allowed range"),
    ],
)
def test_impossible_stopping_is_refused(value, match):
    """
    Each wrong number is named, also in a value that was made in Python.
    """
    with pytest.raises(UsageError, match=match):
        parse_early_stopping(value, "e")
