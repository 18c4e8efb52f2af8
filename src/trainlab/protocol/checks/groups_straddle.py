"""TL106: rows that belong together on both sides of a split."""

import re
from collections.abc import Iterator

import numpy as np

from trainlab.protocol.check import Question
from trainlab.protocol.columns_seen import SeenColumn, columns_seen, whole_so_far
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import counted, listed

LEAST_GROUPS = 5
LEAST_ROWS = 2
"""Groups have so many rows on average, and half of them at least: of a count, most values stand once."""

_BEARERS = (
    *("patient", "person", "subject", "participant", "user", "customer", "client", "speaker", "author"),
    *("family", "household", "session", "group", "batch", "site", "plate"),
    *("patienten", "kunde", "kunden", "proband", "teilnehmer"),
)
_NUMBERED = ("id", "nr", "no", "num", "number", "code", "name")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[^\W\d_][^\W\d_A-Z]*")


def examine(question: Question) -> Iterator[Finding]:
    """Look for groups that both train and validate, and for columns that look as if they named groups.

    A column does by its name (``patient``, ``customer_id``; ``households`` counts them) where its values are
    whole numbers, or categories, that repeat, and, without a name, where whole numbers stand in blocks, as
    many as there are numbers: then it is a note, since rows that are merely sorted by a column look alike.
    """
    data = question.experiment.data
    yield from _straddling(question)
    if data.groups is not None:
        return
    for column in columns_seen(data):
        by_name = names_groups(column.name)
        if column.kind == "text" or not whole_so_far(column) or (column.name and not by_name):
            continue
        values = column.values[np.isfinite(column.values)]
        found, rows = np.unique(values, return_counts=True)
        several = LEAST_ROWS * len(found) <= len(values) and np.median(rows) >= LEAST_ROWS
        if len(found) < LEAST_GROUPS or not several or not (values == np.round(values)).all():
            continue
        if by_name or _in_blocks(values, len(found)):
            yield _like_groups(question, column, len(found), by_name=by_name)


def names_groups(name: str) -> bool:
    """Tell whether a column is called as one that says whom a row belongs to, word by word.

    >>> [
    ...     name
    ...     for name in ("patient", "CustomerID", "households", "group_size", "humid")
    ...     if names_groups(name)
    ... ]
    ['patient', 'CustomerID']
    """
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or re.search(r"\d", name):
        return False
    borne = words[0] in _BEARERS and all(word in _NUMBERED for word in words[1:])
    return borne or (words[-1] == "id" and words[:-1] not in ([], ["row"], ["record"]))


def _straddling(question: Question) -> Iterator[Finding]:
    groups = question.experiment.data.groups
    if groups is None:
        return
    worst, most, affected = None, 0, 0
    for number, fold in enumerate(question.folds):
        both = np.intersect1d(groups[fold.train], groups[fold.validation])
        affected += bool(len(both))
        if len(both) > most:
            most, worst = len(both), (number, fold.validation[np.isin(groups[fold.validation], both)])
    if worst is None:
        return
    number, rows = worst
    folds = (
        ""
        if len(question.folds) == 1
        else f" in {affected} of {len(question.folds)} folds, most in fold {number}"
    )
    yield CHECK.found(
        "validation",
        f"{counted(most, 'group')} of {groups.max() + 1:,} both train and validate{folds}: "
        f"validation rows {listed(rows, 3)}",
        "Write `validation: {group_kfold: 5}`, which keeps groups whole, as every other split of "
        "trainlab's own does.",
        limit="with groups that both train and validate",
    )


def _like_groups(question: Question, column: SeenColumn, different: int, *, by_name: bool) -> Finding:
    rows = question.experiment.data.rows
    file = f"`groups: {column.name}` beside the file" if column.name else "`groups=x[:, ...]`"
    sign = (
        "is called as if it named groups"
        if by_name
        else "stands in blocks, one for each value, as if it named groups"
    )
    return CHECK.found(
        column.said,
        f"{column.said} {sign}: {different:,} values, each in {rows / different:.3g} rows on average",
        f"Where rows of one value belong together, say so: {file}, so that a group either trains or "
        "validates.",
        severity="warn" if by_name else "note",
    )


def _in_blocks(values: np.ndarray, different: int) -> bool:
    return int((values[1:] != values[:-1]).sum()) + 1 == different


CHECK = Check("TL106", "warn", "groups on both sides of a split", examine)
