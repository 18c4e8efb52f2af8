"""Reduce on plateau, epoch by epoch against Keras's own callback."""

import itertools
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from trainlab.experiment.schedules import parse_schedule
from trainlab.model.functional import precision
from trainlab.recipe.plateau import Plateau, after_epoch, plateau_settings

RATE = 0.1


def keras_books(plateau, losses):
    """Keras's own callback on a real optimizer: `(epoch, book)` rate, best, wait and cooldown."""
    numbers = dict(plateau.numbers)
    callback = keras.callbacks.ReduceLROnPlateau(
        mode="min",
        factor=numbers["factor"],
        patience=int(numbers["patience"]),
        min_delta=numbers["min_delta"],
        cooldown=int(numbers["cooldown"]),
        min_lr=numbers["min_rate"],
    )
    optimizer = keras.optimizers.SGD(RATE)
    callback.set_model(SimpleNamespace(optimizer=optimizer))
    callback.on_train_begin()
    books = []
    for epoch, loss in enumerate(losses):
        callback.on_epoch_end(epoch, {"val_loss": float(loss)})
        rate = float(optimizer.learning_rate)
        books.append((rate, callback.best, callback.wait, callback.cooldown_counter))
    return np.array(books)


def our_books(schedules, losses):
    """`(epoch, book, lane)` of all lanes together, for losses `(epoch, lane)`."""
    settings = plateau_settings(schedules, np.full(len(schedules), RATE))
    state, books = Plateau.fresh(len(schedules)), []
    for row in losses:
        state = after_epoch(state, row, **settings)
        books.append((RATE * state.scale, state.best, state.wait, state.cooldown))
    return np.array(books)


def test_lanes_together_equal_keras_epoch_by_epoch():
    """
    Rate, best loss, wait and cooldown of 16 lanes equal Keras's callback after each of 40 epochs.
    """
    # Losses and thresholds are eighths, so that falling by exactly `min_delta` happens and is no rounding.
    settings = list(itertools.product((1, 3), (0.5, 0.25), (0, 0.125), (0, 2)))
    schedules = [
        parse_schedule(
            {
                "plateau": {
                    "patience": patience,
                    "factor": factor,
                    "min_delta": delta,
                    "cooldown": rest,
                    "min_rate": rest / 128,
                }
            }
        )
        for patience, factor, delta, rest in settings
    ]
    rng = np.random.default_rng(3)
    falling = np.linspace(4, 2, 40)[:, None]
    losses = np.round((falling + rng.normal(0, 0.3, (40, len(schedules)))) * 8) / 8

    ours = our_books(schedules, losses)

    with precision("float64"):
        keras_ones = [keras_books(schedule, losses[:, lane]) for lane, schedule in enumerate(schedules)]
    np.testing.assert_allclose(ours, np.stack(keras_ones, axis=-1), rtol=1e-12)
    assert len(np.unique(ours[-1, 0])) > 4  # the lanes did end at different rates
    assert (ours[-1, 0] == 2 / 128).any()  # and some at their lowest


@pytest.mark.parametrize(
    "losses",
    [
        [1, np.nan, np.nan, 0.5, np.nan, 2],
        [np.inf, np.inf, 3, 3, 3, 1],
        [1, -np.inf, -np.inf, 1, 1, 1],
    ],
    ids=str,
)
def test_losses_that_are_not_finite_are_judged_as_keras_does(losses):
    """
    After a first loss, NaN is never better and infinities are ordered as Keras orders them.
    """
    schedule = parse_schedule({"plateau": {"patience": 2}})

    ours = our_books([schedule], np.array(losses)[:, None])[:, :, 0]

    with precision("float64"):
        np.testing.assert_array_equal(ours, keras_books(schedule, losses))


def test_a_first_loss_of_nan_is_forgotten():
    """
    The first finite loss after NaN is the best one; until then the lane waits and is reduced.
    """
    schedule = parse_schedule({"plateau": {"patience": 2}})

    books = our_books([schedule], np.array([[np.nan], [np.nan], [5.0], [4.0]]))[:, :, 0]

    np.testing.assert_allclose(books[:, 0], [0.1, 0.05, 0.05, 0.05])
    np.testing.assert_array_equal(books[:, 1], [np.nan, np.nan, 5, 4])
    np.testing.assert_array_equal(books[:, 2], [1, 0, 0, 0])


def test_lanes_without_a_plateau_keep_their_rate():
    """
    A lane with another schedule never changes its scale; the books before are left as they were.
    """
    lanes = [parse_schedule("plateau"), parse_schedule("cosine"), parse_schedule("constant")]
    settings = plateau_settings(lanes, np.array([0.1, 0.2, 0.3]))
    before = state = Plateau.fresh(3)

    for _ in range(9):
        state = after_epoch(state, np.ones(3), **settings)

    np.testing.assert_array_equal(state.scale, [0.25, 1, 1])
    np.testing.assert_array_equal(before.scale, 1)
    np.testing.assert_array_equal(before.wait, 0)


def test_the_lowest_rate_is_reached_and_kept():
    """
    Reductions end at `min_rate` itself, also where it is no power of the factor; above the rate it is idle.
    """
    lanes = [parse_schedule({"plateau": {"patience": 1, "min_rate": lowest}}) for lowest in (0.03, 0.5)]

    rates = our_books(lanes, np.ones((6, 2)))[:, 0]

    np.testing.assert_allclose(rates[:, 0], [0.1, 0.05, 0.03, 0.03, 0.03, 0.03], rtol=1e-15)
    np.testing.assert_array_equal(rates[:, 1], 0.1)


def test_a_lane_goes_on_from_its_stored_books():
    """
    Stopping after any epoch, storing the arrays and going on ends where going through does.
    """
    schedules = [parse_schedule({"plateau": {"patience": 2, "cooldown": rest}}) for rest in (0, 1, 3)]
    settings = plateau_settings(schedules, np.full(3, RATE))
    losses = np.random.default_rng(0).normal(size=(12, 3))
    through = Plateau.fresh(3)
    for row in losses:
        through = after_epoch(through, row, **settings)

    state = Plateau.fresh(3)
    for row in losses:
        stored = {name: array.copy() for name, array in state.arrays().items()} | {"other": np.zeros(1)}
        state = after_epoch(Plateau.from_arrays(stored), row, **settings)

    for name, array in through.arrays().items():
        np.testing.assert_array_equal(state.arrays()[name], array)
        assert state.arrays()[name].dtype == array.dtype == Plateau.fresh(1).arrays()[name].dtype
