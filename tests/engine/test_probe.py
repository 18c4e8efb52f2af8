"""What one network shows agrees with arithmetic by hand, also in 64 bits, and planted faults are seen."""

import math

import jax
import numpy as np
import pytest

from trainlab.engine.assembly import assemble
from trainlab.engine.cohort import make_cohorts
from trainlab.engine.probe import MOST_VALUES, dead, gradient_of, norm, read_off, saturated, some
from trainlab.engine.workshop import Workshop
from trainlab.model.functional import precision
from trainlab.model.watching import Hidden, watching
from trainlab.testing.worlds import tiny_experiment

RELU = Hidden("one", "relu", 1, dies=True, ends=None)
TANH = Hidden("two", "tanh", 1, dies=False, ends=(-0.975, 0.975))


def test_planted_dead_units_and_gradients_are_seen_in_64_bits():
    """
    Two of five units held down by their biases are dead, and loss and gradient are those computed by hand.
    """
    random = np.random.default_rng(0)
    first, second = random.normal(size=(4, 5)), random.normal(size=(5, 3))
    shift = np.array([3.0, -100.0, 3.0, 3.0, -100.0])
    experiment = tiny_experiment(variants={"baseline": {}})
    rows, labels = np.asarray(experiment.data.x[:40], np.float64), experiment.data.y[:40]
    with precision("float64"):
        workshop = Workshop(experiment, experiment.folds, dtype="float64")
        [cohort] = make_cohorts(experiment, experiment.folds, workshop)
        learner = assemble(cohort, workshop, experiment.metric)
        watches = watching(learner.network)
        weights = [first, shift, second, np.zeros(3)]
        numbers = {name: values[0] for name, values in cohort.typed(learner.dtype).items()}
        layers = [leaf[0] for leaf in learner.network.as_built(1)[1]]
        seen = jax.jit(gradient_of(learner, watches))(weights, layers, numbers, rows, labels)
        moment = read_off(watches.layers, weights, seen, epoch=7)

    hidden = np.maximum(rows @ first + shift, 0)
    odds = np.exp(hidden @ second)
    said = odds / odds.sum(axis=1, keepdims=True)
    wrong = (said - np.eye(3)[labels]) / 40
    back = (wrong @ second.T) * (hidden > 0)
    by_hand = [rows.T @ back, back.sum(axis=0), hidden.T @ wrong, wrong.sum(axis=0)]
    np.testing.assert_allclose(moment.loss, -np.log(said[np.arange(40), labels]).mean(), rtol=1e-11)
    np.testing.assert_allclose(moment.gradient_norms, [np.linalg.norm(one) for one in by_hand], rtol=1e-9)
    assert (hidden == 0).all(axis=0).sum() == 2
    assert moment.dead.tolist() == [0.4]
    assert (moment.epoch, math.isnan(moment.validation_loss)) == (7, True)


def test_a_channel_is_one_unit():
    """
    A channel is dead where it is zero at every place of every row; one answer anywhere keeps it alive.
    """
    maps = np.zeros((6, 3, 3, 4))
    maps[5, 2, 1, 0] = 0.1

    last = dead(Hidden("maps", "relu", 3, dies=True, ends=None), maps)
    first = dead(Hidden("maps", "relu", 1, dies=True, ends=None), np.moveaxis(maps, 3, 1))

    assert (last, first) == (0.75, 0.75)


def test_saturated_units_are_flat_on_nearly_all_rows():
    """
    A unit in its flat ends, on either side, on 19 of 20 rows is saturated; on 18 of 20 it is not.
    """
    values = np.zeros((20, 4))
    values[:10, 0], values[10:19, 0] = 1.0, -0.98
    values[:18, 1] = 1.0
    values[:, 2] = 0.97

    assert saturated(TANH, values) == 0.25
    assert math.isnan(saturated(RELU, values))
    assert math.isnan(dead(TANH, values))


@pytest.mark.parametrize("size", [1e-30, 1.0, 1e30])
def test_norms_of_small_and_large_numbers_are_numbers(size):
    """
    A norm neither vanishes nor overflows where squares in 32 bits would.
    """
    values = np.array([[3 * size], [4 * size]], np.float32)

    np.testing.assert_allclose(norm(values), 5 * size, rtol=1e-6)


def test_a_choice_of_outputs_passes_by_no_channel():
    """
    Of a layer of many feature maps some outputs of every channel are counted, and of every row.
    """
    shape = (256, 14, 14, 32)
    places = np.unravel_index(some(np.arange(np.prod(shape)).reshape(shape)), shape)

    assert len(places[0]) <= MOST_VALUES
    assert [len(np.unique(axis)) for axis in places] == list(shape)
