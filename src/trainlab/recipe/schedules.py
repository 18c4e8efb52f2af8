"""The learning rate at each step: arithmetic that takes every number as an array, and Keras's counterpart.

``rate`` is traced into the program of the lanes; ``keras_schedule`` is for ``keras.Model.fit``, with which
lanes are compared, and rests on Keras's own schedules wherever there is one. Nothing here knows of lanes.
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Self

import jax
import jax.numpy as jnp
import keras
import numpy as np
from keras import ops

from trainlab.experiment.schedules import KINDS, LEFT_OUT, WARMUP, Schedule

Numbers = Mapping[str, jax.Array]

# Of one_cycle, as PyTorch and fastai have them; Smith & Topin leave them open.
RISING = 0.3  # share of the steps in which the rate rises
FIRST = 1 / 25  # first rate as a share of the peak
LAST = FIRST / 1e4  # last rate as a share of the peak

# Warm-ups are whole steps. Halves are rounded up, also where 0.15 in float32 times 190 falls short of 28.5.
_HALF_UP = 0.501
_LONGEST = 2**30  # steps, so that a warm-up of a billion epochs is no overflow


def rate(
    kind: str,
    step: jax.Array,
    base: jax.Array,
    numbers: Numbers,
    *,
    steps_per_epoch: int | jax.Array,
    epochs: int | jax.Array,
) -> jax.Array:
    """Give the learning rate of a step.

    The warm-up rises in equal steps to the rate, which its last step has; the schedule begins with the next
    step and what is left of the training is its horizon. In one_cycle the warm-up is the rise itself. A
    warm-up of a part of a step is rounded to whole steps.

    Args:
        kind: one of ``KINDS``; the only argument that is structure, all others may differ between lanes.
        step: whole number, updates taken so far, from 0.
        base: the learning rate, above 0; its type is that of the result and of the arithmetic.
        numbers: all numbers of the kind and ``warmup``, as ``Schedule.numbers`` has them.
        steps_per_epoch: updates in an epoch.
        epochs: epochs of the training.

    Returns:
        The learning rate, above 0 during the training. For ``plateau`` it is the one before any reduction.

    Source:
        cosine: Loshchilov & Hutter, *SGDR*, ICLR 2017, with the lowest rate 0; our periods are equally long.
        one_cycle: Smith & Topin, *Super-Convergence*, 2018, with the two cosine arcs and the shares of
        PyTorch's ``OneCycleLR``; the momentum is not cycled. exponential and inverse_time: as Keras's
        ``ExponentialDecay`` and ``InverseTimeDecay`` with an epoch as ``decay_steps``.

    >>> numbers = {"every": jnp.array(1.0), "factor": jnp.array(0.5), "warmup": jnp.array(1.0)}
    >>> [
    ...     float(rate("step", jnp.array(step), jnp.array(0.8), numbers, steps_per_epoch=2, epochs=3))
    ...     for step in range(6)
    ... ]
    [0.4, 0.8, 0.8, 0.8, 0.4, 0.4]
    """
    base = jnp.asarray(base)
    step = jnp.asarray(step, jnp.int32)
    given = {name: jnp.asarray(numbers[name], base.dtype) for name in (*KINDS[kind], WARMUP)}
    total = jnp.asarray(steps_per_epoch * epochs, jnp.int32)
    steps = jnp.floor(given[WARMUP] * jnp.asarray(steps_per_epoch, base.dtype) + _HALF_UP)
    warmup = jnp.minimum(steps, _LONGEST).astype(jnp.int32)
    if kind == "one_cycle":
        peak = jnp.where(given["peak"] == LEFT_OUT, base, given["peak"])
        rise = jnp.where(given[WARMUP] > 0, warmup.astype(base.dtype), RISING * total.astype(base.dtype))
        return peak * _one_cycle(step, rise - 1, total)
    warm = jnp.minimum(step + 1, warmup).astype(base.dtype) / jnp.maximum(warmup, 1).astype(base.dtype)
    reached = jnp.where(warmup > 0, warm, 1)
    since = jnp.maximum(step - warmup, 0)
    passed = since.astype(base.dtype) / jnp.asarray(steps_per_epoch, base.dtype)
    if kind == "step":
        every = jnp.minimum(given["every"], jnp.asarray(epochs, base.dtype)).astype(jnp.int32)
        return base * reached * given["factor"] ** (since // (every * steps_per_epoch)).astype(base.dtype)
    if kind == "exponential":
        return base * reached * given["factor"] ** passed
    if kind == "inverse_time":
        return base * reached / (1 + given["rate"] * passed)
    if kind == "cosine":
        return base * reached * _cosine(since, jnp.maximum(total - warmup, 1), given["restarts"])
    return base * reached


def _cosine(since: jax.Array, horizon: jax.Array, restarts: jax.Array) -> jax.Array:
    # In whole numbers: a quotient of floats may fall on the wrong side of a restart.
    periods = restarts.astype(jnp.int32) + 1
    done = jnp.minimum(since, horizon) * periods
    left = horizon - (done - jnp.minimum(done // horizon, periods - 1) * horizon)
    return _arc(left.astype(restarts.dtype) / horizon.astype(restarts.dtype))


def _one_cycle(step: jax.Array, rise: jax.Array, total: jax.Array) -> jax.Array:
    """Give the share of the peak; ``rise`` is the step that has the peak, which may lie between two."""
    at = step.astype(rise.dtype)
    fall = (total - 1).astype(rise.dtype) - rise
    up = FIRST + (1 - FIRST) * _arc(at / jnp.where(rise > 0, rise, 1))
    left = jnp.maximum(total - 1 - step, 0).astype(rise.dtype) / jnp.where(fall > 0, fall, 1)
    down = LAST + (1 - LAST) * _arc(left)
    return jnp.where((rise > 0) & (at <= rise), up, down)


def _arc(share: jax.Array) -> jax.Array:
    """Rise along half a cosine from 0 to 1; the square keeps its digits where 1 + cos would cancel."""
    return jnp.sin(share * (math.pi / 2)) ** 2


def keras_schedule(
    schedule: Schedule, learning_rate: float, *, steps_per_epoch: int, epochs: int
) -> keras.optimizers.schedules.LearningRateSchedule:
    """Make the Keras schedule that has the same rates as ``rate``, for ``keras.Model.fit``.

    Args:
        schedule: kind and numbers.
        learning_rate: the learning rate, above 0.
        steps_per_epoch: updates in an epoch.
        epochs: epochs of the training.

    Returns:
        A schedule that Keras can save and load. For ``plateau`` it has the rates before any reduction, since
        Keras's callback wants an optimizer whose learning rate is a plain number.

    >>> schedule = Schedule("exponential", (("factor", 0.5), ("warmup", 0.0)))
    >>> made = keras_schedule(schedule, 0.1, steps_per_epoch=10, epochs=2)
    >>> type(made).__name__, float(made(10))
    ('ExponentialDecay', 0.05)
    """
    numbers = dict(schedule.numbers)
    total = steps_per_epoch * epochs
    warmup = math.floor(numbers[WARMUP] * steps_per_epoch + _HALF_UP)
    if schedule.kind == "one_cycle":
        peak = learning_rate if numbers["peak"] == LEFT_OUT else numbers["peak"]
        return OneCycle(peak, (warmup if numbers[WARMUP] else RISING * total) - 1, total)
    after = _after_warmup(schedule.kind, numbers, learning_rate, steps_per_epoch, max(total - warmup, 1))
    return after if after is not None and not warmup else WarmUp(learning_rate, warmup, after)


def _after_warmup(
    kind: str, numbers: Mapping[str, float], learning_rate: float, steps_per_epoch: int, horizon: int
) -> Any:
    made = keras.optimizers.schedules
    if kind == "step":
        steps = int(numbers["every"]) * steps_per_epoch
        return made.ExponentialDecay(learning_rate, steps, numbers["factor"], staircase=True)
    if kind == "exponential":
        return made.ExponentialDecay(learning_rate, steps_per_epoch, numbers["factor"])
    if kind == "inverse_time":
        return made.InverseTimeDecay(learning_rate, steps_per_epoch, numbers["rate"])
    if kind == "cosine" and not numbers["restarts"]:
        return made.CosineDecay(learning_rate, horizon)
    if kind == "cosine":
        # Keras divides the step by the period: one that rounding made too long would restart a step late.
        periods = int(numbers["restarts"]) + 1
        period = np.asarray(horizon / periods, keras.config.floatx())[()]
        if Fraction(float(period)) * periods > horizon:
            period = np.nextafter(period, np.zeros_like(period))
        return made.CosineDecayRestarts(learning_rate, float(period), t_mul=1.0)
    return None


@keras.saving.register_keras_serializable(package="trainlab")
class WarmUp(keras.optimizers.schedules.LearningRateSchedule):
    """A Keras schedule that rises in equal steps to the learning rate, then hands over to another.

    Keras's own warm-up, in ``CosineDecay``, hands over one step earlier and belongs to that schedule alone.

    Args:
        learning_rate: rate that the last step of the warm-up has.
        warmup_steps: updates in the warm-up; 0 for none.
        after: the schedule that begins with the next step; left out, the learning rate stays.

    >>> [float(WarmUp(0.5, 2)(step)) for step in range(3)]
    [0.25, 0.5, 0.5]
    """

    def __init__(self, learning_rate: float, warmup_steps: int, after: Any = None) -> None:
        super().__init__()
        self.learning_rate = learning_rate
        self.warmup_steps = warmup_steps
        self.after = after

    def __call__(self, step: Any) -> Any:  # noqa: D102  # Keras says what a schedule's call is
        full = ops.convert_to_tensor(self.learning_rate, keras.config.floatx())
        since = ops.maximum(ops.subtract(step, self.warmup_steps), 0)
        after = full if self.after is None else self.after(since)
        risen = full * ops.cast(ops.add(step, 1), full.dtype) / max(self.warmup_steps, 1)
        return ops.where(ops.less(step, self.warmup_steps), risen, after)

    def get_config(self) -> dict[str, Any]:
        """Give what the schedule is made of, as Keras saves it."""
        saved = None if self.after is None else keras.optimizers.schedules.serialize(self.after)
        return {"learning_rate": self.learning_rate, "warmup_steps": self.warmup_steps, "after": saved}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make the schedule from what ``get_config`` gave."""
        saved = config["after"]
        after = None if saved is None else keras.optimizers.schedules.deserialize(saved)
        return cls(config["learning_rate"], config["warmup_steps"], after)


