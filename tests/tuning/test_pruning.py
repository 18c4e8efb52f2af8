"""Tests of the referee: against Optuna's own pruners, the rules told by hand, and across a checkpoint."""

import dataclasses
import itertools

import numpy as np
import pytest

from trainlab.experiment.tuning import Pruning
from trainlab.tuning.pruning import Referee
from trainlab.tuning.trials import Trial

MEDIAN = Pruning("median", first=2)
HALVING = Pruning("halving", first=1, factor=3)
TRIALS = 32
EPOCHS = 9


def rising(seed, trials=TRIALS, epochs=EPOCHS):
    """Draw ``(trial, epoch)`` metrics that never fall, so that the latest one is the best one."""
    steps = np.random.default_rng(seed).exponential(1.0, (trials, epochs))
    return steps.cumsum(axis=1)


def side_by_side(referee, curves):
    """Train all trials epoch by epoch, a run each, and give the epoch at which each was given up, or 0."""
    given_up = np.zeros(len(curves), int)
    for epoch in range(1, curves.shape[1] + 1):
        going = np.flatnonzero((given_up == 0) & np.isfinite(curves[:, : epoch - 1]).all(axis=1))
        told = {int(run): (epoch, float(curves[run, epoch - 1])) for run in going}
        for run in referee.after_epoch(told):
            given_up[run] = epoch
    return given_up


def ended_earlier(curve, outcome="finished"):
    """Give a trial of an earlier generation with this curve."""
    values = dict.fromkeys(field.name for field in dataclasses.fields(Trial))
    return Trial(**(values | {"curve": np.array(curve, float), "outcome": outcome}))


def singles(count):
    """Give so many trials of one run each."""
    return {trial: (trial,) for trial in range(count)}


@pytest.mark.parametrize("higher", [True, False])
def test_median_decides_as_optuna_does(higher):
    """
    After completed trials, a trial is given up at the epoch at which Optuna's MedianPruner prunes it.
    """
    optuna = pytest.importorskip("optuna")
    pruner = optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=2, n_min_trials=4)
    known, fresh = rising(1, trials=7), rising(2, trials=60)
    sign = 1 if higher else -1
    study = optuna.create_study(direction="maximize" if higher else "minimize", pruner=pruner)
    for curve in known:
        values = {epoch: sign * value for epoch, value in enumerate(curve, start=1)}
        study.add_trial(optuna.trial.create_trial(value=values[EPOCHS], intermediate_values=values))
    theirs = []
    for curve in fresh:
        trial = study.ask()
        theirs.append(0)
        for epoch, value in enumerate(curve, start=1):
            trial.report(sign * value, epoch)
            if trial.should_prune():
                theirs[-1] = epoch
                break
        study.tell(trial, state=optuna.trial.TrialState.PRUNED)

    earlier = {None: [ended_earlier(sign * curve) for curve in known]}
    ours = [
        int(side_by_side(Referee(MEDIAN, higher, singles(1), earlier=earlier), sign * curve[None])[0])
        for curve in fresh
    ]

    assert ours == theirs
    assert 0 in ours
    assert len(set(ours)) > 4


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_halving_decides_as_optuna_does(factor):
    """
    Trials in turn are given up at the rungs at which Optuna's SuccessiveHalvingPruner prunes them.
    """
    optuna = pytest.importorskip("optuna")
    pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=factor)
    study = optuna.create_study(direction="maximize", pruner=pruner)
    # Each of the first trials is the best so far: at a rung with too few Optuna lets the best alone go on.
    curves = rising(3, trials=60)
    curves[: factor**2] = 100 * np.arange(factor**2)[:, None] + np.arange(EPOCHS)
    curves[factor**2 :] += 100 * (factor**2 - 1)
    referee = Referee(Pruning("halving", first=1, factor=factor), True, singles(len(curves)))
    ours, theirs = [], []
    for number, curve in enumerate(curves):
        trial = study.ask()
        ours.append(0)
        theirs.append(0)
        for epoch, value in enumerate(curve, start=1):
            trial.report(value, epoch)
            ours[-1] = epoch * bool(referee.after_epoch({number: (epoch, value)}))
            theirs[-1] = epoch * trial.should_prune()
            if ours[-1] or theirs[-1]:
                break
        study.tell(trial, state=optuna.trial.TrialState.PRUNED)

    assert ours == theirs
    assert len(set(ours)) > 2


