"""What is read off trials beforehand, from losses whose answer is known."""

import json
import math

import numpy as np
import pytest

from trainlab.probed import judge_batches, judge_rates
from trainlab.probing import batch_trial, rate_trial
from trainlab.results.outcome import Outcome
from trainlab.testing import made_up, tiny_experiment


def stored(trial, losses, curves=None):
    """What a trial gave: variant trained -> loss of each seed, infinite where it diverged."""
    runs = {}
    for one in trial.experiment.variants:
        seeds = np.asarray(losses[one.name], float)
        gone = [int(Outcome.FINISHED if math.isfinite(loss) else Outcome.DIVERGED) for loss in seeds]
        runs[one.name] = {"score": [0.5] * len(seeds), "train_loss": seeds[:, None], "outcomes": gone}
        if curves is not None:
            runs[one.name] = {"score": [0.5] * len(seeds), "train_loss": curves[one.name]}
    return made_up(runs)


def rates_of(valley, seeds=3, **changes):
    """The test of one variant whose loss over rates is known."""
    trial = rate_trial(tiny_experiment(variants={"only": {}}, **changes), 3, tuple(range(seeds)))
    ((_, tried),) = trial.groups
    losses = {name: [valley(rate, seed) for seed in range(seeds)] for rate, name in tried.items()}
    (found,) = judge_rates(stored(trial, losses), trial)
    return found


def test_the_usable_rates_are_those_around_the_best():
    """
    A loss that falls to its least at a rate of 0.02, and diverges above 1, is read as it was made.
    """

    def valley(rate, seed):
        del seed
        return math.inf if rate > 1 else 1.0 - 0.9 * math.exp(-(math.log10(rate / 0.02) ** 2))

    found = rates_of(valley)
    low, high = found.usable

    # Half of the gain is reached at sqrt(ln 2) = 0.83 powers of ten on either side.
    assert 0.02 * 10**-0.84 <= low < 0.02 < high <= 0.02 * 10**0.84
    assert found.suggested == pytest.approx(0.016, rel=0.05)
    assert found.own == {"only": 0.1}
    assert found.losses[-1] == (None, None, None)
    assert found.sentence.endswith("its own, 0.1, lies within.")


def test_seeds_that_like_different_rates_show_as_a_spread():
    """
    The suggested rate is the geometric mean of each seed's best, with the least and the largest beside it.
    """

    def valley(rate, seed):
        return 1.0 + math.log10(rate / 10.0 ** (-3 + seed)) ** 2

    found = rates_of(valley, seeds=2)

    # Rates stand 10 ** (7 / 15) apart, so the nearest is at most half of that away.
    apart = np.abs(np.log10(found.spread) - [-3, -2])
    assert apart.max() <= 7 / 30 + 1e-3
    assert found.suggested == pytest.approx(math.sqrt(found.spread[0] * found.spread[1]), rel=0.05)
    assert "over 2 seeds) comes furthest" in found.sentence


@pytest.mark.parametrize(
    "best, said", [(1e-4, "its own, 0.1, lies above that"), (5.0, "its own, 0.1, lies below that")]
)
def test_a_rate_of_the_experiment_that_does_not_work_is_told(best, said):
    """
    The sentence says on which side of the usable rates the variant's own lies.
    """
    found = rates_of(lambda rate, seed: 1.0 - math.exp(-(4 * math.log10(rate / best) ** 2)) + 0.0 * seed)

    assert said in found.sentence


def test_where_no_rate_learns_none_is_suggested():
    """
    A loss that only chance moves names no rate.
    """
    random = np.random.default_rng(0)

    found = rates_of(lambda rate, seed: 1.0 + 0.1 * seed + rate * 1e-12 + 0.0 * random.normal())

    assert (found.usable, found.suggested) == (None, None)
    assert "learns at none of the rates from 1e-06 to 10" in found.sentence


@pytest.mark.parametrize(
    "ends, fits, said",
    [
        ([0.9, 0.01, 0.5, 2.0], True, "learns one batch of 16 rows by heart: the training loss falls from 1"),
        ([0.9, 0.6, 0.01, 2.0], True, "by heart, but not at its own rate of 0.1: the training loss"),
        ([0.9, 0.6, 0.4, 0.5], False, "cannot learn one batch of 16 rows by heart: the training loss falls"),
        ([np.nan] * 4, False, "diverges on one batch of 16 rows at every rate tried"),
    ],
)
def test_one_batch_is_judged_by_what_is_left_of_the_loss(ends, fits, said):
    """
    A twentieth of the loss at most is left where a batch is learned by heart, at the own rate or another.
    """
    trial = batch_trial(tiny_experiment(variants={"only": {}}), (0,))
    names = [one.name for one in trial.experiment.variants]
    curves = {name: [1.0, (1.0 + end) / 2, end] for name, end in zip(names, ends, strict=True)}
    curves = {name: [curve] if curve[2] == curve[2] else [[np.nan] * 3] for name, curve in curves.items()}

    (found,) = judge_batches(stored(trial, {name: [0.5] for name in names}, curves), trial)

    assert found.fits is fits
    assert said in found.sentence
    json.dumps(found.document(), allow_nan=False)
