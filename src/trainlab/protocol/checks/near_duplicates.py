"""TL102: validation or sealed rows that are all but copies of training rows.

A photograph saved twice, a measurement with its last digit rounded: different bytes, the same row.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.data.sealed import row_digests
from trainlab.data.splitting.folds import Fold
from trainlab.protocol.check import Question
from trainlab.protocol.row_contents import CHUNK
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import listed

NEAR = 0.05
"""Share of the usual distance between two rows; a byte of noise in each pixel of a photograph makes 0.02."""

PLATEAU = 0.6
TELLING_SHARE = 0.005
TELLING_ROWS = 2
PROJECTIONS = 12
NEIGHBOURS = 16
"""Whoever has as many so near lives in a crowd, and is not spoken of."""

MOST_FOLDS = 3
MOST_ROWS = 5_000
MOST_ROUNDED = 10_000_000

_CURE = (
    "Keep such rows together: give them one label in `groups`, which every split keeps whole, or drop "
    "all but "
    "one of them before rows are shared out."
)


def examine(question: Question) -> Iterator[Finding]:
    """Look for validation rows that lie far closer to a training row than rows of these data do.

    Columns count by their spread in tables and as they are in images. In few columns rows are close by
    nature: then twice the distance finds many more pairs, as 2 to the power of the data's dimension. Near
    copies are found within the first distance already, so only then is something said. The first three folds
    are looked at, and 5,000 validation rows of each; of sealed rows hashes alone are known, and what differs
    in the last digits only is found.

    Source:
        Distances are kept by random projections: Johnson & Lindenstrauss, *Extensions of Lipschitz mappings
        into a Hilbert space* (1984). The count of pairs by distance is the correlation integral of
        Grassberger & Procaccia, *Measuring the strangeness of strange attractors*, Physica D 9 (1983).
    """
    data = question.experiment.data
    space = _Space(data)
    if space.usual > 0:
        for number, fold in enumerate(question.folds[:MOST_FOLDS]):
            found = list(_near_in(space, fold, number, len(question.folds)))
            yield from found
            if found:
                break
    yield from _near_sealed(data)


class _Space:
    """The rows with columns of equal weight, and the same in few random directions."""

    def __init__(self, data: Dataset) -> None:
        random = np.random.default_rng(0)
        sample = random.choice(data.rows, min(data.rows, 2_000), replace=False)
        self.parts = [_flat(data, part) for part in data.parts]
        self.weights = [
            _weights(flat, part, sample) for flat, part in zip(self.parts, data.parts, strict=True)
        ]
        self.points = np.zeros((data.rows, PROJECTIONS), np.float32)
        variance = 0.0
        for flat, weights in zip(self.parts, self.weights, strict=True):
            directions = random.normal(0, PROJECTIONS**-0.5, (flat.shape[1], PROJECTIONS)).astype(np.float32)
            variance += float((_filled(flat[sample]) * weights).var(axis=0).sum())
            for start in range(0, data.rows, CHUNK):
                rows = _filled(flat[start : start + CHUNK])
                self.points[start : start + CHUNK] += rows @ (directions * weights[:, np.newaxis])
        self.usual = float(np.sqrt(2 * variance))

    def distances(self, these: NDArray[Any], those: NDArray[Any]) -> NDArray[np.float64]:
        """Give the distance of pairs of rows, as a share of the usual one."""
        squares = np.zeros(len(these))
        for flat, weights in zip(self.parts, self.weights, strict=True):
            for start in range(0, len(these), CHUNK):
                chosen = slice(start, start + CHUNK)
                apart = (_filled(flat[these[chosen]]) - _filled(flat[those[chosen]])) * weights
                squares[chosen] += np.einsum("rc,rc->r", apart, apart)
        shares: NDArray[np.float64] = np.sqrt(squares) / self.usual
        return shares


def _flat(data: Dataset, part: NDArray[Any]) -> NDArray[Any]:
    """Lay rows flat; a level or a text becomes a number drawn for it: its position says nothing."""
    flat = part.reshape(data.rows, -1)
    named = [at for at, column in enumerate(data.columns) if column.kind != "number"]
    if not named:
        return flat
    flat = flat.astype(np.float32)
    random = np.random.default_rng(1)
    for at in named:
        drawn = random.normal(size=len(data.columns[at].levels)).astype(np.float32)
        known = np.isfinite(flat[:, at])
        flat[known, at] = drawn[flat[known, at].astype(np.int64)]
    return flat


def _weights(flat: NDArray[Any], part: NDArray[Any], sample: NDArray[Any]) -> NDArray[np.float32]:
    spread = _filled(flat[sample]).std(axis=0)
    if part.ndim > 2 or flat.dtype == np.uint8:
        whole = float(np.sqrt((spread**2).mean()))
        return np.full(flat.shape[1], 1 / whole if whole > 0 else 0.0, np.float32)
    weights: NDArray[np.float32] = np.divide(1, spread, out=np.zeros_like(spread), where=spread > 0)
    return weights


def _filled(rows: NDArray[Any]) -> NDArray[np.float32]:
    numbers: NDArray[np.float32] = rows.astype(np.float32)
    if rows.dtype.kind == "f":
        np.nan_to_num(numbers, copy=False)
    return numbers


def _near_in(space: _Space, fold: Fold, number: int, folds: int) -> Iterator[Finding]:
    from scipy.spatial import cKDTree

    looked = fold.validation[:: -(-len(fold.validation) // MOST_ROWS)]
    train = np.unique(fold.train)
    tree = cKDTree(space.points[train])
    # In twelve directions a distance comes out at most 1.66 times as long, but once in a thousand.
    reach = 2 * NEAR * space.usual * 1.66
    apart, at = tree.query(space.points[looked], k=min(NEIGHBOURS, len(train)), distance_upper_bound=reach)
    apart, at = apart.reshape(len(looked), -1), at.reshape(len(looked), -1)
    which, place = np.nonzero(np.isfinite(apart))
    these, those = looked[which], train[at[which, place]]
    shares = space.distances(these, those)
    alone = np.bincount(which[shares <= 2 * NEAR], minlength=len(looked)) < NEIGHBOURS
    around = (shares > 0) & (shares <= 2 * NEAR) & alone[which]
    near = around & (shares <= NEAR)
    rows = np.unique(these[near])
    share = len(rows) / len(looked)
    if len(rows) < TELLING_ROWS or share < TELLING_SHARE or near.sum() < PLATEAU * around.sum():
        return
    closest = np.flatnonzero(near)[np.argsort(shares[near], kind="stable")]
    pairs = [f"{these[pair]} (as {those[pair]}, {100 * shares[pair]:.2g} %)" for pair in closest]
    part = "" if len(looked) == len(fold.validation) else f" looked at, of {len(fold.validation):,},"
    yield CHECK.found(
        "rows" if folds == 1 else f"rows, fold {number} of {folds}",
        f"{len(rows):,} of {len(looked):,} validation rows{part} ({100 * share:.3g} %) are all but "
        f"a training row: they lie within {100 * NEAR:g} % of the usual distance between rows, and up to "
        f"twice as far there are only {int(around.sum() - near.sum()):,} pairs more: rows {listed(pairs, 3)}",
        _CURE,
    )


def _near_sealed(data: Dataset) -> Iterator[Finding]:
    if data.sealed is None or all(part.dtype == np.uint8 for part in data.parts):
        return
    if sum(part.size for part in data.parts) > MOST_ROUNDED:
        return
    spreads = np.concatenate([np.nanstd(part.reshape(data.rows, -1), axis=0) for part in data.parts])
    if not (spreads > 0).any():
        return
    # A ten-thousandth of the smallest spread: what two rows share by chance are more digits than that.
    decimals = int(np.ceil(4 - np.log10(spreads[spreads > 0].min())))
    exact = dict.fromkeys(row_digests(data))
    of_open = {digest: row for row, digest in reversed(list(enumerate(row_digests(data, decimals))))}
    sealed = zip(data.sealed.digests(), data.sealed.digests(decimals), strict=True)
    twins = [of_open[rounded] for whole, rounded in sealed if rounded in of_open and whole not in exact]
    share = len(twins) / data.sealed.rows
    if len(twins) >= TELLING_ROWS and share >= TELLING_SHARE:
        yield CHECK.found(
            "test",
            f"{len(twins):,} of {data.sealed.rows:,} sealed test rows ({100 * share:.3g} %) equal an "
            "open row to "
            f"{decimals} digits after the point: rows {listed(sorted(set(twins)), 3)}",
            _CURE,
        )


CHECK = Check("TL102", "warn", "near copies in training and validation", examine)
