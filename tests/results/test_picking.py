"""The rows a report shows are those that the networks say something about."""

import numpy as np
import pytest

import trainlab as tl
from trainlab.results.outcome import Outcome
from trainlab.results.picking import (
    LONGEST_SIDE,
    as_pictures,
    chosen_rows,
    keep_thumbnails,
    shown_rows,
    tallied,
)
from trainlab.results.store import Writer
from trainlab.results.table import open_results
from trainlab.results.thumbnails import thumbnails_of
from trainlab.testing.making_up import made_up

ROWS = 12


def outputs(*says):
    """Say of each row which class, and how sure: other classes share the rest."""
    return [[np.array([1 - sure, sure]) if said else np.array([sure, 1 - sure]) for said, sure in says]]


def planted():
    """Six rows of each of two classes: all networks are sure that row 2 is of the other class."""
    says = [(place % 2, 0.8 + place / 100) for place in range(ROWS)]
    says[2] = (1, 0.99)
    others = list(says)
    others[5] = (0, 0.6)
    results = made_up({"a": {"outputs": outputs(*says)}, "b": {"outputs": outputs(*others)}}, rows=ROWS)
    x = np.arange(2.0 * 15).reshape(15, 2)
    data = tl.Dataset(x, np.arange(15) % 2, columns=["wide", "high"]).seal([12, 13, 14])
    return data, results


def kept(data, results):
    """Choose, store and read back."""
    with Writer(results.folder) as writer:
        writer.write_facts(keep_thumbnails(writer, data, results))
    return thumbnails_of(open_results(results.folder))


def test_a_wrong_label_is_suspicious():
    """
    The row that all networks are sure is of another class comes first, with what they said of it.
    """
    data, results = planted()

    shown = kept(data, results)

    assert (shown.numbers[0], shown.kinds[0], shown.wrong[0]) == (2, "suspicious", 1.0)
    np.testing.assert_allclose(shown.answers[0], [0.01, 0.99], atol=1e-3)
    assert shown.values[0].tolist() == [4.0, 5.0]
    assert (shown.columns, shown.networks[0], shown.targets[0]) == (("wide", "high"), 2, 0)
    assert "suspicious" not in shown.kinds[1:]


def test_pairs_that_are_confused_and_right_examples_follow():
    """
    A row that one of two networks mistakes stands for a confusion, each class has a right row.
    """
    data, results = planted()

    shown = kept(data, results)

    assert dict(zip(shown.numbers.tolist(), shown.kinds, strict=True)) == {
        2: "suspicious",
        5: "confused",
        10: "right",
        11: "right",
    }
    assert shown.wrong.tolist() == [1.0, 0.5, 0.0, 0.0]


def test_at_most_64_rows_are_shown():
    """
    However many rows and classes there are, a report shows no more than 64 of them, and no row twice.
    """
    random = np.random.default_rng(0)
    classes, rows = 40, 2000
    data = tl.Dataset(random.normal(size=(rows, 1)), np.arange(rows) % classes)
    said = random.dirichlet(np.ones(classes), (1, rows))
    results = made_up({"a": {"outputs": said}}, rows=rows)

    tally = tallied(data, results)
    chosen = [place for place, _ in chosen_rows(tally, data.y[tally.numbers])]

    assert 30 < len(chosen) <= 64
    assert len(set(chosen)) == len(chosen)


def test_nothing_scored_nothing_shown():
    """
    Where no run came to a score there is nothing to show.
    """
    data, _ = planted()
    results = made_up({"a": {"score": 0.5, "outcomes": Outcome.DIVERGED}}, rows=ROWS)

    with Writer(results.folder) as writer:
        assert keep_thumbnails(writer, data, results) == {}
    assert thumbnails_of(results) is None


def test_categories_are_shown_as_texts():
    """
    A category is no number: its level is told, and a missing one is empty.
    """
    columns = ["age", tl.Column("zone", "category", ("near", "far"))]
    data = tl.Dataset([[30.0, 1.0], [40.0, np.nan]], [0, 1], columns=columns, missing=True)

    shown, facts = shown_rows(data, np.array([0, 1]))

    assert shown["values"][:, 0].tolist() == [30.0, 40.0]
    assert np.isnan(shown["values"][:, 1]).all()
    assert facts == {"columns": ["age", "zone"], "texts": {"zone": ["far", ""]}}


def test_images_are_shown_as_bytes():
    """
    Bytes stay as they are, numbers from 0 to 16 and fractions are as bright as they mean, in one more axis.
    """
    bytes_given = np.array([[[0, 255]], [[7, 100]]], np.uint8)
    fractions = np.array([[[[0.0], [1.0]]], [[[0.5], [0.25]]]], np.float32)

    assert as_pictures(bytes_given, np.array([1]), 1 / 255).tolist() == [[[[7], [100]]]]
    assert as_pictures(bytes_given // 16, np.array([0]), 1 / 15).tolist() == [[[[0], [255]]]]
    assert as_pictures(fractions, np.array([1]), 1.0).tolist() == [[[[128], [64]]]]
    assert as_pictures(fractions * 8 - 4, np.array([1]), 1.0).tolist() == [[[[128], [64]]]]


@pytest.mark.parametrize("shape", [(300, 200, 3), (97, 97, 1), (4, 1000, 3)])
def test_large_images_are_made_small(shape):
    """
    No picture is wider or higher than a page needs, and its brightness is that of the image.
    """
    image = np.full((1, *shape), 90, np.uint8)

    [picture] = as_pictures(image, np.array([0]), 1 / 255)

    assert max(picture.shape[:2]) <= LONGEST_SIDE
    assert (picture == 90).all()


def test_a_regression_shows_the_farthest_rows_and_the_nearest():
    """
    Rows with the largest losses come first, and some with the smallest.
    """
    data = tl.Dataset(np.arange(80.0)[:, None], np.arange(80.0))
    results = made_up({"a": {"outputs": np.zeros((1, 80, 1)), "score": 0.5}}, rows=80, metric="mse")
    losses = np.arange(80, dtype=np.float32)[::-1]
    with Writer(results.folder) as writer:
        writer.write_arrays("run/0", {"row_losses": losses})

    shown = kept(data, results)

    assert shown.kinds == ("far",) * 24 + ("near",) * 8
    assert shown.numbers[:3].tolist() == [0, 1, 2]
    assert shown.numbers[24:27].tolist() == [79, 78, 77]
    assert np.isnan(shown.wrong).all()
