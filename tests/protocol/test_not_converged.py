"""TL141: epochs too few."""

import numpy as np

CLIMBING = np.linspace(0.5, 0.9, 20)
CALM = 0.9 - 0.4 * np.exp(-np.arange(20) / 2)


def jittered(curve, seeds=4, by=0.001):
    """Give a curve to each seed, with some jitter."""
    return curve + np.random.default_rng(0).normal(0, by, (seeds, len(curve)))


def test_a_metric_that_still_climbs_limits_its_verdict(seen):
    """
    Two points an epoch at the end are told with the interval over seeds: five epochs bring ten points.
    """
    variants = {"baseline": {"metric": jittered(CALM)}, "slow": {"metric": jittered(CLIMBING)}}
    [finding] = seen("TL141", variants)

    assert "`slow` +10." in finding.evidence
    assert "0.50 percentage points that matter" in finding.evidence
    assert finding.cure == "Train longer: `epochs: 40`."
    assert (finding.limit, finding.variants) == ("before training had converged", ("slow",))


def test_a_reference_that_still_climbs_limits_every_verdict(seen):
    """
    All are compared with the reference: where it has not converged, no verdict is free of it.
    """
    [finding] = seen("TL141", {"baseline": {"metric": jittered(CLIMBING)}, "b": {"metric": jittered(CALM)}})

    assert finding.variants == ()


def test_converged_runs_are_silent(seen):
    """
    Curves that lie flat but for jitter have converged, and so have those that get worse.
    """
    flat, worse = jittered(CALM, by=0.01), jittered(CALM)[:, ::-1]

    assert seen("TL141", {"a": {"metric": flat}, "b": {"metric": worse}}) == []


def test_a_loss_that_falls_is_the_same(seen):
    """
    Where less is better, a falling curve has not converged and a rising one has.
    """
    falling, rising = jittered(2 - CLIMBING), jittered(1 + CLIMBING)
    [finding] = seen("TL141", {"a": {"metric": rising}, "b": {"metric": falling}}, metric="log_loss")

    assert finding.variants == ("b",)
    assert "`b` -0.1" in finding.evidence


def test_a_gain_that_seeds_disagree_on_is_silent(seen):
    """
    A mean gain whose interval over seeds holds zero may be chance.
    """
    late = np.array([[0.0], [0.08], [-0.05], [0.03]]) * (np.arange(8) >= 6) + 0.8

    assert seen("TL141", {"a": {"metric": late}}) == []


def test_runs_that_stopped_early_ended_by_themselves(seen):
    """
    Early stopping is a judgement of its own: such runs are not asked.
    """
    stopped = {"metric": jittered(CLIMBING), "outcomes": [2, 2, 2, 2]}

    assert seen("TL141", {"a": stopped}) == []
