"""Studies as Optuna's own: rebuilt from our store, which is the record.

Nothing is ever written by way of Optuna: no journal can be torn, and a study is as readable after a kill as
the store is. Optuna comes with the extra ``tune``, and is loaded where it is asked for. Knows nothing of how
points are proposed.
"""

import contextlib
import datetime as dt
import importlib.util
import math
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from trainlab.errors import MissingError, UsageError
from trainlab.experiment.parameter import Parameter
from trainlab.results.table import Results
from trainlab.tuning.trials import Study, Trial, read_studies

if TYPE_CHECKING:
    import optuna

UNKNOWN_TIME = "1970-01-01T00:00:00+00:00"


def study(results: Results, variant: str | None = None, fold: int = 0) -> "optuna.study.Study":
    """Give what was tried for a variant as a study of Optuna, for its pictures, importances and tables.

    The study lives in memory and is a copy: what is done to it changes nothing that is stored. The value of a
    trial is its mean score over its runs, its intermediate values are the mean metric after each epoch (from
    1); what its runs gave stands in its user attributes, and where they come from in those of the study. A
    diverged trial is failed, since it has no score. Optuna wants a time for every trial, and the store has
    none of single trials: that of the experiment's beginning stands for all.

    Args:
        results: of an experiment in which something was tuned, also while it is under way.
        variant: of which variant; may be left out where only one was tuned.
        fold: of which outer fold, from 0.

    Raises:
        MissingError: where Optuna is not installed.
        UsageError: where nothing was tuned, or not this variant in this fold.

    >>> import trainlab as tl
    >>> from trainlab.testing import made_up_trials
    >>> results = made_up_trials({"sgd": {"scores": [0.7, 0.9, 0.8]}})
    >>> rebuilt = study(results)
    >>> rebuilt.best_trial.number, rebuilt.best_value
    (1, 0.9)
    """
    need_optuna()
    found = _picked(read_studies(results), variant, fold)
    built = rebuilt(found, started=results.facts.get("started") or UNKNOWN_TIME)
    with quiet():
        for key, value in _attributes(found, results).items():
            built.set_user_attr(key, value)
    return built


def rebuilt(of: Study, *, started: str = UNKNOWN_TIME) -> "optuna.study.Study":
    """Build a study of Optuna in memory from a study of ours.

    Args:
        of: what was tried.
        started: the time that all trials get.
    """
    import optuna

    directions = optuna.study.StudyDirection
    direction = directions.MAXIMIZE if of.metric.higher_is_better else directions.MINIMIZE
    moment = dt.datetime.fromisoformat(started).astimezone().replace(tzinfo=None)  # Optuna's are local times
    with quiet():
        built = optuna.create_study(
            study_name=of.variant if not of.fold else f"{of.variant}, fold {of.fold + 1}", direction=direction
        )
        built.add_trials([_frozen(trial, of.parameters, moment) for trial in of.trials])
    return built


def distribution(parameter: Parameter) -> "optuna.distributions.BaseDistribution":
    """Give what a parameter is drawn from, in Optuna's words.

    >>> distribution(Parameter("units", "log", 8, 128, whole=True))
    IntDistribution(high=128, log=True, low=8, step=1)
    """
    from optuna import distributions as kinds

    if parameter.kind == "choice":
        return kinds.CategoricalDistribution(parameter.choices)
    if parameter.whole:
        return kinds.IntDistribution(int(parameter.low), int(parameter.high), log=parameter.kind == "log")
    return kinds.FloatDistribution(parameter.low, parameter.high, log=parameter.kind == "log")


def need_optuna() -> None:
    """Refuse to go on where Optuna is not installed.

    Raises:
        MissingError: with the line that installs it.
    """
    if importlib.util.find_spec("optuna") is None:
        raise MissingError("Optuna is not installed", cure='Install it with `pip install "trainlab[tune]"`.')


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep Optuna from telling of every new study and of what may change some day; the rest is heard."""
    import optuna

    told = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(max(told, optuna.logging.WARNING))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(told)


def _picked(studies: tuple[Study, ...], variant: str | None, fold: int) -> Study:
    variants = list(dict.fromkeys(one.variant for one in studies))
    known = f"Tuned are: {', '.join(variants)}."
    if not variants:
        cure = "Write `tune:` or `search:` into the experiment, and run it."
        raise UsageError("nothing was tuned in this experiment", "study", None, cure)
    if variant is None and len(variants) > 1:
        raise UsageError("several variants were tuned", "study.variant", None, f"Name one. {known}")
    wanted = variants[0] if variant is None else variant
    if wanted not in variants:
        raise UsageError("this variant was not tuned", "study.variant", variant, known)
    of_variant = {one.fold: one for one in studies if one.variant == wanted}
    if fold not in of_variant:
        cure = f"Give a fold from 0 to {max(of_variant)}."
        raise UsageError("this fold was not tuned in", "study.fold", fold, cure)
    return of_variant[fold]


def _frozen(
    trial: Trial, parameters: tuple[Parameter, ...], moment: dt.datetime
) -> "optuna.trial.FrozenTrial":
    from optuna import trial as trials

    states = trials.TrialState
    curve = {epoch: float(value) for epoch, value in enumerate(trial.curve, start=1) if math.isfinite(value)}
    value, state = None, states.RUNNING
    if trial.scored:
        value, state = trial.mean, states.COMPLETE
    elif trial.outcome == "pruned":
        value, state = (curve[max(curve)] if curve else None), states.PRUNED
    elif trial.outcome != "running":
        state = states.FAIL  # also where the metric at the end is no number
    there = [parameter for parameter in parameters if parameter.name in trial.point]
    return trials.FrozenTrial(
        number=trial.number,
        trial_id=trial.number,
        state=state,
        value=value,
        datetime_start=moment,
        datetime_complete=moment if state.is_finished() else None,
        params={parameter.name: _within(parameter, trial.point[parameter.name]) for parameter in there},
        distributions={parameter.name: distribution(parameter) for parameter in there},
        intermediate_values=curve,
        user_attrs=_told(trial),
        system_attrs={},
    )


def _within(parameter: Parameter, value: Any) -> Any:
    """Give a value inside of its range: ours are rounded to twelve digits, and Optuna allows no rounding."""
    return value if parameter.kind == "choice" else min(max(value, parameter.low), parameter.high)


def _told(trial: Trial) -> dict[str, Any]:
    scores = [[float(score) if math.isfinite(score) else None for score in seed] for seed in trial.scores]
    return {
        "outcome": trial.outcome,
        "epochs": trial.epochs,
        "scores": scores,
        "spread": trial.spread,
        "parameters": trial.parameters,
        "generation": trial.generation,
        "changes": dict(trial.changes),
    }


def _attributes(of: Study, results: Results) -> dict[str, Any]:
    return {
        "variant": of.variant,
        "fold": of.fold,
        "metric": of.metric.name,
        "ended": of.ended,
        "tuning": dict(of.tuning),
        "fingerprint": results.facts.get("fingerprint"),
        "folder": str(results.folder),
    }
