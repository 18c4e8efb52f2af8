"""What to try next: a whole cohort of points, from the trials so far and a seed alone.

Nothing is kept between two cohorts. Whoever asks again with the same trials, in another process or after a
kill, is given the same points. Knows nothing of how trials are trained or stored.
"""

import importlib
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trainlab.errors import MissingError, UsageError
from trainlab.experiment.parameter import Parameter, Value
from trainlab.experiment.space import Space
from trainlab.tuning.optuna_study import need_optuna, quiet
from trainlab.tuning.quasi_random import grid_points, quasi_random, random_points
from trainlab.tuning.trials import Study, Trial

if TYPE_CHECKING:
    import optuna

# Before so many trials have ended TPE has nothing to go by. Optuna begins at random; evenly spread points led
# to better settings in both of our test problems (4 cohorts of 32; five numbers, and ten numbers and choices,
# some of them conditional).
STARTUP = 10
# A point that was tried before would train the same networks again: another one is drawn, up to so many, and
# what is still missing then is searched among random points, so many for each that is wanted.
DRAWS = 20
# Of the standard deviation that CMA-ES begins with, in shares of each range: Optuna's choice.
FIRST_STEP = 1 / 6


def propose(study: Study, count: int) -> list[dict[str, Value]]:
    """Propose the next points of a study, all to be tried at once.

    ``tpe`` is Optuna's multivariate TPE, grouped by what applies together, so that conditional settings are
    modelled too; a point that was asked for and not yet told counts as a bad one (constant liar), which
    spreads a cohort: without, what was chosen after 4 cohorts of 32 on a conditional problem was twice as
    far from the best. It begins with quasi-random points. Numbers are proposed by their position in the range
    and whole ones rounded, since Optuna's own distributions of whole numbers took 2.5 times as long.
    What was pruned ranks by how far it came and its metric there, below all that finished. What diverged
    ranks below everything: as a failed trial Optuna would forget it, and go there again.

    ``cmaes`` is CMA-ES for numbers that always apply, one generation for each cohort. Optuna's sampler of the
    same name learns from 4 + 3 ln(d) trials of a cohort and drops the rest: the package `cmaes`, which it
    calls, is called here itself.

    Args:
        study: what was tried so far.
        count: how many points are wanted.

    Returns:
        The points; fewer where a grid is at its end, or where a space of choices has been tried as a whole.

    Raises:
        MissingError: for ``tpe`` and ``cmaes`` where the extra ``tune`` is not installed.
        UsageError: for ``cmaes`` in a space that has choices.

    Source:
        Watanabe, *Tree-Structured Parzen Estimator*, arXiv 2304.11127 (2023). Falkner et al., *BOHB*, ICML
        2018 (multivariate). Hansen, *The CMA Evolution Strategy: A Tutorial*, arXiv 1604.00772 (2016).

    >>> from trainlab.testing import made_up_trials
    >>> from trainlab.tuning.trials import read_studies
    >>> [study] = read_studies(made_up_trials({"sgd": {"scores": [0.7, 0.9, 0.8]}}))
    >>> [sorted(point) for point in propose(study, 2)]
    [['learning_rate'], ['learning_rate']]
    """
    space = Space.of(study.parameters)
    asked, seed = len(study.trials), int(study.tuning["sampler_seed"])
    match study.tuning["sampler"]:
        case "random":
            return random_points(space, asked + count, seed)[asked:]
        case "grid":
            return grid_points(space, int(study.tuning["trials"]))[asked : asked + count]
        case "cmaes":
            return _adapted(study, space, count)
        case "tpe" if sum(trial.outcome != "running" for trial in study.trials) >= STARTUP:
            return _estimated(study, space, count)
        case _:
            return quasi_random(space, asked + count, seed)[asked:]


def check_sampler(sampler: str) -> None:
    """Refuse a sampler whose packages are not installed, before anything is trained.

    Raises:
        MissingError: with the line that installs them.

    >>> check_sampler("quasi_random")
    """
    if sampler in {"tpe", "cmaes"}:
        need_optuna()
    if sampler == "cmaes":
        _cmaes()


# ------------------------------------------------------------------------------------------------- TPE


def _estimated(study: Study, space: Space, count: int) -> list[dict[str, Value]]:
    need_optuna()
    import optuna

    directions = optuna.study.StudyDirection
    direction = directions.MAXIMIZE if study.metric.higher_is_better else directions.MINIMIZE
    with quiet():
        sampler = optuna.samplers.TPESampler(
            seed=_seed(study), multivariate=True, group=True, constant_liar=True, n_startup_trials=STARTUP
        )
        asked = optuna.create_study(direction=direction, sampler=sampler)
        asked.add_trials([_told(trial, space.parameters) for trial in study.trials])
        # Draws that are not new stay unanswered, and count as bad ones from then on, as those that are.
        drawn = (_suggested(asked.ask(), space.parameters) for _ in range(count + DRAWS))
        others = random_points(space, DRAWS * count, _seed(study))
        return _new(itertools.chain(drawn, others), study, count)


