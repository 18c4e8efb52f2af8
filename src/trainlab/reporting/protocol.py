"""The protocol in words: what was trained, on which rows, how, and what the numbers mean.

Everything comes from the stored facts; where one is missing, the words say that it is not recorded.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from trainlab.comparison.compare import Comparison
from trainlab.reporting.answer import smallest_difference_in_words
from trainlab.reporting.names import clean, labels
from trainlab.reporting.words import NOT_RECORDED, counted, listing, number, span
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results

_MOST_NOTES = 12
_LABEL = 80


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
        Entry("Validation", _validation(results, document, data)),
        Entry("Test", clean(results.facts.get("sealed") or "")),
        Entry("Model", _model(document)),
        Entry("Shared by all variants", _shared(document)),
        Entry("Variants", _variants(document)),
        Entry("Seeds", _seeds(results)),
        Entry("Training length", _length(results)),
        Entry("Metric", _metric(results, comparison)),
        Entry("Intervals and verdicts", _intervals(results, comparison)),
        Entry("Curves", _curves(results)),
        Entry("Lanes", _lanes(results)),
    )
    return tuple(entry for entry in entries if entry.text)


def changes(document: Mapping[str, Any], variant: str) -> str:
    """Say what a variant changes, as in ``dropout 0.3, L2 penalty 0.001``; empty for a baseline."""
    changed = (document.get("variants") or {}).get(variant) or {}
    return clean(", ".join(setting(key, value) for key, value in changed.items()))


def setting(key: str, value: object) -> str:
    """Write one setting of a recipe in words.

    >>> setting("batch_size", 128), setting("optimizer", {"sgd": {"momentum": 0.9}}), setting("dropout", 0)
    ('batches of 128 rows', 'SGD with momentum 0.9', 'no dropout')
    """
    if key in _WORDS:
        return _WORDS[key](value)
    return f"{key.replace('_', ' ')} {_plain(value)}"


def _optimizer(value: object) -> str:
    if isinstance(value, Mapping) and len(value) == 1:
        name, numbers = next(iter(value.items()))
        given = listing(
            [f"{key.replace('_', ' ')} {_plain(inner)}" for key, inner in (numbers or {}).items()]
        )
        return f"{_optimizer(name)} with {given}" if given else _optimizer(name)
    return {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}.get(str(value), str(value))


def _hidden(units: Sequence[int]) -> str:
    if not units:
        return "no hidden layer"
    return f"{'a hidden layer' if len(units) == 1 else 'hidden layers'} of {_plain(units)} units"


def _strength(words: str) -> Callable[[object], str]:
    return lambda value: f"no {words}" if value in (0, None, False) else f"{words} {_plain(value)}"


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "optimizer": _optimizer,
    "learning_rate": lambda value: (
        "the optimizer's own learning rate" if value is None else f"learning rate {_plain(value)}"
    ),
    "batch_size": lambda value: (
        "all rows in one batch" if value == "all" else f"batches of {_plain(value)} rows"
    ),
    "epochs": lambda value: f"{_plain(value)} epochs" if value != 1 else "1 epoch",
    "l2": _strength("L2 penalty"),
    "dropout": _strength("dropout"),
    "hidden": _hidden,
    "train_rows": lambda value: f"{_plain(value)} training rows",
}


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(inner)}" for key, inner in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return listing([_plain(inner) for inner in value])
    return str(value)


def _data(document: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    name = data.get("name") or document.get("data")
    if not name:
        return NOT_RECORDED
    said = [f"{clean(name)}"]
    if data.get("rows") is not None:
        said[0] += f": {counted(data['rows'], 'row')}"
        if data.get("input_shape") is not None:
            said[0] += f" of shape {' × '.join(str(size) for size in data['input_shape'])}"
        said[0] += _classes(data)
    notes = [clean(note).rstrip(".") for note in data.get("notes") or ()]
    scaled = any("scaled" in note for note in notes)
    if not scaled and isinstance(data.get("scale"), int | float) and data["scale"] != 1:
        said.append(f"Inputs are multiplied by {number(data['scale'])}")
    said += [note[:1].upper() + note[1:] for note in notes[:_MOST_NOTES] if note]
    return f"{'. '.join(said)}."


def _classes(data: Mapping[str, Any]) -> str:
    classes, counts = data.get("classes"), data.get("class_counts")
    if data.get("task") == "regression":
        return ", a number to predict"
    if not classes and not counts:
        return ""
    kinds = counted(len(counts or classes or ()), "class", "classes")
    if not counts:
        return f", {kinds}"
    return f", {kinds} of {span(min(counts), max(counts))} rows"


def _validation(results: Results, document: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    validation = document.get("validation") or {}
    training, validating = data.get("training_rows"), data.get("validation_rows")
    if "holdout" in validation:
        how = f"One split: {number(100 * validation['holdout'])} % of the rows are held out"
    elif validation:
        how = clean(" ".join(setting(key, value) for key, value in validation.items())).capitalize()
    else:
        how = counted(results.folds, "split")
    if training is not None and validating is not None:
        how += f"; {counted(training, 'row')} train, {counted(validating, 'row')} validate"
    drawn = document.get("split_seed")
    seed = "" if drawn is None else f" by split seed {drawn}"
    return (
        f"{how}. The rows are drawn{seed}, apart from the seeds of the runs, and are the same for every run."
    )


def _model(document: Mapping[str, Any]) -> str:
    model = document.get("model")
    if not isinstance(model, Mapping) or not model:
        return NOT_RECORDED
    family, sizes = next(iter(model.items()))
    if family != "mlp":
        return clean(f"{family}: {_plain(sizes)}") if sizes else clean(family)
    hidden, activation = sizes.get("hidden", []), sizes.get("activation", NOT_RECORDED)
    if not hidden:
        return "A linear model: no hidden layer."
    return clean(
        f"A multilayer perceptron with {counted(len(hidden), 'hidden layer')} of {_plain(hidden)} units "
        f"(activation {activation})."
    )


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
        f"“{label}” {f'takes {changed}' if (changed := changes(document, name)) else 'changes nothing'}"
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
    epochs, steps = results.endings["epochs"][ended], results.endings["steps"][ended]
    if not epochs.size:
        return NOT_RECORDED
    said = f"{span(int(epochs.min()), int(epochs.max()))} {'epoch' if epochs.max() == 1 else 'epochs'}"
    if (steps > 0).all():
        said += f", {span(int(steps.min()), int(steps.max()))} optimizer steps"
    if (results.outcomes == Outcome.STOPPED_EARLY).any():
        chosen = results.endings["chosen_epoch"][ended]
        return f"{said}; early stopping chose epochs {span(int(chosen.min()), int(chosen.max()))}."
    return f"{said}. The last epoch is the one that is scored."


def _metric(results: Results, comparison: Comparison) -> str:
    metric = results.metric
    better = "higher" if metric.higher_is_better else "lower"
    return (
        f"{metric.label[:1].upper()}{metric.label[1:]} over all validation rows; {better} is better. "
        "The smallest difference that matters is "
        f"{smallest_difference_in_words(results, comparison.smallest_difference)}."
    )


def _intervals(results: Results, comparison: Comparison) -> str:
    said = []
    if len(results.seeds) > 1:
        said.append(
            "The interval of a mean is Student's over seeds: it holds for training again on these rows and "
            "scoring on exactly these validation rows."
        )
    if any(row.low is not None for row in comparison.rows):
        holds = clean(comparison.claim, 1_000).rstrip(".")
        together = (
            f" and for all {len(comparison.rows)} comparisons at once" if len(comparison.rows) > 1 else ""
        )
        said.append(
            f"The interval of a difference, from pairs of runs with the same seed, holds {holds}{together}; "
            "so it is the wider one."
        )
        smallest = smallest_difference_in_words(results, comparison.smallest_difference)
        said.append(
            "A variant is better or worse where the 95 % interval of its difference leaves out zero, "
            f"equivalent where the interval contains zero and lies within ±{smallest}, and undecided "
            "otherwise, or where leaving out runs that diverged would change the verdict."
        )
    return " ".join(said)


def _curves(results: Results) -> str:
    band = (
        "the band is the 95 % interval of that mean over seeds"
        if len(results.seeds) > 1
        else "one seed has no band"
    )
    return (
        "Loss and metric are measured after each epoch with the weights standing still, on a fixed sample of "
        f"the training rows and on all validation rows. Lines are means over seeds; {band}."
    )


def _lanes(results: Results) -> str:
    cohorts = (results.facts.get("plan") or {}).get("cohorts") or ()
    said = []
    for cohort in cohorts[:_MOST_NOTES]:
        reason = clean(cohort.get("reason") or "")
        lanes, width = cohort.get("lanes") or 0, cohort.get("width") or 0
        at_once = f", {width} at a time" if 0 < width < lanes else ""
        said.append(f"{counted(lanes, 'run')} in one program{at_once}{f' ({reason})' if reason else ''}")
    if len(cohorts) > _MOST_NOTES:
        said.append(f"{len(cohorts) - _MOST_NOTES} more programs")
    return f"{'; '.join(said)}." if said else ""
