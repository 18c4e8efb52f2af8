"""Which settings of a question are tuned, for which of its variants."""

from collections.abc import Mapping

from trainlab.protocol.check import Question


def tuned_keys(question: Question) -> Mapping[str, frozenset[str]]:
    """Give for each variant the settings that its trials tune; none for one that has no trials.

    >>> from trainlab.testing import tiny_experiment
    >>> experiment = tiny_experiment(tune={"learning_rate": {"log": [0.001, 1.0]}})
    >>> sorted(tuned_keys(Question(experiment, ()))["dropout"])
    ['learning_rate']
    """
    tunings = question.experiment.tunings
    return {
        name: frozenset(tunings[name].space.keys) if name in tunings else frozenset()
        for name in question.recipes
    }


def fixed(question: Question, *keys: str) -> tuple[str, ...]:
    """Name the variants that tune none of these settings."""
    return tuple(name for name, tuned in tuned_keys(question).items() if not tuned & set(keys))


def limited_by(question: Question, names: set[str]) -> tuple[str, ...]:
    """Name the variants whose comparison with the reference is between one of these and one that is not."""
    inside = question.experiment.reference.name in names
    return tuple(name for name in question.others if (name in names) != inside)
