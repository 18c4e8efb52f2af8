"""TL103: training and validation rows, or those under seal, in different units."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.data.sealed import Profile, profile
from trainlab.protocol.check import Question
from trainlab.protocol.columns_seen import columns_seen, is_flattened
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import counted, listed

FALSE_ALARM = 1e-6
"""Probability of a false alarm in a fold, if rows were shared out by chance, whatever their distribution."""

TELLING_SHARE = 0.2
TELLING_RATIO = 5.0
FAR = 0.05
MANY = 10
"""So many rows at the far end, at least, have to make a mean: fewer may be a tail."""

MOST_FOLDS = 3
MOST_ROWS = 2_000
MOST_PIXELS = 200_000
QUANTILES = (0.1, 0.9, 0.99)

_CURE = (
    "Divide all rows by the same number, before they are put together: data hold numbers in one unit, and "
    "`prepare` (or `scale`) makes them small for every role alike."
)


class _Values(NamedTuple):
    """Numbers of one column, or of the images of one input, in the two roles."""

    said: str
    train: NDArray[np.float64]
    other: NDArray[np.float64]


def examine(question: Question) -> Iterator[Finding]:
    """Look for columns whose numbers are of another size in validation rows, or in sealed ones.

    Of rows that were shared out by chance, few lie beyond the range of the others, however heavy the tails.
    Where more do than once in a million folds, and the usual size differs five times too, units differ. A
    trend in time moves a column and hardly its size; it passes. The first three folds are looked at, and
    2,000 rows of each role. Of sealed rows only the range and the mean are known: there the mean of one has
    to lie far beyond the range of the other.
    """
    data = question.experiment.data
    for number, fold in enumerate(question.folds[:MOST_FOLDS]):
        found = list(_in_fold(data, fold.train, fold.validation))
        if found:
            where = "" if len(question.folds) == 1 else f", fold {number} of {len(question.folds)}"
            names = listed([said for said, _ in found], 3)
            yield CHECK.found(
                names + where,
                f"{counted(len(found), 'column')} of another size in validation rows: "
                f"{listed([told for _, told in found], 3)}",
                _CURE,
            )
            break
    yield from _under_seal(data)


def _in_fold(
    data: Dataset, train: NDArray[np.int32], validation: NDArray[np.int32]
) -> Iterator[tuple[str, str]]:
    pairs = [
        _Values(
            column.said, column.values[_some(train, MOST_ROWS)], column.values[_some(validation, MOST_ROWS)]
        )
        for column in columns_seen(data)
        if column.kind == "number"
    ]
    pairs += _pooled(data, train, validation)
    for said, of_train, of_other in pairs:
        trained, other = (values[np.isfinite(values)].astype(np.float64) for values in (of_train, of_other))
        if min(len(trained), len(other)) < 2:
            continue
        sizes = [_size(values) for values in (trained, other)]
        # Two thirds of zero pixels are no size: there the largest hundredth speaks.
        ratio = sizes[1] / sizes[0] if min(sizes) > 0 else 1.0
        if max(ratio, 1 / ratio) < TELLING_RATIO:
            continue
        large, small = (other, trained) if ratio > 1 else (trained, other)
        beyond = int(((large < small.min()) | (large > small.max())).sum())
        likely = by_chance(beyond, len(small), len(large)) * len(pairs) > FALSE_ALARM
        # Four fifths of zero pixels lie within any range: the share is of those that say something.
        telling = int((large != np.median(large)).sum())
        if likely or beyond < TELLING_SHARE * telling:
            continue
        yield (
            said,
            f"{said} {_span(trained)} in training and {_span(other)} in validation rows ({ratio:.3g} times)",
        )


def _pooled(data: Dataset, train: NDArray[np.int32], validation: NDArray[np.int32]) -> list[_Values]:
    """Give the pixels of an input as one column: rows of a role evenly chosen, as many as it takes."""
    found = []
    for index, part in enumerate(data.parts):
        if part.ndim == 2 and not is_flattened(data, part):
            continue
        said = f"`{data.inputs[index]}`" if data.inputs else "x"
        taken = max(MOST_PIXELS // max(part[0].size, 1), 50)
        roles = [part[_some(rows, taken)].ravel() for rows in (train, validation)]
        found.append(_Values(said, *roles))
    return found


def _some(rows: NDArray[np.int32], most: int) -> NDArray[np.int32]:
    """Take so many rows at most, evenly from all of them."""
    return rows[:: -(-len(rows) // most)]


def _size(values: NDArray[np.float64]) -> float:
    low, high, top = np.quantile(values, QUANTILES)
    return float(high - low) or float(top - low)


def by_chance(beyond: int, others: int, numbers: int) -> float:
    """Give the probability that at least so many of some numbers lie beyond the range of others like them.

    Args:
        beyond: how many lie below the smallest or above the largest of the others.
        others: how many others there are, at least 2.
        numbers: how many numbers there are.

    Source:
        That count has a negative hypergeometric distribution, whatever the numbers are drawn from: Wilks,
        *Statistical Prediction with Special Reference to the Problem of Tolerance Limits*, Annals of
        Mathematical Statistics 13 (1942). Ties make it smaller.

    >>> f"{by_chance(1, 5, 3):.4f}"
    '0.6429'
    """
    from scipy.special import gammaln

    def ways(all_of: int, chosen: int) -> float:
        return float(gammaln(all_of + 1) - gammaln(chosen + 1) - gammaln(all_of - chosen + 1))

    every, rest = ways(others + numbers, others), others + numbers - beyond
    return math.exp(ways(rest, others) - every) + beyond * math.exp(ways(rest - 1, others - 1) - every)


def _span(values: NDArray[np.float64]) -> str:
    return f"{values.min():.4g} to {values.max():.4g}"


def _under_seal(data: Dataset) -> Iterator[Finding]:
    """Compare with what a seal tells: the smallest, largest and mean number of each column."""
    if data.sealed is None:
        return
    found = []
    for said, here, sealed in _profiles(data):
        if _unlike(_Span.over(here), data.rows, _Span.over(sealed), data.sealed.rows):
            spans = [f"{np.nanmin(one.low):.4g} to {np.nanmax(one.high):.4g}" for one in (here, sealed)]
            found.append((said, f"{said} {spans[0]} in open and {spans[1]} in sealed rows"))
    if found:
        yield CHECK.found(
            f"test: {listed([said for said, _ in found], 3)}",
            f"{counted(len(found), 'column')} of another size in sealed rows: "
            f"{listed([told for _, told in found], 3)}",
            _CURE,
        )


class _Span(NamedTuple):
    """Smallest, largest and mean number of a column, or of all pixels."""

    low: float
    high: float
    mean: float

    @classmethod
    def over(cls, one: Profile) -> "_Span":
        return cls(float(np.nanmin(one.low)), float(np.nanmax(one.high)), float(np.nanmean(one.mean)))


def _profiles(data: Dataset) -> Iterator[tuple[str, Profile, Profile]]:
    """Give the profiles of open and of sealed rows, column by column in tables and whole for images."""
    columns = columns_seen(data)
    for index, (part, sealed) in enumerate(
        zip(data.parts, data.sealed.profile() if data.sealed else (), strict=True)
    ):
        here = profile(part)
        if part.ndim != 2 or is_flattened(data, part):
            yield f"`{data.inputs[index]}`" if data.inputs else "x", here, sealed
            continue
        for at in range(part.shape[1]):
            column = next(columns)
            known = np.isfinite([here.mean[at], sealed.mean[at]]).all()
            if column.kind == "number" and known:
                yield column.said, _column(here, at), _column(sealed, at)


def _column(whole: Profile, at: int) -> Profile:
    return Profile(whole.low[at : at + 1], whole.high[at : at + 1], whole.mean[at : at + 1])


def _unlike(here: _Span, rows: int, sealed: _Span, sealed_rows: int) -> bool:
    """Tell whether the mean of the wider column lies beyond the whole range of the other, and far beyond.

    Single rows of a heavy tail make a mean too, but then it lies few parts in ``rows`` of the width beyond.
    """
    (small, _), (large, count) = sorted(
        [(here, rows), (sealed, sealed_rows)], key=lambda one: one[0].high - one[0].low
    )
    width = large.high - large.low
    if small.high == small.low or width < TELLING_RATIO * (small.high - small.low):
        return False
    beyond = max(large.mean - small.high, small.low - large.mean)
    return beyond >= width * max(FAR, MANY / count)


CHECK = Check("TL103", "warn", "another scale in another role", examine)
