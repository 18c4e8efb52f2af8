"""Going on after an interruption, with the bits of an uninterrupted run."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trainlab.errors import DataError, UsageError
from trainlab.experiment.document import read_experiment
from trainlab.experiment.fingerprint import fingerprint
from trainlab.experiment.spec import Experiment
from trainlab.results import provenance
from trainlab.results.outcome import Outcome
from trainlab.results.store import Reader, Writer
from trainlab.results.table import Results, open_results
from trainlab.running import EXPERIMENT_FILE, prepare, silent, train_and_open


def resume(
    folder: str | Path,
    experiment: Experiment | None = None,
    *,
    allow_code: bool = False,
    show: Callable[[Any], None] = silent,
) -> Results:
    """Go on with an experiment from the last epoch of each run that was stored.

    Args:
        folder: what ``run`` has written.
        experiment: the same experiment again, where data or model live in memory; left out, it is read
            from the folder.
        allow_code: whether a Python file that the experiment names may run.
        show: told how far training is.

    Raises:
        UsageError: where the experiment is not the one that was begun.
        DataError: where the data have changed since.
    """
    began = time.perf_counter()
    folder = Path(folder)
    with Reader(folder) as reader:
        facts, runs = reader.facts(), reader.runs()
    asked = _stored(folder, facts) if experiment is None else experiment
    _check_same(asked, facts, folder)
    if all(run["outcome"] not in {Outcome.RUNNING, Outcome.INTERRUPTED} for run in runs):
        return open_results(folder)
    from trainlab.engine.plan import read_width

    widths = [read_width(cohort) for cohort in facts["plan"]["cohorts"]]
    ready = prepare(asked, allow_code=allow_code, widths=widths)
    going_on = {Outcome.RUNNING, Outcome.INTERRUPTED}
    ended = frozenset(run["run"] for run in runs if run["outcome"] not in going_on)
    with Writer(folder) as writer:
        writer.write_facts({"resumed": [*facts.get("resumed", []), provenance.now()], "interrupted": ""})
        return train_and_open(ready, writer, ended, began, show)


def changed_versions(facts: dict[str, Any]) -> list[str]:
    """Say which versions differ from those the results were begun with."""
    now = provenance.versions()
    then = facts.get("versions", {})
    return [f"{name} {then[name]} -> {now.get(name)}" for name in then if now.get(name) != then[name]]


def _stored(folder: Path, facts: dict[str, Any]) -> Experiment:
    document = facts["experiment"]
    in_memory = facts["data"]["name"] == "arrays" or "keras" in document["model"]
    if in_memory or not (folder / EXPERIMENT_FILE).is_file():
        raise UsageError(
            "the experiment's data or model lived in memory",
            str(folder),
            None,
            "Go on in Python with `tl.resume(folder, experiment)`.",
        )
    return read_experiment(folder / EXPERIMENT_FILE)


def _check_same(experiment: Experiment, facts: dict[str, Any], folder: Path) -> None:
    if experiment.data.fingerprint != facts["data"]["fingerprint"]:
        raise DataError(
            "the data have changed since the experiment was begun",
            str(folder),
            None,
            "Restore them, or begin anew with `trainlab run`.",
        )
    if fingerprint(experiment) != facts["fingerprint"]:
        now, then = experiment.document(), facts["experiment"]
        differ = [key for key in then if now.get(key) != then[key]]
        raise UsageError(
            f"this is another experiment: {', '.join(differ) or 'the model'} differ(s)",
            str(folder),
            None,
            "Begin anew with `trainlab run`.",
        )
