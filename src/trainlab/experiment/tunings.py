"""Which variant is tuned how: by the space and the budget of all, by its own, or by the search."""

from collections.abc import Mapping, Sequence

from trainlab.data.dataset import Dataset
from trainlab.experiment.cocktail import cocktail
from trainlab.experiment.models import ModelDescription
from trainlab.experiment.places import Place
from trainlab.experiment.recipe import Recipe
from trainlab.experiment.space import Space, parse_space
from trainlab.experiment.tuning import FOUND, Budget, Search, Tuning
from trainlab.experiment.variants import Variant


def tunings_of(
    variants: Sequence[Variant], tune: Space | None, budget: Budget | None, searched: Tuning | None
) -> Mapping[str, Tuning]:
    """Say how each variant is tuned, by its name; those of which nothing is are left out.

    A variant's own space comes before that of all, key by key; what a variant fixes is not tuned.

    Args:
        variants: all of them.
        tune: the space of all.
        budget: the budget of all.
        searched: how what is searched for is tuned, where there is a search.
    """
    found = {}
    for variant in variants:
        if variant.name == FOUND and searched is not None:
            found[FOUND] = searched
        elif variant.tune is not False:
            space = Space.joined(variant.tune, tune).without(variant.changes)
            if space.templates:
                found[variant.name] = (variant.budget or budget or Budget()).tuning(space)
    return found


def tuning_of_search(
    search: Search | None, data: Dataset, model: ModelDescription, recipe: Recipe
) -> Tuning | None:
    """Say how what is searched for is tuned; the space of a cocktail follows from the data.

    Args:
        search: the search, if there is one.
        data: what is learned from.
        model: the network.
        recipe: what all variants share.
    """
    if search is None:
        return None
    space = search.space
    if space is None:
        space = parse_space(cocktail(data, model, recipe), Place("search", "space"))
    return search.tuning(space)
