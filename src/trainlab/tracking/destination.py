"""Where runs are sent: an MLflow server or database, checked before anything is trained.

Nothing here opens a connection: a server that is down is no reason not to train.
"""

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from trainlab.errors import MissingError, UsageError
from trainlab.experiment.tracking import DEFAULT

SERVERS = ("http", "https")
DATABASES = ("sqlite", "postgresql", "mysql", "mssql")

_INSTALL = 'Install it: pip install "trainlab[mlflow]"'
_FILE = "sqlite:///"


@dataclass(frozen=True)
class Destination:
    """An MLflow server or database.

    Args:
        uri: as MLflow takes it, with paths from the root.
        artifacts: where files of runs go, as a URI; empty where the server knows.
    """

    uri: str
    artifacts: str = ""

    @property
    def shown(self) -> str:
        """The URI without a password: what is written on disk and said.

        >>> Destination("http://eve:secret@tracking.example:5000/").shown
        'http://tracking.example:5000/'
        """
        parts = urlsplit(self.uri)
        return (
            urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if parts.netloc else self.uri
        )

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database; None for servers and others."""
        return Path(self.uri.removeprefix(_FILE)) if self.uri.startswith(_FILE) else None


def destination(uri: str = DEFAULT, where: str = "track.mlflow") -> Destination:
    """Check where runs shall be sent, and that this machine has what it takes.

    Args:
        uri: as MLflow writes it. A path of SQLite counts from the working folder.
        where: the place of the URI in the question.

    Raises:
        UsageError: for a URI that MLflow can't take.
        MissingError: where MLflow is not installed.

    >>> destination("ftp://example")
    Traceback (most recent call last):
    trainlab.errors.UsageError: track.mlflow: not where MLflow keeps runs (got 'ftp://example'). Write ...
    """
    scheme = uri.partition("://")[0].partition("+")[0] if "://" in uri else ""
    cure = "Write `http://HOST:PORT` of a server, or a database as `sqlite:///mlflow.db`."
    if scheme not in (*SERVERS, *DATABASES):
        raise UsageError("not where MLflow keeps runs", where, Destination(uri).shown, cure)
    if scheme in SERVERS and not _has_host(uri):
        raise UsageError("no host and port of a server", where, Destination(uri).shown, cure)
    if scheme == "sqlite" and not _names_file(uri):
        message = "no file of a database, which would be gone with the process"
        raise UsageError(message, where, uri, cure)
    _check_installed(scheme, where)
    if scheme in SERVERS:
        return Destination(uri)
    if scheme != "sqlite":
        return Destination(uri, (Path.cwd() / "mlruns").as_uri())
    # MLflow counts from the working folder, which may be another one when the rest is sent later.
    path = Path(os.path.abspath(uri.removeprefix(_FILE)))  # noqa: PTH100  (links stay as they are written)
    return Destination(f"{_FILE}{path}", (path.parent / "mlruns").as_uri())


def _names_file(uri: str) -> bool:
    return uri.startswith(_FILE) and uri.removeprefix(_FILE).strip("/") not in {"", ":memory:"}


def _has_host(uri: str) -> bool:
    parts = urlsplit(uri)
    try:
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _check_installed(scheme: str, where: str) -> None:
    needed = ("mlflow",) if scheme in SERVERS else ("mlflow", "sqlalchemy")
    for package in needed:
        if importlib.util.find_spec(package) is None:
            raise MissingError(f"the package `{package}` is not installed", where, None, f"{_INSTALL}.")
