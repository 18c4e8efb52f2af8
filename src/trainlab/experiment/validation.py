"""How a file names the ways to validate, and which rows stay sealed: from names to values and back.

What a way means is said in ``data.splitting.validations``, and how rows are shared out in
``data.splitting.splits``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.folds import Fold
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import (
    MOST_FOLDS,
    Bootstrap,
    Disjoint,
    GroupKFold,
    Holdout,
    KFold,
    LeaveOneOut,
    MonteCarlo,
    RepeatedKFold,
    Splitter,
    TimeSeries,
    Validation,
    is_splitter,
)
from trainlab.errors import DataError, UsageError
from trainlab.experiment.checks import count, flag, listed, mapping
from trainlab.experiment.places import Place, standing_at

EXAMPLES = {
    "holdout": "{holdout: 0.2}",
    "kfold": "{kfold: 5}",
    "repeated_kfold": "{repeated_kfold: [5, 3]}",
    "monte_carlo": "{monte_carlo: 10, fraction: 0.2}",
    "group_kfold": "{group_kfold: 5}",
    "time_series": "{time_series: 5, gap: 0}",
    "leave_one_out": "{leave_one_out: true}",
    "bootstrap": "{bootstrap: 20}",
    "disjoint": "{disjoint: 5, common: 0.2}",
}
"""How each way is written; its key is the name of the way."""

BESIDE = {"fraction": ("monte_carlo",), "gap": ("time_series",), "common": ("disjoint", "bootstrap")}
"""Numbers that stand beside a way, and beside which."""

VALUES = (
    Holdout,
    KFold,
    RepeatedKFold,
    MonteCarlo,
    GroupKFold,
    TimeSeries,
    LeaveOneOut,
    Bootstrap,
    Disjoint,
    Splitter,
)


def parse_validation(value: object, where: str = "validation") -> Validation:
    """Read which rows validate.

    Args:
        value: a mapping as it stands in a file, one of the values that `tl.KFold` and the others make, or any
            object with scikit-learn's ``split(X, y, groups)``.
        where: its place.

    Raises:
        UsageError: for anything else; what was probably meant is said.

    >>> parse_validation({"holdout": 0.1})
    Holdout(fraction=0.1)
    >>> parse_validation({"time_series": 5, "gap": 2})
    TimeSeries(folds=5, gap=2)
    >>> parse_validation({"kfolds": 5})
    Traceback (most recent call last):
    trainlab.errors.UsageError: validation.kfolds: unknown way to validate (got 'kfolds'). Did you mean \
`kfold`?
    """
    if isinstance(value, VALUES):
        return value
    if is_splitter(value):
        return Splitter(value)
    place = Place.of(where)
    if not isinstance(value, Mapping) or not value:
        example = EXAMPLES.get(value, EXAMPLES["holdout"]) if isinstance(value, str) else EXAMPLES["holdout"]
        raise UsageError("not a way to validate", place, value, f"Write `validation: {example}`.")
    if "splitter" in value:
        cure = "Pass it in Python, as `tl.Experiment(..., validation=splitter)`, or choose a way by its name."
        raise UsageError("a splitter cannot stand in a file", place.key("splitter"), None, cure)
    kinds = mapping(value, place, (*EXAMPLES, *BESIDE), "way to validate")
    ways = [key for key in kinds if key in EXAMPLES]
    if len(ways) > 1:
        cure = f"Choose one, as `validation: {EXAMPLES[ways[0]]}`."
        raise UsageError(f"`{ways[0]}` and `{ways[1]}` at once", place.key(ways[1]), None, cure)
    for key, owners in BESIDE.items():
        if key in kinds and not any(owner in kinds for owner in owners):
            cure = f"Write `validation: {EXAMPLES[owners[0]]}`, or leave it out."
            named = " and ".join(f"`{owner}`" for owner in owners)
            raise UsageError(f"`{key}` belongs to {named}", place.key(key), kinds[key], cure)
    (way,) = ways
    read: Validation = READERS[way](kinds, place)
    return read


def parse_test(value: object, where: str = "test") -> Holdout:
    """Read which share of the rows stays sealed.

    Raises:
        UsageError: for anything but a holdout.

    >>> parse_test({"holdout": 0.2})
    Holdout(fraction=0.2)
    >>> parse_test(0.2)
    Traceback (most recent call last):
    trainlab.errors.UsageError: test: not a way to seal rows (got 0.2). Write `test: {holdout: 0.2}`.
    """
    if isinstance(value, Holdout):
        return value
    place, cure = Place.of(where), f"Write `test: {EXAMPLES['holdout']}`."
    if not isinstance(value, Mapping) or not value:
        raise UsageError("not a way to seal rows", place, value, cure)
    for key in value:
        if key in EXAMPLES and key != "holdout":
            raise UsageError(f"`{key}` validates and seals no rows", place.key(key), None, cure)
    kinds = mapping(value, place, ("holdout",), "way to seal rows")
    with standing_at(place / "holdout"):
        return Holdout(kinds["holdout"])


def validation_document(validation: Validation) -> dict[str, Any]:
    """Give a way to validate as it is written in a file, the name of the way first.

    A user's own splitter stands by its name, and cannot be read again.

    >>> validation_document(RepeatedKFold(5, 3))
    {'repeated_kfold': [5, 3]}
    >>> parse_validation(validation_document(MonteCarlo(10, 0.1)))
    MonteCarlo(splits=10, fraction=0.1)
    """
    match validation:
        case Holdout(fraction=fraction):
            document: dict[str, Any] = {"holdout": fraction}
        case KFold(folds=folds):
            document = {"kfold": folds}
        case RepeatedKFold(folds=folds, repeats=repeats):
            document = {"repeated_kfold": [folds, repeats]}
        case MonteCarlo(splits=splits, fraction=fraction):
            document = {"monte_carlo": splits, "fraction": fraction}
        case GroupKFold(folds=folds):
            document = {"group_kfold": folds}
        case TimeSeries(folds=folds, gap=gap):
            document = {"time_series": folds, "gap": gap}
        case LeaveOneOut():
            document = {"leave_one_out": True}
        case Bootstrap(samples=samples, common=common):
            document = {"bootstrap": samples} if common is None else {"bootstrap": samples, "common": common}
        case Disjoint(sets=sets, common=common):
            document = {"disjoint": sets, "common": common}
        case _:
            document = {"splitter": validation.name}
    return document


def split_at(
    data: Dataset, validation: Validation, split_seed: int = 0, where: str = "validation"
) -> tuple[Fold, ...]:
    """Share out the rows as `split` does, and refuse at the key that asks too much.

    Args:
        data: the rows.
        validation: how to validate.
        split_seed: what the split is drawn from.
        where: place of the way to validate.

    Raises:
        UsageError: as `split` does, with the place of the key: of ``gap`` where the gap is too large.
        DataError: as `split` does.

    >>> import numpy as np
    >>> split_at(Dataset(np.arange(6.0), [0, 1] * 3), KFold(4))
    Traceback (most recent call last):
    trainlab.errors.UsageError: validation.kfold: too many folds: the smallest class, '0', has 3 of 6 rows, \
