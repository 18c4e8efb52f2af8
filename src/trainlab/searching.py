"""The stage before the comparison: trials of every variant that is tuned, and what they found.

Each variant has a study in each outer fold, whose trials are trained on inner splits of the fold's training
rows. They stand in a folder of their own in which every trial is a variant; this store is the record, and
whatever proposes trials or gives them up is rebuilt from it. What is found is put into the experiment, which
is then trained as any other. How points are proposed and chosen stands in ``tuning``.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainlab.checking import Ready, prepare
from trainlab.data.splitting.inner import inner_rows
from trainlab.data.splitting.validations import Splitter
from trainlab.declaring import GOING_ON, declare_plan, declare_question
from trainlab.experiment.fresh_seeds import fresh_seeds
from trainlab.experiment.spec import Experiment
from trainlab.experiment.tuning import Tuning
from trainlab.experiment.variants import Variant
from trainlab.results.store import Reader, Writer
from trainlab.results.table import open_results
from trainlab.tuning.found import found_by, plain_settings
from trainlab.tuning.proposals import check_sampler, propose
from trainlab.tuning.pruning import Referee
from trainlab.tuning.trials import FOLDER, Study, studies_in

Show = Callable[[Any], None]


@dataclass(frozen=True)
class _Asked:
    """What is tuned: one variant in one outer fold.

    Args:
        variant: the variant.
        fold: the outer fold.
        tuning: how it is tuned.
        inner: positions of its inner splits among those of all.
    """

    variant: Variant
    fold: int
    tuning: Tuning
    inner: tuple[int, ...]

    def name(self, number: int, folds: int) -> str:
        """Call a trial."""
        within = f", fold {self.fold + 1}" if folds > 1 else ""
        return f"{self.variant.name}{within}, trial {number}"


@dataclass(frozen=True, eq=False)
class _Stage:
    """The stage of one experiment: what is tuned, on which inner splits, with which seeds."""

    experiment: Experiment
    asked: tuple[_Asked, ...]
    inner: Splitter
    seeds: tuple[int, ...]
    folder: Path
    allow_code: bool

    @property
    def runs_of_trial(self) -> int:
        """How many numbers of runs a trial takes, those of other studies' splits included."""
        return len(self.seeds) * len(self.inner.splitter)


def check_tuning(experiment: Experiment) -> None:
    """Refuse at once what can't be tuned: training rows that can't be split again, a sampler that is missing.

    Raises:
        UsageError: where an inner split can't be had.
        DataError: where no split can be had.
        MissingError: where a sampler is Optuna's, and that is not installed.
    """
    if not experiment.tunings:
        return
    for tuning in experiment.tunings.values():
        check_sampler(tuning.sampler)
    _stage(experiment, Path(), allow_code=False)


def foreseen(experiment: Experiment, *, allow_code: bool) -> tuple[Ready, float]:
    """Prepare the first trials of an experiment, to tell what all of them will take.

    Args:
        experiment: the question; something is tuned.
        allow_code: whether a Python file that the experiment names may run.

    Returns:
        What is trained first, and how many times as much will be trained in all.
    """
    from trainlab.engine.kept import Kept

    stage = _stage(experiment, Path(), allow_code=allow_code)
    trials = _next_generation(stage, _untried(stage), (), 0.0)
    ready = _ready(stage, trials, 0, 0, widths=(), kept=Kept())
    runs = sum(one.tuning.trials * one.tuning.seeds * len(one.inner) for one in stage.asked)
    return ready, runs / sum(len(prepared.cohort.runs) for prepared in ready.cohorts)


def search(experiment: Experiment, folder: Path, *, allow_code: bool, show: Show) -> dict[str, Any]:
    """Train the trials of an experiment, from wherever their store says it stands.

    Args:
        experiment: the question.
        folder: its folder; trials go into a folder inside of it.
        allow_code: whether a Python file that the experiment names may run.
        show: told how far training is.

    Returns:
        What is stored of it beside the experiment: for each study what was chosen.
    """
    from trainlab.engine.kept import Kept
    from trainlab.engine.training import Seconds

    stage = _stage(experiment, folder / FOLDER, allow_code=allow_code)
    stage.folder.mkdir(exist_ok=True)
    kept, seconds = Kept(), Seconds()
    with Writer(stage.folder) as writer:
        began, before = time.perf_counter(), _begin(stage, writer)
        trials = _stored(stage)["trials"]
        studies = _studies(stage)
        if trials:
            _train(stage, writer, trials, studies, kept=kept, seconds=seconds, show=show)
            studies = _studies(stage)
        while True:
            spent = before + time.perf_counter() - began
            more = _next_generation(stage, studies, trials, spent)
            if not more:
                break
            trials = [*trials, *more]
            _train(stage, writer, trials, studies, kept=kept, seconds=seconds, show=show)
            studies = _studies(stage)
            total = before + time.perf_counter() - began
            parts = {name: getattr(seconds, name) for name in ("compile", "train", "evaluate")}
            writer.write_facts({"tuning_seconds": total, "seconds": {**parts, "total": total}})
        ended = [{**told, "ended": True} for told in _stored(stage)["studies"]]
        writer.write_facts({"studies": ended})
    return found_by(experiment, studies)


