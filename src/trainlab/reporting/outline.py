"""The report as facts: everything it will show, as frozen plain values, before anything is drawn.

Whoever draws (figures, page, terminal) reads these values and measures nothing. All foreign text in them is
clean (see ``names``), and every fact that was not stored is said to be missing.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainlab.comparison.compare import Comparison, Row, compare
from trainlab.experiment.metrics import Metric
from trainlab.reporting.answer import Answer, answer
from trainlab.reporting.curves import Numbers, VariantCurves, loss_is_metric, variant_curves
from trainlab.reporting.names import clean, labels
from trainlab.reporting.protocol import Entry, changes, protocol
from trainlab.reporting.words import NOT_RECORDED, counted, duration, span
from trainlab.results.outcome import ENDINGS, Outcome
from trainlab.results.table import Results

LABEL = 80
SHORT = 26

_MOST_LISTED = 50
_MOST_LAYERS = 400


@dataclass(frozen=True)
class Difference:
    """A variant minus the one it is compared with, in the unit of the metric."""

    value: float | None
    low: float | None
    high: float | None
    p: float | None
    verdict: str


@dataclass(frozen=True)
class VariantFacts:
    """One row of the table.

    Args:
        label: its name, as a table shows it.
        short: its name, as a figure shows it.
        changes: what it changes, in words; empty for a baseline.
        is_reference: whether the others are compared with it.
        mean: mean score; None where no run has one.
        low: lower end of the 95 % interval of the mean; None where there is none.
        high: upper end.
        runs: how many runs the mean is over.
        scores: score of each seed, in the order of the seeds; None where it has none.
        diverged: the seeds of the runs that diverged.
        epochs: epochs trained, as ``20`` or ``8 to 20``.
        seconds: time of one run measured alone; None where it was not.
        difference: against the reference; None for the reference itself.
    """

    label: str
    short: str
    changes: str
    is_reference: bool
    mean: float | None
    low: float | None
    high: float | None
    runs: int
    scores: Numbers
    diverged: tuple[int, ...]
    epochs: str
    seconds: float | None
    difference: Difference | None


@dataclass(frozen=True)
class ComparisonFacts:
    """One comparison, with the places of its two variants among the variants."""

    variant: int
    against: int
    difference: Difference


@dataclass(frozen=True)
class Layer:
    """One layer of a network, every part as it is shown."""

    name: str
    kind: str
    output_shape: str
    parameters: str
    settings: str


@dataclass(frozen=True)
class Network:
    """A network and the variants that train it.

    Args:
        variants: labels of the variants.
        parameters: trainable numbers, as shown.
        takes: what the loss takes from it; may be empty.
        layers: its layers from input to output.
        more: how many layers are left out of ``layers``.
    """

    variants: tuple[str, ...]
    parameters: str
    takes: str
    layers: tuple[Layer, ...]
    more: int


@dataclass(frozen=True)
class FindingFacts:
    """What a check said."""

    code: str
    severity: str
    title: str
    where: str
    evidence: str
    cure: str


@dataclass(frozen=True)
class Outline:
    """Everything a report shows.

    Args:
        question: the question, as it was asked.
        metric: what is compared.
        answer: the answer in sentences.
        smallest_difference: the difference that matters, in the unit of the metric; None where not known.
        seeds: the seeds.
        variants: one entry for each variant, in the order of the experiment.
        comparisons: the comparisons made.
        curves: for each variant, its learning curves.
        loss_is_metric: whether loss and metric are one and the same.
        protocol: how it was done.
        networks: the distinct networks.
        outcomes: sentence on an ending -> how many runs ended so.
        diverged: one sentence for each run that diverged.
        findings: what the checks said.
        seconds: where the time of the command went.
        versions: packages and machine.
        command: what reproduces it.
        fingerprint: of the experiment.
    """

    question: str
    metric: Metric
    answer: Answer
    smallest_difference: float | None
    seeds: tuple[int, ...]
    variants: tuple[VariantFacts, ...]
    comparisons: tuple[ComparisonFacts, ...]
    curves: tuple[VariantCurves, ...]
    loss_is_metric: bool
    protocol: tuple[Entry, ...]
    networks: tuple[Network, ...]
    outcomes: tuple[Entry, ...]
    diverged: tuple[str, ...]
    findings: tuple[FindingFacts, ...]
    seconds: tuple[Entry, ...]
    versions: tuple[Entry, ...]
    command: str
    fingerprint: str


def outline(results: Results, comparison: Comparison | None = None) -> Outline:
    """Gather the facts of a report.

    Args:
        results: what was measured.
        comparison: the verdicts on it; left out, they are computed.

    Returns:
        Frozen plain values; equal for equal results.
    """
    comparison = _compared(results) if comparison is None else comparison
    facts = results.facts
    shown = dict(zip(results.variants, labels(results.variants, LABEL), strict=True))
    return Outline(
        question=clean(facts.get("experiment", {}).get("question") or "", 1_000),
        metric=results.metric,
        answer=answer(results, comparison, shown),
        smallest_difference=_number(comparison.smallest_difference),
        seeds=results.seeds,
        variants=_variants(results, comparison, shown),
        comparisons=tuple(_comparison(results, row) for row in comparison.rows),
        curves=variant_curves(results),
        loss_is_metric=loss_is_metric(results),
        protocol=protocol(results, comparison),
        networks=_networks(facts.get("networks") or {}, shown),
        outcomes=_outcomes(results),
        diverged=_diverged(results, shown),
        findings=tuple(_finding(finding) for finding in facts.get("findings") or ()),
        seconds=_seconds(facts.get("seconds") or {}),
        versions=_versions(facts),
        command=clean(facts.get("command") or NOT_RECORDED, 2_000),
        fingerprint=clean(facts.get("fingerprint") or NOT_RECORDED),
    )


def _compared(results: Results) -> Comparison:
    """Compare; where facts that this needs were not stored, give a comparison without rows and scores."""
    try:
        return compare(results)
    except KeyError:
        return Comparison(results.metric, "", math.nan, (), ())


def variant_facts(results: Results, comparison: Comparison) -> tuple[VariantFacts, ...]:
    """Give the rows of the table alone."""
    return _variants(
        results, comparison, dict(zip(results.variants, labels(results.variants, LABEL), strict=True))
    )


def table_notes(variants: Sequence[VariantFacts]) -> str:
    """Say for what the intervals of the table hold, and how runs that diverged enter it."""
    differences = [variant.difference for variant in variants if variant.difference is not None]
    said = []
    if any(variant.low is not None for variant in variants):
        said.append("Intervals of means are over seeds, on exactly these validation rows.")
    if any(difference.low is not None for difference in differences):
        together = ", and hold for all comparisons at once" if len(differences) > 1 else ""
        said.append(f"Intervals of differences also allow for other validation rows{together}.")
    if differences and any(variant.diverged for variant in variants):
        said.append(
            "Runs that diverged are no part of a mean; in a difference they count as a predictor that has "
            "learned nothing."
        )
    return " ".join(said)


def _variants(results: Results, comparison: Comparison, shown: Mapping[str, str]) -> tuple[VariantFacts, ...]:
    scored = {score.variant: score for score in comparison.scores}
    against = {row.variant: row for row in comparison.rows if row.against == results.reference}
    seconds = results.facts.get("variant_seconds") or {}
    document = results.facts.get("experiment", {})
    short = labels(results.variants, SHORT)
    facts = []
    for index, name in enumerate(results.variants):
        score, row = scored.get(name), against.get(name)
        facts.append(
            VariantFacts(
                label=shown[name],
                short=short[index],
                changes=changes(document, name),
                is_reference=name == results.reference,
                mean=None if score is None else _number(score.mean),
                low=None if score is None else _number(score.low),
                high=None if score is None else _number(score.high),
                runs=0 if score is None else score.n,
                scores=_seed_scores(results, index),
                diverged=tuple(
                    results.seeds[seed]
                    for seed, _ in np.argwhere(results.outcomes[index] == Outcome.DIVERGED)
                ),
                epochs=_epochs(results, index),
                seconds=_number(seconds.get(name)),
                difference=None if row is None else _difference(row),
            )
        )
    return tuple(facts)


def _seed_scores(results: Results, variant: int) -> Numbers:
    scores = []
    for folds in results.scores[variant]:
        finite = folds[np.isfinite(folds)]
        scores.append(float(finite.mean()) if finite.size else None)
    return tuple(scores)


def _epochs(results: Results, variant: int) -> str:
    epochs = results.endings["epochs"][variant]
    epochs = epochs[np.isfinite(epochs) & (results.outcomes[variant] != Outcome.DIVERGED)]
    return span(int(epochs.min()), int(epochs.max())) if epochs.size else "–"


def _comparison(results: Results, row: Row) -> ComparisonFacts:
    return ComparisonFacts(
        results.variants.index(row.variant), results.variants.index(row.against), _difference(row)
    )


def _difference(row: Row) -> Difference:
    return Difference(
        _number(row.difference), _number(row.low), _number(row.high), _number(row.p), str(row.verdict)
    )


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _networks(stored: Mapping[str, Any], shown: Mapping[str, str]) -> tuple[Network, ...]:
    alike: list[tuple[Any, list[str]]] = []
    for name, network in stored.items():
        same = next((names for seen, names in alike if seen == network), None)
        if same is None:
            alike.append((network, same := []))
        same.append(shown.get(name, clean(name, LABEL)))
    return tuple(_network(network, names) for network, names in alike)


def _network(network: Mapping[str, Any], names: Sequence[str]) -> Network:
    layers = network.get("layers") or ()
    return Network(
        variants=tuple(names),
        parameters=_whole(network.get("parameters")),
        takes=clean(network.get("takes") or ""),
        layers=tuple(
            Layer(
                clean(layer.get("name", ""), LABEL),
                clean(layer.get("kind", ""), LABEL),
                _shape(layer.get("output_shape")),
                _whole(layer.get("parameters")),
                clean(layer.get("settings") or ""),
            )
            for layer in layers[:_MOST_LAYERS]
        ),
        more=max(0, len(layers) - _MOST_LAYERS),
    )


def _shape(shape: object) -> str:
    if isinstance(shape, list | tuple):
        return " × ".join("any" if size is None else str(size) for size in shape)
    return clean(shape or "–", LABEL)


def _whole(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else "–"


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
        fold_too = f", fold {fold}" if results.folds > 1 else ""
        name = shown[results.variants[variant]]
        said.append(f"“{name}”, seed {results.seeds[seed]}{fold_too}: diverged{at}{after}.")
    if len(places) > _MOST_LISTED:
        said.append(f"And {len(places) - _MOST_LISTED} more.")
    return tuple(said)


def _finding(finding: Mapping[str, Any]) -> FindingFacts:
    keys = ("code", "severity", "title", "where", "evidence", "cure")
    return FindingFacts(*(clean(finding.get(key) or "", 1_000) for key in keys))


def _seconds(seconds: Mapping[str, Any]) -> tuple[Entry, ...]:
    terms = {
        "compile": "compiling",
        "train": "training",
        "evaluate": "evaluating",
        "total": "the whole command",
    }
    return tuple(
        Entry(term, duration(_number(seconds[key])))
        for key, term in terms.items()
        if seconds.get(key) is not None
    )


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
