"""How many columns that say nothing are appended to the inputs; drawing them is for ``data``."""

from collections.abc import Mapping
from dataclasses import dataclass

from trainlab.errors import UsageError
from trainlab.experiment.checks import count, mapping
from trainlab.experiment.places import Place

CURE = "Write `{noise: 100}`, or `{zeros: 100}` for the control of the same number of weights."


@dataclass(frozen=True)
class IrrelevantFeatures:
    """Columns of noise, or columns of zeros as their control; one of the two.

    Args:
        noise: how many columns of noise.
        zeros: how many columns of zeros.

    Raises:
        UsageError: for a count that is none, and where not exactly one of the two is above 0.

    >>> IrrelevantFeatures(noise=100).document()
    {'noise': 100}
    """

    noise: int = 0
    zeros: int = 0

    def __post_init__(self) -> None:
        place = Place("irrelevant_features")
        for name in ("noise", "zeros"):
            object.__setattr__(self, name, count(low=0)(getattr(self, name), place / name))
        if bool(self.noise) == bool(self.zeros):
            given = {"noise": self.noise, "zeros": self.zeros}
            raise UsageError("not exactly one kind of column", place, given, CURE)

    def document(self) -> dict[str, object]:
        """Give the columns as an experiment file writes them."""
        return {"noise": self.noise} if self.noise else {"zeros": self.zeros}


def parse_irrelevant(value: object, where: str = "irrelevant_features") -> IrrelevantFeatures:
    """Read ``{noise: n}`` or ``{zeros: n}``.

    Raises:
        UsageError: for anything but one of the two with a whole number of at least 1.

    >>> parse_irrelevant({"zeros": 784})
    IrrelevantFeatures(noise=0, zeros=784)
    >>> parse_irrelevant({"nois": 784}, "recipe.irrelevant_features")
    Traceback (most recent call last):
    trainlab.errors.UsageError: recipe.irrelevant_features.nois: unknown kind of column (got 'nois'). \
Did you mean `noise`?
    """
    if isinstance(value, IrrelevantFeatures):
        return value
    place = Place.of(where)
    if not isinstance(value, Mapping):
        raise UsageError("not a kind of column with how many", place, value, CURE)
    given = mapping(value, place, ("noise", "zeros"), "kind of column")
    if len(given) != 1:
        raise UsageError("not exactly one kind of column", place, given, CURE)
    return IrrelevantFeatures(**{name: count()(columns, place / name) for name, columns in given.items()})
