"""The comparison: every variant against one reference, from what is stored.

Here is decided how: on one split seed by seed and row by row (``one_split``), over several fold by fold
(``several_splits``). What a difference means stands in ``verdict``, how it is said in ``sentence``.
"""

import dataclasses

from trainlab.comparison.comparison import Comparison, Row, Score
from trainlab.comparison.diverged import trivial_rows
from trainlab.comparison.one_split import row_on_one_split, score_on_one_split
from trainlab.comparison.question import Arm, Question, arm_of
from trainlab.comparison.several_splits import row_over_splits, score_over_splits
from trainlab.comparison.splits import splits_of
from trainlab.comparison.verdict import smallest_difference
from trainlab.errors import UsageError
from trainlab.experiment.checks import suggestion
from trainlab.results.table import Results


def compare(results: Results, *, against: str | None = None) -> Comparison:
    """Compare every variant with one reference, on the runs that ended in both.

    Args:
        results: what is stored, finished or not.
        against: the variant to compare with; left out, the reference of the experiment.

    Raises:
        UsageError: for a variant that is not there.
    """
    reference = results.reference if against is None else against
    if reference not in results.variants:
        raise UsageError("no such variant", "against", reference, suggestion(reference, results.variants))
    splits = splits_of(results)
    trivial = tuple(
        trivial_rows(results.metric.name, results.facts["data"], targets)
        for targets in results.validation_targets
    )
    named = results.facts["experiment"]["smallest_difference"]
    usual = sum(float(rows.mean()) for rows in trivial) / len(trivial)
    smallest = smallest_difference(results.metric, usual) if named is None else float(named)
    question = Question(results, splits, trivial, smallest, arm_of(results, reference))
    scores, rows = [], []
    for name in results.variants:
        arm = arm_of(results, name)
        scores.append(_score(question, arm))
        if name != reference:
            rows.append(_row(question, arm))
    return Comparison(results.metric, splits.claim, smallest, tuple(scores), tuple(rows), splits.kind)


def _score(question: Question, arm: Arm) -> Score:
    one = question.splits.kind == "one split"
    score = score_on_one_split(arm) if one else score_over_splits(question.splits, arm)
    if score.low is None or score.high is None:
        return score
    low, high = question.results.metric.cut(score.low, score.high)
    return dataclasses.replace(score, low=low, high=high)


def _row(question: Question, arm: Arm) -> Row:
    one = question.splits.kind == "one split"
    return row_on_one_split(question, arm) if one else row_over_splits(question, arm)
