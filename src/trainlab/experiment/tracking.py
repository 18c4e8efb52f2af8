"""Where runs are shown beside our own store: a tracking server that a team looks at already."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trainlab.errors import UsageError
from trainlab.experiment.checks import mapping, text
from trainlab.experiment.places import Place

DEFAULT = "sqlite:///mlflow.db"


@dataclass(frozen=True)
class Track:
    """An MLflow tracking server or database.

    Args:
        uri: as MLflow writes it: ``sqlite:///mlflow.db``, ``http://localhost:5000``.
    """

    uri: str = DEFAULT

    def document(self) -> dict[str, Any]:
        """Give it as an experiment file writes it."""
        return {"mlflow": self.uri}


def parse_track(value: object, where: str = "track") -> Track:
    """Read where runs are shown: ``mlflow``, or ``{mlflow: URI}``.

    >>> parse_track("mlflow").uri, parse_track({"mlflow": "http://localhost:5000"}).uri
    ('sqlite:///mlflow.db', 'http://localhost:5000')
    >>> parse_track({"wandb": "here"})
    Traceback (most recent call last):
    trainlab.errors.UsageError: track.wandb: unknown tracker (got 'wandb'). Known are: mlflow.
    """
    if isinstance(value, Track):
        return value
    place = Place.of(where)
    if value == "mlflow":
        return Track()
    if not isinstance(value, Mapping):
        cure = f"Write `track: {{mlflow: {DEFAULT}}}`, or `track: mlflow` for the same."
        raise UsageError("not a tracker", place, value, cure)
    told = mapping(value, place, ("mlflow",), "tracker")
    if not told:
        raise UsageError("no tracker", place, value, f"Write `track: {{mlflow: {DEFAULT}}}`.")
    uri = told["mlflow"]
    return Track() if uri is None else Track(text(2_000)(uri, place / "mlflow").strip() or DEFAULT)
