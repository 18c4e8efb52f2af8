"""TL114: columns that hold nothing, or nothing but a number for each row."""

import re
from collections.abc import Iterator

import numpy as np

from trainlab.protocol.check import Question
from trainlab.protocol.columns_seen import SeenColumn, columns_seen, whole_so_far
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import counted, listed

LEAST_ROWS = 20

_CALLED_ID = re.compile(
    r"^(id|index|idx|row|rownum|row_?id|key|uuid|guid|unnamed.*|nr|no)$|_id$|^id_", re.IGNORECASE
)
_CURE = "Leave it out of the file, or of `x`: a network can only learn it by heart."


def examine(question: Question) -> Iterator[Finding]:
    """Look for columns that are constant, or empty, or count the rows.

    A column of whole numbers counts the rows where each stands once and they leave no gaps, or where it is
    called an ``id``; a category does where each level stands once.
    """
    constant, empty, counting = [], [], []
    for column in columns_seen(question.experiment.data):
        if not whole_so_far(column) and (column.values[:2] != column.values[0]).any():
            continue
        values = column.values[~np.isnan(column.values)] if column.values.dtype.kind == "f" else column.values
        if len(values) == 0:
            empty.append(column.said)
        elif (values == values[0]).all():
            # With values missing, missing or not is what it tells.
            if len(values) == len(column.values):
                constant.append(
                    f"{column.said} (always {values[0]:g})" if column.kind == "number" else column.said
                )
        elif _counts(column):
            counting.append(column.said)
    for found, what in ((constant, "the same in every row"), (empty, "missing in every row")):
        if found:
            yield CHECK.found(
                listed(found, 3),
                f"{counted(len(found), 'column')} {what}: {listed(found, 3)}",
                "Leave it out: it tells rows of no kind apart.",
            )
    if counting:
        yield CHECK.found(
            listed(counting, 3),
            f"{counted(len(counting), 'column')} with another value in every row, as a row's own "
            f"number: {listed(counting, 3)}",
            _CURE,
        )


def _counts(column: SeenColumn) -> bool:
    values = column.values
    if len(values) < LEAST_ROWS or column.kind == "text" or not np.isfinite(values).all():
        return False
    if (values != np.round(values)).any() or len(np.unique(values)) < len(values):
        return False
    dense = float(values.max()) - float(values.min()) == len(values) - 1
    return column.kind == "category" or dense or _CALLED_ID.search(column.name.strip()) is not None


CHECK = Check("TL114", "note", "columns that tell nothing", examine)
