"""Planned looks, as they are asked for, stored and told."""

import pytest

from trainlab.comparison.looks import Look, Plan, plan_of, planned_looks
from trainlab.errors import UsageError


def test_looks_double_up_to_the_most_there_may_be():
    """
    The last look is at as many seeds as are allowed, also where that is no doubling.
    """
    assert planned_looks(320).seeds == (10, 20, 40, 80, 160, 320)
    assert planned_looks(50).seeds == (10, 20, 40, 50)
    assert planned_looks(10).seeds == (10,)


@pytest.mark.parametrize(
    "at_most, first, message",
    [
        (None, None, "--at-most: seeds are added until it is decided, without an end. Say how many"),
        (8, None, "the first look is at 10 seeds, and there may not be so many (got 8). Allow 10 or more"),
        (40, 3, "--seeds: too few seeds for a first look (got 3). Begin with 5 seeds or more"),
    ],
)
def test_a_plan_that_cannot_be_says_what_to_write(at_most, first, message):
    """
    The error names the option and the least number.
    """
    with pytest.raises(UsageError) as raised:
        planned_looks(at_most, first)

    assert message in str(raised.value)


def test_a_stored_plan_is_read_again():
    """
    What a plan stores gives the plan back; a folder without one has none.
    """
    plan = Plan((10, 20))

    assert plan_of({"looks": plan.document()}) == plan
    assert plan_of({}) is None


def test_the_sentence_says_method_and_why_it_ended():
    """
    A hopeless look says how unlikely a verdict was, and from where its error comes.
    """
    look = Look(2, 4, 20, 80, 0.02, 0.013, "hopeless")

    assert look.sentence == (
        "look 2 of at most 4, at 20 seeds, and the interval holds however often was looked (Pocock-type "
        "spending of alpha by information, Lan & DeMets 1983); no more seeds were added, since 80 of them "
        "would have a 1.3 % chance of a verdict: what is left of the error comes from rows or training sets, "
        "not from seeds"
    )
    assert not look.goes_on
