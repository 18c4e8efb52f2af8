"""What the studies of an experiment found: chosen points as settings, put back into the experiment.

How a study chooses stands in ``choosing``. Knows nothing of how trials are trained or stored.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from trainlab.experiment.parameter import Point
from trainlab.experiment.recipe import parse_settings, written
from trainlab.experiment.settling import with_tuned
from trainlab.experiment.spec import Experiment
from trainlab.tuning.choosing import choose
from trainlab.tuning.trials import Study


def found_by(experiment: Experiment, studies: Sequence[Study]) -> dict[str, Any]:
    """Say what studies found: for each its choice, and for each variant the settings of a final model.

    A final model has no fold of its own. Where all folds tried the same points, its settings are those with
    the best mean over the folds; else those of the fold whose choice scored best.

    Args:
        experiment: the question.
        studies: its studies, ended.
    """
    told = []
    for study in studies:
        chosen, best = choose(study), study.best
        space = experiment.tunings[study.variant].space
        point = {} if chosen is None else dict(chosen.point)
        told.append(
            {
                "variant": study.variant,
                "fold": study.fold,
                "trials": len(study.trials),
                "best": None if best is None else best.number,
                "chosen": None if chosen is None else chosen.number,
                "point": point,
                "settings": plain_settings(space.settings(point)) if point else {},
            }
        )
    final = {
        name: _final([study for study in studies if study.variant == name]) for name in experiment.tunings
    }
    return {"ended": True, "studies": told, "final": final}


def with_what_was_found(experiment: Experiment, facts: Mapping[str, Any]) -> Experiment:
    """Give the experiment with what its studies found, where they have ended.

    Args:
        experiment: the question.
        facts: of its folder.
    """
    found = facts.get("tuning") or {}
    if not found.get("ended"):
        return experiment
    points: dict[str, list[Point]] = {}
    for study in sorted(found["studies"], key=lambda one: one["fold"]):
        points.setdefault(study["variant"], []).append(study["point"])
    for name, point in found["final"].items():
        points[name].append(point)
    spaces = {name: experiment.tunings[name].space for name in points}
    return with_tuned(
        experiment,
        {
            name: [spaces[name].settings(point) if point else {} for point in many]
            for name, many in points.items()
        },
    )


def _final(studies: Sequence[Study]) -> Point:
    """Choose the point of a variant's final model."""
    chosen = [(study, trial) for study in studies if (trial := choose(study)) is not None]
    if not chosen:
        return {}
    first = studies[0]
    alike = all(
        [trial.point for trial in study.trials] == [trial.point for trial in first.trials]
        for study in studies
    )
    if len(studies) > 1 and alike:
        means = {
            place: sum(study.better(study.trials[place].mean) for study in studies)
            for place in range(len(first.trials))
            if all(study.trials[place].scored for study in studies)
        }
        if means:
            return dict(first.trials[max(means, key=lambda place: means[place])].point)
    return dict(max(chosen, key=lambda pair: pair[0].better(pair[1].mean))[1].point)


def plain_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Write settings as an experiment file has them.

    >>> plain_settings({"hidden": (8, 4), "dropout": 0.5})
    {'hidden': [8, 4], 'dropout': 0.5}
    """
    return {key: written(key, value) for key, value in parse_settings(settings, "trial").items()}
