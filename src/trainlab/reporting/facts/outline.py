"""The report as facts: everything it will show, as frozen plain values, before anything is drawn.

Whoever draws (figures, page, terminal) reads these values and measures nothing. All foreign text in them is
clean (see ``names``), and every fact that was not stored is said to be missing.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainlab.comparison.compare import compare
from trainlab.comparison.comparison import Comparison, Row
from trainlab.comparison.splits import Kind, Splits, splits_of
from trainlab.comparison.time_to_target import time_to_target
from trainlab.experiment.metrics import Metric
from trainlab.reporting.facts.answer import Answer, answer
from trainlab.reporting.facts.baselines import BaselineFacts, baseline_facts
from trainlab.reporting.facts.curves import VariantCurves, loss_is_metric, variant_curves
from trainlab.reporting.facts.details import Details, details
from trainlab.reporting.facts.findings import FindingFacts, finding_facts
from trainlab.reporting.facts.networks import Network, networks_of
from trainlab.reporting.facts.prepared import PreparationFacts, preparation_facts
from trainlab.reporting.facts.protocol import Entry, protocol
from trainlab.reporting.facts.run_scores import RunScores, run_scores
from trainlab.reporting.facts.sealed import SealedFacts, sealed_facts
from trainlab.reporting.facts.targets import Targets, targets
from trainlab.reporting.facts.techniques import TechniqueFacts, technique_facts
from trainlab.reporting.facts.variants import (
    LABEL,
    Difference,
    VariantFacts,
    difference_of,
    furthest,
    known,
    variant_facts,
)
from trainlab.reporting.facts.weight_counts import WeightFacts, weight_facts
from trainlab.reporting.wording.names import clean, labels
from trainlab.reporting.wording.words import NOT_RECORDED, counted, duration
from trainlab.results.outcome import ENDINGS, Outcome
from trainlab.results.remembered import remembered
from trainlab.results.table import Results

MOST_WEIGHTS = 6
_MOST_LISTED = 50
_LEAST_REST = 0.05


@dataclass(frozen=True)
class ComparisonFacts:
    """One comparison, with the places of its two variants among the variants."""

    variant: int
    against: int
    difference: Difference


@dataclass(frozen=True)
class Outline:
    """Everything a report shows.

    Args:
        question: the question, as it was asked.
        metric: what is compared.
        answer: the answer in sentences.
        smallest_difference: the difference that matters, in the unit of the metric; None where not known.
        splits: how rows were shared out: ``"one split"``, ``"folds"``, ``"disjoint sets"``,
            ``"time series"`` or ``"resamples"``.
        folds: how many folds.
        seeds: the seeds.
        sealed: the sealed test set and its openings; None where there is none.
        variants: one entry for each variant, in the order of the experiment.
        baselines: simple models on the same folds.
        runs: the score of every run, seeds by folds; empty on one split.
        techniques: what ensembles, pruning and early stopping did.
        targets: when variants reached the score to reach; None where none was set.
        weights: how large hidden weights are, of the reference and up to five variants; None where no weights
            were kept.
        comparisons: the comparisons made.
        curves: for each variant, its learning curves.
        loss_is_metric: whether loss and metric are one and the same.
        protocol: how it was done.
        preparation: what was done to the inputs.
        networks: the distinct networks.
        outcomes: sentence on an ending -> how many runs ended so.
        diverged: one sentence for each run that diverged.
        findings: what the checks of the protocol said, the gravest first.
        seconds: where the time of the command went.
        versions: packages and machine.
        command: what reproduces it.
        fingerprint: of the experiment.
        details: what is told beyond scores, differences and curves.
    """

    question: str
    metric: Metric
    answer: Answer
    smallest_difference: float | None
    splits: Kind
    folds: int
    seeds: tuple[int, ...]
    sealed: SealedFacts | None
    variants: tuple[VariantFacts, ...]
    baselines: tuple[BaselineFacts, ...]
    runs: tuple[RunScores, ...]
    techniques: tuple[TechniqueFacts, ...]
    targets: Targets | None
    weights: WeightFacts | None
    comparisons: tuple[ComparisonFacts, ...]
    curves: tuple[VariantCurves, ...]
    loss_is_metric: bool
    protocol: tuple[Entry, ...]
    preparation: tuple[PreparationFacts, ...]
    networks: tuple[Network, ...]
    outcomes: tuple[Entry, ...]
    diverged: tuple[str, ...]
    findings: tuple[FindingFacts, ...]
    seconds: tuple[Entry, ...]
    versions: tuple[Entry, ...]
    command: str
    fingerprint: str
    details: Details


def outline(results: Results, comparison: Comparison | None = None) -> Outline:
    """Gather the facts of a report.

    Args:
        results: what was measured.
        comparison: the verdicts on it; left out, they are computed.

    Returns:
        Frozen plain values; equal for equal results.
    """
    comparison = compared(results) if comparison is None else comparison
    facts = results.facts
    shown = dict(zip(results.variants, labels(results.variants, LABEL), strict=True))
    variants = variant_facts(results, comparison)
    return Outline(
        question=clean(facts.get("experiment", {}).get("question") or "", 1_000),
        metric=results.metric,
        answer=answer(results, comparison, shown),
        smallest_difference=known(comparison.smallest_difference),
        splits=comparison.splits,
        folds=results.folds,
        seeds=results.seeds,
        sealed=sealed_facts(results),
        variants=variants,
        baselines=baseline_facts(facts.get("baselines")),
        runs=run_scores(results),
        techniques=technique_facts(results, shown),
        targets=targets_of(results, shown),
        weights=weight_facts(results, furthest(variants, MOST_WEIGHTS)),
        comparisons=tuple(_comparison(results, row) for row in comparison.rows),
        curves=variant_curves(results, _splits(results)),
        loss_is_metric=loss_is_metric(results),
        protocol=protocol(results, comparison),
        preparation=preparation_facts(facts.get("preparation")),
        networks=networks_of(facts.get("networks") or {}, shown),
        outcomes=_outcomes(results),
        diverged=_diverged(results, shown),
        findings=finding_facts(facts.get("findings") or ()),
        seconds=_seconds(facts.get("seconds") or {}),
        versions=_versions(facts),
        command=clean(facts.get("command") or NOT_RECORDED, 2_000),
        fingerprint=clean(facts.get("fingerprint") or NOT_RECORDED),
        details=details(results, comparison, variants),
    )


@remembered
def compared(results: Results) -> Comparison:
    """Compare, once; where facts that this needs were not stored, there are neither rows nor scores."""
    try:
        return compare(results)
    except KeyError:
        kind: Kind = "folds" if results.folds > 1 else "one split"
        return Comparison(results.metric, "", math.nan, (), (), kind)


def _splits(results: Results) -> Splits | None:
    try:
        return splits_of(results)
    except KeyError:
        return None


def targets_of(results: Results, shown: Mapping[str, str]) -> Targets | None:
    """Give when the variants reached the experiment's target; None where it set none."""
    target = known((results.facts.get("experiment") or {}).get("target_score"))
    return targets(time_to_target(results), target, results.metric, shown)


