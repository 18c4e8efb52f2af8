"""Ensembles as a recipe asks for them."""

import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.experiment.ensembles import MOST_MEMBERS, Ensemble, parse_ensemble


@pytest.mark.parametrize(
    "value, found",
    [
        (5, Ensemble(5)),
        (np.int64(2), Ensemble(2)),
        (1, None),
        ({}, Ensemble(5)),
        ({"members": 3}, Ensemble(3)),
        ({"control": False}, Ensemble(5, control=False)),
        ({"members": 3, "control": False}, Ensemble(3, control=False)),
        ({"members": 1, "control": False}, None),
        (Ensemble(3, control=False), Ensemble(3, control=False)),
        (Ensemble(1), None),
    ],
)
def test_an_ensemble_is_read(value, found):
    """
    A number of members has its control, unless it is not wanted; one member is no ensemble.
    """
    assert parse_ensemble(value, "ensemble") == found
    if found is not None:
        assert parse_ensemble(found.document(), "ensemble") == found


@pytest.mark.parametrize(
    "value, match",
    [
        (0, r"^e: not in the allowed range \(got 0\)"),
        (2.5, "^e: not a whole number"),
        (True, "^e: not a whole number"),
        ("5", "^e: not a whole number .*quotation marks"),
        (MOST_MEMBERS + 1, rf"^e: too large .*at most {MOST_MEMBERS}"),
        ([5], "^e: not a whole number"),
        ({"members": 0}, r"^e\.members: not in the allowed range"),
        ({"control": "no"}, r"^e\.control: neither true nor false"),
        ({"member": 3}, r"^e\.member: unknown key of an ensemble .*`members`"),
    ],
)
def test_an_impossible_ensemble_is_refused(value, match):
    """
    Anything but a possible number of members, and anything but true or false for the control, is refused.
    """
    with pytest.raises(UsageError, match=match):
        parse_ensemble(value, "e")
