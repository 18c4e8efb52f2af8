"""What was tuned and searched, as facts: the studies of all variants, and what they come to.

A study stands by itself: what it found on its own rows. What the chosen settings gave on rows that no trial
had seen stands beside it, in the variants.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trainlab.experiment.parameter import Parameter
from trainlab.experiment.tuning import FOUND
from trainlab.reporting.facts.trials import Axis, Studied, Tried
from trainlab.reporting.facts.variants import LABEL, known
from trainlab.reporting.wording.names import clean, labels
from trainlab.reporting.wording.parameters import parameter_name, parameter_value
from trainlab.reporting.wording.plain import percent, plain
from trainlab.reporting.wording.settings import setting
from trainlab.reporting.wording.words import counted, listing
from trainlab.results.remembered import remembered
from trainlab.results.table import Results
from trainlab.tuning.budgets import Budgets, budgets
from trainlab.tuning.choosing import choose, within_one_error
from trainlab.tuning.edges import Edge, edges
from trainlab.tuning.helped import Helped, helped
from trainlab.tuning.importances import Importances, importances
from trainlab.tuning.main_effects import main_effects
from trainlab.tuning.trials import Study, Trial, read_studies

_LONGEST = 600
_LABEL_OF_CHOICE = 40
_NOT_ASKED = Importances({}, 0)
_OUTCOMES = ("finished", "stopped_early", "pruned", "diverged", "running")


@dataclass(frozen=True)
class TunedFacts:
    """Everything that was tried before the experiment's own runs.

    Args:
        studies: one for each tuned variant and outer fold.
        folds: how many outer folds have studies of their own.
        budgets: what variants would have scored with fewer trials; None where that is not known.
        budgets_told: what that comes to, in words; empty where nothing is compared.
        helped: what each technique does to the settings that a search found; None where none was left out.
    """

    studies: tuple[Studied, ...]
    folds: int
    budgets: Budgets | None
    budgets_told: str
    helped: Helped | None

    @property
    def tuned(self) -> tuple[Studied, ...]:
        """The studies of variants that somebody wrote down."""
        return tuple(one for one in self.studies if not one.searched)

    @property
    def search(self) -> tuple[Studied, ...]:
        """The studies of a search, one for each outer fold."""
        return tuple(one for one in self.studies if one.searched)

    @property
    def ended(self) -> bool:
        """Whether no trial is to come."""
        return all(one.ended for one in self.studies)


@remembered
def tuned_facts(results: Results) -> TunedFacts | None:
    """Gather the facts; None where nothing was tuned.

    Args:
        results: the experiment's own results.
    """
    studies = read_studies(results)
    if not studies:
        return None
    shown = dict(zip(results.variants, labels(results.variants, LABEL), strict=True))
    taken = _taken(results.facts.get("tuning") or {})
    told = tuple(_studied(study, results, shown, taken) for study in studies)
    tuned = [study for study, one in zip(studies, told, strict=True) if not one.searched]
    found = budgets(tuned, results.reference) if tuned else None
    return TunedFacts(
        studies=told,
        folds=len({study.fold for study in studies}),
        budgets=found,
        budgets_told="" if found is None else _with_labels(found.sentence, shown),
        helped=helped(results) if any(one.searched for one in told) else None,
    )


def _with_labels(sentence: str, shown: Mapping[str, str]) -> str:
    """Put the names of variants as they are shown in the place of those that are stored."""
    for name in sorted(shown, key=len, reverse=True):
        sentence = sentence.replace(f"`{name}`", f"“{shown[name]}”")
    return clean(sentence, 4 * _LONGEST)


def unfinished(results: Results) -> str:
    """Say how far tuning has come; empty where it has ended, or nothing is tuned.

    Args:
        results: the experiment's own results.
    """
    facts = tuned_facts(results)
    told = results.facts.get("tuning") or {}
    if facts is None or told.get("ended", facts.ended):
        return ""
    done, asked = sum(one.done for one in facts.studies), sum(one.asked for one in facts.studies)
    return (
        f"Tuning has not ended: {done:,} of {counted(asked, 'trial')} are done. "
        f"`trainlab resume {clean(results.folder, _LONGEST)}` goes on."
    )


def tuned_in_words(results: Results) -> tuple[str, ...]:
    """Say of each tuned variant which settings were taken, and what they gave on inner rows.

    Args:
        results: the experiment's own results.

    >>> from trainlab.testing import made_up_trials
    >>> space = {"learning_rate": [0.01, 0.1]}
    >>> tuned_in_words(made_up_trials({"sgd": {"scores": [0.7, 0.8, 0.9, 0.9]}}, space=space))
    ('“sgd”: learning rate 0.1, trial 2 of 4, 90.00 % accuracy on inner rows.',)
    """
    facts = tuned_facts(results)
    if facts is None:
        return ()
    found = []
    for one in facts.studies:
        fold = f", fold {one.fold + 1}" if facts.folds > 1 else ""
        if one.winner is None and not one.ended:
            continue
        what = "as written, since no trial has a score"
        if one.winner is not None and one.winner.score is not None:
            scored = f"{results.metric.shown(one.winner.score)} {results.metric.label} on inner rows"
            best = "" if one.ended else "so far "
            what = f"{best}{one.winner.settings}, trial {one.winner.number} of {one.done}, {scored}"
        found.append(f"“{one.label}”{fold}: {what}.")
    return tuple(found)


def progress(results: Results) -> dict[str, Any] | None:
    """Give how far tuning has come and what it chose, as plain values; None where nothing is tuned.

    Args:
        results: the experiment's own results.
    """
    facts = tuned_facts(results)
    if facts is None:
        return None
    studies = [
        {
            "variant": one.name,
            "fold": one.fold,
            "trials": one.done,
            "asked": one.asked,
            "outcomes": {outcome: one.ended_as(outcome) for outcome in _OUTCOMES},
            "best": None if one.best is None else one.trials[one.best].number,
            "chosen": None if one.winner is None else one.winner.number,
            "score": None if one.winner is None else one.winner.score,
            "settings": {} if one.winner is None else dict(one.winner.changes),
        }
        for one in facts.studies
    ]
    return {"ended": facts.ended and not unfinished(results), "studies": studies}


def _taken(told: Mapping[str, Any]) -> Mapping[tuple[str, int], int | None]:
    """Give the number of the trial that was taken, by variant and outer fold."""
    return {(one["variant"], int(one["fold"])): one.get("chosen") for one in told.get("studies") or ()}


def _studied(
    study: Study,
    results: Results,
    shown: Mapping[str, str],
    taken: Mapping[tuple[str, int], int | None],
) -> Studied:
    winner = choose(study)
    number = taken.get((study.variant, study.fold), None if winner is None else winner.number)
    places = {trial.number: place for place, trial in enumerate(study.trials)}
    chosen = None if number is None else places.get(int(number))
    best = None if study.best is None else places[study.best.number]
    warned = {edge.parameter.name: edge_in_words(edge) for edge in edges(study)}
    tuning = study.tuning
    pruning = tuning.get("pruning") or ""
    searched = bool((results.facts.get("experiment") or {}).get("search")) and study.variant == FOUND
    mattered = importances(study) if searched else _NOT_ASKED
    places_of = {parameter.name: place for place, parameter in enumerate(study.parameters)}
    return Studied(
        name=study.variant,
        variant=results.variants.index(study.variant) if study.variant in results.variants else None,
        label=shown.get(study.variant, clean(study.variant, LABEL)),
        searched=searched,
        fold=study.fold,
        axes=tuple(_axis(parameter, warned.get(parameter.name, "")) for parameter in study.parameters),
        trials=tuple(_tried(study, trial) for trial in study.trials),
        best=best,
        chosen=chosen,
        asked=len(study.trials) if study.ended else max(int(tuning.get("trials") or 0), len(study.trials)),
        ended=study.ended,
        seeds=int(tuning.get("seeds") or 1),
        rows=_rows(tuning.get("validation")),
        sampler=clean(tuning.get("sampler") or "quasi_random", 40).replace("_", "-"),
        simplest=tuning.get("choose") == "simplest",
        as_good=len(within_one_error(study)),
        pruning=clean(next(iter(pruning), "") if isinstance(pruning, Mapping) else pruning, 40),
        importances=tuple((places_of[name], share) for name, share in mattered.shares.items()),
        refused=clean(mattered.refusal, _LONGEST),
        left_out=tuple(parameter_name(name) for name in mattered.left_out),
        effects=main_effects(study) if searched else None,
        final=_final((results.facts.get("tuning") or {}).get("final"), study),
    )


def _final(points: Mapping[str, Mapping[str, float | str]] | None, study: Study) -> str:
    point = (points or {}).get(study.variant) or {}
    told = [f"{parameter_name(name)} {parameter_value(value)}" for name, value in point.items()]
    return clean(listing(told), _LONGEST)


def _axis(parameter: Parameter, edge: str) -> Axis:
    return Axis(
        name=parameter_name(parameter.name),
        kind=parameter.kind,
        low=float(parameter.low or 0.0),
        high=float(parameter.high or 0.0),
        whole=parameter.whole,
        choices=labels(parameter.choices, _LABEL_OF_CHOICE) if parameter.choices else (),
        conditional=bool(parameter.when),
        edge=edge,
    )


def _tried(study: Study, trial: Trial) -> Tried:
    changes = _own(study, trial)
    return Tried(
        number=trial.number,
        generation=trial.generation,
        outcome=trial.outcome,
        score=known(trial.mean),
        spread=known(trial.spread),
        error=known(trial.error),
        runs=int(trial.scores.size),
        epochs=trial.epochs,
        parameters=trial.parameters,
        values=tuple(_value(parameter, trial) for parameter in study.parameters),
        changes=changes,
        settings=settings_in_words(changes),
        curve=tuple(known(float(value)) for value in trial.curve),
    )


def edge_in_words(edge: Edge) -> str:
    """Say that the best value stands at the edge of what was tried, and how far to go beyond.

    Args:
        edge: which number, and at which end of its range.
    """
    name = parameter_name(edge.parameter.name)
    said = f"the best {name}, {parameter_value(edge.value)}, is at the {edge.side} edge of what was tried"
    if edge.parameter.kind != "choice":
        said += f" ({parameter_value(edge.parameter.low)} to {parameter_value(edge.parameter.high)})"
    said += ", and scores rise towards it"
    if edge.beyond is None:
        return f"{said}."
    beyond = edge.beyond if edge.parameter.whole else float(f"{float(edge.beyond):.3g}")
    return f"{said}; try {parameter_value(beyond)} too."


def _value(parameter: Parameter, trial: Trial) -> float | None:
    value = trial.point.get(parameter.name)
    if value is None:
        return None
    return float(parameter.choices.index(str(value))) if parameter.kind == "choice" else float(value)


def _own(study: Study, trial: Trial) -> dict[str, Any]:
    """Give what was tuned of a trial's changes: the others are the variant's."""
    keys = dict.fromkeys(parameter.name.partition(".")[0] for parameter in study.parameters)
    return {key: trial.changes[key] for key in keys if key in trial.changes}


def settings_in_words(changes: Mapping[str, Any]) -> str:
    """Write settings as a sentence says them.

    >>> settings_in_words({"learning_rate": 0.00123456, "dropout": 0})
    'learning rate 0.001235 and no dropout'
    """
    return clean(listing([setting(key, value) for key, value in changes.items()]), _LONGEST)


def _rows(validation: object) -> str:
    """Say which rows score a trial."""
    told = validation if isinstance(validation, Mapping) else {"holdout": 0.2}
    ((way, how),) = list(told.items())[:1]
    if way == "holdout":
        return f"{percent(float(how))} of the training rows, held out"
    if way == "kfold":
        return f"{plain(how)} folds of the training rows"
    return clean(f"parts of the training rows, {setting(way, how)}", _LONGEST)
