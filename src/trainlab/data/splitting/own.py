"""Folds from a user's own splitter, in scikit-learn's form, or written out as pairs of rows.

A splitter is shown targets and groups, and of the inputs an array without columns: it can count rows, and
nothing else. What it answers is judged as every fold is, and it must answer the same when asked again.
"""

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.arrays import row_numbers
from trainlab.data.dataset import Dataset
from trainlab.data.splitting.folds import listed_rows
from trainlab.data.splitting.making import absent
from trainlab.data.splitting.validations import MOST_FOLDS, MOST_LISTED, Splitter, is_splitter
from trainlab.errors import UsageError, first_line

WHERE = "validation"
Rows = tuple[NDArray[Any], NDArray[Any]]


def own_folds(dataset: Dataset, validation: Splitter) -> list[Rows]:
    """Ask a splitter for its folds.

    Args:
        dataset: the rows; only their number, targets and groups are handed on.
        validation: the splitter, or the folds.

    Returns:
        For each fold, training and validation rows.

    Raises:
        UsageError: for an error inside the splitter, for answers that are no rows of the data, for a class
            without training rows, and for a splitter that answers differently when asked again.

    >>> data = Dataset(np.arange(4.0), [0, 1, 0, 1])
    >>> own_folds(data, Splitter([([0, 1], [2, 3])]))
    [(array([0, 1]), array([2, 3]))]
    """
    with warnings.catch_warnings():
        # Whether groups stay whole is judged on the folds; that a splitter looks away is no news.
        warnings.filterwarnings("ignore", message="The groups parameter is ignored", category=UserWarning)
        return _checked(dataset, validation)


def _checked(dataset: Dataset, validation: Splitter) -> list[Rows]:
    pairs = _asked(dataset, validation)
    if is_splitter(validation.splitter):
        again = _asked(dataset, validation)
        same = len(pairs) == len(again) and all(
            np.array_equal(one, other)
            for pair, repeated in zip(pairs, again, strict=True)
            for one, other in zip(pair, repeated, strict=True)
        )
        if not same:
            cure = "Give it a fixed seed, as `random_state=0`."
            raise UsageError("the splitter answers differently each time", WHERE, validation.name, cure)
    for number, (train, _) in enumerate(pairs):
        missing = absent(dataset, train)
        if missing is not None:
            name, count = dataset.classes[missing], dataset.class_counts[missing]
            message = f"none of the {len(train)} training rows is of class {name!r}, which has {count} rows"
            raise UsageError(message, f"{WHERE}: fold {number}", None, "Let each fold train on each class.")
    return pairs


def _asked(dataset: Dataset, validation: Splitter) -> list[Rows]:
    own = is_splitter(validation.splitter)
    answers = iter(_answers(validation, dataset) if own else validation.splitter)
    pairs: list[Rows] = []
    listed = 0
    while True:
        try:
            pair = next(answers)
        except StopIteration:
            break
        except Exception as error:
            raise _failing(validation, error) from error
        pairs.append(_read(pair, len(pairs), dataset.rows))
        listed += sum(len(rows) for rows in pairs[-1])
        if len(pairs) > MOST_FOLDS or listed > MOST_LISTED:
            cure = f"Let it give at most {MOST_FOLDS} folds, and {MOST_LISTED} row numbers in all of them."
            raise UsageError("the splitter gives more than memory holds", WHERE, validation.name, cure)
    if not pairs:
        cure = "Let it give one pair of rows for each fold."
        raise UsageError("the splitter gives no fold", WHERE, validation.name, cure)
    return pairs


def _failing(validation: Splitter, error: Exception) -> UsageError:
    cure = "Mend it, or choose another."
    return UsageError(f"the splitter fails: {first_line(error)}", WHERE, validation.name, cure)


def _answers(validation: Splitter, dataset: Dataset) -> Iterable[Any]:
    # Copies, and of the inputs nothing: whatever a splitter does, the data stay what they are, and unseen.
    targets = dataset.y[:, 0] if dataset.y.ndim == 2 and dataset.y.shape[1] == 1 else dataset.y
    groups = None if dataset.groups is None else dataset.groups.copy()
    try:
        answers: Iterable[Any] = validation.splitter.split(
            np.empty((dataset.rows, 0)), targets.copy(), groups
        )
        return iter(answers)
    except Exception as error:
        raise _failing(validation, error) from error


def _read(pair: Any, number: int, total: int) -> Rows:
    where = f"{WHERE}: fold {number}"
    try:
        train, validation = pair
    except (TypeError, ValueError):
        cure = "Let it give (training rows, validation rows)."
        raise UsageError("not a pair of rows", where, pair, cure) from None
    rows = listed_rows(train, f"{where}: train", total)
    held = row_numbers(validation, f"{where}: validation", total)
    both = np.sort(held[np.isin(held, rows)])
    if len(both):
        message = f"{len(both)} of its rows both train and validate"
        raise UsageError(message, where, both[0].item(), "Give each row one role.")
    return rows, held
