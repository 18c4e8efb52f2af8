"""The books of early stopping, against what a person would do lane by lane and epoch by epoch."""

import dataclasses
import math

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainlab.engine.stopping import ALL, FIRST, SECOND, Books, Rules
from trainlab.experiment.recipe import Recipe

# Few values, so that ties and improvements of exactly min_delta happen; NaN as a lane may give it.
VALUES = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 2.0, math.nan])


@st.composite
def worlds(draw):
    """Draw what some lanes ask for, and the validation losses and costs of some epochs."""
    lanes, epochs = draw(st.integers(1, 4)), draw(st.integers(1, 12))
    asked = st.fixed_dictionaries(
        {
            "patience": st.integers(1, 4),
            "min_delta": st.sampled_from([0.0, 0.25, 0.5]),
            "monitor": st.sampled_from(["loss", "metric"]),
            "smooth": st.integers(1, 4),
        }
    )
    wishes = draw(st.lists(st.one_of(st.just(False), asked), min_size=lanes, max_size=lanes))
    size = epochs * 3 * lanes
    losses, costs = (
        np.array(draw(st.lists(VALUES, min_size=size, max_size=size))).reshape(epochs, 3, lanes)
        for _ in range(2)
    )
    return wishes, losses, costs


def one_lane(wish, losses, costs, which):
    """Say which epochs of one lane are best so far, and in which it stops, from the words of the promise."""
    patience, smooth, delta, curve = math.inf, 1, 0.0, losses
    if wish:
        patience, smooth, delta = wish["patience"], wish["smooth"], wish["min_delta"]
        curve = costs if wish["monitor"] == "metric" else losses
    kept, counted, waited, bests, stop = math.inf, math.inf, 0, [], None
    for epoch in range(1, len(curve) + 1):
        recent = [value for value in curve[max(0, epoch - smooth) : epoch] if not math.isnan(value)]
        value = math.nan if math.isnan(curve[epoch - 1]) else sum(recent) / len(recent)
        if value < kept:
            kept = value
            bests.append(epoch)
        if value + delta < counted:
            counted, waited = value, 0
        else:
            waited += 1
        if which == ALL and waited >= patience and stop is None:
            stop = epoch
    return bests, stop


@given(worlds())
def test_every_lane_stops_and_keeps_what_it_would_by_itself(world):
    """
    Patience, min_delta, monitor and smoothing give each lane the epochs that a plain loop over it gives.
    """
    wishes, losses, costs = world
    rules = Rules.of([Recipe(early_stopping=wish) for wish in wishes])
    books, found = Books.fresh(rules), []
    for epoch, (loss, cost) in enumerate(zip(losses, costs, strict=True), 1):
        found.append((books.after_epoch(rules, epoch, ~books.stopped, loss, cost), books.stopped.copy()))

    for lane, wish in enumerate(wishes):
        _, stop = one_lane(wish, losses[:, ALL, lane], costs[:, ALL, lane], ALL)
        lived = stop or len(losses)
        assert [stopped[lane] for _, stopped in found] == [
            stop is not None and epoch >= stop for epoch in range(1, len(losses) + 1)
        ]
        for which in (ALL, FIRST, SECOND):
            bests, _ = one_lane(wish, losses[:lived, which, lane], costs[:lived, which, lane], which)
            assert [epoch for epoch, (better, _) in enumerate(found, 1) if better[which, lane]] == bests
            assert books.best_epoch[which, lane] == (bests[-1] if bests else 0)


@given(worlds())
def test_lanes_do_not_see_each_other(world):
    """
    The books of one lane are those it has in a world of its own, whatever its neighbours ask for.
    """
    wishes, losses, costs = world
    rules = Rules.of([Recipe(early_stopping=wish) for wish in wishes])
    books = Books.fresh(rules)
    for epoch, (loss, cost) in enumerate(zip(losses, costs, strict=True), 1):
        books.after_epoch(rules, epoch, ~books.stopped, loss, cost)

    for lane, wish in enumerate(wishes):
        own = Rules.of([Recipe(early_stopping=wish)])
        alone = Books.fresh(own)
        for epoch, (loss, cost) in enumerate(zip(losses, costs, strict=True), 1):
            alone.after_epoch(own, epoch, ~alone.stopped, loss[:, [lane]], cost[:, [lane]])
        for name in ("best", "best_epoch"):
            np.testing.assert_array_equal(getattr(books, name)[:, lane], getattr(alone, name)[:, 0])
        assert books.stopped[lane] == alone.stopped[0]
        assert books.wait[lane] == alone.wait[0]


