"""What a variant gives and what its answers cost, as facts: loss and metric with intervals, time and size."""

from dataclasses import dataclass

import numpy as np

from trainlab.comparison.over_runs import over_runs
from trainlab.comparison.splits import splits_of
from trainlab.reporting.facts.variants import known
from trainlab.results.outcome import Outcome
from trainlab.results.probes import prediction_of
from trainlab.results.table import Results

Interval = tuple[float | None, float | None, float | None]


@dataclass(frozen=True)
class CostFacts:
    """One variant.

    Args:
        loss: mean validation loss at the scored epoch, with its interval.
        score: the same of the metric.
        answer_seconds: for one row, many rows at once; None where not measured.
        answer_bytes: of all that an answer needs, as 32-bit numbers.
        parameters: trainable numbers, of all members together.
    """

    loss: Interval
    score: Interval
    answer_seconds: float | None
    answer_bytes: int | None
    parameters: int | None


def cost_facts(results: Results) -> tuple[CostFacts, ...]:
    """Give the facts of every variant, in the order of the experiment."""
    splits = splits_of(results)
    answers = prediction_of(results)
    facts = []
    for place, name in enumerate(results.variants):
        ended = results.outcomes[place] != Outcome.DIVERGED
        intervals = []
        for what in ("loss", "score"):
            values = np.where(ended, results.endings[what][place], np.nan)
            means = over_runs(values[..., None], splits)
            low, mean, high = (float(part[0]) for part in (means.low, means.mean, means.high))
            if what == "score" and np.isfinite(low):
                low, high = results.metric.cut(low, high)
            intervals.append((known(mean), known(low), known(high)))
        answer = answers.get(name)
        facts.append(
            CostFacts(
                intervals[0],
                intervals[1],
                None if answer is None else known(answer.seconds_per_row),
                None if answer is None else int(answer.bytes),
                None if answer is None else int(answer.parameters),
            )
        )
    return tuple(facts)
