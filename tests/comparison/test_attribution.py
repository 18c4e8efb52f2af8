"""Which technique helped: against least squares, on synthetic grids whose truth is known."""

import dataclasses
import itertools

import numpy as np
import pytest

from trainlab.comparison.attribution import attribution
from trainlab.comparison.compare import compare
from trainlab.comparison.crossed import crossed
from trainlab.comparison.over_folds import corrected_t
from trainlab.results.outcome import Outcome

TWO = {
    "plain": {},
    "l2": {"l2": 0.1},
    "drop": {"dropout": 0.3},
    "both": {"l2": 0.1, "dropout": 0.3},
}


def crossing(results, changes, **facts):
    """The same results of variants that change this."""
    document = {**results.facts["experiment"], "variants": changes, "recipe": {}}
    return dataclasses.replace(results, facts={**results.facts, "experiment": document, **facts})


def tables(rng, effects, seeds=6, rows=80):
    """Squared errors by seed and row, float32 as they are stored: hard rows, lucky seeds, and an effect."""
    hard, luck = rng.exponential(size=rows), 0.05 * rng.normal(size=(seeds, 1))
    return {
        name: (5 + hard + luck + effect + 0.1 * rng.normal(size=(seeds, rows))).astype(np.float32)
        for name, effect in effects.items()
    }


REGRESSION = {"task": "regression", "target_mean": [1.0]}


def test_effects_are_those_of_least_squares(stored):
    """
    In a full grid of three techniques, every effect is a coefficient of the regression on -1/2 and 1/2.
    """
    rng = np.random.default_rng(9)
    corners = list(itertools.product((0, 1), repeat=3))
    names = ["".join(map(str, corner)) for corner in corners]
    runs = tables(rng, dict(zip(names, rng.normal(size=8), strict=True)))
    changes = {
        name: {"l2": 0.1 * a, "dropout": 0.3 * b, "l1": 0.2 * c}
        for name, (a, b, c) in zip(names, corners, strict=True)
    }
    coded = np.array(corners) - 0.5
    pairs = [coded[:, a] * coded[:, b] for a, b in ((0, 1), (0, 2), (1, 2))]
    design = np.column_stack([np.ones(8), coded, *pairs])
    means = [runs[name].mean(dtype=np.float64) for name in names]
    coefficients = np.linalg.lstsq(design, means, rcond=None)[0]

    found = attribution(crossing(stored(runs, metric="mse", data=REGRESSION), changes))

    assert [effect.difference for effect in found.effects] == pytest.approx(list(coefficients[1:]))
    assert [effect.factors for effect in found.interactions] == [
        ("l2", "dropout"),
        ("l2", "l1"),
        ("dropout", "l1"),
    ]
    assert found.full


def test_on_one_split_the_interval_is_the_crossed_one_of_the_contrast(stored):
    """
    Seeds and rows are paired, and the level is shared by the three effects.
    """
    runs = tables(np.random.default_rng(10), {"plain": 0.0, "l2": 0.2, "drop": -0.5, "both": -0.2})
    wide = {name: table.astype(np.float64) for name, table in runs.items()}
    expected = crossed((wide["l2"] + wide["both"] - wide["plain"] - wide["drop"]) / 2)

    found = attribution(crossing(stored(runs, metric="mse", data=REGRESSION, smallest=0.1), TWO))

    l2, dropout, together = found.effects
    assert (l2.low, l2.high) == pytest.approx(expected.interval(1 - 0.05 / 3))
    assert l2.p == pytest.approx(min(1, 3 * expected.p))
    assert (l2.verdict, dropout.verdict) == ("worse", "better")
    assert together.difference == pytest.approx(
        np.mean(wide["both"] - wide["l2"] - wide["drop"] + wide["plain"])
    )


def test_over_folds_the_interval_is_the_corrected_one(stored_folds):
    """
    Seeds are averaged within a fold, and folds are what is counted.
    """
    rng = np.random.default_rng(11)
    runs = {
        name: [[effect + rng.normal(size=12) for _ in range(5)] for _ in range(2)]
        for name, effect in zip(TWO, (3.0, 3.5, 4.0, 4.2), strict=True)
    }
    means = {
        name: np.array(arm).astype(np.float32).mean(axis=(0, 2), dtype=np.float64)
        for name, arm in runs.items()
    }
    expected = corrected_t(
        (means["drop"] + means["both"] - means["plain"] - means["l2"]) / 2, ratio=12 / 48, rows=60
    )

    found = attribution(crossing(stored_folds(runs), TWO))

    dropout = found.effects[1]
    assert (dropout.low, dropout.high) == pytest.approx(expected.interval(1 - 0.05 / 3), rel=1e-6)
    assert found.claim == "for training sets of this size drawn like these"


