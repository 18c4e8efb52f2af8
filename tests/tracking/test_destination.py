"""Destinations: what MLflow takes is taken, all else is refused with a cure, and no password is written."""

import pytest

from trainlab.errors import UsageError
from trainlab.tracking.destination import Destination, destination

pytestmark = pytest.mark.usefixtures("mlflow_there")


def test_a_path_counts_from_the_working_folder(tmp_path, monkeypatch):
    """
    What is sent later, from elsewhere, arrives at the same place; files go beside the database.
    """
    monkeypatch.chdir(tmp_path)

    to = destination("sqlite:///db/mlflow.db")

    assert to.file == tmp_path / "db" / "mlflow.db"
    assert to.uri == f"sqlite:///{tmp_path}/db/mlflow.db"
    assert to.artifacts == (tmp_path / "db" / "mlruns").as_uri()


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "mlruns",
        "ftp://example",
        "file:///data/mlruns",
        "http://",
        "http://host:port",
        "sqlite://",
        "sqlite:///",
    ],
)
def test_what_mlflow_does_not_take_is_refused(uri):
    """
    The cure shows a server and a database.
    """
    with pytest.raises(UsageError, match=r"sqlite:///mlflow\.db"):
        destination(uri)


def test_a_database_in_memory_is_refused():
    """
    It would be gone with the process that sends.
    """
    with pytest.raises(UsageError, match="gone with the process"):
        destination("sqlite:///:memory:")


def test_servers_and_other_databases_are_taken_as_they_are():
    """
    A server knows where files go; a database on another machine does not.
    """
    assert destination("https://tracking.example/base") == Destination("https://tracking.example/base")
    assert destination("postgresql+psycopg2://eve:secret@db/runs").artifacts.endswith("/mlruns")


def test_a_password_is_not_shown():
    """
    Neither in what is said nor in the ledger.
    """
    assert destination("postgresql://eve:secret@db/runs").shown == "postgresql://db/runs"
    with pytest.raises(UsageError) as told:
        destination("ftp://eve:secret@example")
    assert "secret" not in str(told.value)
