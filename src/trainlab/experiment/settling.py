"""What tuning found, put into an experiment and taken out again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from trainlab.experiment.cocktail import ablations, left_out
from trainlab.experiment.recipe import parse_settings
from trainlab.experiment.spec import Experiment
from trainlab.experiment.tuning import FOUND
from trainlab.experiment.variants import Variant


def with_tuned(experiment: Experiment, found: Mapping[str, Sequence[Mapping[str, Any]]]) -> Experiment:
    """Give an experiment with what was found for its variants.

    Where the search asks what helped, variants that leave a technique of it out stand behind all others.

    Args:
        experiment: the question.
        found: name of a variant -> settings for each fold, and last those of a final model.
    """
    asked = untuned(experiment)
    variants = [replace(variant, tuned=tuple(found.get(variant.name, ()))) for variant in asked.variants]
    if asked.search is not None and asked.search.attribute and FOUND in found:
        apart = ablations(FOUND, [parse_settings(settings, FOUND) for settings in found[FOUND]])
        variants += [Variant(name, {}, tuned=settings) for name, settings in apart.items()]
    return replace(asked, variants=tuple(variants))


def untuned(experiment: Experiment) -> Experiment:
    """Give the question as it was asked, without what tuning has found.

    Args:
        experiment: the question, tuned or not.
    """
    apart = left_out(FOUND, [variant.name for variant in experiment.variants if variant.tuned]).values()
    variants = tuple(
        replace(variant, tuned=()) for variant in experiment.variants if variant.name not in apart
    )
    return replace(experiment, variants=variants)


def settled(experiment: Experiment) -> Experiment:
    """Give the experiment in which what tuning found stands as plain changes, and nothing is tuned.

    Args:
        experiment: the question, with what was found.
    """
    if not experiment.tunings:
        return experiment
    variants = tuple(variant.settled() for variant in experiment.variants)
    return replace(experiment, variants=variants, tune=None, budget=None, search=None)
