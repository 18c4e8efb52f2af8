"""The comparison: every variant against one reference, from what is stored.

Here is decided how: on one split seed by seed and row by row (``one_split``), over several fold by fold
(``several_splits``). What a difference means stands in ``verdict``, how it is said in ``sentence``.
"""

import dataclasses

from trainlab.comparison.comparison import Comparison, Row, Score
from trainlab.comparison.looking import look_at
from trainlab.comparison.noise import noise_floor
from trainlab.comparison.one_split import row_on_one_split, score_on_one_split
from trainlab.comparison.question import Arm, Question, arm_of, ask
from trainlab.comparison.several_splits import row_over_splits, score_over_splits
from trainlab.results.table import Results


def compare(results: Results, *, against: str | None = None) -> Comparison:
    """Compare every variant with one reference, on the runs that ended in both.

    Args:
        results: what is stored, finished or not.
        against: the variant to compare with; left out, the reference of the experiment.

    Raises:
        UsageError: for a variant that is not there.
    """
    question = ask(results, against=against)
    scores, rows = [], []
    for name in results.variants:
        is_reference = name == question.reference.name
        arm = question.reference if is_reference else arm_of(results, name)
        scores.append(_score(question, arm))
        if not is_reference:
            rows.append(_row(question, arm))
    return Comparison(
        results.metric,
        question.splits.claim,
        question.smallest,
        tuple(scores),
        tuple(rows),
        question.splits.kind,
        noise_floor(results, [row.detectable for row in rows], question.smallest),
    )


def _score(question: Question, arm: Arm) -> Score:
    one = question.splits.kind == "one split"
    score = score_on_one_split(arm) if one else score_over_splits(question.splits, arm)
    if score.low is None or score.high is None:
        return score
    low, high = question.results.metric.cut(score.low, score.high)
    return dataclasses.replace(score, low=low, high=high)


def _row(question: Question, arm: Arm) -> Row:
    look = look_at(question, arm)
    if look is not None:
        question, arm = look.question, look.arm
    one = question.splits.kind == "one split"
    row = row_on_one_split(question, arm) if one else row_over_splits(question, arm)
    return row if look is None else look.told(row)
