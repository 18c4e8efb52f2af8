"""How many rows and columns a baseline is fitted on, so that it costs little beside the networks.

Decided from sizes alone and never by a clock, so that the same experiment gives the same baselines anywhere.
The costs of a fit were measured on two slow cores (2026): they need to be right to a factor of two.
"""

import math
from dataclasses import dataclass

LINEAR_SECONDS = 5.0
TREES_SECONDS = 6.0
MOST_SECONDS = 30.0
"""A baseline that would take longer than this in all, on the fewest rows, is left out."""

FEWEST_ROWS = 1_000
TREE_COLUMNS = 256

ITERATIONS = 60
"""Of the logistic regression: enough for digits (34) and tables (25), not for Fashion-MNIST, where the
accuracy has settled by then (84.5 % after 60 iterations on 10,000 rows, 84.6 % after 100)."""

_DENSE_VALUES = 2**26
_FIT = 0.005
_PRODUCT = 0.5e-9
_SPARSE_PRODUCT = 3e-9
_FLOP = 1e-10
_TREE = 1e-3
_TREE_COLUMN_LEAF = 0.6e-6
_TREE_VALUE = 2e-9


@dataclass(frozen=True)
class Sizes:
    """What a fit takes in.

    Args:
        rows: training rows of the largest fold.
        columns: numbers of one row.
        outputs: classes, or targets.
        classifies: whether the outputs are classes.
        folds: how many folds.
        fill: share of the numbers that are not 0, where they are kept sparse; else 1.
    """

    rows: int
    columns: int
    outputs: int
    classifies: bool
    folds: int
    fill: float = 1.0

    @property
    def heads(self) -> int:
        """How many numbers a model gives for each row: two classes need one."""
        return 1 if self.classifies and self.outputs == 2 else self.outputs


@dataclass(frozen=True)
class Amount:
    """How much a baseline is fitted on in each fold.

    Args:
        rows: the most training rows.
        seconds: what that is expected to take, over all folds.
    """

    rows: int
    seconds: float

    @property
    def too_much(self) -> bool:
        """Whether even that is not worth the wait."""
        return self.seconds > MOST_SECONDS


@dataclass(frozen=True)
class Boosting:
    """How trees are boosted.

    Args:
        iterations: trees for each class or target.
        leaves: the most leaves of a tree.
        rate: how much of each tree is taken.
    """

    iterations: int
    leaves: int
    rate: float


def boosting(sizes: Sizes) -> Boosting:
    """Share some 3,200 leaves among the trees of all classes: fewer and smaller trees where there are many.

    With ten classes that cost accuracy 0.2 points on digits and saved four fifths of the time.

    >>> boosting(Sizes(1000, 8, 1, False, 1)), boosting(Sizes(1000, 8, 10, True, 1))
    (Boosting(iterations=100, leaves=31, rate=0.1), Boosting(iterations=40, leaves=8, rate=0.25))
    """
    iterations = min(max(400 // sizes.heads, 20), 100)
    leaves = min(max(3_200 // (iterations * sizes.heads), 8), 31)
    return Boosting(iterations, leaves, min(10 / iterations, 0.3))


def linear_amount(sizes: Sizes) -> Amount:
    """Decide on how many rows a linear model is fitted.

    >>> linear_amount(Sizes(54_000, 784, 10, True, 1)).rows
    21237
    >>> linear_amount(Sizes(1_437, 64, 10, True, 5)).rows
    1437
    """
    values = sizes.columns * sizes.fill
    if sizes.classifies:
        product = _PRODUCT if sizes.fill == 1 else _SPARSE_PRODUCT
        each = product * values * sizes.heads * ITERATIONS
    else:
        each = _FLOP * values * min(sizes.columns, sizes.rows)
    return _within(sizes, LINEAR_SECONDS, each, _FIT, _DENSE_VALUES / values)


def trees_amount(sizes: Sizes) -> Amount:
    """Decide on how many rows trees are boosted.

    >>> trees_amount(Sizes(54_000, 784, 10, True, 1)).rows
    8314
    """
    columns, settings = min(sizes.columns, TREE_COLUMNS), boosting(sizes)
    trees = settings.iterations * sizes.heads
    each = trees * _TREE_VALUE * columns * math.log2(settings.leaves)
    start = trees * (_TREE + _TREE_COLUMN_LEAF * columns * settings.leaves)
    return _within(sizes, TREES_SECONDS, each, start, _DENSE_VALUES / columns)


def _within(sizes: Sizes, seconds: float, each: float, start: float, most: float) -> Amount:
    """Take as many rows as the time of one fold allows, which shrinks as folds grow, but less quickly."""
    affordable = (seconds / math.sqrt(sizes.folds) - start) / each
    rows = int(min(sizes.rows, max(affordable, FEWEST_ROWS), max(most, 1)))
    return Amount(rows, sizes.folds * (start + each * rows))