def _new(drawn: Iterable[dict[str, Value]], study: Study, count: int) -> list[dict[str, Value]]:
    """Take so many points that are not in a study yet, each once."""
    known = {_key(trial.point) for trial in study.trials}
    points: list[dict[str, Value]] = []
    for point in drawn:
        if _key(point) not in known:
            known.add(_key(point))
            points.append(point)
        if len(points) == count:
            break
    return points


def _suggested(trial: "optuna.Trial", parameters: Sequence[Parameter]) -> dict[str, Value]:
    point: dict[str, Value] = {}
    for parameter in parameters:
        if not parameter.applies(point):
            continue
        if parameter.kind == "choice":
            point[parameter.name] = trial.suggest_categorical(parameter.name, parameter.choices)
        else:
            point[parameter.name] = parameter.at(trial.suggest_float(parameter.name, 0.0, 1.0))
    return point


def _told(trial: Trial, parameters: Sequence[Parameter]) -> "optuna.trial.FrozenTrial":
    from optuna import distributions as kinds
    from optuna import trial as trials

    states = trials.TrialState
    state, value, curve = states.PRUNED, None, {}
    if trial.scored:
        state, value = states.COMPLETE, trial.mean
    elif trial.outcome == "running":
        state = states.RUNNING
    elif trial.outcome == "pruned":
        curve = {epoch: float(metric) for epoch, metric in enumerate(trial.curve, 1) if math.isfinite(metric)}
    # A diverged trial is a pruned one without any intermediate value, which TPE ranks last.
    there = [parameter for parameter in parameters if parameter.name in trial.point]
    return trials.create_trial(
        state=state,
        value=value,
        intermediate_values=curve,
        params={parameter.name: _place(parameter, trial.point[parameter.name]) for parameter in there},
        distributions={
            parameter.name: kinds.CategoricalDistribution(parameter.choices)
            if parameter.kind == "choice"
            else kinds.FloatDistribution(0.0, 1.0)
            for parameter in there
        },
    )


def _place(parameter: Parameter, value: Value) -> Any:
    """Give a choice as it is, and a number's position; rounding may have moved one past its bound."""
    return value if parameter.kind == "choice" else min(max(parameter.position(value), 0.0), 1.0)


def _key(point: Mapping[str, Value]) -> tuple[tuple[str, Value], ...]:
    return tuple(sorted(point.items()))


# ---------------------------------------------------------------------------------------------- CMA-ES


def _adapted(study: Study, space: Space, count: int) -> list[dict[str, Value]]:
    parameters = space.parameters
    for parameter in parameters:
        if parameter.kind == "choice" or parameter.when:
            raise UsageError(
                f"CMA-ES moves through numbers alone, and {parameter.name!r} is a choice or hangs on one",
                "search.sampler",
                "cmaes",
                "Leave only numbers open that always apply, or take `sampler: tpe`.",
            )
    cohort = int(study.tuning["cohort"])
    # A generation is a cohort, or as many as make up the least that the method wants.
    generation = cohort * math.ceil((4 + math.floor(3 * math.log(len(parameters)))) / cohort)
    optimizer = _cmaes().CMA(
        mean=np.full(len(parameters), 0.5),
        sigma=FIRST_STEP,
        bounds=np.tile([0.0, 1.0], (len(parameters), 1)),
        population_size=max(generation, 2),
        seed=0,
    )
    losses = _losses(study)
    for start in range(0, len(study.trials) - optimizer.population_size + 1, optimizer.population_size):
        told = range(start, start + optimizer.population_size)
        # Where a whole number was rounded, where it was rounded to is what was trained.
        optimizer.tell([(_position(study.trials[place], parameters), float(losses[place])) for place in told])
    optimizer.reseed_rng(_seed(study))
    return [space.point(_inside(optimizer.ask())) for _ in range(count)]


def _losses(study: Study) -> NDArray[np.float64]:
    """Rank trials, since CMA-ES looks at their order alone: less is better, diverged ones are last."""

    def worth(trial: Trial) -> tuple[int, int, float]:
        if trial.scored:
            return (2, 0, study.better(trial.mean))
        there = trial.curve[np.isfinite(trial.curve)]
        if trial.outcome == "pruned" and there.size:
            return (1, len(there), study.better(float(there[-1])))
        return (0, 0, 0.0)

    worths = [worth(trial) for trial in study.trials]
    order = sorted(set(worths), reverse=True)
    return np.array([order.index(one) for one in worths], np.float64)


def _position(trial: Trial, parameters: Sequence[Parameter]) -> NDArray[np.float64]:
    return np.array([parameter.position(trial.point[parameter.name]) for parameter in parameters])


def _inside(unit: NDArray[np.float64]) -> list[float]:
    return [float(one) for one in np.clip(unit, 0.0, np.nextafter(1.0, 0.0))]


def _cmaes() -> Any:
    try:
        return importlib.import_module("cmaes")
    except ModuleNotFoundError as error:
        raise MissingError(
            "the package `cmaes` is not installed", cure='Install it with `pip install "trainlab[tune]"`.'
        ) from error


def _seed(study: Study) -> int:
    """Give what the next cohort is drawn from: the sampler's seed and how many trials there were before."""
    parts = [int(study.tuning["sampler_seed"]), len(study.trials)]
    return int(np.random.SeedSequence(parts).generate_state(1)[0])
