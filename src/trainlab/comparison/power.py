"""How many seeds or rows a verdict needs, for a difference that was named beforehand.

Never for the difference that was seen: that only says again what p has said (Hoenig & Heisey, *The Abuse of
Power*, The American Statistician 55, 2001). The spread is estimated, so every answer here is an "about".
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from trainlab.comparison.crossed import Components, Crossed, Floats, Layout, MeanSquares, half_width

Axis = Literal["seeds", "rows"]
What = Literal["nothing", "seeds", "rows", "folds", "none"]
Chance = Callable[[Layout, float], float]

PROMISED = 0.8
MOST_SEEDS = 10_000
MOST_ROWS = 1_000_000_000


@dataclass(frozen=True)
class Needed:
    """What a verdict still needs.

    Args:
        what: ``"seeds"``, ``"rows"`` or, over several splits, ``"folds"``; ``"nothing"`` where there is a
            verdict; ``"none"`` where no number of one of them alone would do.
        n: how many in all, those at hand included; None with ``"nothing"`` and ``"none"``.
        seeds: with ``"none"``, how many seeds in all would do together with ``rows``, where some would.
        rows: with ``"none"``, how many rows in all would do together with ``seeds`` or with ``folds``.
        folds: with ``"none"``, how many folds in all would do together with ``seeds`` or with ``rows``.
        out_of_reach: with ``"none"``, whether no number that could be had would do; else the difference would
            likely have shown already.

    >>> Needed("seeds", 13).document()
    {'what': 'seeds', 'n': 13, 'seeds': None, 'rows': None, 'folds': None}
    """

    what: What
    n: int | None = None
    seeds: int | None = None
    rows: int | None = None
    folds: int | None = None
    out_of_reach: bool = False

    def document(self) -> dict[str, object]:
        """Give plain values, as the contract names them."""
        return {"what": self.what, "n": self.n, "seeds": self.seeds, "rows": self.rows, "folds": self.folds}


def power(spread: Components, layout: Layout, alpha: float, difference: float) -> float:
    """Give the probability that the interval excludes zero at this true difference, on its own side.

    >>> round(power(Components(seed=1.0, row=0.0, rest=0.0), Layout(seeds=10, rows=1_000), 0.05, 1.0), 2)
    0.80
    """
    error, half = _foreseen(spread, layout, alpha)
    return share_below(abs(difference) - half, error)


def detectable(spread: Components, layout: Layout, alpha: float) -> float:
    """Give the smallest true difference whose interval excludes zero with 80 % probability.

    >>> round(detectable(Components(seed=1.0, row=0.0, rest=0.0), Layout(seeds=10, rows=1_000), 0.05), 2)
    1.00
    """
    error, half = _foreseen(spread, layout, alpha)
    return room_for(half, error)


def chance_of_equivalence(spread: Components, layout: Layout, alpha: float, smallest: float) -> float:
    """Give the probability that the interval lies within the smallest difference when there is no difference.

    >>> chance_of_equivalence(Components(0.0, 0.0, 0.0), Layout(seeds=5, rows=100), 0.05, 0.01)
    1.0
    """
    error, half = _foreseen(spread, layout, alpha)
    return max(2 * share_below(smallest - half, error, least=0.5) - 1, 0.0)


def needed(measured: Crossed, smallest: float, alpha: float = 0.05) -> Needed:
    """Say what would settle an undecided comparison.

    As many as give 80 % power at a true difference of ``smallest``. Where those are at hand already, as many
    as would show with 80 % probability that no difference is no difference that matters; where these are at
    hand too, none: the true difference is then likely near the smallest that matters, and no number can be
    promised. Rows are named where the part of the variance that more seeds leave as it is dominates, else
    seeds; and the other one where the first cannot do it alone. Where neither can, both are named: rows that
    take half of the variance there may be, and seeds that take the rest.

    Args:
        measured: what is known so far.
        smallest: the smallest difference that matters, above 0.
        alpha: probability left outside the interval, as the verdict used it.

    >>> squares = MeanSquares(seed=0.5, row=0.01, rest=0.01)
    >>> needed(Crossed(0.001, Layout(seeds=5, rows=1_000), squares), smallest=0.02)
    Needed(what='seeds', n=12, seeds=None, rows=None, folds=None, out_of_reach=False)
    """
    spread, layout = measured.components, measured.layout
    if spread is None:
        return Needed("seeds", 2) if layout.seeds < 2 else Needed("rows", 2)

    def shown(layout: Layout, difference: float) -> float:
        return power(spread, layout, alpha, difference)

    def ruled_out(layout: Layout, difference: float) -> float:
        return chance_of_equivalence(spread, layout, alpha, difference)

    unmet = layout.step * math.log(1 / alpha) / layout.rows / 2  # about two standard errors
    of_seeds = spread.seed / layout.seeds + spread.rest / (layout.seeds * layout.rows)
    of_rows = spread.row / layout.rows + unmet**2
    order: tuple[Axis, Axis] = ("rows", "seeds") if of_rows > of_seeds else ("seeds", "rows")
    for chance in (shown, ruled_out):
        if chance(layout, smallest) < PROMISED:
            for axis in order:
                n = _enough(chance, layout, axis, smallest)
                if n is not None:
                    return Needed(axis, n)
            return _together(chance, layout, smallest)
    return Needed("none")


def _together(chance: Chance, layout: Layout, smallest: float) -> Needed:
    """Find rows that would do for half the variance there may be, and the seeds that go with them."""
    rows = _enough(chance, replace(layout, seeds=MOST_SEEDS), "rows", smallest / math.sqrt(2))
    seeds = None if rows is None else _enough(chance, replace(layout, rows=rows), "seeds", smallest)
    return Needed("none", out_of_reach=True) if seeds is None else Needed("none", seeds=seeds, rows=rows)


def _enough(chance: Chance, layout: Layout, axis: Axis, difference: float) -> int | None:
    """Find the least number of seeds or of rows that keeps the promise, by halving; None where none does."""

    def keeps(n: int) -> bool:
        changed = replace(layout, seeds=n) if axis == "seeds" else replace(layout, rows=n)
        return chance(changed, difference) >= PROMISED

    return least(keeps, *((layout.seeds, MOST_SEEDS) if axis == "seeds" else (layout.rows, MOST_ROWS)))


def least(keeps: Callable[[int], bool], low: int, high: int) -> int | None:
    """Find the least number above ``low`` and up to ``high`` that keeps a promise, by halving.

    Args:
        keeps: whether a number keeps it; a larger one must, too.
        low: a number that does not.
        high: the largest number that is looked at.

    >>> least(lambda n: n * n >= 50, 1, 100), least(lambda n: n * n >= 50, 1, 7)
    (8, None)
    """
    if low >= high or not keeps(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if keeps(middle) else (middle, high)
    return high


def _foreseen(spread: Components, layout: Layout, alpha: float) -> tuple[float, Floats]:
    """Foresee the standard error, and half widths as mean squares will vary: ``(seed, row)`` quantiles."""
    from scipy.special import gammaincinv

    def varied(count: int, quantiles: int) -> Floats:
        at = (np.arange(quantiles) + 0.5) / quantiles
        around_one: Floats = gammaincinv((count - 1) / 2, at) * 2 / (count - 1)
        return around_one

    seeds, rows = layout.seeds, layout.rows
    squares = MeanSquares(
        seed=(rows * spread.seed + spread.rest) * varied(seeds, 200)[:, None],
        row=(seeds * spread.row + spread.rest) * varied(rows, 20)[None, :],
        rest=spread.rest,
    )
    error = math.sqrt(spread.seed / seeds + spread.row / rows + spread.rest / (seeds * rows))
    half: Floats = half_width(squares, layout, alpha)
    return error, half


def room_for(half: Floats, error: float, promised: float = PROMISED) -> float:
    """Give the true difference that leaves half widths behind it with this probability, by halving.

    Args:
        half: half widths of the interval, in several cases of equal probability.
        error: standard deviation of the error.
        promised: the probability.

    >>> round(room_for(np.array([1.96]), 1.0), 2)
    2.80
    """
    low, high = 0.0, float(half.max()) + 10 * error
    for _ in range(50):
        middle = (low + high) / 2
        enough = share_below(middle - half, error) >= promised
        low, high = (low, middle) if enough else (middle, high)
    return high


def share_below(room: Floats, error: float, *, least: float = 0.0) -> float:
    """Average the probability that a normal error stays below the room there is.

    Args:
        room: how large the error may be, in several cases of equal probability.
        error: standard deviation of the error.
        least: what a case counts at least.

    >>> round(share_below(np.array([0.0, 1.96]), 1.0), 3)
    0.738
    """
    from scipy.special import ndtr

    if error == 0:
        return float(np.mean(np.where(room >= 0, 1.0, least)))
    return float(np.mean(np.maximum(ndtr(room / error), least)))
