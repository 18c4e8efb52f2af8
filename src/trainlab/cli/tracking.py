"""The command that sends results to a tracker."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from trainlab.cli.app import Debug, Json, app
from trainlab.cli.streams import notes, show_answer

LACKING = 5


@app.command
def track(
    folder: Path,
    *,
    mlflow: Annotated[
        str | None,
        Parameter(help="MLflow's server or database. [default: the last one, else sqlite:///mlflow.db]"),
    ] = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """Send to MLflow what has not been sent, and say what was; sending twice changes nothing.

    Args:
        folder: What `trainlab run` has written.
    """
    del debug
    from trainlab.tracking.sending import said
    from trainlab.tracking.track import track as send

    sent, to = send(folder, mlflow)
    told = (
        f"Sent: {sent.numbers:,} numbers of {sent.runs} runs, {sent.files} files.\n{said(sent, to, folder)}"
    )
    show_answer(sent.document(to), told, as_json=json)
    if not sent.complete and json:
        notes().print(said(sent, to, folder), markup=False, highlight=False, soft_wrap=True)
    return 0 if sent.complete else LACKING
