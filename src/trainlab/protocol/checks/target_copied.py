"""TL104: a column that is the target under another name."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.protocol.check import Question
from trainlab.protocol.columns_seen import SeenColumn, columns_seen
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import listed

CORRELATED = 0.999
SORTED = 0.999
NEARLY = 0.05
LEAST_ROWS = 20
FIRST_LOOK = 500
MOST_ROWS = 5_000


def examine(question: Question) -> Iterator[Finding]:
    """Look for a single column that tells the target alone.

    For classes: sorted by the column, rows stand by classes, but for one row in a thousand. For amounts: the
    ranks of column and target agree to a correlation of 0.999, so that a logarithm is found too. A data set
    of one column is a curve to be learned, and says nothing here.
    """
    data = question.experiment.data
    columns = list(columns_seen(data))
    if len(columns) < 2 or data.rows < LEAST_ROWS:
        return
    rows = np.random.default_rng(0).permutation(data.rows)
    find = _telling_class if data.classes else _following_amount
    found = [(column.said, told) for column in columns if (told := find(data, column, rows))]
    if found:
        yield CHECK.found(
            listed([said for said, _ in found], 3),
            listed([told for _, told in found], 3),
            "Leave the column out where it is known only once the target is; say why in `override` "
            "where it is known before.",
        )


def _telling_class(data: Dataset, column: SeenColumn, rows: NDArray[Any]) -> str:
    """Say how well a column tells the class; nothing where it does not."""
    share, kinds = 0.0, 0
    for most in (FIRST_LOOK, MOST_ROWS):
        chosen = rows[:most]
        values, labels = column.values[chosen], data.y[chosen]
        share, kinds = _told_apart(values, labels, in_order=column.kind == "number")
        if not share:
            return ""
    exactly = (
        " exactly one class each"
        if kinds == len(data.classes) and share == 1
        else f" the class of {100 * share:.4g} % of the rows"
    )
    return f"the {kinds} values of {column.said} tell{exactly}"


def _told_apart(values: NDArray[Any], labels: NDArray[Any], *, in_order: bool) -> tuple[float, int]:
    """Give the share of rows whose class a few pieces of the column tell, and how many values there are.

    A piece is one value, or a stretch of neighbouring values of numbers. There may be twice as many pieces as
    classes, so that a number that differs in every row tells nothing by that. What the largest class alone
    tells is worth nothing: where the rest is not told nearly as well, the share is 0.
    """
    present = np.bincount(labels)
    most = 2 * int((present > 0).sum())
    different, pieces = np.unique(values, return_inverse=True)
    kinds = len(different)
    if most < 4 or kinds < 2 or (kinds > most and not in_order):
        return 0.0, kinds
    counts = np.zeros((kinds, len(present)))
    np.add.at(counts, (pieces, labels), 1)
    wrong = len(labels) - (counts.max(axis=1).sum() if kinds <= most else _in_stretches(counts, most))
    if wrong > (1 - SORTED) * len(labels) or wrong > NEARLY * (len(labels) - present.max()):
        return 0.0, kinds
    return float(1 - wrong / len(labels)), kinds


def _in_stretches(counts: NDArray[np.float64], most: int) -> float:
    """Join neighbouring values of one class to stretches, and count the rows that the longest ones tell."""
    winners = counts.argmax(axis=1)
    stretch = np.cumsum(np.r_[False, winners[1:] != winners[:-1]])
    told = np.zeros(stretch[-1] + 1)
    np.add.at(told, stretch, counts.max(axis=1))
    return float(np.sort(told)[::-1][:most].sum())


def _following_amount(data: Dataset, column: SeenColumn, rows: NDArray[Any]) -> str:
    if column.kind != "number":
        return ""
    best, target = 0.0, 0
    for most in (FIRST_LOOK, MOST_ROWS):
        chosen = rows[:most]
        values = column.values[chosen].astype(np.float64)
        known = np.isfinite(values)
        if known.sum() < LEAST_ROWS or len(np.unique(values[known])) < LEAST_ROWS / 2:
            return ""
        best, target = max(
            (abs(_rank_correlation(values[known], data.y[chosen[known], at])), at)
            for at in range(data.outputs)
        )
        if best < CORRELATED:
            return ""
    name = (
        f"`{data.targets[target]}`"
        if data.targets
        else "the target"
        if data.outputs == 1
        else f"target {target}"
    )
    return f"{column.said} and {name} rank rows alike (correlation of ranks {best:.5f})"


def _rank_correlation(one: NDArray[Any], other: NDArray[Any]) -> float:
    ranks = [_ranks(values) for values in (one, other)]
    if min(rank.std() for rank in ranks) == 0:
        return 0.0
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _ranks(values: NDArray[Any]) -> NDArray[np.float64]:
    """Rank values; equal ones share the mean of their ranks."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: NDArray[np.float64] = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return ranks


CHECK = Check("TL104", "warn", "the target copied into a column", examine)
