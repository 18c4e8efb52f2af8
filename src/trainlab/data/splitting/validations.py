"""The ways to validate, as frozen values: how many folds of which kind. Knows no rows.

What each means is said here; how rows are shared out is in ``splits`` and the files beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.arguments import finite_number, whole_number
from trainlab.data.arrays import row_numbers, sealed
from trainlab.data.splitting.folds import listed_rows
from trainlab.errors import UsageError

MOST_FOLDS = 100_000
"""So many folds at most: each is a run of every variant and seed."""
MOST_LISTED = 500_000_000
"""So many row numbers at most in all folds together: 2 GB."""


@dataclass(frozen=True)
class Holdout:
    """Validate once, on one share of the rows.

    Args:
        fraction: share of the rows that validate, above 0 and below 1; rounded up to whole rows. Where the
            data have groups, to the nearest number of rows that keeps them whole.

    Raises:
        UsageError: for a fraction that is no number between 0 and 1.

    >>> Holdout(0.1)
    Holdout(fraction=0.1)
    >>> Holdout(10)
    Traceback (most recent call last):
    trainlab.errors.UsageError: validation: holdout: not a share of the rows (got 10). Give a number \
between 0 and 1, as 0.1.
    """

    fraction: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "fraction", _share(self.fraction, "holdout"))


@dataclass(frozen=True)
class KFold:
    """Validate every row once, in so many folds, each class in its share in each of them.

    Args:
        folds: how many, from 2 on. Groups of the data stay whole, as in `GroupKFold`.

    Raises:
        UsageError: for another number.

    Source:
        M. Stone, *Cross-validatory choice and assessment of statistical predictions*, J. R. Stat. Soc. B 36
        (1974); stratified: R. Kohavi, *A study of cross-validation and bootstrap*, IJCAI (1995).

    >>> KFold(5)
    KFold(folds=5)
    """

    folds: int

    def __post_init__(self) -> None:
        _whole(self, "folds", "kfold", 2)


@dataclass(frozen=True)
class RepeatedKFold:
    """Validate every row once in each of several k-fold splits, which are drawn independently.

    Args:
        folds: folds of one repeat, from 2 on.
        repeats: how often, from 1 on; the first repeat is `KFold(folds)`.

    Raises:
        UsageError: for other numbers, and for more than 100,000 folds in all.

    >>> RepeatedKFold(5, 3)
    RepeatedKFold(folds=5, repeats=3)
    """

    folds: int
    repeats: int

    def __post_init__(self) -> None:
        _whole(self, "folds", "repeated_kfold", 2)
        _whole(self, "repeats", "repeated_kfold", 1)
        if self.folds * self.repeats > MOST_FOLDS:
            asked, most = self.folds * self.repeats, MOST_FOLDS // self.folds
            cure = f"Ask for at most {most} repeats."
            raise UsageError(f"{asked} folds", "validation: repeated_kfold", self.repeats, cure)


@dataclass(frozen=True)
class MonteCarlo:
    """Validate several times, each time on another share of the rows, drawn independently.

    Args:
        splits: how often, from 1 on.
        fraction: share of the rows that validate each time, rounded as a holdout's is.

    Raises:
        UsageError: for another number, and for a fraction that is no number between 0 and 1.

    Source:
        R. Picard, R. Cook, *Cross-validation of regression models*, J. Am. Stat. Assoc. 79 (1984).

    >>> MonteCarlo(10)
    MonteCarlo(splits=10, fraction=0.2)
    """

    splits: int
    fraction: float = 0.2

    def __post_init__(self) -> None:
        _whole(self, "splits", "monte_carlo", 1)
        object.__setattr__(self, "fraction", _share(self.fraction, "fraction"))


@dataclass(frozen=True)
class GroupKFold:
    """Validate every group of the data once, in so many folds; a group never trains and validates.

    Args:
        folds: how many, from 2 on. They hold as equally many rows as whole groups allow, and each class in
            its share as far as they allow.

    Raises:
        UsageError: for another number.

    >>> GroupKFold(5)
    GroupKFold(folds=5)
    """

    folds: int

    def __post_init__(self) -> None:
        _whole(self, "folds", "group_kfold", 2)


@dataclass(frozen=True)
class TimeSeries:
    """Validate on what comes after: a fold trains on the rows before its validation rows, and on no others.

    The rows are cut into one block more than there are folds; all but the first validate in turn. The order
    is `Dataset.time`, and where there is none, the order of the rows.

    Args:
        folds: how many, from 1 on.
        gap: rows left out between training and validation, where what is learned reaches into the future.

    Raises:
        UsageError: for other numbers.

    Source:
        L. Tashman, *Out-of-sample tests of forecasting accuracy*, Int. J. Forecasting 16 (2000), rolling
        origin with equal test blocks. We depart from it where rows have equal times: those stay together.

    >>> TimeSeries(5)
    TimeSeries(folds=5, gap=0)
    """

    folds: int
    gap: int = 0

    def __post_init__(self) -> None:
        _whole(self, "folds", "time_series", 1)
        gap = whole_number(self.gap, "validation: gap", 0)
        object.__setattr__(self, "gap", gap)


@dataclass(frozen=True)
class LeaveOneOut:
    """Validate every row alone, or every group where the data have groups: as many folds as there are.

    One row cannot be halved, so no epoch can be chosen by cross-fitting (`halvable`).

    >>> LeaveOneOut()
    LeaveOneOut()
    """


@dataclass(frozen=True)
class Bootstrap:
    """Train on as many rows as there are, drawn with replacement; validate on those that were never drawn.

    About 37 % of the rows validate. Rows are drawn within their class, so that each class keeps its number.

    Args:
        samples: how often, from 1 on.
        common: share of the rows that is held out of all resamples, above 0 and below 1; then these validate
            each time, the same ones, and the others are drawn from. Left out, none.

    Raises:
        UsageError: for another number, and for a share that is no number between 0 and 1.

    Source:
        B. Efron, *Estimating the error rate of a prediction rule*, J. Am. Stat. Assoc. 78 (1983). We depart
        from it: a class of which every row was drawn is drawn again, since it could not validate.

    >>> Bootstrap(20)
    Bootstrap(samples=20, common=None)
    """

    samples: int
    common: float | None = None

    def __post_init__(self) -> None:
        _whole(self, "samples", "bootstrap", 1)
        if self.common is not None:
            object.__setattr__(self, "common", _share(self.common, "common"))


@dataclass(frozen=True)
class Disjoint:
    """Train on sets of rows that share none, and validate each time on the same rows, which train nowhere.

    Training sets without a common row are what bias and variance are told apart by: their spread is that of
    training sets drawn anew.

    Args:
        sets: how many training sets, from 2 on; each has about ``(1 - common) / sets`` of the rows.
        common: share of the rows that validates each time, rounded as a holdout's is.

    Raises:
        UsageError: for another number, and for a share that is no number between 0 and 1.

    Source:
        R. Kohavi, D. Wolpert, *Bias plus variance decomposition for zero-one loss functions*, ICML (1996),
        section 4. We depart from it: their training sets are drawn from half of the rows and overlap.

    >>> Disjoint(5)
    Disjoint(sets=5, common=0.2)
    """

    sets: int
    common: float = 0.2

    def __post_init__(self) -> None:
        _whole(self, "sets", "disjoint", 2)
        object.__setattr__(self, "common", _share(self.common, "common"))


@dataclass(frozen=True, eq=False)
class Splitter:
    """Validate as somebody else's splitter says, or on folds that are written out.

    The splitter sees targets and groups, and of the inputs nothing but how many rows there are.

    Args:
        splitter: any object with scikit-learn's ``split(X, y, groups)``, or a list of pairs of row numbers,
            training and validation.

    Attributes:
        splitter: the object, or a tuple of pairs of int32 arrays, read-only.

    Raises:
        UsageError: for anything else, and for pairs that hold no row numbers.

    >>> Splitter([([0, 1, 2], [3, 4]), ([2, 3, 4], [0, 1])])
    Splitter('2 pairs of rows, a617d0904eb8')
    >>> Splitter(5)
    Traceback (most recent call last):
    trainlab.errors.UsageError: validation: neither a splitter nor a list of pairs of rows (got 5). Pass an \
