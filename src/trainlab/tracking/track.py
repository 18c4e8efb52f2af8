"""The verb: send what a tracker lacks of a folder, now."""

from pathlib import Path

from trainlab.errors import MissingError
from trainlab.experiment.tracking import DEFAULT
from trainlab.results.table import open_results
from trainlab.tracking.destination import Destination, destination
from trainlab.tracking.ledger import FOLDER, Ledger, last_destination
from trainlab.tracking.model import keep_model
from trainlab.tracking.sending import Sender, Sent
from trainlab.tracking.source import read_sources
from trainlab.tracking.summary import MODEL
from trainlab.tracking.tracker import bounded


def track(folder: str | Path, mlflow: str | None = None) -> tuple[Sent, Destination]:
    """Send to MLflow what has not been sent; sending twice changes nothing there.

    Args:
        folder: what ``run`` has written, finished or not.
        mlflow: MLflow's server or database; left out, the one that the folder was sent to last, else the one
            of its experiment, else ``sqlite:///mlflow.db``.

    Returns:
        What was sent, and where to.

    Raises:
        UsageError: for a folder without results, a URI that MLflow can't take, and where another process is
            sending.
        MissingError: where MLflow is not installed, or the folder can't be written.
    """
    folder = Path(folder)
    results = open_results(folder)
    asked = (results.facts["experiment"].get("track") or {}).get("mlflow")
    to = destination(mlflow or last_destination(folder) or asked or DEFAULT, "--mlflow")
    sources = read_sources(folder)
    if not sources:
        raise MissingError("the results do not say when they were begun", str(folder), None, "Run again.")
    if not (folder / FOLDER / MODEL).is_file():
        keep_model(results)
    with bounded(), Ledger(folder, to.shown, sources[0].usual_id) as ledger:
        ledger.try_again()
        return Sender(folder, to, ledger).send(last=True), to
