"""The word on resampling: what is read, and what is refused."""

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.data.resampling import resampled
from trainlab.errors import UsageError
from trainlab.experiment.places import Place
from trainlab.experiment.resampling import parse_resample


@pytest.mark.parametrize("word", ["over", "under"])
def test_a_word_that_is_read_is_one_that_resamples(word):
    """
    Each word is read as it stands, and the data know it.
    """
    data = Dataset(np.zeros((5, 1)), [0, 0, 0, 1, 1])

    assert parse_resample(word) == word
    assert len(resampled(data, range(5), parse_resample(word))) in {4, 6}


@pytest.mark.parametrize(
    "value, match",
    [
        ("ovr", r"resample: unknown way to resample \(got 'ovr'\)\. Did you mean `over`\?"),
        ("smote", r"Known are: over, under\."),
        ("", r"Known are: over, under\."),
        (True, r"unknown way to resample \(got True\)"),
        (2, "unknown way to resample"),
        (["over"], "unknown way to resample"),
        ({"over": 2}, "unknown way to resample"),
        (None, "unknown way to resample"),
    ],
)
def test_another_word_is_refused(value, match):
    """
    The message has the nearest word, or both.
    """
    with pytest.raises(UsageError, match=match):
        parse_resample(value)


def test_the_place_is_kept():
    """
    The reader of files finds the line of a wrong word.
    """
    with pytest.raises(UsageError) as caught:
        parse_resample("ovr", Place("variants", "v1.5", "resample"))

    assert caught.value.where.keys == ("variants", "v1.5", "resample")
