"""Tuning as it is asked for: budgets, searches, and which variant gets what."""

import pickle

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.errors import UsageError
from trainlab.experiment.fingerprint import fingerprint
from trainlab.experiment.settling import settled, with_tuned
from trainlab.experiment.spec import Experiment
from trainlab.experiment.tuning import Pruning, parse_budget, parse_search

RATE = {"learning_rate": {"log": [1e-4, 1e-1]}}


def _experiment(**parts):
    return Experiment(Dataset(np.arange(40.0).reshape(20, 2), np.arange(20) % 2), **parts)


def test_every_variant_is_tuned_alike():
    """
    One space and one budget hold for all variants, from the same points.
    """
    tuned = _experiment(variants={"sgd": {"optimizer": "sgd"}, "adam": {}}, tune=RATE, budget=8)

    assert list(tuned.tunings) == ["sgd", "adam"]
    assert tuned.tunings["sgd"] == tuned.tunings["adam"]
    assert (tuned.tunings["sgd"].trials, tuned.tunings["sgd"].sampler) == (8, "quasi_random")


def test_a_variant_may_say_otherwise():
    """
    A variant's own range comes first, what it fixes is not tuned, and `tune: false` tunes nothing of it.
    """
    tuned = _experiment(
        variants={
            "own": {"tune": {"learning_rate": {"log": [1e-3, 1]}}, "budget": 4},
            "fixed": {"learning_rate": 0.1},
            "none": {"tune": False, "l2": 0.1},
        },
        tune={**RATE, "batch_size": [4, 8]},
    )

    own = {one.name: one for one in tuned.tunings["own"].space.parameters}
    assert (own["learning_rate"].high, tuned.tunings["own"].trials) == (1, 4)
    assert tuned.tunings["fixed"].space.keys == ("batch_size",)
    assert "none" not in tuned.tunings


def test_a_search_looks_for_a_variant_of_its_own():
    """
    What is found stands behind the variants, is never the reference, and pickles and copies as any other.
    """
    searched = _experiment(search={"space": RATE, "trials": 9})

    assert [variant.name for variant in searched.variants] == ["baseline", "found"]
    assert searched.reference.name == "baseline"
    assert (searched.tunings["found"].trials, searched.tunings["found"].sampler) == (9, "tpe")
    again = pickle.loads(pickle.dumps(searched.variants[1]))  # noqa: S301  # our own
    assert again == searched.variants[1]


def test_what_was_found_is_no_other_question():
    """
    The settings that tuning found, and where runs are shown, leave the fingerprint as it was.
    """
    asked = _experiment(tune=RATE)

    found = with_tuned(asked, {"baseline": [{"learning_rate": 0.01}, {"learning_rate": 0.02}]})
    shown = _experiment(tune=RATE, track="mlflow")

    assert fingerprint(found) == fingerprint(asked) == fingerprint(shown)
    assert fingerprint(_experiment(tune=RATE, budget=4)) != fingerprint(asked)
    assert found.variants[0].recipe(found.recipe).learning_rate == 0.01
    assert settled(found).variants[0].changes == {"learning_rate": 0.02}
    assert settled(found).tunings == {}


@pytest.mark.parametrize(
    "parts, match",
    [
        ({"budget": 8}, r"^budget: a budget, and nothing to tune\."),
        ({"tune": RATE, "budget": 0}, r"^budget: not in the allowed range"),
        ({"tune": RATE, "budget": {"trial": 8}}, r"^budget\.trial: unknown part of a budget .*`trials`\?"),
        ({"search": {"trials": 8}}, r"^search: a search without a space\."),
        ({"search": {"space": RATE, "sampler": "tpee"}}, r"^search\.sampler: unknown sampler .*`tpe`\?"),
        ({"search": {"space": RATE, "pruning": "asha"}}, r"^search\.pruning: unknown pruning"),
        (
            {"search": {"space": RATE, "pruning": {"median": {"factor": 3}}}},
            r"^search\.pruning\.median\.factor: un",
        ),
        (
            {"search": {"space": RATE, "validation": {"leave_one_out": True}}},
            r"^search\.validation: not a way to s",
        ),
        (
            {"search": {"space": {**RATE, "l2": [0, 0.1]}, "sampler": "cmaes"}},
            r"^search\.sampler: CMA-ES moves through numbers alone, and 'l2' is a choice",
        ),
        (
            {"search": {"space": RATE}, "variants": {"found": {"l2": 0.1}}},
            r"^variants\.found: the name of what is searched for",
        ),
        (
            {"variants": {"a": {"learning_rate": 0.1, "tune": RATE}}},
            r"^variants\.a\.tune\.learning_rate: `learning_rate` is both changed and tuned",
        ),
    ],
    ids=str,
)
def test_what_cannot_be_tuned_is_refused_at_its_place(parts, match):
    """
    A refusal names the key, the value and what was meant.
    """
    with pytest.raises(UsageError, match=match):
        _experiment(**parts)


def test_more_trials_than_can_be_are_refused():
    """
    Networks of all trials and folds together have a limit, told before anything is trained.
    """
    variants = {"a": {}, "b": {"l2": 0.1}}
    with pytest.raises(UsageError, match=r"^tune: 200000 networks of trials in each fold"):
        _experiment(variants=variants, tune=RATE, budget=100_000)


def test_a_search_writes_what_it_reads():
    """
    The document of a search reads back as the same search, pruning and all.
    """
    search = parse_search({"space": RATE, "pruning": "halving", "minutes": 3, "attribute": True, "seeds": 2})

    assert parse_search(search.document()) == search
    assert search.tuning(search.space).pruning == Pruning("halving", 1, 3)
    assert parse_budget(parse_budget({"trials": 8, "seeds": 2}).document()).seeds == 2


def test_techniques_that_a_search_left_off_are_no_change():
    """
    The document of what was found names what differs from the recipe, and not all that was open.
    """
    searched = _experiment(search={"space": {**RATE, "dropout": [False, 0.3], "l2": [False, 0.1]}})
    found = {"learning_rate": 0.01, "dropout": False, "l2": 0.1}

    told = with_tuned(searched, {"found": [found, found]}).document()["variants"]["found"]

    assert told == {"learning_rate": 0.01, "l2": 0.1}
