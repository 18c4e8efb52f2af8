"""Going on after an interruption, with the bits of an uninterrupted run."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trainlab.checking import prepare
from trainlab.experiment.spec import Experiment
from trainlab.results import provenance
from trainlab.results.outcome import Outcome
from trainlab.results.store import Reader, Writer
from trainlab.results.table import Results, open_results
from trainlab.running import silent, train_and_open
from trainlab.stored import asked_before


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
    asked = asked_before(folder, facts, experiment, "resume")
    decided = "looks" not in facts or facts["looks"]["ended"]
    if decided and all(run["outcome"] not in {Outcome.RUNNING, Outcome.INTERRUPTED} for run in runs):
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
