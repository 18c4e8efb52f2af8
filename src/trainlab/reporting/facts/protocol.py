"""The protocol in words: what was trained, on which rows, how, and what the numbers mean.

Everything comes from the stored facts; where one is missing, the words say that it is not recorded.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainlab.comparison.comparison import Comparison
from trainlab.reporting.facts.answer import smallest_difference_in_words
from trainlab.reporting.facts.sealed import sealed_facts
from trainlab.reporting.facts.targets import target_in_words
from trainlab.reporting.facts.variants import changes, in_force, known
from trainlab.reporting.wording.architecture import architecture
from trainlab.reporting.wording.names import clean, labels
from trainlab.reporting.wording.plain import is_off
from trainlab.reporting.wording.settings import setting
from trainlab.reporting.wording.shared_out import differences_in_words, mean_in_words, validation_in_words
from trainlab.reporting.wording.words import NOT_RECORDED, counted, listing, number, some, span
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results

_MOST_NOTES = 12
_LABEL = 80
_MOST_CLASSES = 5
_LONGEST_CLASS = 40
_KINDS = {"number": "numbers", "category": "categories", "text": "texts"}


@dataclass(frozen=True)
class Entry:
    """One thing and what is said of it."""

    term: str
    text: str


def protocol(results: Results, comparison: Comparison) -> tuple[Entry, ...]:
    """Tell the protocol, in the order in which a reader asks."""
    document = results.facts.get("experiment", {})
    data = results.facts.get("data", {})
    entries = (
        Entry("Data", _data(document, data)),
        Entry("Validation", validation_in_words(results)),
        Entry("Test", "" if (sealed := sealed_facts(results)) is None else sealed.told),
        Entry("Model", _model(document)),
        Entry("Shared by all variants", _shared(document)),
        Entry("Variants", _variants(document)),
        Entry("Seeds", _seeds(results)),
        Entry("Training length", _length(results)),
        Entry("Early stopping", _stopping(results)),
        Entry("Ensembles", _ensembles(results)),
        Entry("Pruning", _pruning(results)),
        Entry("Metric", _metric(results, comparison)),
        Entry("Target", _target(results)),
        Entry("Intervals and verdicts", _intervals(results, comparison)),
        Entry("Curves", _curves(results, comparison)),
        Entry("Lanes", _lanes(results)),
    )
    return tuple(entry for entry in entries if entry.text)


def _data(document: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    name = data.get("name") or document.get("data")
    if not name:
        return NOT_RECORDED
    said = [f"{clean(name)}"]
    if data.get("rows") is not None:
        said[0] += f": {counted(data['rows'], 'row')}"
        said[0] += _inputs(data) + _classes(data)
    notes = [clean(note).rstrip(".") for note in data.get("notes") or ()]
    scaled = any("scaled" in note for note in notes)
    if not scaled and isinstance(data.get("scale"), int | float) and data["scale"] != 1:
        said.append(f"Inputs are multiplied by {number(data['scale'])}")
    said += [note[:1].upper() + note[1:] for note in notes[:_MOST_NOTES] if note]
    return f"{'. '.join(said)}."


def _inputs(data: Mapping[str, Any]) -> str:
    """Say what a row holds: columns by their kinds where they have names, else its shape."""
    kinds = [str(column.get("kind") or "number") for column in data.get("columns") or ()]
    if kinds:
        counts = [(kinds.count(kind), plural) for kind, plural in _KINDS.items() if kind in kinds]
        others = sum(kind not in _KINDS for kind in kinds)
        counts += [(others, "another kind")] if others else []
        (first, what), *rest = counts
        told = [
            f"{counted(first, 'column')} of {what}",
            *(f"{count:,} of {plural}" for count, plural in rest),
        ]
        return f", {listing(told)}"
    shape = data.get("input_shape")
    if shape is None:
        return ""
    if any(isinstance(part, list | tuple) for part in shape):
        return f" of shapes {listing([_shape(part) for part in shape])}"
    return f" of {counted(shape[0], 'number')}" if len(shape) == 1 else f" of shape {_shape(shape)}"


def _shape(shape: object) -> str:
    return " × ".join(f"{size}" for size in shape) if isinstance(shape, list | tuple) else str(shape)


def _classes(data: Mapping[str, Any]) -> str:
    classes, counts = data.get("classes"), data.get("class_counts")
    if data.get("task") == "regression":
        return ", a number to predict"
    if not classes and not counts:
        return ""
    kinds = counted(len(counts or classes or ()), "class", "classes")
    if classes:
        kinds += f" ({some([clean(name, _LONGEST_CLASS) for name in classes], _MOST_CLASSES)})"
    if not counts:
        return f", {kinds}"
    return f", {kinds} of {span(min(counts), max(counts))} rows"


def _model(document: Mapping[str, Any]) -> str:
    said = architecture(document.get("model"))
    if said == NOT_RECORDED:
        return said
    return clean(f"{said[:1].upper()}{said[1:]}.", 1_000)


def _shared(document: Mapping[str, Any]) -> str:
    recipe = document.get("recipe") or {}
    variants = list((document.get("variants") or {}).values())
    everywhere: set[str] = (
        set.intersection(*(set(changed or {}) for changed in variants)) if variants else set()
    )
    somewhere: set[str] = set().union(*(changed or {} for changed in variants))
    said = [
        setting(key, value)
        for key, value in recipe.items()
        if key not in everywhere and _worth_saying(key, value, somewhere)
    ]
    if not said:
        return NOT_RECORDED
    unless = ", except where a variant says otherwise" if somewhere - everywhere else ""
    return clean(f"{', '.join(said)}{unless}.", 1_000)


def _worth_saying(key: str, value: object, somewhere: AbstractSet[str]) -> bool:
    """Whether a setting is on, or is off where some variant turns it on."""
    if value is None:
        return key == "learning_rate"
    if isinstance(value, list | dict):
        return bool(value)
    return bool(value) or key in somewhere


def _variants(document: Mapping[str, Any]) -> str:
    names = tuple(document.get("variants") or {})
    said = [
        f"“{label}”{f': {changed}' if (changed := changes(document, name)) else ' changes nothing'}"
        for name, label in zip(names[:_MOST_NOTES], labels(names[:_MOST_NOTES], _LABEL), strict=True)
    ]
    if len(names) > _MOST_NOTES:
        said.append(f"the table tells what the other {len(names) - _MOST_NOTES} change")
    return f"{'; '.join(said)}." if said else NOT_RECORDED


def _seeds(results: Results) -> str:
    first, last = results.seeds[0], results.seeds[-1]
    if len(results.seeds) > 2 and results.seeds == tuple(range(first, last + 1)):
        shown = f"{first} to {last}"
    elif len(results.seeds) > _MOST_NOTES:
        shown = f"{', '.join(str(seed) for seed in results.seeds[:_MOST_NOTES])} and more"
    else:
        shown = listing([str(seed) for seed in results.seeds])
    if len(results.seeds) == 1:
        return (
            f"One seed ({shown}) for every variant. It fixes initial weights, order of rows and random "
            "layers; with one alone, the spread that training has by itself is not measured."
        )
    return (
        f"{counted(len(results.seeds), 'seed')} ({shown}) for every variant. A seed fixes initial weights, "
        "order of rows and random layers. Every variant sees the same ones, so that runs are compared in "
        "pairs."
    )


def _length(results: Results) -> str:
    ended = (results.outcomes == Outcome.FINISHED) | (results.outcomes == Outcome.STOPPED_EARLY)
    ended &= np.isfinite(results.endings["epochs"])
    epochs, steps = results.endings["epochs"][ended], results.endings["steps"][ended]
    if not epochs.size:
        return NOT_RECORDED
    said = f"{span(int(epochs.min()), int(epochs.max()))} {'epoch' if epochs.max() == 1 else 'epochs'}"
    if (steps > 0).all():
        members = ", those of all members counted where networks are averaged" if _averaged(results) else ""
        said += f", {span(int(steps.min()), int(steps.max()))} optimizer steps{members}"
    stopping = _variants_with(results, "early_stopping")
    if len(stopping) == len(results.variants):
        return f"{said}. The epoch that early stopping chose is the one that is scored."
    unless = ", except where early stopping chose one" if stopping else ""
    return f"{said}. The last epoch is the one that is scored{unless}."


def _stopping(results: Results) -> str:
    if not _variants_with(results, "early_stopping"):
        return ""
    return (
        "Scores are cross-fitted. An epoch chosen for its validation loss is partly chosen for luck on these "
        "rows, and its score on them would be too good. So the validation rows stand in two halves: the rows "
        "of each half are scored with the weights of the epoch that the other half has chosen. The weights "
        "that are kept are those of the epoch chosen on all validation rows."
    )


def _ensembles(results: Results) -> str:
    names = _averaged(results)
    if not names:
        return ""
    said = (
        "An ensemble answers with the mean of its members' answers. Members are networks of one recipe, "
        "apart in initial weights, order of rows and random layers; the first is the one that a single "
        "network of that seed would be. Curves of an ensemble are the mean of its members' curves, not of "
        "their common answer, and its steps, time and trainable numbers are those of all members together."
    )
    if any(f"{name}: control" in results.variants for name in names):
        said += (
            " Its control is a single network trained for as many epochs as all members together: averaging "
            "costs that much computing, and only what the ensemble gains over its control is owed to it."
        )
    return said


def _pruning(results: Results) -> str:
    if not _variants_with(results, "prune"):
        return ""
    return (
        "The smallest weights of each kernel, by their size, are set to zero once, after training, and the "
        "network is scored as it is then; curves show it before."
    )


def _variants_with(results: Results, key: str) -> tuple[str, ...]:
    document = results.facts.get("experiment", {})
    return tuple(name for name in results.variants if not is_off(in_force(document, name).get(key)))


def _averaged(results: Results) -> tuple[str, ...]:
    document = results.facts.get("experiment", {})
    return tuple(
        name for name in _variants_with(results, "ensemble") if in_force(document, name)["ensemble"] != 1
    )


def _metric(results: Results, comparison: Comparison) -> str:
    metric = results.metric
    better = "higher" if metric.higher_is_better else "lower"
    return (
        f"{metric.label[:1].upper()}{metric.label[1:]} over all validation rows; {better} is better. "
        "The smallest difference that matters is "
        f"{smallest_difference_in_words(results, comparison.smallest_difference)}."
    )


def _target(results: Results) -> str:
    target = known((results.facts.get("experiment") or {}).get("target_score"))
    said = target_in_words(target, results.metric)
    return (
        f"{said[:1].upper()}{said[1:]}, with the weights standing still after an epoch. For each run the "
        "first such epoch is taken; a run that never got there is not dropped but counts as later."
        if said
        else ""
    )


def _intervals(results: Results, comparison: Comparison) -> str:
    said = []
    if len(results.seeds) > 1 or comparison.splits != "one split":
        said.append(mean_in_words(comparison.splits))
    if comparison.rows:
        said.append(differences_in_words(comparison))
    if any(row.low is not None for row in comparison.rows) and not comparison.describes:
        smallest = smallest_difference_in_words(results, comparison.smallest_difference)
        said.append(
            "A variant is better or worse where the 95 % interval of its difference leaves out zero, "
            f"equivalent where the interval contains zero and lies within ±{smallest}, and undecided "
            "otherwise, or where leaving out runs that diverged would change the verdict."
        )
    return " ".join(part for part in said if part)


def _curves(results: Results, comparison: Comparison) -> str:
    over, band = "seeds", "the band is the 95 % interval of that mean over seeds"
    if comparison.splits != "one split":
        over = "seeds and folds"
        band = "the band is the interval of that mean over folds, as for scores"
        if comparison.describes:
            band = "there is no band"
    elif len(results.seeds) == 1:
        band = "one seed has no band"
    return (
        "Loss and metric are measured after each epoch with the weights standing still, on a fixed sample of "
        f"the training rows and on all validation rows. Lines are means over {over}; {band}."
    )


def _lanes(results: Results) -> str:
    cohorts = (results.facts.get("plan") or {}).get("cohorts") or ()
    said = []
    for cohort in cohorts[:_MOST_NOTES]:
        reason = clean(cohort.get("reason") or "", 2_000)
        lanes, width = cohort.get("lanes") or 0, cohort.get("width") or 0
        at_once = f", {width} at a time" if 0 < width < lanes else ""
        said.append(f"{counted(lanes, 'run')} in one program{at_once}{f' ({reason})' if reason else ''}")
    if len(cohorts) > _MOST_NOTES:
        said.append(f"{len(cohorts) - _MOST_NOTES} more programs")
    return f"{'; '.join(said)}." if said else ""