@keras.saving.register_keras_serializable(package="trainlab")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """A Keras schedule that rises to a peak and falls to almost nothing, both along half a cosine.

    Each arc is one of Keras's own ``CosineDecay``, the rising one read from its end.

    Args:
        peak: highest rate.
        rise: step that has the peak; it may lie between two steps, or before the first.
        total_steps: updates in the training.

    >>> f"{float(OneCycle(0.5, 2, 6)(0)):.2f} {float(OneCycle(0.5, 2, 6)(2)):.2f}"
    '0.02 0.50'
    """

    def __init__(self, peak: float, rise: float, total_steps: int) -> None:
        super().__init__()
        self.peak = peak
        self.rise = rise
        self.total_steps = total_steps

    def __call__(self, step: Any) -> Any:  # noqa: D102  # Keras says what a schedule's call is
        at = ops.cast(step, keras.config.floatx())
        fall = self.total_steps - 1 - self.rise
        up = self._arc(self.rise, FIRST)(self.rise - at)
        down = self._arc(fall, LAST)(at - self.rise)
        return ops.where(at <= self.rise, up, down) if self.rise > 0 else down

    def _arc(self, steps: float, lowest: float) -> Any:
        return keras.optimizers.schedules.CosineDecay(self.peak, steps if steps > 0 else 1, alpha=lowest)

    def get_config(self) -> dict[str, Any]:
        """Give what the schedule is made of, as Keras saves it."""
        return {"peak": self.peak, "rise": self.rise, "total_steps": self.total_steps}
