"""TL141: epochs too few."""

import numpy as np
import pytest

from trainlab.diagnosis.checks.not_converged import late_gains

EPOCHS = np.arange(20)
CLIMBING = np.linspace(0.5, 0.9, 20)
CALM = 0.9 - 0.4 * np.exp(-EPOCHS / 2)
# Guessing costs log 2 of two classes that are half of the rows each, so 0.00693 matter.
FALLING = np.linspace(1.0, 0.05, 20)
SETTLED = 0.1 + 0.6 * np.exp(-EPOCHS / 2)


def jittered(curve, seeds=4, by=0.001):
    """Give a curve to each seed, with some jitter."""
    return curve + np.random.default_rng(0).normal(0, by, (seeds, len(curve)))


def run(metric=CLIMBING, loss=FALLING, seeds=4, epochs=20):
    """Give the first epochs of a variant's curves, those of one that has not converged unless said."""
    return {
        "metric": jittered(metric[:epochs], seeds),
        "train_loss": jittered(loss[:epochs], seeds),
    }


CONVERGED = run(CALM, SETTLED)


def test_a_training_loss_that_still_falls_limits_its_verdict(seen):
    """
    A twentieth less an epoch is told with its interval over seeds: five epochs bring a quarter.
    """
    [finding] = seen("TL141", {"baseline": CONVERGED, "slow": run()})

    assert "the last quarter of epochs still lowered the training loss" in finding.evidence
    assert "the 0.00693 that matter: `slow` by 0.249 [0.247, 0.251]" in finding.evidence
    assert "accuracy +10.63 percentage points" in finding.evidence
    assert finding.cure == "Train longer: `epochs: 40`."
    assert (finding.limit, finding.variants) == ("before training had converged", ("slow",))


def test_a_reference_that_still_falls_limits_every_verdict(seen):
    """
    All are compared with the reference: where it has not converged, no verdict is free of it.
    """
    [finding] = seen("TL141", {"baseline": run(), "b": CONVERGED})

    assert finding.variants == ()


def test_converged_runs_are_silent(seen):
    """
    Losses that lie flat but for jitter have converged, however the score of single rows jumps.
    """
    rising = run(CLIMBING, SETTLED)

    assert seen("TL141", {"a": CONVERGED, "b": rising, "c": run(loss=SETTLED[::-1])}) == []


@pytest.mark.parametrize("metric", [np.full(20, 0.8), CLIMBING[::-1]])
def test_learning_by_heart_is_silent(seen, metric):
    """
    Where validation gets no better meanwhile, longer training is no cure.
    """
    found = {"metric": np.tile(metric, (4, 1)), "train_loss": jittered(FALLING)}

    assert seen("TL141", {"a": found}) == []


def test_a_validation_loss_that_surely_rises_is_learning_by_heart(seen):
    """
    A score that happens to rise is no improvement beside a validation loss that rises in every run.
    """
    rising = run() | {"loss": jittered(np.linspace(0.4, 0.6, 20))}
    falling = run() | {"loss": jittered(np.linspace(0.6, 0.4, 20))}

    assert seen("TL141", {"a": rising}) == []
    assert len(seen("TL141", {"a": falling})) == 1


def test_of_scores_where_less_is_better_a_fall_is_a_gain(seen):
    """
    Validation losses that fall are told with their sign, and those that rise are learning by heart.
    """
    falling, rising = run(2 - CLIMBING), run(1 + CLIMBING)
    [finding] = seen("TL141", {"a": rising, "b": falling}, metric="log_loss")

    assert finding.variants == ("b",)
    assert "log loss -0.1" in finding.evidence


def test_a_fall_that_seeds_disagree_on_is_silent(seen):
    """
    A mean whose interval over seeds holds what matters may be chance.
    """
    late = np.array([[0.0], [0.08], [-0.05], [0.03]]) * (np.arange(8) >= 6)
    found = {"metric": np.tile(CLIMBING[:8], (4, 1)), "train_loss": 0.5 - late}

    assert (late.mean(axis=0)[-1]) > 0.00693
    assert seen("TL141", {"a": found}) == []


def test_a_fall_below_what_matters_is_silent(seen):
    """
    However sure, half a percent of what guessing costs is no reason to go on.
    """
    slight = 0.5 - 0.0007 * EPOCHS
    found = {"metric": np.tile(CLIMBING, (4, 1)), "train_loss": np.tile(slight, (4, 1))}
    double = {**found, "train_loss": np.tile(0.5 - 0.0015 * EPOCHS, (4, 1))}

    assert seen("TL141", {"a": found}) == []
    assert len(seen("TL141", {"a": double})) == 1


def test_runs_that_stopped_early_ended_by_themselves(seen):
    """
    Early stopping is a judgement of its own: such runs are not asked, in one epoch neither.
    """
    for epochs in (1, 20):
        stopped = {**run(epochs=epochs), "outcomes": [2, 2, 2, 2]}

        assert seen("TL141", {"a": stopped}) == []


