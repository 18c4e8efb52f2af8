"""Which trial of a study is chosen: the best, or the simplest that cannot be told apart from it."""

from trainlab.tuning.trials import Study, Trial

_OFF = ("off", "none", "0")


def choose(study: Study) -> Trial | None:
    """Choose a trial, as the study asks: the best, or the simplest within one standard error of it.

    The best has the best mean score over its runs, of equals the one that was asked for first. Trials that
    diverged, were pruned or are under way are never chosen.

    The simplest of those within one standard error has the fewest parameters, then the fewest techniques
    switched on, then the fewest epochs, then the best score.

    Args:
        study: its trials.

    Returns:
        The trial; None where none was scored, so that a variant stays as it was written.

    Source:
        Breiman, Friedman, Olshen & Stone, *Classification and Regression Trees* (1984), 3.4.3: the rule of
        one standard error. Departure: the error is that of rows and, from two seeds on, of seeds.

    >>> from trainlab.testing import made_up_trials
    >>> from trainlab.tuning.trials import read_studies
    >>> gave = {"scores": [0.80, 0.91, 0.90], "parameters": [10, 500, 50]}
    >>> for choice in ("best", "simplest"):
    ...     [study] = read_studies(made_up_trials({"a": gave}, tuning={"choose": choice}, rows=500))
    ...     print(choice, choose(study).number)
    best 1
    simplest 2
    """
    if study.tuning.get("choose") != "simplest":
        return study.best
    return min(within_one_error(study), key=lambda trial: _complexity(study, trial), default=None)


def within_one_error(study: Study) -> tuple[Trial, ...]:
    """Give the trials whose mean score is within one standard error of the best one's, itself among them.

    Where that error is not known, those that scored just as much.

    Args:
        study: its trials.

    Returns:
        In the order in which they were asked for; none where none was scored.
    """
    best = study.best
    if best is None:
        return ()
    least = study.better(best.mean) - (best.error or 0.0)
    return tuple(trial for trial in study.scored if study.better(trial.mean) >= least)


def _complexity(study: Study, trial: Trial) -> tuple[float, int, int, float, int]:
    """Give what the simplest has least of."""
    on = sum(
        parameter.kind == "choice"
        and parameter.name in trial.point
        and any(label in _OFF for label in parameter.choices)
        and trial.point[parameter.name] not in _OFF
        for parameter in study.parameters
    )
    size = float("inf") if trial.parameters is None else trial.parameters
    return size, on, trial.epochs, -study.better(trial.mean), trial.number
