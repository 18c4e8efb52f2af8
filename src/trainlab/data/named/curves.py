"""Curves of one input with noise of known size: what a regression can learn, and where it must stop.

The noise is normal with one standard deviation everywhere, so its square is the mean squared error that no
model can expect to get below; with the true curve at hand, bias and variance can be told apart.
"""

import inspect
import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainlab.data.arguments import finite_number, whole_number
from trainlab.data.dataset import Dataset
from trainlab.errors import UsageError

FEWEST = 10
LOUDEST = 10.0

Curve = Callable[[NDArray[np.float64]], NDArray[np.float64]]


class KnownCurve(NamedTuple):
    """What points were made from: the curve, in words and as a function, and the size of the noise.

    Args:
        words: the curve as a formula.
        truth: gives the curve at ``(row,)`` inputs.
        noise: standard deviation of what was added.
    """

    words: str
    truth: Curve
    noise: float


_CURVES: Mapping[str, tuple[str, Curve]] = MappingProxyType(
    {
        "curve_line": ("2 x", lambda x: 2 * x),
        "curve_sine": ("sin(2 pi x)", lambda x: np.sin(2 * math.pi * x)),
        "curve_step": ("1 where x > 0, else 0", lambda x: np.where(x > 0, 1.0, 0.0)),
        # C. Runge (1901): polynomials through its points swing wildly at the ends.
        "curve_runge": ("1 / (1 + 25 x^2)", lambda x: 1 / (1 + 25 * x**2)),
    }
)


def curve_line(rows: int = 200, *, noise: float = 0.2, seed: int = 0) -> Dataset:
    """Make the straight line ``2 x`` on [-1, 1], with noise.

    Args:
        rows: how many points, at least 10; inputs are drawn uniformly.
        noise: standard deviation of the normal noise on the target, 0 to 10.
        seed: what the points are made from, from 0 on.

    Raises:
        UsageError: for arguments out of these ranges.

    >>> curve_line()
    Dataset('curve_line': 200 rows of shape (1,), 1 target)
    """
    return _made("curve_line", rows, noise, seed)


def curve_sine(rows: int = 200, *, noise: float = 0.2, seed: int = 0) -> Dataset:
    """Make two waves of a sine, ``sin(2 pi x)`` on [-1, 1], with noise.

    Args:
        rows: how many points, at least 10; inputs are drawn uniformly.
        noise: standard deviation of the normal noise on the target, 0 to 10.
        seed: what the points are made from, from 0 on.

    Raises:
        UsageError: for arguments out of these ranges.

    >>> curve_sine(noise=0.5).notes[-1]
    'noise: standard deviation 0.5, so no model can expect a mean squared error below 0.25'
    """
    return _made("curve_sine", rows, noise, seed)


def curve_step(rows: int = 200, *, noise: float = 0.2, seed: int = 0) -> Dataset:
    """Make a step from 0 to 1 at 0 on [-1, 1], with noise: smooth models cannot follow it.

    Args:
        rows: how many points, at least 10; inputs are drawn uniformly.
        noise: standard deviation of the normal noise on the target, 0 to 10.
        seed: what the points are made from, from 0 on.

    Raises:
        UsageError: for arguments out of these ranges.

    >>> sorted({float(y) for y in curve_step(noise=0).y[:, 0]})
    [0.0, 1.0]
    """
    return _made("curve_step", rows, noise, seed)


def curve_runge(rows: int = 200, *, noise: float = 0.2, seed: int = 0) -> Dataset:
    """Make Runge's bell ``1 / (1 + 25 x^2)`` on [-1, 1], with noise.

    Args:
        rows: how many points, at least 10; inputs are drawn uniformly.
        noise: standard deviation of the normal noise on the target, 0 to 10.
        seed: what the points are made from, from 0 on.

    Raises:
        UsageError: for arguments out of these ranges.

    Source:
        C. Runge, *Über empirische Funktionen und die Interpolation zwischen äquidistanten Ordinaten*,
        Zeitschrift für Mathematik und Physik 46 (1901).

    >>> round(float(curve_runge(noise=0).y.max()), 1)
    1.0
    """
    return _made("curve_runge", rows, noise, seed)


def known_curve(source: object) -> KnownCurve | None:
    """Give the truth behind a data set from its ``source``; None where that is no curve of this module.

    >>> known = known_curve(curve_sine(noise=0.5).source)
    >>> known.words, known.noise, known.truth(np.array([0.25])).tolist()
    ('sin(2 pi x)', 0.5, [1.0])
    >>> known_curve("iris") is None
    True
    """
    name: Any = source
    options: Mapping[str, Any] = {}
    if isinstance(source, Mapping) and len(source) == 1:
        ((name, options),) = source.items()
    if not isinstance(name, str) or name not in _CURVES:
        return None
    words, truth = _CURVES[name]
    usual = inspect.signature(curve_sine).parameters["noise"].default
    return KnownCurve(words, truth, float(options.get("noise", usual)))


def _made(name: str, rows: int, noise: float, seed: int) -> Dataset:
    whole_number(rows, "rows", FEWEST)
    whole_number(seed, "seed", 0)
    if not 0 <= finite_number(noise) <= LOUDEST:
        raise UsageError("not in the allowed range", "noise", noise, f"Give a number in [0, {LOUDEST:g}].")
    words, truth = _CURVES[name]
    random = np.random.default_rng(seed)
    x = random.uniform(-1, 1, rows)
    y = truth(x) + noise * random.standard_normal(rows)
    usual = (rows, noise, seed) == (200, 0.2, 0)
    floor = f"no model can expect a mean squared error below {noise**2:g}"
    floor = f"noise: standard deviation {noise:g}, so {floor}"
    return Dataset(
        x.reshape(-1, 1),
        y,
        name=name,
        task="regression",
        # Inputs go from -1 to 1 already: nothing is standardized.
        scale=1.0,
        columns=["x"],
        targets=["y"],
        source=name if usual else {name: {"rows": int(rows), "noise": float(noise), "seed": int(seed)}},
        notes=[f"made by trainlab: y = {words}, {rows} rows, seed {seed}", floor],
    )
