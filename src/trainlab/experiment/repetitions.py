"""What is repeated and never chosen: the best of many seeds is luck, and no way to train."""

from collections.abc import Iterable
from types import MappingProxyType

from trainlab.errors import UsageError
from trainlab.experiment.places import Place

REPEATED = MappingProxyType(
    {
        "seed": "Every variant is trained with all of `seeds: 5`, and their spread is reported.",
        "seeds": "Write `seeds: 5` beside the recipe: every variant is trained with all of them.",
        "split_seed": "Write it beside the recipe: all variants share their rows.",
        "fold": "Write `validation: {kfold: 5}`: every variant is trained on all folds.",
    }
)


def refuse_repetitions(keys: Iterable[object], where: str) -> None:
    """Refuse a seed or a fold among the settings of a recipe, a variant or a grid.

    Raises:
        UsageError: for the first of them.

    >>> refuse_repetitions(["epochs", "seed"], "grid")
    Traceback (most recent call last):
    trainlab.errors.UsageError: grid.seed: `seed` is repeated, not chosen (got 'seed'). Every variant is \
trained with all of `seeds: 5`, and their spread is reported.
    """
    for key in keys:
        if isinstance(key, str) and key in REPEATED:
            message = f"`{key}` is repeated, not chosen"
            raise UsageError(message, Place.of(where).key(key), key, REPEATED[key])