def test_it_says_which_of_a_cocktail_helped(stored):
    """
    Dropout carries the cocktail, L2 costs something, and together they do better than both add up to.
    """
    effects = {"plain": 0.0, "l2": 0.6, "drop": -1.0, "both": -0.8}
    runs = tables(np.random.default_rng(12), effects)

    found = attribution(crossing(stored(runs, metric="mse", data=REGRESSION, smallest=0.1), TWO))

    assert found.sentence == (
        "Averaged over the settings of the others, dropout 0.3 helps; l2 0.1 costs. They do not simply add "
        "up: look at l2 0.1 with dropout 0.3."
    )
    assert found.effects[1].sentence.startswith("dropout 0.3 instead of off helps by 1.")
    assert found.effects[2].sentence.startswith(
        "l2 0.1 and dropout 0.3 do more together than both alone add up to, by"
    )
    assert "units of mean squared error (simultaneous 95 % interval −" in found.effects[2].sentence


def test_effects_that_are_too_small_to_matter_add_up(stored):
    """
    Where all four are the same up to noise, both change little and add up.
    """
    runs = tables(np.random.default_rng(13), dict.fromkeys(TWO, 0.0))

    found = attribution(crossing(stored(runs, metric="mse", data=REGRESSION, smallest=0.5), TWO))

    assert found.sentence == "Averaged over the settings of the others, l2 0.1 and dropout 0.3 change little."
    assert found.effects[2].sentence.startswith("l2 0.1 and dropout 0.3 add up (simultaneous")


def test_a_rate_allows_for_rows_of_a_kind_that_was_not_met(stored):
    """
    Networks right on the same 40 rows are not sworn to be equal: 3 / n may differ, twice that together.
    """
    right = np.array([1.0] * 30 + [0.0] * 10)
    found = attribution(crossing(stored({name: [right] * 3 for name in TWO}), TWO))

    l2, _, together = found.effects
    assert l2.high == pytest.approx(np.log(60) / 40)
    assert together.high == pytest.approx(2 * np.log(60) / 40)
    assert l2.verdict == "undecided"


def test_diverged_runs_that_decide_leave_it_undecided(stored):
    """
    An effect that rests on runs which failed is not called one, and the sentence says why.
    """
    rng = np.random.default_rng(14)
    right = {name: [(rng.random(200) < 0.9).astype(float) for _ in range(5)] for name in TWO}
    right["drop"] = [Outcome.DIVERGED] * 4 + right["drop"][4:]
    right["both"] = [Outcome.DIVERGED] * 4 + right["both"][4:]

    dropout = attribution(crossing(stored(right), TWO)).effects[1]

    assert dropout.verdict == "undecided"
    assert dropout.sentence.endswith("counting diverged runs or leaving them out gives another verdict")


def test_seeds_that_ended_everywhere_are_compared(stored):
    """
    A seed that one variant has not ended is left out; where none is left, it says so.
    """
    runs = {name: [[1.0, 0.0, 1.0]] * 3 for name in TWO}
    runs["both"] = [Outcome.INTERRUPTED] * 3

    found = attribution(crossing(stored(runs), TWO))

    assert found.effects[0].difference is None
    assert found.effects[0].sentence == "l2 0.1: undecided, since no seed has ended in every variant"


def test_a_time_series_only_describes(stored_folds):
    """
    Differences are told, without intervals and verdicts.
    """
    runs = {name: [[np.arange(4.0) + place] * 3] for place, name in enumerate(TWO)}

    found = attribution(crossing(stored_folds(runs, validation={"time_series": 3}), TWO))

    effect = found.effects[0]
    assert (effect.difference, effect.low, effect.p, effect.verdict) == (
        pytest.approx(1.0),
        None,
        None,
        "undecided",
    )


def test_findings_limit_what_is_said(stored):
    """
    A limit of all verdicts ends the sentence here, too.
    """
    finding = {"limit": "at a learning rate of 0.01 for all", "variants": []}
    runs = tables(np.random.default_rng(15), dict.fromkeys(TWO, 0.0))

    found = attribution(crossing(stored(runs, metric="mse", data=REGRESSION), TWO, findings=[finding]))

    assert found.sentence.endswith(", at a learning rate of 0.01 for all.")


def test_variants_that_cross_nothing_have_none(stored):
    """
    Without a grid there is nothing to attribute, and the comparison goes on without it.
    """
    results = stored({"one": [[1.0, 0.0]] * 2, "other": [[1.0, 1.0]] * 2})

    assert attribution(results) is None
    assert compare(results).rows


def test_its_document_holds_plain_values(stored):
    """
    Factors, effects and the sentence, as JSON writes them.
    """
    runs = tables(np.random.default_rng(16), dict.fromkeys(TWO, 0.0))

    document = attribution(
        crossing(stored(runs, metric="mse", data=REGRESSION), TWO), against="both"
    ).document()

    assert document["schema"] == "trainlab/attribution/1"
    assert document["factors"][0] == {"name": "l2", "levels": ["0.1", "off"], "follows": []}
    assert {effect["kind"] for effect in document["effects"]} == {"main effect", "interaction"}
