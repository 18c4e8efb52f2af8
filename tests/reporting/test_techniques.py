"""What ensembles, pruning and early stopping did, against SciPy and numbers that are known."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from trainlab.reporting.facts.outline import outline
from trainlab.reporting.facts.techniques import (
    EnsembleFacts,
    PruningFacts,
    StoppingFacts,
    technique_facts,
    technique_sentence,
)
from trainlab.results.outcome import Outcome

SEEDS = 5
NAMES = ("baseline", "three", "three: control", "half")


def changed(results, variants, **parts):
    """The same results, had the variants changed this."""
    experiment = {**results.facts["experiment"], "variants": variants}
    facts = {**results.facts, "experiment": experiment}
    return dataclasses.replace(results, facts=facts, **parts)


def labelled(results):
    """Facts of the techniques, every variant shown by its name."""
    return technique_facts(results, {name: name for name in results.variants})


@pytest.fixture(scope="module")
def averaged(techniques):
    """The second variant is an ensemble of three, the third its control; member scores are made up."""
    random = np.random.default_rng(3)
    members = np.full((4, SEEDS, 1, 3), np.nan)
    members[1, :, 0] = random.normal(0.9, 0.01, (SEEDS, 3))
    variants = dict(zip(NAMES, ({}, {"ensemble": 3}, {"ensemble": False, "epochs": 60}, {}), strict=True))
    return dataclasses.replace(
        changed(techniques, variants, member_scores=members), variants=NAMES, reference="baseline"
    )


def test_the_gain_of_averaging_has_the_t_interval_over_seeds(averaged):
    """
    Gain and interval are those of SciPy for score minus mean member score, seed by seed.
    """
    (told,) = labelled(averaged)

    assert isinstance(told, EnsembleFacts)
    gains = averaged.scores[1, :, 0] - averaged.member_scores[1, :, 0].mean(axis=1)
    low, high = stats.t.interval(0.95, SEEDS - 1, gains.mean(), stats.sem(gains))
    assert (told.members, told.control) == (3, "three: control")
    assert [told.gain.value, told.gain.low, told.gain.high] == pytest.approx([gains.mean(), low, high])
    assert told.alone == pytest.approx(averaged.member_scores[1].mean())


def test_an_ensemble_is_compared_with_its_control(averaged):
    """
    Over the control the paired difference is that of SciPy's test of pairs.
    """
    (told,) = labelled(averaged)

    pairs = stats.ttest_rel(averaged.scores[1, :, 0], averaged.scores[2, :, 0]).confidence_interval()
    assert [told.over_control.low, told.over_control.high] == pytest.approx([pairs.low, pairs.high])
    assert "The difference from “three: control”" in technique_sentence(told, averaged.metric)


def test_an_ensemble_with_a_member_missing_tells_nothing_of_that_seed(averaged):
    """
    A seed whose member has no score enters neither gain nor means.
    """
    members = averaged.member_scores.copy()
    members[1, 2, 0, 1] = np.nan

    (told,) = labelled(dataclasses.replace(averaged, member_scores=members))

    kept = [0, 1, 3, 4]
    gains = averaged.scores[1, kept, 0] - averaged.member_scores[1, kept, 0].mean(axis=1)
    assert told.gain.value == pytest.approx(gains.mean())


def test_pruning_tells_scores_before_and_after(techniques):
    """
    Only runs that lost weights count, with the share they lost.
    """
    before = np.full_like(techniques.scores, np.nan)
    before[:2] = techniques.scores[:2] + 0.01
    share = np.zeros_like(before)
    share[1] = 0.48
    endings = {**techniques.endings, "unpruned_score": before, "pruned_share": share}

    (told,) = labelled(dataclasses.replace(techniques, endings=endings))

    assert isinstance(told, PruningFacts)
    assert (told.variant, told.share) == ("l2", pytest.approx(0.48))
    assert told.change.value == pytest.approx(-0.01)
    assert told.before - told.after == pytest.approx(0.01)
    assert "pruning set 48 % of all trainable numbers to zero" in technique_sentence(told, techniques.metric)


def test_early_stopping_tells_what_was_chosen_and_saved(techniques):
    """
    Of 20 epochs 10, 12, 20, 8 and 10 were trained: 40 % are saved.
    """
    outcomes = techniques.outcomes.copy()
    outcomes[1] = Outcome.STOPPED_EARLY
    outcomes[1, 2] = Outcome.FINISHED
    epochs, chosen = techniques.endings["epochs"].copy(), techniques.endings["chosen_epoch"].copy()
    epochs[1, :, 0] = [10, 12, 20, 8, 10]
    chosen[1, :, 0] = [5, 7, 18, 3, 5]
    variants = {**techniques.facts["experiment"]["variants"], "l2": {"early_stopping": True}}
    endings = {**techniques.endings, "epochs": epochs, "chosen_epoch": chosen}

    stopped = changed(techniques, variants, outcomes=outcomes, endings=endings)
    timed = dataclasses.replace(stopped, facts={**stopped.facts, "variant_seconds": {"l2": 3.0}})
    untimed = dataclasses.replace(stopped, facts={**stopped.facts, "variant_seconds": None})

    (told,) = labelled(timed)
    assert isinstance(told, StoppingFacts)
    assert (told.stopped, told.runs, told.trained, told.chosen) == (4, 5, (8, 20), (3, 18))
    assert told.saved == pytest.approx(0.4)
    assert technique_sentence(told, techniques.metric) == (
        "“l2”: early stopping ended 4 of 5 runs, after 8 to 20 of 20 epochs; the weights kept are those of "
        "epochs 3 to 18, and 40 % of the epochs, some 10 s of steps, were saved."
    )
    (told,) = labelled(untimed)
    assert technique_sentence(told, techniques.metric).endswith(" and 40 % of the epochs were saved.")
    protocol = {entry.term: entry.text for entry in outline(stopped).protocol}
    assert "cross-fitted" in protocol["Early stopping"]
    assert "except where early stopping chose one" in protocol["Training length"]


def test_a_variant_may_turn_early_stopping_off(techniques):
    """
    What the recipe turns on and a variant turns off is not told of that variant.
    """
    experiment = techniques.facts["experiment"]
    recipe = {**experiment["recipe"], "early_stopping": True}
    variants = {name: {"early_stopping": False} for name in experiment["variants"]} | {"l2": {}}
    facts = {**techniques.facts, "experiment": {**experiment, "recipe": recipe, "variants": variants}}

    told = labelled(dataclasses.replace(techniques, facts=facts))

    assert [one.variant for one in told] == ["l2"]


def test_techniques_that_were_not_used_are_not_told(techniques):
    """
    Without ensembles, pruning and early stopping there is no sentence and no word in the protocol.
    """
    facts = outline(techniques)

    assert facts.techniques == ()
    assert not {"Early stopping", "Ensembles", "Pruning", "Target"} & {entry.term for entry in facts.protocol}
