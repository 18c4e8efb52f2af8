"""Probing before an experiment: what is tried, and what is read off it."""

import json

import pytest

import trainlab as tl
from trainlab.probing import (
    RATES,
    Trial,
    batch_trial,
    rate_trial,
)
from trainlab.testing import tiny_experiment

VARIANTS = {
    "baseline": {},
    "dropout": {"dropout": 0.3, "early_stopping": True},
    "slow": {"learning_rate": 0.001},
    "wide": {"width": 2, "epochs": 5},
}


def test_one_batch_is_learned_without_what_hinders():
    """
    Variants of one network share a try, without regularization, on the rows of a batch, at four rates.
    """
    trial = batch_trial(tiny_experiment(variants=VARIANTS), (0, 1))
    recipes = [one.recipe(trial.experiment.recipe) for one in trial.experiment.variants]

    assert [list(own) for own, _ in trial.groups] == [["baseline", "dropout", "slow"], ["wide"]]
    assert [recipe.learning_rate for recipe in recipes[:4]] == [0.01, 0.1, 1.0, 10.0]
    assert all(recipe.techniques == {} and recipe.early_stopping is None for recipe in recipes)
    assert {(recipe.train_rows, recipe.batch_size, recipe.epochs) for recipe in recipes} == {(16, "all", 200)}


def test_rates_are_tried_with_what_each_variant_is():
    """
    Variants that differ in the rate alone share a test; each other one has sixteen rates and its own.
    """
    trial = rate_trial(tiny_experiment(variants=VARIANTS), 3, (0,))
    recipes = {one.name: one.recipe(trial.experiment.recipe) for one in trial.experiment.variants}

    assert [list(own) for own, _ in trial.groups] == [["baseline", "slow"], ["dropout"], ["wide"]]
    assert set(trial.groups[0][1]) == {*RATES, 0.1, 0.001}
    assert recipes["dropout at 0.1"].techniques.keys() == {"dropout"}
    assert (RATES[0], RATES[-1], len(RATES)) == (1e-6, 10.0, 16)


def test_a_trial_keeps_its_groups():
    """
    Every variant that is trained belongs to one rate of one group.
    """
    trial = rate_trial(tiny_experiment(variants=VARIANTS), 2, (0,))
    named = [name for _, tried in trial.groups for name in tried.values()]

    assert isinstance(trial, Trial)
    assert sorted(named) == sorted(one.name for one in trial.experiment.variants)


@pytest.mark.slow
def test_a_small_network_is_probed(tmp_path):
    """
    Points in clouds: descent works at rates around a tenth, and not at a thousandth of it.
    """
    asked = tiny_experiment(variants={"baseline": {}, "slow": {"learning_rate": 1e-4}})

    made = tl.probe(asked, tmp_path / "out", seeds=2)

    (rates,) = made.rates
    assert rates.usable[0] <= 0.2 <= rates.usable[1] * 10
    assert "the own of slow, 0.0001, lies below that" in rates.sentence
    assert len(made.one_batch) == 1
    assert json.loads(json.dumps(made.document(), allow_nan=False))["schema"] == "trainlab/probe/1"
