"""What a report tells beyond scores, differences and curves, gathered as facts.

What predictions come to, rows as examples, what was seen inside of networks, what they say all over their
inputs, how they converge, which technique helped, what is wrong with a variant, and what its errors are made
of. Each is None or empty where it was not stored or does not apply. What is told of single variants is told
of a few of them where there are many.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from trainlab.comparison.attribution import Attribution, attribution
from trainlab.comparison.comparison import Comparison
from trainlab.comparison.convergence import Convergence, convergence
from trainlab.comparison.noise import NoiseFloor
from trainlab.diagnosis.decomposition import Decomposition
from trainlab.diagnosis.diagnose import Diagnosis
from trainlab.diagnosis.learning_curve import LearningCurve
from trainlab.diagnosis.validation_curve import ValidationCurve
from trainlab.reporting.facts.beliefs import BeliefFacts, belief_facts
from trainlab.reporting.facts.costs import CostFacts, cost_facts
from trainlab.reporting.facts.diagnosed import diagnosis_of
from trainlab.reporting.facts.examples import Examples, examples_of
from trainlab.reporting.facts.grid_facts import GridFacts, Scene, grid_facts, scene_of
from trainlab.reporting.facts.inside import CHOSEN, Inside, inside_of
from trainlab.reporting.facts.predictions import PredictionFacts, prediction_facts
from trainlab.reporting.facts.tuned import TunedFacts, tuned_facts
from trainlab.reporting.facts.variants import VariantFacts, furthest
from trainlab.results.probes import Grids, grids_of, probes_of, thumbnails_of
from trainlab.results.table import Results

MOST_INSIDE = 3
MOST_GRIDS = 4

Fact = TypeVar("Fact")


@dataclass(frozen=True)
class Details:
    """Everything beyond scores, differences and curves.

    Args:
        places: name of a variant -> its place among the variants.
        noise: what seeds alone make of the score.
        beliefs: effect sizes and what is believed of each difference, in the order of the comparisons.
        attribution: which technique of a cocktail helped; None where the variants are no grid.
        convergence: who is ahead after equal epochs, updates and seconds.
        costs: time, loss and metric of each variant side by side, and what an answer of it costs.
        inside: what was seen inside of the networks of a few variants.
        scene: what is the same in all pictures of the plane or line of inputs; None for more inputs.
        grids: what the networks of a few variants say there.
        examples: rows, and what the runs say of them.
        predictions: what the predictions of a few variants come to: the reference, and the best other one.
        diagnosis: what is wrong with each variant.
        decomposition: bias and variance of each variant, where rows are shared out so that they can be told.
        learning_curve: scores against training rows; None where variants do not differ in them alone.
        validation_curves: scores against each number in which variants differ alone.
        tuned: the trials that variants were tuned and searched by; None where nothing was tuned.
    """

    places: Mapping[str, int]
    noise: NoiseFloor | None
    beliefs: tuple[BeliefFacts, ...]
    attribution: Attribution | None
    convergence: Convergence | None
    costs: tuple[CostFacts, ...]
    inside: tuple[Inside, ...]
    scene: Scene | None
    grids: tuple[GridFacts, ...]
    examples: Examples | None
    predictions: tuple[PredictionFacts, ...]
    diagnosis: Diagnosis | None
    decomposition: tuple[Decomposition, ...]
    learning_curve: LearningCurve | None
    validation_curves: tuple[ValidationCurve, ...]
    tuned: TunedFacts | None


def details(results: Results, comparison: Comparison, variants: tuple[VariantFacts, ...]) -> Details:
    """Gather the facts.

    Args:
        results: what was measured.
        comparison: the verdicts on it.
        variants: the rows of the report's table.
    """
    places = MappingProxyType({name: place for place, name in enumerate(results.variants)})
    diagnosis = diagnosis_of(results)
    scene, grids = _stored(lambda: _grids(results, variants)) or (None, ())
    return Details(
        places=places,
        noise=comparison.noise,
        beliefs=belief_facts(comparison, places),
        attribution=_stored(lambda: attribution(results)),
        convergence=_stored(lambda: convergence(results)),
        costs=_stored(lambda: cost_facts(results)) or (),
        inside=_stored(lambda: _inside(results, variants)) or (),
        scene=scene,
        grids=grids,
        examples=_stored(lambda: _examples(results)),
        predictions=_stored(lambda: prediction_facts(results, best(results, variants))) or (),
        diagnosis=diagnosis,
        decomposition=diagnosis.decomposition if diagnosis else (),
        learning_curve=diagnosis.learning_curve if diagnosis else None,
        validation_curves=diagnosis.validation_curves if diagnosis else (),
        tuned=_stored(lambda: tuned_facts(results)),
    )


def best(results: Results, variants: tuple[VariantFacts, ...]) -> tuple[int, ...]:
    """Give the places of the reference and of the best variant that is not it, in their order.

    Args:
        results: for the direction of the metric.
        variants: the rows of the report's table.
    """
    sign = 1 if results.metric.higher_is_better else -1
    scored = [
        (sign * one.mean, -place)
        for place, one in enumerate(variants)
        if one.mean is not None and not one.is_reference
    ]
    found = {-place for _, place in sorted(scored)[-1:]}
    return tuple(sorted(found | {place for place, one in enumerate(variants) if one.is_reference}))


def _stored(make: Callable[[], Fact]) -> Fact | None:
    """Make a fact; None where what it rests on was not stored, as in results of an older version."""
    try:
        return make()
    except KeyError:
        return None


def _inside(results: Results, variants: tuple[VariantFacts, ...]) -> tuple[Inside, ...]:
    found = (
        inside_of(place, probes_of(results, results.variants[place]))
        for place in furthest(variants, MOST_INSIDE)
    )
    return tuple(one for one in found if one is not None)


def _grids(
    results: Results, variants: tuple[VariantFacts, ...]
) -> tuple[Scene | None, tuple[GridFacts, ...]]:
    there: dict[int, Grids] = {}
    for place in furthest(variants, MOST_GRIDS):
        grids = grids_of(results, results.variants[place])
        if grids is not None:
            there[place] = grids
    if not there:
        return None, ()
    scene = scene_of(results, next(iter(there.values())))
    found = (grid_facts(place, grids, scene, CHOSEN) for place, grids in there.items())
    return scene, tuple(one for one in found if one is not None)


def _examples(results: Results) -> Examples | None:
    thumbnails = thumbnails_of(results)
    return None if thumbnails is None else examples_of(results, thumbnails)
