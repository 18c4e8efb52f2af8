"""Early stopping, as a recipe asks for it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from trainlab.errors import UsageError
from trainlab.experiment.checks import count, flag, mapping, number, one_of
from trainlab.experiment.places import Place

MONITORS = ("loss", "metric")


@dataclass(frozen=True)
class EarlyStopping:
    """When a run stops before its last epoch, and what it is judged by.

    Args:
        patience: epochs without improvement after which a run stops.
        min_delta: the least improvement that counts.
        monitor: ``"loss"``, the data loss on all validation rows, or ``"metric"``, the experiment's metric.
        smooth: epochs that the monitored number is averaged over; 1 takes it as it is.

    Source:
        Prechelt, *Early Stopping, But When?* (1998). We depart: the best weights always come back.
    """

    patience: int = 5
    min_delta: float = 0.0
    monitor: str = "loss"
    smooth: int = 1

    def document(self) -> object:
        """Give the value as an experiment file writes it."""
        return True if self == EarlyStopping() else asdict(self)


def parse_early_stopping(value: object, where: str) -> EarlyStopping | None:
    """Read ``true``, ``false`` or ``{patience: 5, min_delta: 0, monitor: loss, smooth: 1}``.

    >>> parse_early_stopping({"patience": 3}, "early_stopping").patience
    3
    """
    if isinstance(value, EarlyStopping):
        value = value.document()
    if not isinstance(value, Mapping):
        try:
            return EarlyStopping() if flag()(value, where) else None
        except UsageError as error:
            cure = "Write `true`, `false` or `{patience: 5}`."
            raise UsageError(error.message, where, error.value, cure) from None
    place = Place.of(where)
    said = mapping(value, place, ("patience", "min_delta", "monitor", "smooth"), "key of early stopping")
    checks = {
        "patience": count(),
        "min_delta": number(low=0.0),
        "monitor": one_of(MONITORS, "number to watch"),
        "smooth": count(),
    }
    return EarlyStopping(**{key: checks[key](given, place / key) for key, given in said.items()})
