"""The streams of a split seed: which there are, and that they stay what they were."""

import itertools

import numpy as np
import pytest

from trainlab.data.draws import Purpose, draws


def test_no_stream_repeats_another():
    """
    Every purpose, and every fold of one, draws numbers of its own from one split seed.
    """
    streams = [draws(7, purpose) for purpose in Purpose]
    streams += [draws(7, purpose, fold) for purpose in Purpose for fold in (1, 2, 3)]

    drawn = [stream.random(50) for stream in streams]

    assert not any((one == other).any() for one, other in itertools.combinations(drawn, 2))


@pytest.mark.parametrize(
    "purpose, number",
    [
        (Purpose.HOLDOUT, 1),
        (Purpose.HALVES, 2),
        (Purpose.SUBSET, 3),
        (Purpose.RESAMPLE, 4),
        (Purpose.IRRELEVANT, 5),
        (Purpose.KFOLD, 6),
        (Purpose.MONTE_CARLO, 7),
        (Purpose.BOOTSTRAP, 8),
        (Purpose.SEALED, 9),
        (Purpose.COMMON, 11),
        (Purpose.DISJOINT, 12),
    ],
)
def test_a_purpose_keeps_its_number(purpose, number):
    """
    A stored experiment finds the rows again that it was trained on.
    """
    again = np.random.default_rng((11, number)).integers(2**40, size=5)

    np.testing.assert_array_equal(draws(11, purpose).integers(2**40, size=5), again)
