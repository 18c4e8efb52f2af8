"""Lanes in memory: an experiment trained by the engine without a folder."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from trainlab.checking import prepare
from trainlab.engine.chunk import Chunk, data_on_devices
from trainlab.engine.judging import Clock
from trainlab.engine.training import program_for


@dataclass
class Trained:
    """What lanes look like after training."""

    chunk: Chunk
    running: np.ndarray
    sums: list[Any]

    def weights(self, lane: int) -> list[np.ndarray]:
        """Copy one lane's weights."""
        return [np.array(leaf)[lane] for leaf in self.chunk.state.weights]

    def lane(self, variant: int, seed: int) -> int:
        """Find the lane of a run."""
        return next(
            lane for lane, run in enumerate(self.chunk.runs) if (run.variant, run.seed) == (variant, seed)
        )


def lanes_of(experiment, cohort=0, program=None):
    """Put the first chunk of a cohort on the devices, ready to train."""
    ready = prepare(experiment)
    prepared = ready.cohorts[cohort]
    made, rows = program_for(experiment, ready.folds, prepared)
    program = program or made
    places = next(iter(prepared.cohort.chunks(prepared.width.width)))
    chunk = Chunk(prepared.cohort, program, rows, data_on_devices(experiment.data, program), places, Clock())
    chunk.start()
    return chunk


def trained(experiment, *, slice_steps=None, program=None, cohort=0):
    """Train all epochs of a cohort's first chunk."""
    chunk = lanes_of(experiment, cohort, program)
    if slice_steps is not None:
        chunk.slice_steps = slice_steps
        chunk._pace = lambda steps, seconds: None
    running, sums = [], []
    for _ in range(chunk.cohort.epochs):
        running.append(chunk.train_epoch(lambda share: None))
        sums.append(chunk.evaluate_epoch())
    return Trained(chunk, np.array(running), sums)


@pytest.fixture(scope="session")
def train_lanes():
    """Train an experiment's lanes in memory."""
    return trained


@pytest.fixture(scope="session")
def start_lanes():
    """Put an experiment's lanes on the devices."""
    return lanes_of
