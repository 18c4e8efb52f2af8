"""Examples of rows: suspicious ones first, pairs together, pictures as they are, tables in their own unit."""

import numpy as np
import pytest

from trainlab.reporting.drawing.example_grid import example_grid, picture_of
from trainlab.reporting.drawing.theme import inlined
from trainlab.reporting.facts.examples import examples_of
from trainlab.results.thumbnails import Thumbnails

PIXELS = np.arange(5 * 4 * 4, dtype=np.uint8).reshape(5, 4, 4, 1)
ANSWERS = np.eye(10)[[9, 9, 4, 7, 3]] * 0.8 + 0.02
KEPT = {
    "numbers": np.array([11, 12, 13, 14, 15]),
    "kinds": ("suspicious", "suspicious", "confused", "suspicious", "right"),
    "targets": np.array([1, 1, 8, 7, 3]),
    "answers": ANSWERS,
    "wrong": np.array([0.9, 1.0, 0.5, 0.6, 0.0]),
    "networks": np.full(5, 12),
}


@pytest.fixture
def pictures(techniques):
    """Five pictures of digits."""
    return examples_of(techniques, Thumbnails(pictures=PIXELS, **KEPT))


def test_rows_are_told_by_what_most_networks_say(pictures):
    """
    Suspicious rows come first that most networks put elsewhere, and a pair that was chosen as frequent.
    """
    assert [one.row for one in pictures.suspicious] == [12, 11]
    assert [(target, said, len(rows)) for target, said, rows in pictures.confused] == [
        ("8", "4", 1),
        ("1", "9", 2),
    ]
    assert [one.target for one in pictures.right] == ["3"]
    assert pictures.suspicious[0].confidence == pytest.approx(0.82)
    assert pictures.networks == 12


def test_pixels_reach_the_page_untouched(pictures):
    """
    A grey picture becomes red, green and blue of the same bytes, and stays whole inside of a page.
    """
    (first, *_) = pictures.rows
    np.testing.assert_array_equal(picture_of(first.picture), np.repeat(PIXELS[0], 3, axis=2))
    svg = example_grid(pictures.suspicious, wide=True)

    assert svg.count("data:image/png;base64,") == 2
    assert "data:image/png;base64," in inlined(svg, "examples-")
    assert all(text in svg for text in ("is 1", "said 9, 82 %", "row 11"))
    assert svg == example_grid(pictures.suspicious, wide=True)


def test_rows_of_a_table_show_their_columns(techniques):
    """
    Numbers stand in their own unit, texts as they are, missing values as a dash, the rest counted.
    """
    values = np.arange(40, dtype=float).reshape(5, 8)
    values[0, 1] = np.nan
    kept = Thumbnails(
        values=values,
        columns=tuple("abcdefgh"),
        texts={"c": ("red\x1b", "green", "blue", "red", "red")},
        **KEPT,
    )
    found = examples_of(techniques, kept)

    assert found.columns == ("a", "b", "c", "d", "e", "f")
    assert found.more_columns == 2
    assert found.rows[0].values == ("0", "–", "red", "3", "4", "5")


def test_rows_of_a_regression_are_told_by_how_far_they_are_missed(regression):
    """
    The furthest comes first, with its sign.
    """
    parts = {"kinds": ("near", "far"), "numbers": np.array([3, 4]), "networks": np.full(2, 6)}
    kept = Thumbnails(
        values=np.zeros((2, 1)),
        targets=np.array([[1.0], [2.0]]),
        answers=np.array([[1.5], [-1.0]]),
        **parts,
    )
    found = examples_of(regression, kept)

    assert [(one.row, one.error) for one in found.furthest] == [(4, -3.0), (3, 0.5)]
    assert found.suspicious == found.confused == found.right == ()


def test_rows_without_answers_are_not_shown(techniques):
    """
    Rows of which nothing is kept but their numbers make no section.
    """
    assert examples_of(techniques, Thumbnails(np.array([1]), pictures=PIXELS[:1])) is None