def _stage(experiment: Experiment, folder: Path, *, allow_code: bool) -> _Stage:
    """Say what is tuned, and on which inner splits: those of each outer fold for each way to split."""
    pairs: list[Any] = []
    places: dict[tuple[int, Any], tuple[int, ...]] = {}
    asked = []
    for name, tuning in experiment.tunings.items():
        variant = next(one for one in experiment.variants if one.name == name)
        for fold, rows in enumerate(experiment.folds):
            key = (fold, tuning.validation)
            if key not in places:
                found = inner_rows(
                    experiment.data, rows, experiment.validation, tuning.validation, experiment.split_seed
                )
                places[key] = tuple(range(len(pairs), len(pairs) + len(found)))
                pairs += found
            asked.append(_Asked(variant, fold, tuning, places[key]))
    most = max(tuning.seeds for tuning in experiment.tunings.values())
    seeds = fresh_seeds(experiment.seeds, most)
    return _Stage(experiment, tuple(asked), Splitter(pairs), seeds, folder, allow_code)


def _begin(stage: _Stage, writer: Writer) -> float:
    """Store what is asked, unless that is done; give the seconds spent so far."""
    facts = _stored(stage)
    if "studies" in facts:
        return float(facts.get("tuning_seconds", 0.0))
    studies = [
        {
            "variant": one.variant.name,
            "fold": one.fold,
            "tuning": one.tuning.document(),
            "parameters": [parameter.document() for parameter in one.tuning.space.parameters],
            "folds": list(one.inner),
            "ended": False,
        }
        for one in stage.asked
    ]
    writer.write_facts({"studies": studies, "trials": [], "generations": [], "tuning_seconds": 0.0})
    return 0.0


def _stored(stage: _Stage) -> dict[str, Any]:
    with Reader(stage.folder) as reader:
        return reader.facts()


def _studies(stage: _Stage) -> tuple[Study, ...]:
    """Read the studies; before the first trial is declared there are none in the store."""
    return studies_in(open_results(stage.folder)) if _stored(stage)["trials"] else _untried(stage)


def _untried(stage: _Stage) -> tuple[Study, ...]:
    return tuple(
        Study(
            variant=one.variant.name,
            fold=one.fold,
            tuning=one.tuning.document(),
            parameters=one.tuning.space.parameters,
            trials=(),
            metric=stage.experiment.metric,
            ended=False,
        )
        for one in stage.asked
    )


def _next_generation(
    stage: _Stage, studies: Sequence[Study], trials: Sequence[Mapping[str, Any]], spent: float
) -> list[dict[str, Any]]:
    """Ask every study that has not ended for its next trials."""
    generation = 1 + max((int(trial["generation"]) for trial in trials), default=-1)
    more: list[dict[str, Any]] = []
    for position, (one, study) in enumerate(zip(stage.asked, studies, strict=True)):
        tuning, known = one.tuning, len(study.trials)
        late = tuning.minutes is not None and spent > 60 * tuning.minutes
        count = 0 if late and known else min(tuning.cohort, tuning.trials - known)
        points = propose(study, count) if count > 0 else []
        more += [
            {
                "study": position,
                "number": known + place,
                "point": dict(point),
                "changes": plain_settings(tuning.space.settings(point)),
                "generation": generation,
            }
            for place, point in enumerate(points)
        ]
    return more


def _train(
    stage: _Stage,
    writer: Writer,
    trials: Sequence[Mapping[str, Any]],
    studies: Sequence[Study],
    *,
    kept: Any,
    seconds: Any,
    show: Show,
) -> None:
    """Train the last generation of trials, or go on with it."""
    from trainlab.engine.plan import read_width
    from trainlab.engine.trials import train_trials

    generation = int(trials[-1]["generation"])
    first = next(place for place, trial in enumerate(trials) if trial["generation"] == generation)
    with Reader(stage.folder) as reader:
        facts, runs = reader.facts(), reader.runs()
    declared = {run["variant"] for run in runs if run["outcome"] not in GOING_ON}
    if len(declared) == len(trials) and not any(run["outcome"] in GOING_ON for run in runs):
        return
    stored = facts["generations"][generation:]
    widths = [read_width(width) for width in stored[0]] if stored else ()
    before = sum(map(len, facts["generations"][:generation]))
    ready = _ready(stage, trials, first, before, widths=widths, kept=kept)
    if not stored:
        documents = [prepared.width.document() for prepared in ready.cohorts]
        more = {"trials": list(trials), "generations": [*facts["generations"], documents]}
        whole = replace(ready, experiment=_experiment(stage, trials))
        if generation:
            declare_plan(writer, whole, more)
        else:
            declare_question(writer, whole, facts=more)
    known = {run["run"] for run in runs}
    missing = [declared for declared in _declared(stage, ready) if declared[0] not in known]
    if missing:
        writer.declare_runs(missing)
    ended = frozenset(run["run"] for run in runs if run["outcome"] not in GOING_ON)

    def shown(progress: Any) -> None:
        many = f"trials {first + 1} to {len(trials)}"
        show(replace(progress, doing=f"{many}: {progress.doing}"))

    train_trials(
        ready.experiment,
        ready.folds,
        ready.cohorts,
        ready.workshop,
        writer=writer,
        ended=ended,
        seconds=seconds,
        show=shown,
        referee=_referee(stage, trials, studies, ready),
    )