def _comparison(results: Results, row: Row) -> ComparisonFacts:
    return ComparisonFacts(
        results.variants.index(row.variant), results.variants.index(row.against), difference_of(row)
    )


def _outcomes(results: Results) -> tuple[Entry, ...]:
    counts = results.outcome_counts
    return tuple(
        Entry(f"{ending.key.replace('_', ' ')}: {ending.sentence}", str(counts[ending.key]))
        for ending in ENDINGS
        if counts[ending.key]
    )


def _diverged(results: Results, shown: Mapping[str, str]) -> tuple[str, ...]:
    places = np.argwhere(results.outcomes == Outcome.DIVERGED)
    said = []
    for variant, seed, fold in places[:_MOST_LISTED]:
        step, epochs = (results.endings[name][variant, seed, fold] for name in ("diverged_step", "epochs"))
        at = f" at step {int(step):,}" if math.isfinite(step) else ""
        after = f", after {counted(int(epochs), 'whole epoch')}" if math.isfinite(epochs) else ""
        fold_too = f", fold {fold + 1}" if results.folds > 1 else ""
        name = shown[results.variants[variant]]
        said.append(f"“{name}”, seed {results.seeds[seed]}{fold_too}: diverged{at}{after}.")
    if len(places) > _MOST_LISTED:
        said.append(f"And {len(places) - _MOST_LISTED} more.")
    return tuple(said)


def _seconds(seconds: Mapping[str, Any]) -> tuple[Entry, ...]:
    """Give the parts and the whole; what no part was measured for is the rest of the whole."""
    parts = {"compile": "compiling", "train": "training", "evaluate": "evaluating"}
    if "tune" in seconds:
        parts = {"tune": "tuning"} | parts
    told = [(term, known(seconds.get(key))) for key, term in parts.items()]
    total = known(seconds.get("total"))
    measured = [value for _, value in told if value is not None]
    if total is not None and len(measured) == len(parts) and total - sum(measured) >= _LEAST_REST:
        told.append(("reading, checks, baselines, timing and the rest", total - sum(measured)))
    told.append(("the whole command", total))
    return tuple(Entry(term, duration(value)) for term, value in told if value is not None)


def _versions(facts: Mapping[str, Any]) -> tuple[Entry, ...]:
    found = [("started", facts.get("started"))]
    found += [("resumed", time) for time in facts.get("resumed") or ()]
    found += list((facts.get("machine") or {}).items())
    found += list((facts.get("versions") or {}).items())
    data = (facts.get("data") or {}).get("fingerprint")
    found.append(("fingerprint of the data", data))
    return tuple(
        Entry(clean(key, LABEL), NOT_RECORDED if value is None else clean(value)) for key, value in found
    )
