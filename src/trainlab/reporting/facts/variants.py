"""The rows of the table as facts: for each variant what it changes, its scores, its difference, its costs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainlab.comparison.comparison import Comparison, Row
from trainlab.comparison.splits import Kind
from trainlab.reporting.facts.curves import Numbers
from trainlab.reporting.facts.run_scores import fold_scores
from trainlab.reporting.wording.names import clean, labels
from trainlab.reporting.wording.settings import setting
from trainlab.reporting.wording.words import span
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results

_OVER: Mapping[Kind, str] = {
    "one split": "Intervals of means are over seeds, on exactly these validation rows.",
    "folds": "Intervals are over folds, for training sets of this size.",
    "disjoint sets": "Intervals are over disjoint training sets, on exactly these validation rows.",
    "time series": "",
    "resamples": "In the place of intervals stands the middle 95 % of resamples.",
}

LABEL = 80
SHORT = 26
_LONGEST = 600


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
        scores: score of each seed on one split, of each fold over several; None where it has none.
        diverged: the seeds of the runs that diverged.
        epochs: epochs trained, as ``20`` or ``8 to 20``.
        seconds: time of one run measured alone; None where it was not.
        parameters: trainable numbers, of all members together; None where not recorded.
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
    parameters: int | None
    difference: Difference | None


def variant_facts(results: Results, comparison: Comparison) -> tuple[VariantFacts, ...]:
    """Give the rows of the table, in the order of the experiment."""
    scored = {score.variant: score for score in comparison.scores}
    against = {row.variant: row for row in comparison.rows if row.against == results.reference}
    seconds = results.facts.get("variant_seconds") or {}
    document = results.facts.get("experiment", {})
    shown, short = labels(results.variants, LABEL), labels(results.variants, SHORT)
    facts = []
    for index, name in enumerate(results.variants):
        score, row = scored.get(name), against.get(name)
        facts.append(
            VariantFacts(
                label=shown[index],
                short=short[index],
                changes=changes(document, name),
                is_reference=name == results.reference,
                mean=None if score is None else known(score.mean),
                low=None if score is None else known(score.low),
                high=None if score is None else known(score.high),
                runs=0 if score is None else score.n,
                scores=_scores(results, index),
                diverged=tuple(
                    results.seeds[seed]
                    for seed, _ in np.argwhere(results.outcomes[index] == Outcome.DIVERGED)
                ),
                epochs=_epochs(results, index),
                seconds=known(seconds.get(name)),
                parameters=_parameters(results, index),
                difference=None if row is None else difference_of(row),
            )
        )
    return tuple(facts)


def changes(document: Mapping[str, Any], variant: str) -> str:
    """Say what a variant changes, as in ``dropout 0.3, L2 penalty 0.001``; empty for a baseline."""
    changed = (document.get("variants") or {}).get(variant) or {}
    return clean(", ".join(setting(key, value) for key, value in changed.items()), _LONGEST)


def in_force(document: Mapping[str, Any], variant: str) -> dict[str, Any]:
    """Give the settings that a variant is trained with, as the document writes them.

    >>> in_force({"recipe": {"epochs": 9}, "variants": {"short": {"epochs": 3}}}, "short")
    {'epochs': 3}
    """
    recipe, variants = document.get("recipe") or {}, document.get("variants") or {}
    return {**recipe, **(variants.get(variant) or {})}


def furthest(variants: Sequence[VariantFacts], most: int) -> tuple[int, ...]:
    """Choose at most that many variants, in their own order: the reference, and those furthest from it.

    Furthest is by the measured difference, better or worse alike; a variant without one comes last.
    """
    distances = {}
    for place, variant in enumerate(variants):
        value = None if variant.difference is None else variant.difference.value
        distances[place] = -1.0 if value is None else abs(value)
        if variant.is_reference:
            distances[place] = math.inf
    return tuple(sorted(sorted(distances, key=lambda place: -distances[place])[:most]))


def sizes_differ(variants: Sequence[VariantFacts]) -> bool:
    """Tell whether variants differ in how many trainable numbers they have, as far as that is recorded."""
    return len({variant.parameters for variant in variants if variant.parameters is not None}) > 1


def table_notes(variants: Sequence[VariantFacts], splits: Kind = "one split") -> str:
    """Say for what the intervals of the table hold, and how runs that diverged enter it.

    Args:
        variants: the rows of the table.
        splits: how rows were shared out.
    """
    differences = [variant.difference for variant in variants if variant.difference is not None]
    said = []
    if any(variant.low is not None for variant in variants):
        said.append(_OVER[splits])
    if splits in {"folds", "disjoint sets"} and len(differences) > 1:
        said.append("Intervals of differences hold for all comparisons at once.")
    if splits == "one split" and any(difference.low is not None for difference in differences):
        together = ", and hold for all comparisons at once" if len(differences) > 1 else ""
        said.append(f"Intervals of differences also allow for other validation rows{together}.")
    if differences and any(variant.diverged for variant in variants):
        said.append(
            "Runs that diverged are no part of a mean; in a difference they count as a predictor that has "
            "learned nothing."
        )
    return " ".join(said)


def difference_of(row: Row) -> Difference:
    """Give the difference of a comparison's row, with None for what is not finite."""
    return Difference(known(row.difference), known(row.low), known(row.high), known(row.p), str(row.verdict))


def known(value: float | None) -> float | None:
    """Give a finite number, else None."""
    return None if value is None or not math.isfinite(value) else float(value)


def _scores(results: Results, variant: int) -> Numbers:
    if results.folds > 1:
        return fold_scores(results, variant)
    return tuple(known(score) for score in results.scores[variant, :, 0].tolist())


def _epochs(results: Results, variant: int) -> str:
    epochs = results.endings["epochs"][variant]
    epochs = epochs[np.isfinite(epochs) & (results.outcomes[variant] != Outcome.DIVERGED)]
    return span(int(epochs.min()), int(epochs.max())) if epochs.size else "–"


def _parameters(results: Results, variant: int) -> int | None:
    counts = results.endings["parameters"][variant]
    finite = counts[np.isfinite(counts)]
    return int(finite.max()) if finite.size else None