def _ready(
    stage: _Stage,
    trials: Sequence[Mapping[str, Any]],
    first: int,
    before: int,
    *,
    widths: Sequence[Any],
    kept: Any,
) -> Ready:
    """Prepare a generation: its runs, numbered among those of all generations."""
    asked = _experiment(stage, trials[first:])
    ready = prepare(asked, allow_code=stage.allow_code, kept=kept)
    names = [variant.name for variant in asked.variants]
    cohorts: list[Any] = []
    for prepared in ready.cohorts:
        places = [
            place for place, run in enumerate(prepared.cohort.runs) if _is_asked(stage, trials, first, run)
        ]
        if not places:
            continue
        part = prepared.cohort.part(places, before + len(cohorts))
        data = ready.workshop.data(part.irrelevant)
        width = widths[len(cohorts)] if widths else kept.width(part, prepared.learner, data, names)
        moved = tuple(
            replace(run, number=run.number + first * stage.runs_of_trial, variant=run.variant + first)
            for run in part.runs
        )
        cohorts.append(replace(prepared, cohort=replace(part, runs=moved), width=width))
    return replace(ready, cohorts=tuple(cohorts))


def _is_asked(stage: _Stage, trials: Sequence[Mapping[str, Any]], first: int, run: Any) -> bool:
    """Tell whether a run is on the inner splits and seeds of its own study."""
    one = stage.asked[trials[first + run.variant]["study"]]
    return run.fold in one.inner and run.seed in stage.seeds[: one.tuning.seeds]


def _experiment(stage: _Stage, trials: Sequence[Mapping[str, Any]]) -> Experiment:
    """Give the experiment in which these trials are the variants."""
    folds = len(stage.experiment.folds)
    variants = []
    for trial in trials:
        one = stage.asked[trial["study"]]
        settings = one.tuning.space.settings(trial["point"])
        # Members of an ensemble are tuned as single networks.
        changes = {**one.variant.changes, **settings, "ensemble": 1}
        variants.append(Variant(one.name(trial["number"], folds), changes))
    return replace(
        stage.experiment,
        variants=tuple(variants),
        seeds=stage.seeds,
        validation=stage.inner,
        baselines=(),
        tune=None,
        budget=None,
        search=None,
        track=None,
    )


def _declared(stage: _Stage, ready: Ready) -> list[tuple[int, int, int, int, int, int, int]]:
    """Say of every run of a generation what it is, and which cohort trains it."""
    return [
        (run.number, run.variant, stage.seeds.index(run.seed), run.fold, prepared.cohort.number, 0, 0)
        for prepared in ready.cohorts
        for run in prepared.cohort.runs
    ]


def _referee(
    stage: _Stage, trials: Sequence[Mapping[str, Any]], studies: Sequence[Study], ready: Ready
) -> Referee | None:
    """Make who gives up trials; it hears of those of earlier generations first."""
    prunings = {one.tuning.pruning for one in stage.asked if one.tuning.pruning is not None}
    if not prunings:
        return None
    (pruning,) = prunings
    pruned = {position for position, one in enumerate(stage.asked) if one.tuning.pruning is not None}
    runs_of: dict[int, list[int]] = {}
    for prepared in ready.cohorts:
        for run in prepared.cohort.runs:
            if trials[run.variant]["study"] in pruned:
                runs_of.setdefault(run.variant, []).append(run.number)
    earlier = {
        position: [trial for trial in study.trials if trial.generation < trials[-1]["generation"]]
        for position, study in enumerate(studies)
        if position in pruned
    }
    return Referee(
        pruning,
        stage.experiment.metric.higher_is_better,
        {trial: runs_of[trial] for trial in sorted(runs_of)},
        fields={trial: trials[trial]["study"] for trial in runs_of},
        earlier=earlier,
    )
