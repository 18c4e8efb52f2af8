"""Reduce on plateau: each lane's learning rate falls when its validation loss has stopped falling.

The books of all lanes are arrays on the host, brought up to date between epochs; the learning rate that a
lane trains with is its own times ``scale``. Nothing here knows what an epoch or a program is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from trainlab.experiment.schedules import KINDS, Schedule

_NONE_YET = np.nan  # no loss is below it and none is equal to it


@dataclass(frozen=True, eq=False)
class Plateau:
    """Where each lane stands.

    Args:
        best: ``(lane,)`` lowest validation loss that counted as better; NaN before the first.
        wait: ``(lane,)`` epochs since then or since the last reduction.
        cooldown: ``(lane,)`` epochs for which waiting does not count yet.
        scale: ``(lane,)`` what the learning rate is multiplied with, in (0, 1].

    >>> Plateau.fresh(2).scale
    array([1., 1.])
    """

    best: NDArray[np.float64]
    wait: NDArray[np.int64]
    cooldown: NDArray[np.int64]
    scale: NDArray[np.float64]

    @classmethod
    def fresh(cls, lanes: int) -> Self:
        """Make the books of lanes that have not trained yet."""
        zeros = np.zeros(lanes, np.int64)
        return cls(np.full(lanes, _NONE_YET), zeros, zeros, np.ones(lanes))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give the books as named arrays, for a checkpoint.

        >>> sorted(Plateau.fresh(1).arrays())
        ['best', 'cooldown', 'scale', 'wait']
        """
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Take the books from what ``arrays`` gave; other names are left alone."""
        return cls(**{field.name: np.asarray(arrays[field.name]) for field in fields(cls)})


def after_epoch(
    state: Plateau,
    losses: NDArray[np.float64],
    *,
    factor: NDArray[np.float64],
    patience: NDArray[Any],
    min_delta: NDArray[np.float64],
    cooldown: NDArray[Any],
    min_scale: NDArray[np.float64],
) -> Plateau:
    """Bring the books up to date with the validation losses of an epoch.

    Args:
        state: the books before.
        losses: ``(lane,)`` validation loss of the epoch; NaN is never better.
        factor: ``(lane,)`` what a reduction multiplies the rate with; 1 for lanes without a plateau.
        patience: ``(lane,)`` epochs without a better loss until the rate is reduced.
        min_delta: ``(lane,)`` how far a loss must fall below the best one to be better, in the loss's unit.
        cooldown: ``(lane,)`` epochs after a reduction during which waiting does not count.
        min_scale: ``(lane,)`` lowest rate as a share of the lane's own learning rate.

    Returns:
        The books after the epoch; ``state`` is left as it was.

    Source:
        ``keras.callbacks.ReduceLROnPlateau(mode="min")``, epoch by epoch. We depart from it where the first
        loss is NaN, which Keras keeps as the best for good, so that no later loss is better; and Keras
        compares losses and keeps the rate in its float type, where the books here are in float64.

    >>> settings = {
    ...     "factor": np.array([0.5]),
    ...     "patience": np.array([1]),
    ...     "min_delta": np.array([0.0]),
    ...     "cooldown": np.array([0]),
    ...     "min_scale": np.array([0.0]),
    ... }
    >>> first = after_epoch(Plateau.fresh(1), np.array([0.7]), **settings)
    >>> after_epoch(first, np.array([0.7]), **settings).scale
    array([0.5])
    """
    losses = np.asarray(losses, np.float64)
    cooling = np.maximum(state.cooldown - 1, 0)
    waited = np.where(state.cooldown > 0, 0, state.wait)
    better = (losses + min_delta < state.best) | (np.isnan(state.best) & ~np.isnan(losses))
    waiting = ~better & (cooling == 0)
    waited = np.where(better, 0, waited + waiting)
    # At the lowest rate nothing is reduced, so the wait goes on and no cooldown begins, as in Keras.
    reduced = waiting & (waited >= patience) & (state.scale > min_scale)
    return Plateau(
        best=np.where(better, losses, state.best),
        wait=np.where(reduced, 0, waited),
        cooldown=np.where(reduced, cooldown, cooling).astype(np.int64),
        scale=np.where(reduced, np.maximum(state.scale * factor, min_scale), state.scale),
    )


def plateau_settings(
    schedules: Sequence[Schedule], learning_rates: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Give the settings that ``after_epoch`` takes, for lanes with and without a plateau.

    Args:
        schedules: of each lane.
        learning_rates: ``(lane,)`` rate before any reduction, above 0.

    >>> from trainlab.experiment.schedules import parse_schedule
    >>> lanes = [parse_schedule("plateau"), parse_schedule("cosine")]
    >>> plateau_settings(lanes, np.array([0.1, 0.1]))["factor"]
    array([0.5, 1. ])
    """
    without = {name: default for name, (_, default) in KINDS["plateau"].items()} | {"factor": 1.0}
    lanes = [dict(schedule.numbers) if schedule.kind == "plateau" else without for schedule in schedules]
    settings = {name: np.array([lane[name] for lane in lanes], np.float64) for name in without}
    return settings | {"min_scale": settings.pop("min_rate") / learning_rates}
