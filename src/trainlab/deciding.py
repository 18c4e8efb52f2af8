"""Adding seeds until it is decided: which runs each look asks for, and when there is nothing left to ask.

All seeds that there may be are planned, so that every run has its number before anything is trained; what is
stored as a run is what was asked for. How a look is measured stands in ``comparison.looking``.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from trainlab.checking import Ready
from trainlab.comparison.compare import compare
from trainlab.comparison.looks import Plan, plan_of
from trainlab.data.splitting.validations import Bootstrap, TimeSeries
from trainlab.declaring import declare_missing
from trainlab.errors import UsageError
from trainlab.experiment.places import Place
from trainlab.experiment.spec import MOST_RUNS, Experiment
from trainlab.results.store import Reader, Writer
from trainlab.results.table import open_results

Show = Callable[[Any], None]
# Trains what has not ended of the given runs, and gives the seconds of a step by variant.
TrainRuns = Callable[[Ready, frozenset[int], Show], dict[int, float]]


def with_all_seeds(asked: Experiment, plan: Plan) -> Experiment:
    """Give the experiment with as many seeds as there may be; its own come first.

    Args:
        asked: the question.
        plan: after how many seeds looks are taken.

    Raises:
        UsageError: where no number of seeds could decide anything.

    >>> import numpy as np
    >>> from trainlab.data.dataset import Dataset
    >>> data = Dataset(np.arange(20.0).reshape(10, 2), np.arange(10) % 2)
    >>> asked = Experiment(data, variants={"a": {}, "b": {"l2": 0.1}}, seeds=[7, 1])
    >>> with_all_seeds(asked, Plan((5,))).seeds
    (7, 1, 0, 2, 3)
    """
    if len(asked.variants) < 2:
        cure = "Name a second variant, or leave `--until-decided` out."
        raise UsageError("there is one variant, so nothing can be decided", Place("variants"), None, cure)
    if isinstance(asked.validation, TimeSeries | Bootstrap):
        raise UsageError(
            "folds of a time series and resamples only describe: no number of seeds decides",
            Place("validation"),
            None,
            "Validate by `holdout`, `kfold` or `repeated_kfold`, or leave `--until-decided` out.",
        )
    if plan.at_most * len(asked.variants) * len(asked.folds) > MOST_RUNS:
        cure = f"Allow fewer: {MOST_RUNS} runs at most, over all variants and folds."
        raise UsageError("too many runs", Place("--at-most"), plan.at_most, cure)
    given = asked.seeds[: plan.at_most]
    more = (seed for seed in range(plan.at_most + len(given)) if seed not in set(given))
    added = [next(more) for _ in range(plan.at_most - len(given))]
    return replace(asked, seeds=(*given, *added))


def first_look(ready: Ready, plan: Plan) -> tuple[Ready, dict[str, Any]]:
    """Keep the runs of the first look alone, and give what is stored of the plan before they are trained.

    Args:
        ready: the experiment with all seeds, checked.
        plan: after how many seeds looks are taken.
    """
    names = [variant.name for variant in ready.experiment.variants]
    asked = [{"seeds": plan.seeds[0], "variants": names}]
    facts = {"looks": {**plan.document(), "asked": asked, "ended": False}}
    return replace(ready, cohorts=_cohorts(ready, asked, ())), facts


def is_by_looks(writer: Writer) -> bool:
    """Whether seeds are added to a folder until it is decided.

    Args:
        writer: of the folder.
    """
    with Reader(writer.folder) as reader:
        return "looks" in reader.facts()


def train_by_looks(ready: Ready, writer: Writer, train_runs: TrainRuns, show: Show) -> dict[int, float]:
    """Train look by look, from wherever the store says it stands, until no comparison asks for more seeds.

    A variant is asked for more seeds where its comparison with the reference is undecided and more seeds may
    settle it; the reference is, where any variant is.

    Args:
        ready: the experiment with all seeds, checked.
        writer: the writer of its folder.
        train_runs: trains what has not ended.
        show: told how far training is.

    Returns:
        Position of a variant -> seconds of one of its steps alone, as ``train_runs`` gives them.
    """
    timed: dict[int, float] = {}
    while True:
        with Reader(writer.folder) as reader:
            facts = reader.facts()
        plan, asked = plan_of(facts), facts["looks"]["asked"]
        if plan is None or facts["looks"]["ended"]:
            return timed
        stored = facts["plan"]["cohorts"]
        so_far = replace(ready, cohorts=_cohorts(ready, asked, stored))
        ended = declare_missing(writer, so_far)
        name = f"look {len(asked)} of at most {len(plan.seeds)}"
        timed |= train_runs(so_far, ended, _named(name, show))
        names = _undecided(writer)
        if not names or asked[-1]["seeds"] >= plan.at_most:
            writer.write_facts({"looks": {**facts["looks"], "ended": True}})
            return timed
        asked = [*asked, {"seeds": plan.seeds[len(asked)], "variants": names}]
        more = _cohorts(ready, asked, stored)
        widths = [prepared.width.document() for prepared in more]
        # Runs are declared after: where that is cut short, what is asked for says which are missing.
        writer.write_facts({"looks": {**facts["looks"], "asked": asked}, "plan": {"cohorts": widths}})


def _undecided(writer: Writer) -> list[str]:
    """Name the variants that need more seeds, the reference among them; none where nothing is left to ask."""
    results = open_results(writer.folder)
    rows = compare(results).rows
    going = {row.variant for row in rows if row.look is not None and row.look.goes_on}
    if not going:
        return []
    return [name for name in results.variants if name in going or name == results.reference]


def _cohorts(
    ready: Ready, asked: Sequence[Mapping[str, Any]], stored: Sequence[Mapping[str, Any]]
) -> tuple[Any, ...]:
    """Give the cohorts of every look so far, numbered one after the other.

    Args:
        ready: the experiment with all seeds, checked.
        asked: for each look, the seeds that it reaches and the variants that it asks for.
        stored: documents of the widths that are stored; those of a new look are chosen.
    """
    names = [variant.name for variant in ready.experiment.variants]
    seeds = ready.experiment.seeds
    found: list[Any] = []
    before = 0
    for look in asked:
        of_look = set(seeds[before : look["seeds"]])
        variants = {names.index(name) for name in look["variants"]}
        for prepared in ready.cohorts:
            places = [
                place
                for place, run in enumerate(prepared.cohort.runs)
                if run.seed in of_look and run.variant in variants
            ]
            if places:
                width = stored[len(found)] if len(found) < len(stored) else None
                found.append(_part(ready, prepared, places, len(found), width))
        before = look["seeds"]
    return tuple(found)


def _part(
    ready: Ready, prepared: Any, places: Collection[int], number: int, width: Mapping[str, Any] | None
) -> Any:
    """Keep some runs of a cohort, as a cohort of their own."""
    from trainlab.engine.plan import choose_width, read_width

    cohort = prepared.cohort.part(places, number)
    if width is not None:
        return replace(prepared, cohort=cohort, width=read_width(width))
    names = [variant.name for variant in ready.experiment.variants]
    data = ready.workshop.data(cohort.irrelevant)
    return replace(prepared, cohort=cohort, width=choose_width(cohort, prepared.learner, data, names))


def _named(name: str, show: Show) -> Show:
    def shown(progress: Any) -> None:
        show(replace(progress, doing=f"{name}: {progress.doing}"))

    return shown