object with `split(X, y, groups)`, or `[(train, validation), ...]`.
    """

    splitter: Any

    def __post_init__(self) -> None:
        given = self.splitter
        if is_splitter(given):
            return
        if isinstance(given, (str, bytes, Mapping)) or not isinstance(given, Iterable):
            cure = "Pass an object with `split(X, y, groups)`, or `[(train, validation), ...]`."
            message = "neither a splitter nor a list of pairs of rows"
            raise UsageError(message, "validation", given, cure)
        pairs = tuple(_pair(pair, number) for number, pair in enumerate(islice(given, MOST_FOLDS + 1)))
        if not 0 < len(pairs) <= MOST_FOLDS:
            message = "no pair of rows" if not pairs else f"more than {MOST_FOLDS} pairs of rows"
            raise UsageError(message, "validation", None, "Pass `[(train, validation), ...]`.")
        object.__setattr__(self, "splitter", pairs)

    @property
    def name(self) -> str:
        """What it is called where it is printed and stored; pairs by a digest of their rows.

        >>> class EveryOther:
        ...     def split(self, X, y=None, groups=None): ...
        >>> Splitter(EveryOther()).name
        'EveryOther'
        """
        if is_splitter(self.splitter):
            said = repr(self.splitter)
            # Python's own words hold an address, which is another one each time.
            plain = said.startswith("<") or " at 0x" in said
            return type(self.splitter).__name__ if plain else " ".join(said.split())
        digest = sha256()
        for pair in self.splitter:
            for rows in pair:
                digest.update(len(rows).to_bytes(8, "little"))
                digest.update(rows.astype("<i4").tobytes())
        pairs = "pair" if len(self.splitter) == 1 else "pairs"
        return f"{len(self.splitter)} {pairs} of rows, {digest.hexdigest()[:12]}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Splitter):
            return NotImplemented
        if is_splitter(self.splitter) or is_splitter(other.splitter):
            return self.splitter is other.splitter or bool(self.splitter == other.splitter)
        return self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"Splitter({self.name!r})"


Validation = (
    Holdout
    | KFold
    | RepeatedKFold
    | MonteCarlo
    | GroupKFold
    | TimeSeries
    | LeaveOneOut
    | Bootstrap
    | Disjoint
    | Splitter
)


def is_splitter(value: object) -> bool:
    """Say whether a value splits as scikit-learn's splitters do; a text has a `split` of another kind.

    >>> is_splitter("a b"), is_splitter([([0], [1])])
    (False, False)
    """
    return callable(getattr(value, "split", None)) and not isinstance(value, (str, bytes, bytearray))


def _share(value: object, key: str) -> float:
    fraction = finite_number(value)
    if not 0 < fraction < 1:
        cure = "Give a number between 0 and 1, as 0.1."
        raise UsageError("not a share of the rows", f"validation: {key}", value, cure)
    return fraction


def _whole(validation: object, field: str, key: str, least: int) -> None:
    where = f"validation: {key}"
    number = whole_number(getattr(validation, field), where, least)
    if number > MOST_FOLDS:
        raise UsageError(f"too many {field}", where, number, f"Give at most {MOST_FOLDS}.")
    object.__setattr__(validation, field, number)


def _pair(pair: object, number: int) -> tuple[NDArray[Any], NDArray[Any]]:
    where = f"validation: fold {number}"
    if isinstance(pair, (str, bytes)) or not isinstance(pair, Sequence) or len(pair) != 2:
        raise UsageError("not a pair of rows", where, pair, "Pass `(train, validation)`.")
    train = listed_rows(pair[0], f"{where}: train")
    validation = row_numbers(pair[1], f"{where}: validation")
    return sealed(train, np.int32), sealed(validation, np.int32)
