"""Answers on results are worked out once, and go with them."""

import dataclasses
import gc
import weakref

from trainlab.diagnosis.completed import completed_runs
from trainlab.results.remembered import remembered
from trainlab.testing import made_up


def test_what_was_worked_out_holds_for_the_same_results_and_arguments_alone():
    """
    Asked again nothing is worked out; other arguments and other results are asked anew.
    """
    asked = []

    @remembered
    def name(results, place):
        asked.append(place)
        return results.variants[place]

    results = made_up({"wide": {"score": 0.9}, "small": {"score": 0.8}})
    other = dataclasses.replace(results, variants=("one", "other"))

    assert [name(results, 0), name(results, 1), name(results, 0), name(other, 0)] == [
        "wide", "small", "wide", "one",
    ]  # fmt: skip
    assert asked == [0, 1, 0]


def test_results_go_when_nobody_holds_them():
    """
    What was made of results leads back to them, and yet keeps them from nothing.
    """
    results = made_up({"wide": {"score": [0.9, 0.8]}})
    assert completed_runs(results).results is results
    there = weakref.ref(results)

    del results
    gc.collect()

    assert there() is None
