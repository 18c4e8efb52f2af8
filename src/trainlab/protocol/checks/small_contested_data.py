"""TL110: data that are few, or contested."""

import re
from collections.abc import Iterator

from trainlab.protocol.check import Question
from trainlab.protocol.columns_seen import columns_seen
from trainlab.results.check import Check
from trainlab.results.finding import Finding

FEW = 2_000

_BOSTON = re.compile(r"boston", re.IGNORECASE)
_BOSTON_COLUMNS = frozenset(
    {"crim", "zn", "indus", "chas", "nox", "rm", "age", "dis", "rad", "ptratio", "lstat"}
)
_BOSTON_SHAPE = (506, 13)


def examine(question: Question) -> Iterator[Finding]:
    """Look for one split of few rows, whose luck decides, and for data that are no longer to be used.

    Source:
        Few rows: Kohavi, *A Study of Cross-Validation and Bootstrap for Accuracy Estimation*, IJCAI 1995.
        Boston: scikit-learn took it out in version 1.2, after M. Carlisle, *Racist data destruction?* (2019).
    """
    data = question.experiment.data
    if _is_boston(question):
        yield CHECK.found(
            "data",
            "this is the Boston housing set: its column B is built on the share of Black inhabitants, "
            "as if segregation raised prices, "
            "and its targets are cut off at 50",
            "Learn from `california_housing` instead, which scikit-learn names as its successor.",
        )
    if data.rows < FEW and len(question.folds) == 1:
        rows = len(question.folds[0].validation)
        yield CHECK.found(
            "validation",
            f"{data.rows:,} rows, and one split of them: {rows:,} rows validate, and which ones is luck",
            "Write `validation: {repeated_kfold: [5, 3]}`: every row validates three times.",
        )


def _is_boston(question: Question) -> bool:
    data = question.experiment.data
    names = {column.name.lower() for column in columns_seen(data)}
    same_shape = (
        not data.classes
        and data.rows + (data.sealed.rows if data.sealed else 0) == _BOSTON_SHAPE[0]
        and data.parts[0].shape[1:] == _BOSTON_SHAPE[1:]
    )
    return _BOSTON.search(data.name) is not None or names >= _BOSTON_COLUMNS or same_shape


CHECK = Check("TL110", "note", "few or contested data", examine)
