"""TL111: training on rows that are later than those that validate."""

import re
from collections.abc import Iterator

import numpy as np

from trainlab.data.splitting.validations import TimeSeries
from trainlab.protocol.check import Question
from trainlab.protocol.columns_seen import columns_seen
from trainlab.results.check import Check
from trainlab.results.finding import Finding

_TIME = re.compile(
    r"^(date|day|time|timestamp|datetime|datum|zeit|zeitpunkt)$|(^|_)(date|time|timestamp)$", re.IGNORECASE
)


def examine(question: Question) -> Iterator[Finding]:
    """Look for folds that train on the future of what they validate, where the time of rows is known.

    Where it is not known, a column that is called as if it held the time is named in a note.
    """
    data = question.experiment.data
    cure = "Write `validation: {time_series: 5}`: training rows then come before those that validate."
    if data.time is None:
        ordered = isinstance(question.experiment.validation, TimeSeries)
        for column in columns_seen(data):
            if not ordered and _TIME.search(column.name.strip()) and len(np.unique(column.values)) > 2:
                yield CHECK.found(
                    column.said,
                    f"{column.said} is called as if it held the time, and rows are shared out without "
                    "regard to it",
                    f"Where the network is to foresee later rows, write `time: {column.name}` beside "
                    f"the file, and `validation: {{time_series: 5}}`.",
                    severity="note",
                )
        return
    later = [
        float((data.time[fold.train] > data.time[fold.validation].min()).mean()) for fold in question.folds
    ]
    if not later or max(later) == 0:
        return
    worst = int(np.argmax(later))
    fold = question.folds[worst]
    first = int(fold.validation[data.time[fold.validation].argmin()])
    folds = "" if len(later) == 1 else f" in fold {worst} of {len(later)}"
    yield CHECK.found(
        "validation",
        f"{100 * later[worst]:.3g} % of the training rows{folds} are later than the first row that "
        f"validates, row {first}",
        cure,
        limit="for rows of the same time, not for later ones",
    )


CHECK = Check("TL111", "warn", "training rows later than validation rows", examine)
