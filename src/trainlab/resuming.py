"""Going on after an interruption, with the bits of an uninterrupted run."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trainlab.baselining import Baselining
from trainlab.checking import prepare
from trainlab.declaring import GOING_ON, declare_missing
from trainlab.experiment.spec import Experiment
from trainlab.results import provenance
from trainlab.results.store import Reader, Writer
from trainlab.results.table import Results, open_results
from trainlab.running import TIMED, silent, tune_and_train
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
    is_whole = decided and runs and all(run["outcome"] not in GOING_ON for run in runs)
    if is_whole and TIMED in facts:
        return open_results(folder)
    from trainlab.engine.plan import read_width

    widths = [read_width(cohort) for cohort in facts["plan"]["cohorts"]]
    ready = prepare(asked, allow_code=allow_code, widths=widths)
    with Writer(folder) as writer, Baselining() as baselining:
        writer.write_facts({"resumed": [*facts.get("resumed", []), provenance.now()], "interrupted": ""})
        tuned = facts.get("tuning", {}).get("ended", True)
        # What was killed between its trials and its own runs has none of these yet.
        ended = declare_missing(writer, ready) if tuned and "looks" not in facts else frozenset()
        return tune_and_train(ready, writer, ended, began, show, baselining=baselining, allow_code=allow_code)


def changed_versions(facts: dict[str, Any]) -> list[str]:
    """Say which versions differ from those the results were begun with."""
    now = provenance.versions()
    then = facts.get("versions", {})
    return [f"{name} {then[name]} -> {now.get(name)}" for name in then if now.get(name) != then[name]]
