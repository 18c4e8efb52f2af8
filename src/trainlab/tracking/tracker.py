"""The border with MLflow: its client, with bounded waiting, and its failures in two kinds.

Nothing else imports MLflow. Its fluent interface keeps a run in force for a whole process, so that only the
client is used.
"""

import contextlib
import getpass
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from trainlab.errors import first_line
from trainlab.tracking.destination import Destination
from trainlab.tracking.naming import LONGEST_TAG, text
from trainlab.tracking.source import Measured

SECONDS = 10
EXPERIMENT = "trainlab"
ITEM, FOLDER = "trainlab.run", "trainlab.folder"

# Retries are ours: MLflow's own would make a run again that a slow server has made already.
_FORCED = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
# What the client waits for a server (120 s, seven times, with pauses that double) would keep a run from
# ending for minutes. It asks the environment at every request. What people have set themselves stands.
_USUAL = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": str(SECONDS),
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
}
_REFUSALS = ("INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST", "INVALID_STATE")
_LONGEST = 300


class UnreachableError(Exception):
    """The tracker is down, slow or full: what it was told must be said again."""


class RefusedError(Exception):
    """The tracker will never take this, as a run that somebody has deleted there."""


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    """Bound what MLflow's client waits, and leave the environment as it was."""
    before = {name: os.environ.get(name) for name in (*_FORCED, *_USUAL)}
    os.environ.update({name: given for name, given in _USUAL.items() if name not in os.environ} | _FORCED)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def load() -> None:
    """Import MLflow, which takes seconds: while training is prepared nobody waits for it."""
    import mlflow.tracking  # noqa: F401


class Tracker:
    """MLflow at one destination.

    Args:
        to: the destination.
        experiment: MLflow's number of the experiment, where it is known.

    Raises:
        UnreachableError: where it can't be reached.
    """

    def __init__(self, to: Destination, experiment: str = "") -> None:
        _check_database(to)
        with _translated():
            from mlflow.tracking import MlflowClient

            self._client = MlflowClient(tracking_uri=to.uri)
        self.experiment = experiment or self._experiment(to)

    def _experiment(self, to: Destination) -> str:
        # MLflow's own variable, which people set for all that they track.
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
        with _translated():
            found = self._client.get_experiment_by_name(name)
            if found is None:
                return str(self._client.create_experiment(name, artifact_location=to.artifacts or None))
            if found.lifecycle_stage == "deleted":
                raise UnreachableError(f"MLflow's experiment `{name}` is deleted; restore it there")
            return str(found.experiment_id)

    def find(self, folder_id: str) -> dict[str, list[str]]:
        """Give the runs that are there of a folder: item -> MLflow's names of them, the one to keep first."""
        found: dict[str, list[str]] = {}
        token = None
        with _translated():
            while True:
                page = self._client.search_runs(
                    [self.experiment], f"tags.`{FOLDER}` = '{folder_id}'", max_results=1_000, page_token=token
                )
                for run in page:
                    found.setdefault(run.data.tags[ITEM], []).append(run.info.run_id)
                token = page.token
                if not token:
                    # Of twins nobody has acknowledged, the first by name is kept, whoever asks.
                    return {item: sorted(ids) for item, ids in found.items()}

    def make(self, name: str, item: str, folder_id: str, began: int, tags: Mapping[str, str]) -> str:
        """Make a run, and give MLflow's name of it.

        Args:
            name: what people call it.
            item: what it is found again by.
            folder_id: what its folder is found again by.
            began: milliseconds since 1970.
            tags: more about it.
        """
        whole = {**tags, ITEM: item, FOLDER: folder_id, "mlflow.user": _user(), "mlflow.runName": name}
        with _translated():
            made = self._client.create_run(self.experiment, began, whole, run_name=name)
            return str(made.info.run_id)

    def log(
        self,
        id: str,  # noqa: A002  # MLflow's word
        began: int,
        measured: Sequence[Measured] = (),
        parameters: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Send numbers, parameters and tags of a run, in as many requests as MLflow's limits ask for.

        Times follow from the step, so that the same number sent twice is one row there.
        """
        with _translated():
            from mlflow.entities import Metric, Param, RunTag

            self._client.log_batch(
                id,
                [Metric(one.name, one.value, began + one.step, one.step) for one in measured],
                [Param(name, value) for name, value in (parameters or {}).items()],
                [RunTag(name, text(value, LONGEST_TAG)) for name, value in (tags or {}).items()],
            )

    def set_status(self, id: str, status: str, ended: int) -> None:  # noqa: A002  # MLflow's word
        """Say how a run stands."""
        with _translated():
            if status == "RUNNING":
                self._client.update_run(id, status)
            else:
                self._client.set_terminated(id, status, ended)

    def upload(self, id: str, file: Path) -> None:  # noqa: A002  # MLflow's word
        """Send a file of a run; one of the same name is replaced."""
        with _translated():
            self._client.log_artifact(id, str(file))

    def remove(self, id: str) -> None:  # noqa: A002  # MLflow's word
        """Take a run away, as MLflow does: it can be restored there."""
        with _translated():
            self._client.delete_run(id)


def _check_database(to: Destination) -> None:
    """Ask SQLite first: MLflow retries what can't be opened for more than a minute."""
    if to.file is None:
        return
    import sqlite3

    try:
        to.file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(to.file, timeout=SECONDS / 2)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except (sqlite3.Error, OSError) as error:
        raise UnreachableError(f"{to.file}: {error}") from error


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (UnreachableError, RefusedError):
        raise
    except Exception as error:
        said = _shortened(_reason(error))
        code: Any = getattr(error, "error_code", "")
        if code in _REFUSALS:
            raise RefusedError(said) from error
        raise UnreachableError(said) from error


def _reason(error: BaseException) -> str:
    """Give what is at the bottom of a request that failed, else what MLflow says.

    >>> try:
    ...     try:
    ...         raise ConnectionRefusedError(111, "Connection refused")
    ...     except OSError as error:
    ...         raise RuntimeError("API request to http://localhost:5000/api failed with ...") from error
    ... except RuntimeError as error:
    ...     _reason(error)
    'no answer: [Errno 111] Connection refused'
    """
    if not str(error).startswith("API request to"):
        return first_line(error)
    bottom = error
    while (below := bottom.__cause__ or bottom.__context__) is not None:
        bottom = below
    return first_line(error) if bottom is error else f"no answer: {first_line(bottom)}"


def _shortened(said: str) -> str:
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 3]}..."