def test_median_keeps_the_better_half_and_no_less():
    """
    Of 32 trials side by side whose order never changes, 16 are given up at the first look and none later.
    """
    levels = np.random.default_rng(0).permutation(TRIALS)
    curves = levels[:, None] + np.zeros((1, EPOCHS))

    given_up = side_by_side(Referee(MEDIAN, True, singles(TRIALS)), curves)

    np.testing.assert_array_equal(given_up, np.where(levels < TRIALS // 2, MEDIAN.first, 0))


def test_median_waits_for_four_others():
    """
    With four trials nobody is given up; the worst of five is.
    """
    four = side_by_side(Referee(MEDIAN, True, singles(4)), rising(0, trials=4))
    five = side_by_side(Referee(MEDIAN, True, singles(5)), rising(0, trials=5))

    assert not four.any()
    assert five.any()


def test_halving_keeps_the_best_third_at_every_rung():
    """
    Of 32 trials side by side the 10 best go beyond epoch 1, 3 of them beyond epoch 3 and 1 beyond epoch 9.
    """
    curves = np.random.default_rng(5).random((TRIALS, 10))

    given_up = side_by_side(Referee(HALVING, True, singles(TRIALS)), curves)

    going = np.arange(TRIALS)
    for rung, kept in ((1, 10), (3, 3), (9, 1)):
        order = going[np.argsort(curves[going, rung - 1])]
        assert set(np.flatnonzero(given_up == rung)) == set(order[:-kept])
        going = order[-kept:]
    assert set(given_up) == {0, 1, 3, 9}


def test_equal_trials_all_go_on():
    """
    Ties give nobody up, by neither rule.
    """
    for pruning in (MEDIAN, HALVING):
        assert not side_by_side(Referee(pruning, True, singles(8)), np.full((8, EPOCHS), 0.5)).any()


def test_a_trial_is_judged_by_the_mean_of_its_runs_when_the_last_arrives():
    """
    A run ahead goes on; when its slower partner reaches the rung, both are given up by their mean.
    """
    referee = Referee(Pruning("halving", first=2, factor=2), True, {"a": (0, 1), "b": (2, 3)})
    assert not referee.after_epoch(dict.fromkeys(range(4), (1, 0.1)))
    assert not referee.after_epoch({0: (2, 0.9), 2: (2, 0.6), 3: (2, 0.6)})
    assert not referee.after_epoch({0: (3, 0.9)})

    assert referee.after_epoch({1: (2, 0.2)}) == {0, 1}


def test_a_diverged_run_takes_its_trial_along():
    """
    The other runs of a trial with a diverged run are given up at once, even those that wait.
    """
    referee = Referee(Pruning("median", first=5), True, {"a": (0, 1, 2), "b": (3,)})

    assert referee.after_epoch({0: (1, np.nan), 1: (1, 0.9), 3: (1, 0.1)}) == {1, 2}


def test_a_trial_that_diverged_is_the_worst_at_the_next_rung_and_not_beyond():
    """
    Four trials diverge on their way to the rung at 3: of the eight that started there, four are kept.
    """
    curves = np.random.default_rng(1).random((8, 6))
    diverging = curves.copy()
    diverging[:4, 1] = np.nan

    given_up = side_by_side(Referee(Pruning("halving", first=3, factor=2), True, singles(8)), diverging)

    assert np.count_nonzero(given_up == 3) == 0
    assert np.count_nonzero(given_up == 6) == 2


def test_a_run_that_stopped_early_holds_nobody_up():
    """
    Its last metric stands for the later epochs, and its partner is judged there.
    """
    referee = Referee(Pruning("halving", first=3, factor=2), True, {"a": (0, 1), "b": (2,)})
    referee.after_epoch({0: (1, 0.0), 1: (1, 0.5), 2: (1, 0.4)})
    referee.ended([0])
    referee.after_epoch({1: (2, 0.5), 2: (2, 0.4)})

    assert referee.after_epoch({1: (3, 0.5), 2: (3, 0.4)}) == {1}


def test_trials_are_compared_within_their_own_study():
    """
    Two studies trained together give up what each gives up alone.
    """
    curves = rising(8, trials=20)
    curves[10:] += 100.0
    fields = {trial: "first" if trial < 10 else "second" for trial in range(20)}

    together = side_by_side(Referee(HALVING, True, singles(20), fields=fields), curves)

    alone = [side_by_side(Referee(HALVING, True, singles(10)), part) for part in (curves[:10], curves[10:])]
    np.testing.assert_array_equal(together, np.concatenate(alone))


@pytest.mark.parametrize("pruning", [MEDIAN, HALVING, Pruning("halving", first=2, factor=2)])
def test_a_generation_joins_the_earlier_ones(pruning):
    """
    A second generation is judged as if its trials had come after the first ones in a single generation.
    """
    curves = np.random.default_rng(4).random((24, EPOCHS))
    curves[3, 4:] = np.nan
    whole = Referee(pruning, True, singles(24))
    first = side_by_side(whole, curves[:12])
    later = {run: run - 12 for run in range(12, 24)}
    expected = np.zeros(12, int)
    for epoch in range(1, EPOCHS + 1):
        going = [run for run, at in later.items() if not expected[at]]
        for run in whole.after_epoch({run: (epoch, curves[run, epoch - 1]) for run in going}):
            expected[run - 12] = epoch
    earlier = []
    for trial, epoch in enumerate(first):
        diverged = trial == 3 and epoch in {0, 5}
        outcome = "diverged" if diverged else "pruned" if epoch else "finished"
        earlier.append(ended_earlier(curves[trial, : epoch or EPOCHS], outcome))

    given_up = side_by_side(Referee(pruning, True, singles(12), earlier={None: earlier}), curves[12:])

    np.testing.assert_array_equal(given_up, expected)


@pytest.mark.parametrize("pruning", [MEDIAN, HALVING])
def test_going_on_from_a_checkpoint_changes_nothing(pruning):
    """
    After every event a new referee that takes over the arrays gives the same answers as the old one.
    """
    events = []
    rng = np.random.default_rng(6)
    for epoch, run in itertools.product(range(1, EPOCHS + 1), range(20)):
        events.append(
            (epoch + int(rng.integers(3)), run, epoch, rng.random() if rng.random() > 0.01 else np.nan)
        )
    runs_of = {trial: (2 * trial, 2 * trial + 1) for trial in range(10)}
    steady, out = Referee(pruning, True, runs_of), set()
    answers = 0
    for _, group in itertools.groupby(sorted(events), key=lambda event: event[0]):
        told = {run: (epoch, metric) for _, run, epoch, metric in group if run not in out}
        resumed = Referee(pruning, True, runs_of)
        resumed.put_back(steady.arrays())

        given_up = steady.after_epoch(told)

        assert resumed.after_epoch(told) == given_up
        np.testing.assert_equal(resumed.arrays(), steady.arrays())
        out |= given_up | {run for run, (_, metric) in told.items() if np.isnan(metric)}
        answers += len(given_up)
    assert answers > 4
