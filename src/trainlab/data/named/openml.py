"""Tables of OpenML, by number or by name and version, fetched and kept by scikit-learn.

The one source of this room that asks a server of its own accord. scikit-learn keeps what it fetched, so a
second run needs no network; it reads without pandas, and gives the levels of categories as numbers.
"""

import warnings
from collections.abc import Mapping
from typing import Any, get_args
from urllib.error import HTTPError, URLError

import numpy as np
from numpy.typing import NDArray

from trainlab.data.arguments import whole_number
from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.data.files.ordinary import check_room
from trainlab.data.targets import Task
from trainlab.errors import DataError, MissingError, UsageError, first_line

AWAY = (
    "Connect to the network once; or read the table as a file: download it from openml.org elsewhere and "
    "write `data: {csv: file.csv, target: column}`; or copy `scikit_learn_data/openml` from the "
    "home of a machine that has fetched it."
)


def read_openml(
    which: int | str,
    *,
    version: int | None = None,
    target: str | None = None,
    task: str | None = None,
    name: str | None = None,
) -> Dataset:
    """Fetch a table from OpenML, or take it from scikit-learn's cache.

    Args:
        which: its number, which names one version for good; or its name.
        version: which version of that name; left out, the oldest active one. With a number it is compared.
        target: the column to predict; left out, the one that OpenML names.
        task: ``"classification"`` or ``"regression"``; left out, a target with levels is a classification.
        name: what the data are called; left out, as on OpenML.

    Raises:
        UsageError: for a number or name that OpenML does not know, and for a target that is no column.
        DataError: for tables with texts or dates, without a target, or with missing targets.
        MissingError: where the network is needed and is not there.

    Source:
        J. Vanschoren et al., *OpenML: Networked Science in Machine Learning*, SIGKDD Explorations 15 (2013).

    >>> read_openml(-3)
    Traceback (most recent call last):
    trainlab.errors.UsageError: openml: not in the allowed range (got -3). Give a whole number of at least 1.
    """
    asked = _asked(which, version)
    if task not in (None, *get_args(Task)):
        cure = "Write `classification` or `regression`, or leave it out."
        raise UsageError("unknown task", "openml.task", task, cure)
    fetched, said = _fetched(asked, target)
    details: Mapping[str, Any] = fetched["details"]
    number, found = int(details["id"]), int(details["version"])
    if isinstance(which, int) and version is not None and version != found:
        message = f"number {which} is version {found} of `{details['name']}`"
        raise UsageError(message, "openml.version", version, f"Write {found}, or leave the version out.")
    x, columns, empty = _inputs(fetched)
    y = fetched["target"]
    if y is None:
        cure = f"Name a column: `target: {columns[-1].name}`."
        raise DataError(f"OpenML names no target for `{details['name']}`", "openml", which, cure)
    levelled = np.asarray(y).dtype.kind in "OUT"
    if task is None:
        task = "classification" if levelled else "regression"
    if task == "regression" and levelled:
        cure = "Leave the task out, or name another column: `target: column`."
        raise DataError("the target has levels, and no amounts", "openml", str(np.ravel(y)[0]), cure)
    notes = [f"OpenML {number}: `{details['name']}`, version {found}", *said]
    usual = str(details.get("default_target_attribute", ""))
    if target is not None and usual in {column.name for column in columns}:
        notes.append(f"`{usual}`, the target that OpenML names, is among the inputs")
    notes += [f"column `{column}` has no value at all and was left out" for column in empty]
    told = {"target": target, "task": task, "name": name}
    return Dataset(
        x,
        _labels(np.asarray(y)) if task == "classification" else np.asarray(y, np.float64),
        name=name or str(details["name"]),
        task=task,
        columns=columns,
        missing=True,
        targets=fetched["target_names"] if task == "regression" else (),
        licence=str(details.get("licence", "")),
        source={"openml": {"id": number, "version": found}}
        | {key: value for key, value in told.items() if value is not None},
        notes=notes,
    )


