"""Which simple predictors stand beside the networks; what they are is said where they are fitted."""

from collections.abc import Sequence

from trainlab.experiment.checks import one_of, several
from trainlab.experiment.places import Place

BASELINES = ("dummy", "linear", "trees")


def parse_baselines(value: object, where: str = "baselines") -> tuple[str, ...]:
    """Read which baselines are fitted: ``true`` for all, ``false`` for none, or a list of names.

    Raises:
        UsageError: for an unknown name.

    >>> parse_baselines(True), parse_baselines(["linear"])
    (('dummy', 'linear', 'trees'), ('linear',))
    >>> parse_baselines(["tree"])
    Traceback (most recent call last):
    trainlab.errors.UsageError: baselines.0: unknown baseline (got 'tree'). Did you mean `trees`?
    """
    if isinstance(value, bool):
        return BASELINES if value else ()
    named: Sequence[str] = several(one_of(BASELINES, "baseline"))(value, Place.of(where))
    return tuple(name for name in BASELINES if name in named)