and each fold needs one (got 4). Give at most 3.
    """
    try:
        return split(data, validation, split_seed)
    except (UsageError, DataError) as error:
        place = Place.of(where)
        head, colon, key = error.where.partition(": ")
        if head != "validation":
            raise
        written = colon and key in {*EXAMPLES, *BESIDE}
        message = error.message if written or not key else f"{key}: {error.message}"
        raise type(error)(message, place / key if written else place, error.value, error.cure) from error


def _whole(way: str, least: int) -> Callable[[Mapping[str, Any], Place], int]:
    def read(kinds: Mapping[str, Any], place: Place) -> int:
        number: int = count(low=least, high=MOST_FOLDS)(kinds[way], place / way)
        return number

    return read


def _holdout(kinds: Mapping[str, Any], place: Place) -> Holdout:
    with standing_at(place / "holdout"):
        return Holdout(kinds["holdout"])


def _repeated(kinds: Mapping[str, Any], place: Place) -> RepeatedKFold:
    here = place / "repeated_kfold"
    entries = listed(kinds["repeated_kfold"])
    if entries is None or len(entries) != 2:
        cure = f"Write folds and repeats, as `validation: {EXAMPLES['repeated_kfold']}`."
        raise UsageError("not two numbers", here, kinds["repeated_kfold"], cure)
    folds = count(low=2, high=MOST_FOLDS)(entries[0], here / 0)
    repeats = count(low=1, high=MOST_FOLDS)(entries[1], here / 1)
    with standing_at(here / 1):
        return RepeatedKFold(folds, repeats)


def _monte_carlo(kinds: Mapping[str, Any], place: Place) -> MonteCarlo:
    splits = _whole("monte_carlo", 1)(kinds, place)
    with standing_at(place / "fraction"):
        return MonteCarlo(splits, kinds["fraction"]) if "fraction" in kinds else MonteCarlo(splits)


def _time_series(kinds: Mapping[str, Any], place: Place) -> TimeSeries:
    folds = _whole("time_series", 1)(kinds, place)
    return TimeSeries(folds, count(low=0)(kinds["gap"], place / "gap") if "gap" in kinds else 0)


def _bootstrap(kinds: Mapping[str, Any], place: Place) -> Bootstrap:
    samples = _whole("bootstrap", 1)(kinds, place)
    with standing_at(place / "common"):
        return Bootstrap(samples, kinds["common"]) if "common" in kinds else Bootstrap(samples)


def _disjoint(kinds: Mapping[str, Any], place: Place) -> Disjoint:
    sets = _whole("disjoint", 2)(kinds, place)
    with standing_at(place / "common"):
        return Disjoint(sets, kinds["common"]) if "common" in kinds else Disjoint(sets)


def _leave_one_out(kinds: Mapping[str, Any], place: Place) -> LeaveOneOut:
    if not flag()(kinds["leave_one_out"], place / "leave_one_out"):
        cure = f"Write `validation: {EXAMPLES['leave_one_out']}`, or another way."
        raise UsageError("this names no way to validate", place / "leave_one_out", False, cure)
    return LeaveOneOut()


READERS: dict[str, Callable[[Mapping[str, Any], Place], Validation]] = {
    "holdout": _holdout,
    "kfold": lambda kinds, place: KFold(_whole("kfold", 2)(kinds, place)),
    "repeated_kfold": _repeated,
    "monte_carlo": _monte_carlo,
    "group_kfold": lambda kinds, place: GroupKFold(_whole("group_kfold", 2)(kinds, place)),
    "time_series": _time_series,
    "leave_one_out": _leave_one_out,
    "bootstrap": _bootstrap,
    "disjoint": _disjoint,
}