@pytest.mark.parametrize("patience", [1, 2, 4])
@pytest.mark.parametrize("min_delta", [0.0, 0.0625])
def test_a_lane_stops_in_the_epoch_of_keras(patience, min_delta):
    """
    On noisy curves that fall and rise a lane stops when Keras's own callback would.
    """
    random = np.random.default_rng(patience)
    for _ in range(20):
        curve = 5 + np.cumsum(random.choice([-0.25, -0.03125, 0.125, 0.25], 20, p=[0.3, 0.4, 0.1, 0.2]))
        callback = keras.callbacks.EarlyStopping(patience=patience, min_delta=min_delta, mode="min")
        callback.set_model(stand_in := keras.Sequential())
        callback.on_train_begin()
        stand_in.stop_training = False
        theirs = None
        rules = Rules.of([Recipe(early_stopping={"patience": patience, "min_delta": min_delta})])
        books = Books.fresh(rules)
        ours = None
        for epoch, loss in enumerate(curve, 1):
            callback.on_epoch_end(epoch - 1, {"val_loss": loss})
            if stand_in.stop_training and theirs is None:
                theirs = epoch
            books.after_epoch(rules, epoch, ~books.stopped, np.full((3, 1), loss), np.zeros((3, 1)))
            if books.stopped[0] and ours is None:
                ours = epoch
        assert ours == theirs


def test_books_come_back_from_a_checkpoint_as_they_were():
    """
    The books are arrays and nothing else, so that all of them are written down and read again.
    """
    rules = Rules.of([Recipe(early_stopping={"smooth": 3}), Recipe()])
    books = Books.fresh(rules)
    books.after_epoch(rules, 1, np.array([True, True]), np.ones((3, 2)), np.zeros((3, 2)))
    again = Books(**{name: np.array(value) for name, value in vars(books).items()})

    assert all(isinstance(value, np.ndarray) for value in vars(books).values())
    assert {field.name for field in dataclasses.fields(Books)} == set(vars(books))
    for name, value in vars(again).items():
        np.testing.assert_array_equal(value, getattr(books, name))


def chosen_scores(curves, first, second):
    """Score runs at the epoch best on all validation rows, and cross-fitted over its two halves.

    Args:
        curves: ``(run, epoch)`` true score, the higher the better.
        first: ``(run, epoch)`` what the first half of the rows shows.
        second: ``(run, epoch)`` what the other half shows.

    Returns:
        ``(run,)`` shown at the best epoch of all rows; cross-fitted; and true scores of the epochs chosen.
    """
    runs = np.arange(len(curves))
    costs = -np.stack([(first + second) / 2, first, second])  # (3, run, epoch)
    rules = Rules.of([Recipe(early_stopping={"monitor": "metric", "patience": 1000})] * len(curves))
    books = Books.fresh(rules)
    for epoch in range(curves.shape[1]):
        books.after_epoch(rules, epoch + 1, ~books.stopped, np.zeros((3, len(curves))), costs[..., epoch])
    best = books.best_epoch - 1
    lucky = -costs[ALL][runs, best[ALL]]
    fair = (first[runs, best[SECOND]] + second[runs, best[FIRST]]) / 2
    truth = (curves[runs, best[SECOND]] + curves[runs, best[FIRST]]) / 2
    return lucky, fair, truth


def test_cross_fitting_takes_the_luck_from_a_jittery_variant():
    """
    A variant that jumps from epoch to epoch seems better at its best epoch, and cross-fitted is what it is.

    The truth is known: both variants are equally good, true scores are 0.8 on average, and those of the
    jittery variant differ by 0.005 from epoch to epoch, so that choosing truly gains it something. What the
    100 rows of a half show is off by 0.04, most of it alike in all epochs of a calm network, which changes
    few of its answers.
    """
    random = np.random.default_rng(2)
    runs, epochs = 4000, 30
    seeming, fair, true, errors = {}, {}, {}, {}
    for name, jump, off in [("calm", 0.0, 0.005), ("jittery", 0.005, 0.024)]:
        curves = 0.8 + random.normal(0, jump, (runs, epochs))
        halves = [curves + random.normal(0, off, (runs, epochs)) for _ in range(2)]
        seeming[name], fair[name], true[name] = chosen_scores(curves, *halves)
        errors[name] = (fair[name] - true[name]).mean() / (fair[name] - true[name]).std() * np.sqrt(runs)
    gains = [found["jittery"].mean() - found["calm"].mean() for found in (seeming, fair, true)]

    assert 0.001 < gains[2] < 0.003, "choosing truly gains a little"
    assert gains[0] > gains[2] + 0.02, "and seems to gain two points more"
    assert abs(gains[1] - gains[2]) < 0.1 * (gains[0] - gains[2])
    assert all(abs(error) < 4 for error in errors.values())
