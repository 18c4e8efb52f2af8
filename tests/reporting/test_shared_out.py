"""How rows were shared out, in words: every way of validating, and how many rows each fold has."""

import dataclasses

import pytest

from trainlab.comparison.compare import compare
from trainlab.reporting.wording.shared_out import differences_in_words, mean_in_words, validation_in_words


def declared(results, validation):
    """The same results, had the experiment said this."""
    experiment = {**results.facts["experiment"], "validation": validation}
    return dataclasses.replace(results, facts={**results.facts, "experiment": experiment})


@pytest.mark.parametrize(
    "validation, words",
    [
        ({"kfold": 5}, "5 folds: every row validates once"),
        ({"repeated_kfold": [5, 1]}, "5 folds, 5 at a time: every row validates 1 times"),
        ({"monte_carlo": 5, "fraction": 0.1}, "5 random splits, each with 10 % of the rows held out"),
        ({"group_kfold": 5}, "5 folds of whole groups: every group validates once"),
        ({"leave_one_out": True}, "5 folds: each leaves out one row, or one group"),
        ({"bootstrap": 5}, "5 resamples: training rows are drawn with replacement, those never drawn"),
        (
            {"bootstrap": 5, "common": 0.3},
            "with replacement, from all but 30 % of the rows, which validate each",
        ),
        ({"disjoint": 5, "common": 0.3}, "5 training sets that share no row: 30 % of the rows train nowhere"),
        ({"splitter": "mine"}, "mine"),
    ],
)
def test_every_way_of_validating_has_its_words(folded, validation, words):
    """
    What was declared, then how many rows train and validate in each fold.
    """
    told = validation_in_words(declared(folded, validation))

    assert words in told
    assert "; in each, 720 rows train and 180 validate." in told
    assert "drawn by split seed 0, apart from the seeds of the runs" in told


def test_a_time_series_is_not_drawn(series):
    """
    The order of time decides, and the gap is told.
    """
    told = validation_in_words(series)

    assert told.startswith("4 parts of the series in turn: training rows lie before those that validate")
    assert "with a gap of 2 rows between them" in told
    assert "No row is drawn" in told


def test_one_split_has_its_rows(techniques):
    """
    A share that is held out, and the rows in numbers.
    """
    told = validation_in_words(techniques)

    assert told.startswith("One split: 10 % of the rows are held out; 1,617 rows train, 180 rows validate.")


def test_what_an_interval_holds_for_depends_on_the_splits(folded, series, resamples):
    """
    Folds claim training sets like these, a series and resamples nothing beyond themselves.
    """
    assert "widened because their training rows overlap" in mean_in_words("folds")
    assert "for training sets of this size drawn like these" in differences_in_words(compare(folded))
    assert differences_in_words(compare(series)).startswith(
        "Differences over parts of a time series describe"
    )
    assert differences_in_words(compare(resamples)).startswith("Differences over resamples of the same rows")
