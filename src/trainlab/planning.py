"""Planning: what an experiment will take, without training it."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainlab.checking import Ready, prepare
from trainlab.experiment.spec import Experiment
from trainlab.running import read
from trainlab.searching import foreseen


@dataclass(frozen=True)
class PlanEstimate:
    """What an experiment will take.

    Args:
        runs: how many runs there are, those of trials among them.
        cohorts: for each program its lanes, width, devices, bytes and the reason in words.
        bytes: memory of the largest cohort, its data included.
        seconds: estimated wall-clock seconds, compilation included.
    """

    runs: int
    cohorts: tuple[dict[str, Any], ...]
    bytes: int
    seconds: float

    def document(self) -> dict[str, Any]:
        """Give the plan as the object that ``--json`` prints."""
        return {
            "schema": "trainlab/plan/1",
            "runs": self.runs,
            "cohorts": list(self.cohorts),
            "bytes": self.bytes,
            "seconds": self.seconds,
        }


def plan(
    experiment: Experiment | str | Path,
    *,
    seeds: int | None = None,
    epochs: int | None = None,
    allow_code: bool = False,
) -> PlanEstimate:
    """Group runs into programs, compile each, and time a few steps whose result is thrown away.

    Where something is tuned, the first trials stand for all, and settings as they are written for those that
    will be found.

    Args:
        experiment: an experiment, or the path of an experiment file.
        seeds: as many seeds instead of the file's.
        epochs: as many epochs instead of the file's.
        allow_code: whether a Python file that the experiment names may run.
    """
    began = time.perf_counter()
    asked = read(experiment, seeds=seeds, epochs=epochs)
    stages = [(prepare(asked, allow_code=allow_code), 1.0)]
    if asked.tunings:
        stages.insert(0, foreseen(asked, allow_code=allow_code))
    before = time.perf_counter() - began
    cohorts = [prepared.width.document() for ready, _ in stages for prepared in ready.cohorts]
    return PlanEstimate(
        runs=sum(round(times * _runs(ready)) for ready, times in stages),
        cohorts=tuple(cohorts),
        bytes=max(prepared.width.bytes for ready, _ in stages for prepared in ready.cohorts),
        seconds=before + sum(times * _estimated_seconds(ready) for ready, times in stages),
    )


def _runs(ready: Ready) -> int:
    return sum(len(prepared.cohort.runs) for prepared in ready.cohorts)


def _estimated_seconds(ready: Ready) -> float:
    from trainlab.engine.training import estimate_seconds

    return sum(
        estimate_seconds(ready.experiment, ready.folds, prepared, ready.workshop)
        for prepared in ready.cohorts
    )
