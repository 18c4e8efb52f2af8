"""What was fitted in a fold: how it is applied, and how it is written."""

import numpy as np
import pytest
from sklearn.preprocessing import Normalizer

from trainlab.data.preparing.fitting import Fitted, FoldPreparation, InputColumn, TargetScale

WHOLE = Fitted(
    take=np.array([2, 0, 1], np.uint32),
    fill=np.array([5.0, np.nan, 0.0]),
    low=np.array([-np.inf, 1.0, 0.0]),
    high=np.array([np.inf, 3.0, 0.0]),
    shift=np.array([1.0, 0.0, 0.0]),
    factor=np.array([2.0, 0.5, 0.0]),
    padding=1,
)


def test_arrays_act_in_their_order():
    """
    Columns are taken, holes filled, values clipped, shifted and multiplied, one after the other.
    """
    rows = np.array([[0.0, 9.0, np.nan], [2.0, 9.0, 3.0], [8.0, 9.0, -1.0]])

    assert WHOLE.applied(rows).tolist() == [[8.0, 0.5, 0.0], [4.0, 1.0, 0.0], [-4.0, 1.5, 0.0]]


def test_nothing_fitted_changes_nothing_but_the_type():
    """
    Without arrays rows come back in the type that is asked for, images too.
    """
    rows = np.arange(24, dtype=np.uint8).reshape(2, 3, 4, 1)

    assert Fitted().applied(rows).dtype == np.float32
    np.testing.assert_array_equal(Fitted().applied(rows, np.float64), rows)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arithmetic_is_done_in_the_type_that_is_asked_for(dtype):
    """
    Numbers are cast before anything is computed, so that a device in that type computes the same.
    """
    rows, shift, factor = np.float32([[1 / 3]]), np.array([0.1]), np.array([1 / 7])
    expected = (rows.astype(dtype) - dtype(0.1)) * dtype(1 / 7)

    found = Fitted(shift=shift, factor=factor).applied(rows, dtype)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, expected)


def test_rows_of_words_have_the_length_one():
    """
    Marked columns are divided by their own length as scikit-learn does, others stay, and no words stay none.
    """
    rows = np.array([[3.0, 7.0, 4.0], [0.0, 7.0, 0.0]])
    part = Fitted(unit=np.array([True, False, True]))
    expected = Normalizer().fit_transform(rows[:, [0, 2]])

    found = part.applied(rows, np.float64)
    np.testing.assert_allclose(found[:, [0, 2]], expected, 1e-15)
    assert found[:, 1].tolist() == [7.0, 7.0]


def test_the_document_has_what_acts_and_no_padding():
    """
    Columns stand in the order in which a model takes them, with the finite numbers that do something.
    """
    meant = (
        InputColumn("sex", "level", "f"),
        InputColumn("size", "order", ("low", "high")),
        InputColumn("t", "word", "good"),
    )
    scale = TargetScale(np.array([1.0]), np.array([0.5]))
    document = FoldPreparation((WHOLE,), scale, (), (meant,)).document()

    assert document["inputs"] == [
        {
            "columns": [
                {"text": "t", "word": "good", "fill": 5.0, "shift": 1.0, "factor": 2.0},
                {"category": "sex", "level": "f", "low": 1.0, "high": 3.0, "shift": 0.0, "factor": 0.5},
            ]
        }
    ]
    assert document["target"] == {"shift": [1.0], "factor": [0.5]}
    assert "words" in document


def test_the_document_of_images_has_numbers_by_channel():
    """
    An input that is no table says its numbers by channel, and nothing where nothing was fitted.
    """
    part = Fitted(shift=np.array([1.0, 2.0]), factor=np.array([0.5, 0.5]))
    document = FoldPreparation((part, Fitted()), inputs=("image", "mask")).document()

    assert document == {
        "inputs": [
            {"channels": {"shift": [1.0, 2.0], "factor": [0.5, 0.5]}, "name": "image"},
            {"channels": {}, "name": "mask"},
        ]
    }


def test_a_missing_level_has_a_name():
    """
    The level of missing values is told apart from a level that is called so.
    """
    assert InputColumn("sex", "level").name == "sex = (missing)"
    assert InputColumn("sex", "level").document() == {"category": "sex", "level": None}
    assert InputColumn(3).document() == {"number": 3}
