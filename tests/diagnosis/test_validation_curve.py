"""Scores against one number: which variants make a curve, where it is best, and what is as good."""

import json

import numpy as np
import pytest

from trainlab.diagnosis.validation_curve import validation_curves
from trainlab.results.outcome import Outcome
from trainlab.results.records import RunEnding
from trainlab.results.store import Writer
from trainlab.results.table import open_results


@pytest.fixture
def stored(tmp_path):
    """A function that stores variants, each ``(changes, (seed,) scores)``, on one split, and opens them."""
    made = iter(range(1_000))

    def store(variants, *, recipe=None):
        folder = tmp_path / str(next(made))
        folder.mkdir()
        seeds = len(next(iter(variants.values()))[1])
        declared, endings = [], {}
        for variant, (_, scores) in enumerate(variants.values()):
            for seed, score in enumerate(scores):
                run = len(declared)
                declared.append((run, variant, seed, 0, 0, 0, 0))
                outcome = Outcome.FINISHED if np.isfinite(score) else Outcome.DIVERGED
                endings[run] = RunEnding(outcome, 1, 1, 1, None, score, score, score + 0.05, score, 9, 9)
        document = {
            "variants": {name: changes for name, (changes, _) in variants.items()},
            "recipe": {"epochs": 10} if recipe is None else recipe,
            "seeds": list(range(seeds)),
            "metric": "accuracy",
            "smallest_difference": None,
            "validation": {"holdout": 0.2},
        }
        data = {"task": "classification", "rows": 100, "class_counts": [50, 50]}
        with Writer(folder) as writer:
            facts = {"experiment": document, "reference": next(iter(variants)), "folds": 1, "data": data}
            writer.write_facts(facts)
            writer.declare_runs(declared)
            rows = np.arange(20)
            writer.write_arrays("fold/0", {"validation": rows, "halves": rows % 2 == 0, "targets": rows % 2})
            writer.write_endings(endings)
        return open_results(folder)

    return store


def around(mean, seeds=5):
    """Scores of seeds around a mean."""
    return mean + 0.002 * (np.arange(seeds) - (seeds - 1) / 2)


def test_the_best_value_and_those_that_are_as_good(stored):
    """
    Values stand in order, the default among them, and what is not surely worse by what matters is named.
    """
    # What is within half a point of the best is as good as that.
    means = {0.4: 0.70, 0.1: 0.90, 0.3: 0.897, 0.2: 0.85}
    variants = {"baseline": ({}, around(0.6))}
    variants |= {f"dropout={rate}": ({"dropout": rate}, around(mean)) for rate, mean in means.items()}

    (curve,) = validation_curves(stored(variants))

    assert [point.value for point in curve.points] == [0, 0.1, 0.2, 0.3, 0.4]
    assert curve.setting == "dropout"
    assert curve.points[curve.best].variant == "dropout=0.1"
    assert [curve.points[place].value for place in curve.as_good] == [0.1, 0.3]
    assert curve.points[1].score == pytest.approx(0.9)
    assert curve.points[1].train_score == pytest.approx(0.95)
    assert curve.points[1].low < 0.9 < curve.points[1].high
    assert not curve.logarithmic
    assert curve.sentence == (
        "validation accuracy is best at dropout 0.1 (90.00 %), and 0.3 cannot be told to be worse by what "
        "matters; there the training rows have 95.00 %"
    )
    document = curve.document()
    assert json.loads(json.dumps(document)) == document
    assert document["best"] == 0.1


def test_an_end_of_what_was_tried_is_named(stored):
    """
    Where the best value is the last one tried, a further one may be better; below zero there is none.
    """
    rising = {
        f"l2={at}": ({"l2": at}, around(0.8 + place / 20)) for place, at in enumerate((1e-4, 1e-3, 1e-2))
    }
    falling = {f"l2={at}": ({"l2": at}, around(0.9 - at)) for at in (0.0, 0.1, 0.2)}

    (up,) = validation_curves(stored(rising))
    (down,) = validation_curves(stored(falling))

    assert up.logarithmic
    assert "it is the largest that was tried, so a larger one may be better still" in up.sentence
    assert down.points[down.best].value == 0
    assert "smaller one" not in down.sentence


def test_each_number_has_a_curve_for_each_setting_of_the_others(stored):
    """
    A grid of two numbers has curves of both; sizes, texts, training rows and two values have none.
    """
    crossed = {
        f"{rate}, {strength}": ({"dropout": rate, "l2": strength}, around(0.8 + rate / 10 - strength))
        for rate in (0, 0.1, 0.2)
        for strength in (0, 0.01, 0.02)
    }
    others = [{"hidden": [4]}, {"hidden": [8]}, {"hidden": [16]}, {"train_rows": 20}, {"train_rows": 40}]
    others += [{"train_rows": 60}, {"batch_norm": True}, {"optimizer": "sgd"}, {"width": 2.0}]

    curves = validation_curves(stored(crossed))
    none = validation_curves(stored({str(one): (one, around(0.8)) for one in others}))

    assert [(curve.setting, curve.name) for curve in curves] == [
        ("dropout", ""),
        ("dropout", "l2=0.01"),
        ("dropout", "l2=0.02"),
        ("l2", ""),
        ("l2", "dropout=0.1"),
        ("l2", "dropout=0.2"),
    ]
    assert none == ()


def test_runs_that_diverged_leave_gaps(stored):
    """
    A value whose runs all diverged has no score and is never the best; without any score there is no best.
    """
    gone = np.full(3, np.nan)
    rates = {"0.1": 0.1, "0.2": 0.2, "0.3": 0.3}
    some = {name: ({"learning_rate": at}, gone if at > 0.2 else around(0.8, 3)) for name, at in rates.items()}
    none = {name: ({"learning_rate": at}, gone) for name, at in rates.items()}

    (curve,) = validation_curves(stored(some))
    (empty,) = validation_curves(stored(none))

    assert curve.points[2].score is None
    assert (curve.points[2].runs, curve.points[2].asked) == (0, 3)
    assert 2 not in curve.as_good
    assert empty.best is None
    assert empty.sentence == "no run of learning_rate has a score"
