"""Variants with their scores and differences: what a table, the scores and the differences are drawn from.

A report's outline has all of it; a notebook's display has no more than this.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.comparison import Comparison
from trainlab.comparison.splits import Kind
from trainlab.experiment.metrics import Metric
from trainlab.reporting.facts.baselines import BaselineFacts, baseline_facts
from trainlab.reporting.facts.outline import ComparisonFacts
from trainlab.reporting.facts.variants import LABEL, SHORT, VariantFacts, difference_of, known, variant_facts
from trainlab.reporting.wording.names import labels
from trainlab.results.table import Results


class Compared(Protocol):
    """What was compared, as an outline has it."""

    @property
    def metric(self) -> Metric:
        """What is compared."""

    @property
    def splits(self) -> Kind:
        """How rows were shared out."""

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds."""

    @property
    def smallest_difference(self) -> float | None:
        """The difference that matters, in the unit of the metric; None where not known."""

    @property
    def variants(self) -> tuple[VariantFacts, ...]:
        """One entry for each variant, in the order of the experiment."""

    @property
    def baselines(self) -> tuple[BaselineFacts, ...]:
        """Simple models on the same folds."""

    @property
    def comparisons(self) -> tuple[ComparisonFacts, ...]:
        """The comparisons made."""


@dataclass(frozen=True)
class Brief:
    """What was compared, and nothing else; the fields are those of ``Compared``."""

    metric: Metric
    splits: Kind
    seeds: tuple[int, ...]
    smallest_difference: float | None
    variants: tuple[VariantFacts, ...]
    baselines: tuple[BaselineFacts, ...]
    comparisons: tuple[ComparisonFacts, ...]


def brief_of_results(results: Results, comparison: Comparison) -> Brief:
    """Give what was compared, with baselines, scores of runs and costs."""
    return Brief(
        metric=results.metric,
        splits=comparison.splits,
        seeds=results.seeds,
        smallest_difference=known(comparison.smallest_difference),
        variants=tuple(
            _scored(one, results.scores[place])
            for place, one in enumerate(variant_facts(results, comparison))
        ),
        baselines=baseline_facts(results.facts.get("baselines")),
        comparisons=_comparisons(comparison, results.variants),
    )


def _scored(variant: VariantFacts, scores: NDArray[np.float64]) -> VariantFacts:
    """Give a variant its mean score where facts that a comparison reads were not stored."""
    found = scores[np.isfinite(scores)]
    return (
        variant if variant.mean is not None or not found.size else replace(variant, mean=float(found.mean()))
    )


def brief_of_comparison(comparison: Comparison) -> Brief:
    """Give what a comparison alone knows: means, intervals and differences."""
    names = tuple(score.variant for score in comparison.scores)
    against = {row.against for row in comparison.rows}
    rows = {row.variant: row for row in comparison.rows}
    shown, short = labels(names, LABEL), labels(names, SHORT)
    variants = tuple(
        VariantFacts(
            label=shown[place],
            short=short[place],
            changes="",
            is_reference=score.variant in against,
            mean=known(score.mean),
            low=known(score.low),
            high=known(score.high),
            runs=score.n,
            scores=(),
            diverged=(),
            epochs="–",
            seconds=None,
            parameters=None,
            difference=difference_of(rows[score.variant]) if score.variant in rows else None,
        )
        for place, score in enumerate(comparison.scores)
    )
    return Brief(
        metric=comparison.metric,
        splits=comparison.splits,
        seeds=(),
        smallest_difference=known(comparison.smallest_difference),
        variants=variants,
        baselines=(),
        comparisons=_comparisons(comparison, names),
    )


def _comparisons(comparison: Comparison, names: tuple[str, ...]) -> tuple[ComparisonFacts, ...]:
    return tuple(
        ComparisonFacts(names.index(row.variant), names.index(row.against), difference_of(row))
        for row in comparison.rows
    )