def _asked(which: object, version: object) -> dict[str, Any]:
    """Say to scikit-learn what is meant."""
    if version is not None:
        whole_number(version, "openml.version", 1)
    if isinstance(which, str) and which.strip():
        return {"name": which, "version": "active" if version is None else version}
    if isinstance(which, str) or which is None:
        cure = "Give a number or a name, as `openml: 31` or `openml: credit-g`."
        raise UsageError("not a data set of OpenML", "openml", which, cure)
    return {"data_id": whole_number(which, "openml", 1)}


def _fetched(asked: Mapping[str, Any], target: str | None) -> tuple[Mapping[str, Any], list[str]]:
    """Fetch a table; beside it what scikit-learn had to say."""
    from sklearn.datasets import fetch_openml

    chosen = {} if target is None else {"target_column": target}
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            fetched = fetch_openml(**asked, **chosen, as_frame=False, parser="liac-arff")
    except HTTPError as error:
        if error.code in {404, 412}:
            raise _unknown(asked, error) from error
        raise MissingError(f"OpenML answers with {error.code}", "openml", cure=AWAY) from error
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise MissingError(f"OpenML cannot be reached: {reason}", "openml", cure=AWAY) from error
    except KeyError as error:
        message = "the table has no such column"
        raise UsageError(message, "openml.target", target, "Look at its columns on openml.org.") from error
    except ValueError as error:
        raise _judged(error, asked) from error
    said = [str(warning.message).splitlines()[0].rstrip(".") for warning in caught]
    kept = [line for line in dict.fromkeys(said) if "network error" not in line]
    return fetched, [f"scikit-learn says: {line}" for line in kept]


def _judged(error: ValueError, asked: Mapping[str, Any]) -> DataError | UsageError:
    """Say in our words what scikit-learn refuses."""
    said = first_line(error)
    if type(error).__name__ == "OpenMLError":
        return _unknown(asked, error)
    which = asked.get("data_id", asked.get("name"))
    if "STRING attributes" in said:
        cure = "Download it as CSV and say what its texts are: `data: {csv: file.csv, text: column, ...}`."
        return DataError("the table has columns of texts or dates", "openml", which, cure)
    cure = "Download it as CSV, mend it, and read that."
    return DataError(f"the table cannot be used as it is: {said}", "openml", which, cure)


def _unknown(asked: Mapping[str, Any], error: Exception) -> UsageError:
    which = asked.get("data_id", asked.get("name"))
    version = asked.get("version", "active")
    of = "" if version == "active" else f" in version {version}"
    cure = "Look for its number on openml.org: the number names one version for good."
    return UsageError(f"OpenML has no such data set{of}: {first_line(error)}", "openml", which, cure)


def _inputs(fetched: Mapping[str, Any]) -> tuple[NDArray[Any], list[Column], list[str]]:
    """Give ``(row, column)`` numbers and the levels' positions, the columns, and those without any value."""
    given = fetched["data"]
    check_room(12 * given.shape[0] * given.shape[1], "openml", "Take a smaller table.")
    table = np.asarray(given.toarray() if hasattr(given, "toarray") else given, np.float64)
    levels: Mapping[str, Any] = fetched.get("categories") or {}
    valued = np.asarray(~np.isnan(table).all(axis=0))
    names = [str(name) for name in fetched["feature_names"]]
    columns = [
        Column(name, "category", tuple(str(level) for level in levels[name]))
        if levels.get(name)
        else Column(name)
        for name, has_values in zip(names, valued, strict=True)
        if has_values
    ]
    empty = [name for name, has_values in zip(names, valued, strict=True) if not has_values]
    return table[:, valued], columns, empty


def _labels(y: NDArray[Any]) -> NDArray[np.str_]:
    """Give labels as names; whole numbers without the point."""
    if y.dtype.kind == "f" and np.equal(y, np.round(y)).all():
        y = y.astype(np.int64)
    return y.astype(str)
