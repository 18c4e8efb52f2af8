"""The model that goes with an experiment: the median run of the best variant, as a plain Keras file."""

import contextlib
from pathlib import Path

import numpy as np

from trainlab.experiment.spec import Experiment
from trainlab.exporting import export
from trainlab.results.table import Results
from trainlab.tracking.ledger import FOLDER
from trainlab.tracking.summary import MODEL

# Of larger networks the file takes longer to send than people wait: some 200 MB.
MOST_PARAMETERS = 50_000_000


def keep_model(results: Results, asked: Experiment | None = None, *, allow_code: bool = False) -> str:
    """Write the model beside the ledger, where it is sent from; say why there is none, if so.

    One file goes with the experiment, and none with each run: weights of every run stand in the folder, and
    a file of each would take longer than training them.

    Args:
        results: what came out.
        asked: the experiment, where data or model live in memory.
        allow_code: whether a Python file that the experiment names may run.
    """
    if results.outcome_counts["interrupted"]:
        return "not all runs have ended"
    parameters = results.endings["parameters"]
    if not np.isfinite(results.scores).any():
        return "no run has a score"
    if np.nanmax(parameters) > MOST_PARAMETERS:
        return f"it has more than {MOST_PARAMETERS:,} parameters"
    place = results.folder / FOLDER
    try:
        place.mkdir(exist_ok=True)
        _take_away(place)
        export(results.folder, place / MODEL, experiment=asked, allow_code=allow_code)
    except Exception as error:  # noqa: BLE001  (a model that can't be given away fails no run)
        _take_away(place)
        return str(error)
    return ""


def _take_away(place: Path) -> None:
    for file in (MODEL, f"{Path(MODEL).stem}.preparation.json"):
        with contextlib.suppress(OSError):
            (place / file).unlink(missing_ok=True)
