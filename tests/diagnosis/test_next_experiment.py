"""The next experiment: ready variants, each valid, none that was tried."""

import pytest

import trainlab as tl
from trainlab.diagnosis.next_experiment import _CURES, Asked, next_experiment
from trainlab.experiment.variants import parse_variants
from trainlab.testing import tiny_experiment

VARIANTS = {
    "baseline": {},
    "wide": {"hidden": [64, 64]},
    "linear": {"model": {"mlp": []}},
    "stopped": {"early_stopping": True, "dropout": 0.3, "l2": 1e-3},
    "tanh": {"activation": "tanh", "initializer": "zeros"},
    "clipped": {"clip_norm": 1.0, "learning_rate": 0.5},
    "peaked": {"schedule": {"one_cycle": {"peak": 0.5}}},
    "placed": {"dropout": {"strength": 0.4, "at": "last"}, "l1_l2": [1e-4, 1e-4]},
    "layers": {"l2": [0.1]},
}


@pytest.mark.parametrize("ailment", _CURES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_proposal_is_a_valid_variant_that_was_not_tried(variant, ailment):
    """
    What is proposed parses, makes an experiment with the others, and is set up like none of them.
    """
    asked = tiny_experiment(variants=VARIANTS)
    found = next_experiment(Asked(variant, asked.document()), [ailment])
    if found is None:
        assert variant == "peaked" or (variant, ailment) == ("linear", "TL210")
        return
    [parsed] = parse_variants({found.name: dict(found.changes)})
    tiny_experiment(variants={**VARIANTS, found.name: dict(found.changes)})
    others = [one.recipe(asked.recipe) for one in asked.variants]

    assert parsed.recipe(asked.recipe) not in others
    assert set(VARIANTS[variant]) <= set(found.changes)
    assert all(found.changes[key] == value for key, value in found.added.items())


def test_what_was_tried_is_not_proposed_again():
    """
    With early stopping tried, dropout comes next; with that, a penalty.
    """
    variants = {"a": {}, "b": {"early_stopping": True}}
    second = next_experiment(Asked("a", tiny_experiment(variants=variants).document()), ["overfitting"])
    variants |= {"c": {"dropout": 0.3}}
    third = next_experiment(Asked("a", tiny_experiment(variants=variants).document()), ["overfitting"])

    assert dict(second.changes) == {"dropout": 0.3}
    assert dict(third.changes) == {"l2": 0.001}


def test_regularization_is_taken_off_before_the_network_grows():
    """
    A network that underfits with dropout first loses it, and a linear one gets a hidden layer.
    """
    document = tiny_experiment(variants=VARIANTS).document()

    assert dict(next_experiment(Asked("stopped", document), ["underfitting"]).added) == {"dropout": 0.0}
    assert dict(next_experiment(Asked("linear", document), ["underfitting"]).added) == {
        "model": {"mlp": [64]}
    }


def test_a_network_of_ones_own_is_not_resized():
    """
    Of a builder function nobody knows the layers: it gets epochs, rates and techniques.
    """

    def build():
        return None

    asked = tl.Experiment(tiny_experiment().data, build, variants={"a": {}})
    found = next_experiment(Asked("a", asked.document()), ["underfitting"])

    assert set(found.changes) == {"epochs"}
