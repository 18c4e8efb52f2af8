"""Equal epochs, updates and time: against curves whose heights can be told by hand."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from trainlab.comparison.convergence import convergence
from trainlab.comparison.run_curves import at_points, run_curves
from trainlab.results.outcome import Outcome

ROWS = [1.0, 0.0, 1.0, 1.0]


@pytest.fixture
def learned(stored):
    """A function that gives results whose runs learned so.

    It takes variant -> (optimizer steps of an epoch, seconds of a step, curves seed by seed); a number or
    an `Outcome` beside them replaces what is stored.
    """

    def make(arms, *, outcomes=None, scores=None, members=None, target=None, seconds=True):
        results = stored({name: [ROWS] * len(arm[2]) for name, arm in arms.items()})
        shape = results.outcomes.shape
        last = max(len(curve) for arm in arms.values() for curve in arm[2])
        metric = np.full((*shape, last), np.nan)
        endings = {name: np.array(values) for name, values in results.endings.items()}
        found = np.array(results.outcomes)
        averaged = np.full((*shape, 2), np.nan)
        for place, (name, (steps, _, curves)) in enumerate(arms.items()):
            for seed, curve in enumerate(curves):
                metric[place, seed, 0, : len(curve)] = curve
                endings["epochs"][place, seed, 0] = len(curve)
                endings["steps"][place, seed, 0] = steps * len(curve)
                endings["score"][place, seed, 0] = (scores or {}).get((name, seed), curve[-1])
                found[place, seed, 0] = (outcomes or {}).get((name, seed), Outcome.FINISHED)
                if found[place, seed, 0] == Outcome.DIVERGED:
                    endings["score"][place, seed, 0] = np.nan
                if name == members:
                    averaged[place, seed, 0] = 0.5
        document = {**results.facts["experiment"], "target_score": target}
        timed = {
            name: second * float(endings["steps"][place].mean())
            for place, (name, (_, second, _)) in enumerate(arms.items())
        }
        return dataclasses.replace(
            results,
            facts={
                **results.facts,
                "experiment": document,
                "variant_seconds": timed if seconds else None,
            },
            outcomes=found,
            endings=endings,
            curves={**results.curves, "validation_metric_a": metric, "validation_metric_b": metric},
            member_scores=averaged,
        )

    return make


def straight(start, slope, epochs):
    """A curve that rises by the same each epoch."""
    return start + slope * np.arange(epochs)


def view_of(results, axis, **asked):
    """One of the views, and its tracks by name."""
    view = next(view for view in convergence(results, **asked).views if view.axis == axis)
    return view, {track.variant: track for track in view.tracks}


def test_batches_of_another_size_meet_at_equal_updates_and_time(learned):
    """
    Small batches take four times the steps, each a third of the time, and their order turns with the axis.
    """
    big = [straight(0.50, 0.01, 10), straight(0.52, 0.01, 10)]
    small = [straight(0.50, 0.02, 10), straight(0.52, 0.02, 10)]
    results = learned({"big": (10, 0.003, big), "small": (40, 0.001, small)})

    epochs, at_epochs = view_of(results, "epochs")
    updates, at_updates = view_of(results, "updates")
    seconds, at_seconds = view_of(results, "seconds")

    assert (epochs.start, epochs.end) == (1.0, 10.0)
    assert at_epochs["small"].difference.mean == pytest.approx(0.09)
    # 100 updates are 10 epochs of the one and 2.5 of the other, between its second and its third.
    assert (updates.start, updates.end) == (40.0, 100.0)
    assert at_updates["big"].at_end.mean == pytest.approx(0.60)
    assert at_updates["small"].at_end.mean == pytest.approx(0.51 + 0.02 * 1.5)
    assert at_updates["small"].difference.mean == pytest.approx(-0.06)
    # 0.3 s are 10 epochs of the one and 7.5 of the other.
    assert seconds.end == pytest.approx(0.3)
    assert at_seconds["small"].at_end.mean == pytest.approx(0.51 + 0.02 * 6.5)
    assert (at_seconds["small"].budget, at_seconds["big"].budget) == pytest.approx((0.4, 0.3))


def test_areas_are_mean_heights_on_the_common_stretch(learned):
    """
    Of a straight line it is the height in the middle of the stretch; of a bent one NumPy's trapezoids.
    """
    bent = np.array([0.5, 0.8, 0.85, 0.86, 0.9])
    results = learned({"line": (10, 0.001, [straight(0.5, 0.1, 5)]), "bent": (20, 0.001, [bent])})

    _, at_epochs = view_of(results, "epochs")
    updates, at_updates = view_of(results, "updates")

    assert at_epochs["line"].area.mean == pytest.approx(0.7)
    assert at_epochs["bent"].area.mean == pytest.approx(np.trapezoid(bent) / 4)
    assert at_epochs["bent"].area_difference.mean == pytest.approx(np.trapezoid(bent) / 4 - 0.7)
    # From 20 to 50 updates: epochs 2 to 5 of the line, 1 to 2.5 of the other.
    assert (updates.start, updates.end) == (20.0, 50.0)
    assert at_updates["line"].area.mean == pytest.approx(0.75)
    by_hand = ((0.5 + 0.8) / 2 * 20 + (0.8 + 0.825) / 2 * 10) / 30
    assert at_updates["bent"].area.mean == pytest.approx(by_hand)


def test_intervals_are_paired_and_hold_for_all_variants_at_once(learned):
    """
    A difference has SciPy's paired t at the level that two comparisons share, a mean its own at 95 %.
    """
    rng = np.random.default_rng(20)
    arms = {name: (10, 0.001, list(rng.random((5, 3)))) for name in ("one", "other", "third")}

    _, tracks = view_of(learned(arms), "epochs")

    ends = {name: np.array(arm[2])[:, -1] for name, arm in arms.items()}
    paired = stats.ttest_rel(ends["other"], ends["one"]).confidence_interval(0.975)
    found = tracks["other"].difference
    assert (found.low, found.high) == pytest.approx((paired.low, paired.high))
    alone = stats.ttest_1samp(ends["one"], 0).confidence_interval()
    assert (tracks["one"].at_end.low, tracks["one"].at_end.high) == pytest.approx((alone.low, alone.high))
    assert tracks["one"].difference is None


def test_a_run_that_stopped_early_keeps_its_score(learned):
    """
    It costs nothing more, and is not dropped from where the others go on.
    """
    results = learned(
        {"plain": (10, 0.001, [straight(0.5, 0.1, 4)]), "early": (10, 0.001, [[0.5, 0.7]])},
        outcomes={("early", 0): Outcome.STOPPED_EARLY},
        scores={("early", 0): 0.69},
    )

    view, tracks = view_of(results, "epochs")

    assert view.end == 4.0
    assert tracks["early"].mean == pytest.approx((0.5, 0.7, 0.69, 0.69))
    assert tracks["early"].difference.mean == pytest.approx(0.69 - 0.8)


def test_a_run_that_diverged_counts_as_the_trivial_predictor(learned):
    """
    From its last finite epoch on: of four rows whose classes alternate, the most frequent one has two.
    """
    results = learned(
        {
            "plain": (10, 0.001, [straight(0.5, 0.1, 4)] * 2),
            "wild": (10, 0.001, [straight(0.6, 0.1, 4), [0.7]]),
        },
        outcomes={("wild", 1): Outcome.DIVERGED},
    )

    _, tracks = view_of(results, "epochs")

    assert tracks["wild"].mean == pytest.approx(((0.6 + 0.7) / 2, (0.7 + 0.5) / 2, 0.65, 0.7))
    assert tracks["wild"].runs == 2


def test_runs_that_have_not_ended_are_left_out(learned):
    """
    What was interrupted is no part of any mean.
    """
    arms = {"plain": (10, 0.001, [[0.5, 0.6], [0.9]]), "other": (10, 0.001, [[0.5, 0.7], [0.5, 0.9]])}
    results = learned(arms, outcomes={("plain", 1): Outcome.INTERRUPTED})

    _, tracks = view_of(results, "epochs")

    assert (tracks["plain"].mean, tracks["plain"].runs) == (pytest.approx((0.5, 0.6)), 1)
    assert tracks["other"].difference.mean == pytest.approx(0.1)


def test_an_ensemble_answers_at_its_end(learned):
    """
    It has no curve; its control, which may take as many steps, meets it there.
    """
    results = learned(
        {"control": (10, 0.001, [straight(0.5, 0.1, 4)]), "ensemble": (20, 0.001, [[0.5, 0.6]])},
        members="ensemble",
        scores={("ensemble", 0): 0.95},
    )

    updates, tracks = view_of(results, "updates")

    assert updates.end == 40.0
    assert tracks["ensemble"].mean == (None, None, None, pytest.approx(0.95))
    assert tracks["ensemble"].difference.mean == pytest.approx(0.15)
    assert tracks["ensemble"].area.mean is None


def test_without_a_common_point_nothing_is_compared(learned):
    """
    Where one variant's first epoch takes more steps than the other took in all, there is no equal update.
    """
    results = learned({"all": (1, 0.001, [[0.5, 0.6]]), "small": (50, 0.001, [[0.5, 0.7]])})

    updates, tracks = view_of(results, "updates")

    assert (updates.start, updates.end) == (None, None)
    assert tracks["small"].difference.mean is None
    assert tracks["all"].mean[:2] == pytest.approx((0.5, 0.6))


def test_where_no_step_was_timed_there_is_no_view_of_time(learned):
    """
    An interrupted experiment has not timed its steps yet.
    """
    results = learned({"one": (10, 0.001, [[0.5]]), "other": (10, 0.001, [[0.6]])}, seconds=False)

    assert [view.axis for view in convergence(results).views] == ["epochs", "updates"]


def test_many_epochs_are_thinned_and_ends_kept(learned):
    """
    Curves have at most some 240 points, of which the first and the last common one are never left out.
    """
    results = learned(
        {"one": (7, 0.001, [straight(0.1, 1e-3, 500)]), "other": (3, 0.001, [straight(0.1, 1e-3, 400)])}
    )

    view, tracks = view_of(results, "updates")

    assert len(view.points) <= 242
    assert {view.start, view.end} <= set(view.points)
    assert tracks["one"].at_end.mean == pytest.approx(0.1 + 1e-3 * (1200 / 7 - 1))
    assert tracks["one"].area.mean == pytest.approx(0.1 + 1e-3 * (603.5 / 7 - 1))


def test_a_target_is_told_beside(learned):
    """
    Time to target is part of it, with another reference where one is asked for.
    """
    results = learned({"one": (10, 0.001, [[0.5, 0.9]]), "other": (10, 0.001, [[0.9, 0.95]])}, target=0.9)

    found = convergence(results, against="other")

    assert [(time.epochs, time.steps) for time in found.times] == [(2, 20), (1, 10)]
    assert (found.target, found.reference) == (0.9, "other")
    assert found.views[0].tracks[0].difference.mean == pytest.approx(-0.05)
    document = found.document()
    assert document["times"][0]["seconds"] == pytest.approx(0.02)
    assert document["views"][0]["tracks"][0]["mean"] == pytest.approx([0.5, 0.9])


def test_before_its_first_epoch_and_beyond_its_last_a_run_has_no_score(learned):
    """
    Between two epochs it lies on the straight line.
    """
    (curves, *_) = run_curves(learned({"one": (10, 0.001, [[0.5, 0.7, 0.6]])}))

    found = at_points(curves, np.array([0.9, 1.0, 1.25, 3.0, 3.1]))

    np.testing.assert_allclose(found[0, 0], [np.nan, 0.5, 0.55, 0.6, np.nan])


def test_broken_off_at_once_there_are_no_views(learned, monkeypatch):
    """
    Where not even the validation rows were stored, the comparison goes on without curves.
    """
    results = learned({"one": (10, 0.001, [[0.5]]), "other": (10, 0.001, [[0.6]])})
    monkeypatch.setattr(
        type(results), "validation_curve", lambda *_: (_ for _ in ()).throw(KeyError("halves"))
    )

    assert run_curves(results) == ()
