"""TL101: rows that train stand, with the same inputs, among those that validate or under seal.

A row number has one role in a fold by construction (`Fold`); a copy of the row under another number has not.
"""

from collections.abc import Iterator

import numpy as np

from trainlab.data.sealed import row_digests
from trainlab.protocol.check import Question
from trainlab.protocol.row_contents import RowContents, row_contents
from trainlab.results.check import Check
from trainlab.results.finding import Finding, Severity
from trainlab.results.naming import counted, listed

GRAVE_SHARE = 0.01
GRAVE_ROWS = 2
TELLING_SHARE = 0.1

_CURE = (
    "Where copies are meant, give them one label in a column and write `groups: COLUMN` beside the file, "
    "which splits keep whole; else write each row into the file once. "
    "In Python: `groups=labels`, or "
    "`keep = numpy.unique(x.reshape(len(x), -1), axis=0, return_index=True)[1]`."
)


def examine(question: Question) -> Iterator[Finding]:
    """Look for validation and sealed rows that have an exact twin among the others.

    Refused from one row in a hundred on, and two rows; below that a warning. Where few different rows are
    possible, as in a table of a few yes-or-no columns, equal rows are no copies: that is a note, from one row
    in ten on.
    """
    contents = row_contents(question.experiment.data)
    yield from _between_folds(question, contents)
    yield from _with_sealed(question, contents)


def _between_folds(question: Question, contents: RowContents) -> Iterator[Finding]:
    if (contents.counts == 1).all():
        return
    data = question.experiment.data
    worst, share, affected = None, 0.0, 0
    for number, fold in enumerate(question.folds):
        trained = np.zeros(len(contents.counts), bool)
        trained[contents.numbers[fold.train]] = True
        twins = fold.validation[trained[contents.numbers[fold.validation]]]
        affected += bool(len(twins))
        if len(twins) / len(fold.validation) > share:
            worst, share = (number, twins), len(twins) / len(fold.validation)
    if worst is None:
        return
    number, twins = worst
    fold = question.folds[number]
    found, rows = len(twins), len(fold.validation)
    partner = {content: row for row, content in zip(fold.train, contents.numbers[fold.train], strict=True)}
    pairs = [(int(row), int(partner[contents.numbers[row]])) for row in twins]
    alike = sum(bool(np.array_equal(data.y[row], data.y[other])) for row, other in pairs)
    where = "rows" if len(question.folds) == 1 else f"rows, fold {number} of {len(question.folds)}"
    seen = (
        f"{found:,} of {rows:,} validation rows ({100 * share:.3g} %) have the same inputs as a "
        "training row, "
        f"{alike:,} of them the same target too: rows "
        f"{listed([f'{row} (as {other})' for row, other in pairs], 3)}"
    )
    if affected > 1:
        seen += f"; so in {affected} of {len(question.folds)} folds, this one has most"
    yield from _judged(contents, share, found, where, seen)


def _with_sealed(question: Question, contents: RowContents) -> Iterator[Finding]:
    data = question.experiment.data
    sealed = data.sealed
    if sealed is None:
        return
    of_open = {digest: row for row, digest in reversed(list(enumerate(row_digests(data))))}
    twins = [of_open[digest] for digest in sealed.digests() if digest in of_open]
    if twins:
        share = len(twins) / sealed.rows
        seen = (
            f"{len(twins):,} of {sealed.rows:,} sealed test rows ({100 * share:.3g} %) have the same "
            "inputs as "
            f"an open row: rows {listed(sorted(set(twins)), 3)}"
        )
        yield from _judged(contents, share, len(twins), "test", seen)


def _judged(contents: RowContents, share: float, found: int, where: str, seen: str) -> Iterator[Finding]:
    severity: Severity = "refuse" if share >= GRAVE_SHARE and found >= GRAVE_ROWS else "warn"
    if not contents.crowded:
        yield CHECK.found(where, seen, _CURE, severity=severity)
    elif share >= TELLING_SHARE:
        different = counted(len(contents.counts), "different row")
        cure = (
            "Read the scores as those on rows of the kinds that were trained on, or tell rows apart by more "
            "columns."
        )
        yield CHECK.found(
            where,
            f"{seen}. The data hold {different} only, so that is chance, not copying",
            cure,
            severity="note",
        )


CHECK = Check("TL101", "refuse", "rows shared between roles", examine)
