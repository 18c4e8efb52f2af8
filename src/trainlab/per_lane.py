"""Numbers of unmodified Keras objects that differ between lanes.

Keras keeps a dropout rate or an L2 strength as a Python float in an attribute. While a program is traced, a
``PerLane`` stands in its place: a float to those who compare it, an array to those who compute with it. So
Keras's own arithmetic takes one value per lane and changing a value compiles nothing.

Keras is silently wrong for some attributes (RMSprop's ``rho``, Nadam's ``beta_1``, Ftrl's strengths,
AlphaDropout's ``rate``), so only the pairs in ``PROVEN`` may differ within a program; each stands in a test
that compares it with solo values. Any other number that differs opens another cohort.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import jax
import jax.numpy as jnp

PROVEN = frozenset(
    {
        ("Dropout", "rate"),
        ("LaneGaussianDropout", "rate"),
        ("LaneAlphaDropout", "rate"),
        ("GaussianNoise", "stddev"),
        ("DropConnect", "rate"),
        ("L1", "l1"),
        ("L2", "l2"),
        ("L1L2", "l1"),
        ("L1L2", "l2"),
        ("LaneMaxNorm", "max_value"),
        ("SGD", "momentum"),
        ("Adam", "beta_1"),
        ("Adam", "beta_2"),
        ("AdamW", "beta_1"),
        ("AdamW", "beta_2"),
        ("AdamW", "weight_decay"),
        ("Adamax", "beta_1"),
        ("Lion", "beta_1"),
    }
)


class PerLane(float):
    """A float that carries an array: comparisons see the float, arithmetic sees the array."""

    value: jax.Array

    def __new__(cls, seen: float, value: jax.Array) -> Self:
        """Make the number; ``seen`` is what comparisons are answered with."""
        made = super().__new__(cls, seen)
        made.value = value
        return made

    def __jax_array__(self) -> jax.Array:
        return self.value

    def __neg__(self) -> Any:
        return -self.value

    def __add__(self, other: Any) -> Any:
        return self.value + in_force(other)

    def __radd__(self, other: Any) -> Any:
        return in_force(other) + self.value

    def __sub__(self, other: Any) -> Any:
        return self.value - in_force(other)

    def __rsub__(self, other: Any) -> Any:
        return in_force(other) - self.value

    def __mul__(self, other: Any) -> Any:
        return self.value * in_force(other)

    def __rmul__(self, other: Any) -> Any:
        return in_force(other) * self.value

    def __truediv__(self, other: Any) -> Any:
        return self.value / in_force(other)

    def __rtruediv__(self, other: Any) -> Any:
        return in_force(other) / self.value

    def __pow__(self, other: Any, modulo: None = None) -> Any:
        return self.value ** in_force(other)

    def __rpow__(self, other: Any, modulo: None = None) -> Any:
        return in_force(other) ** self.value


def in_force(number: Any) -> Any:
    """Give what is computed with: the lane's number where there is one, else the number itself.

    For code of our own that hands a number to a function, where only operators would reach the array.

    >>> in_force(0.5), in_force(PerLane(0.5, jnp.array(0.25))).item()
    (0.5, 0.25)
    """
    return number.value if isinstance(number, PerLane) else number


@dataclass(frozen=True)
class Knob:
    """One attribute of a Keras object that takes its value from a number of the lane.

    Args:
        owner: the Keras object.
        attribute: name of the attribute.
        number: name of the lane's number.
    """

    owner: Any
    attribute: str
    number: str

    def __post_init__(self) -> None:
        pair = (type(self.owner).__name__, self.attribute)
        if pair not in PROVEN:
            raise ValueError(f"{pair} is not proven to take one value per lane")


@contextlib.contextmanager
def turned(knobs: Sequence[Knob], numbers: Mapping[str, jax.Array]) -> Iterator[None]:
    """Put each lane's numbers in place of the attributes, while a program is traced."""
    before = [getattr(knob.owner, knob.attribute) for knob in knobs]
    try:
        for knob, seen in zip(knobs, before, strict=True):
            object.__setattr__(knob.owner, knob.attribute, PerLane(seen, jnp.asarray(numbers[knob.number])))
        yield
    finally:
        for knob, seen in zip(knobs, before, strict=True):
            object.__setattr__(knob.owner, knob.attribute, seen)
