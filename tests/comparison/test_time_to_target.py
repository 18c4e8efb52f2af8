"""Time to target: against counting by hand, and against SciPy's estimate from censored data."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from trainlab.comparison.time_to_target import first_reached, median_or_more, time_to_target
from trainlab.experiment.metrics import METRICS
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results

STEPS = 10


def made(curves, *, target, metric="accuracy", outcomes=None, seconds=None, members=None, scores=None):
    """Results of one variant whose validation metric ran so, a list of epochs for each seed."""
    seeds, last = len(curves), max(map(len, curves))
    whole = np.full((1, seeds, 1, last), np.nan)
    for seed, curve in enumerate(curves):
        whole[0, seed, 0, : len(curve)] = curve
    epochs = np.array([len(curve) for curve in curves], float).reshape(1, seeds, 1)
    found = np.full((1, seeds, 1), int(Outcome.FINISHED))
    if outcomes is not None:
        found[0, :, 0] = outcomes
    factor = 1 if members is None else members
    ended = np.full((1, seeds, 1), 0.5)
    if scores is not None:
        ended[0, :, 0] = scores
    results = Results(
        folder=Path(),
        facts={"experiment": {"target_score": target}, "variant_seconds": {"only": seconds}},
        variants=("only",),
        reference="only",
        seeds=tuple(range(seeds)),
        folds=1,
        metric=METRICS[metric],
        outcomes=found,
        endings={"epochs": epochs, "steps": epochs * STEPS * factor, "score": ended},
        curves={"validation_metric_a": whole, "validation_metric_b": whole},
        run_numbers=np.arange(seeds).reshape(1, seeds, 1),
        member_scores=np.full((1, seeds, 1, members or 0), 0.5),
    )
    results.__dict__["halves"] = (np.array([True, True, False]),)  # kept in the store otherwise
    return results


@given(
    st.lists(
        st.lists(st.floats(0, 1) | st.just(float("nan")), min_size=5, max_size=5), min_size=1, max_size=6
    ),
    st.floats(0.1, 0.9),
    st.booleans(),
)
def test_the_first_epoch_is_the_one_that_counting_finds(curves, target, higher):
    """
    Epoch by epoch, in either direction and with epochs missing, nothing earlier has reached the target.
    """
    found = first_reached(np.array(curves), target, higher_is_better=higher)

    for curve, first in zip(curves, found, strict=True):
        slack = 1e-6 * target
        there = [value >= target - slack if higher else value <= target + slack for value in curve]
        assert first == there.index(True) + 1 if any(there) else np.isnan(first)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=15))
def test_the_median_is_that_of_the_product_limit_estimate(epochs):
    """
    Runs trained for 9 epochs: the median is where SciPy's estimate from censored data falls below one half.
    """
    firsts = np.array([float(epoch) if epoch <= 9 else np.nan for epoch in epochs])
    reached = np.isfinite(firsts)
    data = stats.CensoredData(uncensored=firsts[reached], right=np.full((~reached).sum(), 9.0))
    estimate = stats.ecdf(data).sf
    below = estimate.quantiles[estimate.probabilities < 0.5 - 1e-9]

    median, censored = median_or_more(firsts, np.full(len(firsts), 9.0))

    if 2 * reached.sum() > len(firsts):
        assert (median, censored) == (below[0], False)
    else:
        assert (median, censored) == (9.0, True)


def test_epochs_steps_and_seconds_are_those_of_the_median_run():
    """
    Two of three runs reach 0.9, at epochs 2 and 4: the median is 4 epochs, 40 steps, 40 of 50 steps' time.
    """
    curves = [[0.5, 0.9, 0.8, 0.8, 0.8], [0.5, 0.6, 0.7, 0.95, 0.9], [0.5] * 5]

    (told,) = time_to_target(made(curves, target=0.9, seconds=5.0))

    assert told.first_epochs == (2, 4, None)
    assert (told.runs, told.reached, told.censored) == (3, 2, False)
    assert (told.epochs, told.steps, told.seconds) == (4, 40, pytest.approx(4.0))


def test_a_loss_is_reached_from_above():
    """
    Where lower is better, the first epoch at or below the target counts.
    """
    (told,) = time_to_target(made([[3.0, 2.0, 1.0, 4.0]], target=1.5, metric="log_loss"))

    assert told.first_epochs == (3,)


def test_runs_that_stop_or_diverge_without_reaching_it_are_not_dropped():
    """
    One run reaches it, one stops early at epoch 3, one diverges after 2: the median is more than 3 epochs.
    """
    curves = [[0.5, 0.6, 0.7, 0.9], [0.5, 0.5, 0.5], [0.5, 0.1]]
    outcomes = [Outcome.FINISHED, Outcome.STOPPED_EARLY, Outcome.DIVERGED]

    (told,) = time_to_target(made(curves, target=0.9, outcomes=outcomes, seconds=1.0))

    assert (told.runs, told.reached, told.censored) == (3, 1, True)
    assert told.epochs == 3
    assert told.steps == 30


def test_half_of_the_runs_is_not_more_than_half():
    """
    With two of four runs there, the median is only known to be more than all epochs trained.
    """
    (told,) = time_to_target(made([[0.9] * 6, [0.9] * 6, [0.1] * 6, [0.1] * 6], target=0.9))

    assert (told.reached, told.epochs, told.censored) == (2, 6, True)


def test_runs_under_way_are_neither_late_nor_early():
    """
    A run that was interrupted before the target says nothing yet.
    """
    curves = [[0.9, 0.9], [0.1, 0.1]]
    outcomes = [Outcome.FINISHED, Outcome.INTERRUPTED]

    (told,) = time_to_target(made(curves, target=0.9, outcomes=outcomes))

    assert (told.runs, told.reached, told.epochs) == (1, 1, 1)


def test_an_ensemble_reaches_it_at_its_end_or_not_at_all():
    """
    Members that stay below on average and answer above together take their whole training, all steps counted.
    """
    curves = [[0.7, 0.8], [0.7, 0.95]]

    (told,) = time_to_target(made(curves, target=0.9, members=3, scores=[0.92, 0.85], seconds=6.0))

    assert told.averaged
    assert told.first_epochs == (2, None)
    assert (told.epochs, told.steps, told.censored) == (2, 2 * STEPS * 3, True)


def test_a_share_of_rows_is_reached_in_spite_of_rounding():
    """
    342 of 360 rows as 32-bit numbers, put together from two halves, are 0.95.
    """
    single = float(np.nextafter(np.float32(0.95), np.float32(0)))

    (told,) = time_to_target(made([[single]], target=0.95))

    assert told.reached == 1


def test_without_a_target_there_is_nothing():
    """
    An experiment that names no target has no times to it, and one that only began has none yet.
    """
    assert time_to_target(made([[0.9]], target=None)) == ()
    begun = made([[]], target=0.9, outcomes=[Outcome.RUNNING])

    (told,) = time_to_target(begun, 0.9)

    assert (told.runs, told.epochs, told.steps, told.seconds) == (0, None, None, None)
