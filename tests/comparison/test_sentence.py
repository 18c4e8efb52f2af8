"""What would settle a comparison, in words: numbers that nobody could have are not promised."""

import dataclasses

import pytest

from trainlab.comparison.diverged import Diverged
from trainlab.comparison.power import Needed
from trainlab.comparison.sentence import MOST_TO_HAVE, Told, sentence
from trainlab.experiment.metrics import METRICS

TOLD = Told(
    variant="l2",
    against="baseline",
    metric=METRICS["accuracy"],
    smallest=0.005,
    comparisons=1,
    difference=0.002,
    interval=(-0.01, 0.014),
    verdict="undecided",
    needed=Needed("rows", 1_711_936),
    at_hand={"seeds": 5, "rows": 180},
    runs=5,
    asked=5,
    diverged=Diverged(0, 0, 5, 1.0),
    predictor="guessing",
)


def settled(told=TOLD, **changes):
    """What is said to settle it, behind what was seen."""
    return sentence(dataclasses.replace(told, **changes)).split("; ", 1)[1]


def over_folds(needed):
    """The same, over five folds."""
    return settled(splits="folds", needed=needed, at_hand={"folds": 5, "seeds": 3, "rows": 1_000})


@pytest.mark.parametrize("what,noun", [("seeds", "seed"), ("rows", "validation row")])
def test_the_largest_number_that_could_be_had_is_still_named(what, noun):
    """
    As many more as could be had are a number; one beyond is said to be out of reach, without it.
    """
    most = MOST_TO_HAVE[what]
    at_hand = TOLD.at_hand[what]
    difference = "a difference of 0.50 percentage points"

    assert (
        settled(needed=Needed(what, most + at_hand))
        == f"about {most:,} more {noun}s would settle {difference}"
    )
    assert settled(needed=Needed(what, most + at_hand + 1)) == (
        f"settling {difference} would take more {noun}s than could be had"
    )


def test_rows_that_are_there_already_are_no_obstacle():
    """
    With two million rows at hand a few more can be had.
    """
    told = settled(needed=Needed("rows", 2_000_100), at_hand={"seeds": 5, "rows": 2_000_000})

    assert told.startswith("about 100 more validation rows would settle")


def test_over_folds_rows_and_folds_beyond_reach_are_said():
    """
    Over folds, too, no number is named that nobody could have.
    """
    difference = "a difference of 0.50 percentage points"

    assert (
        over_folds(Needed("folds", 10_006))
        == f"settling {difference} would take more folds than could be had"
    )
    assert (
        over_folds(Needed("rows", 1_001_001))
        == f"settling {difference} would take more rows than could be had"
    )


def test_two_numbers_together_are_named_only_where_both_could_be_had():
    """
    Fifteen seeds and a million rows more than there are would do together: the rows could not be had.
    """
    alone = "no more folds, seeds or rows alone would settle a difference of 0.50 percentage points"

    assert (
        over_folds(Needed("none", seeds=15, rows=9_000))
        == f"{alone}, about 15 seeds and about 9,000 rows would"
    )
    assert over_folds(Needed("none", seeds=15, rows=1_313_871)) == (
        f"{alone}, and together they would take more rows than could be had"
    )
    assert settled(needed=Needed("none", seeds=20_000, rows=2_000_000)) == (
        "neither more seeds nor more rows alone would settle a difference of 0.50 percentage points, "
        "and together they would take more seeds and more validation rows than could be had"
    )


def test_large_amounts_have_thousands_signs():
    """
    Squared errors of tens of thousands are read without exponents.
    """
    told = sentence(
        dataclasses.replace(
            TOLD,
            metric=METRICS["mse"],
            smallest=500.0,
            difference=-50_514.2,
            interval=(-61_000.4, -40_100.0),
            verdict="better",
        )
    )

    assert told == (
        "l2 beats baseline by 50,514 units of mean squared error (95 % interval 40,100 to 61,000)"
    )