def test_four_epochs_suffice_with_seeds(seen):
    """
    From four epochs on, the last one is a quarter, and its interval over three seeds tells.
    """
    [finding] = seen("TL141", {"a": run(seeds=3, epochs=4)})

    assert "`a` by 0.0501 [0.0485, 0.0517]" in finding.evidence
    assert finding.limit == "before training had converged"
    assert finding.cure == "Train longer: `epochs: 8`."


@pytest.mark.parametrize("epochs", [2, 3])
def test_fewer_than_four_epochs_cannot_tell(seen, epochs):
    """
    The finding says so, and is there where the last epoch gained what matters, as far as the mean tells.
    """
    [finding] = seen("TL141", {"a": run(epochs=epochs)})
    flat = run(loss=np.full(20, 0.4), epochs=epochs)

    assert finding.severity == "warn"
    assert finding.evidence.startswith(f"{epochs} epochs cannot tell whether training had converged, and ")
    assert finding.limit == "perhaps before training had converged"
    assert seen("TL141", {"a": flat}) == []


def test_one_epoch_always_gets_a_word(seen):
    """
    Without an epoch before it, nothing shows that the loss has stopped falling.
    """
    [finding] = seen("TL141", {"a": run(epochs=1, seeds=1)})

    assert finding.evidence.startswith("1 epoch cannot tell whether training had converged, and no epoch")
    assert finding.cure == "Train longer: `epochs: 8` and `seeds: 5`."


def test_one_run_has_no_interval(seen):
    """
    With a single seed and fold the mean alone speaks, and that is said; settled, it is silent.
    """
    [finding] = seen("TL141", {"a": run(seeds=1)})

    assert finding.evidence.startswith("one run of a variant cannot tell whether training had converged")
    assert "`a` by 0.2" in finding.evidence
    assert "`seeds: 5`" in finding.cure
    assert seen("TL141", {"a": run(CALM, SETTLED, seeds=1)}) == []


def test_folds_give_an_interval_to_a_single_seed(results):
    """
    Four folds of one seed are told as four seeds of one fold are.
    """
    from dataclasses import replace

    from trainlab.protocol.lint import AFTER_CHECKS

    made = results({"a": run()})
    turned = {name: np.swapaxes(curve, 1, 2) for name, curve in made.curves.items()}
    folded = replace(made, seeds=(0,), folds=4, curves=turned, outcomes=made.outcomes.swapaxes(1, 2))
    folded.__dict__["halves"] = made.halves * 4
    folded.__dict__["validation_targets"] = made.validation_targets * 4
    examine = AFTER_CHECKS["TL141"].examine

    assert [one.evidence for one in examine(folded)] == [one.evidence for one in examine(made)]


@pytest.mark.parametrize("factor", [1.0, 1e-4])
def test_amounts_are_judged_in_the_unit_that_was_trained_on(seen, factor):
    """
    Standardized targets give small losses beside a metric in its own unit: what matters shrinks with them.
    """
    data = {"task": "regression", "target_mean": [0.5]}  # guessing costs 0.25 in the unit of the metric
    mse = np.tile(np.linspace(0.3, 0.2, 20), (3, 1))

    def ended(fall):
        loss = factor * (0.25 - fall / 5 * EPOCHS)
        return {"metric": mse, "loss": factor * mse, "train_loss": np.tile(loss, (3, 1))}

    variants = {"more": ended(0.0026), "less": ended(0.0024)}
    [finding] = seen("TL141", variants, metric="mse", facts={"data": data})

    assert finding.evidence.count("` by ") == 1
    assert "`more` by" in finding.evidence


def test_of_other_losses_the_largest_seen_stands_in(seen):
    """
    What guessing costs by a loss of one's own is unknown: 1 % of the loss at the start has to be gained.
    """

    def ended(fall):
        return {"metric": np.tile(CLIMBING, (3, 1)), "train_loss": np.tile(5 - fall / 5 * EPOCHS, (3, 1))}

    variants = {"more": ended(0.051), "less": ended(0.049)}
    [finding] = seen("TL141", variants, recipe={"loss": "hinge"})

    assert "that matter: `more` by 0.051" in finding.evidence
    assert "`less`" not in finding.evidence


def test_one_epoch_that_jumps_is_no_gain():
    """
    What a line through the quarter gains is moved less by its last epoch than the epoch itself is.
    """
    jump = np.r_[np.zeros(39), 1.0]

    # Of 11 epochs around 0 the last is at 5, and the squares of -5 to 5 add up to 110.
    assert late_gains(jump[None]) == pytest.approx(10 * 5 / 110)
    assert np.isnan(late_gains(np.array([[0.5, np.nan]])))
