"""How training rows are resampled, as a recipe or a variant says it; choosing the rows is for ``data``."""

from typing import cast, get_args

from trainlab.data.resampling import Resampling
from trainlab.experiment.checks import one_of

_CHECK = one_of(get_args(Resampling), "way to resample")


def parse_resample(value: object, where: str = "resample") -> Resampling:
    """Read how classes are made equal: ``over`` repeats rows of small ones, ``under`` leaves rows out.

    Raises:
        UsageError: for another word.

    >>> parse_resample("over")
    'over'
    >>> parse_resample("oversample", "recipe.resample")
    Traceback (most recent call last):
    trainlab.errors.UsageError: recipe.resample: unknown way to resample (got 'oversample'). Known are: \
over, under.
    """
    return cast("Resampling", _CHECK(value, where))
