"""The plan: which runs are trained together, how wide, on how many devices. Stored, and kept on resume.

The width of a program changes rounding, so going on with the same bits needs the same width.
"""

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from trainlab.data.dataset import Dataset
from trainlab.engine.assembly import not_vectorised
from trainlab.engine.calibration import Calibration, of_this_machine
from trainlab.engine.cohort import Cohort
from trainlab.engine.rows import IMAGES_AT_ONCE_ON_CPU, MOST_ROWS_AT_ONCE, ROWS_AT_ONCE_ON_CPU
from trainlab.engine.step import Learner

# On CPU, wide chunks save compilations and calls, not arithmetic; on a GPU the width is what pays.
MOST_LANES = {"cpu": 32}
MOST_LANES_ELSEWHERE = 1024
# State, the copy kept until an epoch is known to be healthy, best weights, gradients.
COPIES = 3.5
# With early stopping, the best weights by each half of the validation rows are kept too.
BEST_OF_HALVES = 2
SHARE_OF_MEMORY = 0.5
# What a lane's step costs at least, and arithmetic on a core: rough, they only tell short work from long.
STEP_SECONDS, SECONDS_PER_OPERATION = 3e-5, 5e-11
# The most that vectorising was seen to save of a lane's step on a CPU; and what finding out and making use of
# it costs: a calibration, and a program to time a step in.
MOST_SAVED, SECONDS_TO_FIND_OUT = 5e-6, 4.5
# A program that a step of Keras's layers is timed in takes as long as so many plain ones of the calibration.
PLAIN_PROGRAMS = 2.0
# Of the promised saving so much is believed, and so much must be promised: a step of Keras's has more in it
# than the plain one, and vectorised lanes are evaluated more slowly (docs/why.md).
BELIEVED = 0.5
# A program compiled in haste is a second earlier there and takes up to a half longer (docs/why.md).
SHORT_SECONDS = 2.0


@dataclass(frozen=True)
class Width:
    """How many lanes of a cohort are trained at once, on how many devices, and the memory that takes.

    Args:
        lanes: runs of the cohort.
        width: lanes of a chunk.
        devices: devices they are spread over.
        group: lanes of a device that are vectorised together.
        bytes: memory of a chunk and of the data on the devices.
        reason: why these runs share a program, and why it is as wide as it is, in words.
        haste: whether the program is compiled in haste, since training takes no longer than compiling.
    """

    lanes: int
    width: int
    devices: int
    group: int
    bytes: int
    reason: str
    haste: bool = False

    def document(self) -> dict[str, object]:
        """Give the plan of the cohort as plain values."""
        return {
            "lanes": self.lanes,
            "width": self.width,
            "devices": self.devices,
            "group": self.group,
            "bytes": self.bytes,
            "reason": self.reason,
            "haste": self.haste,
        }


def choose_width(
    cohort: Cohort,
    learner: Learner,
    dataset: Dataset,
    variants: Sequence[str],
    *,
    steady: bool = False,
    hindrance: Callable[[Learner, Cohort, Dataset], str] = not_vectorised,
) -> Width:
    """Choose how wide a cohort's program is: as few chunks of equal width as the memory allows.

    Args:
        cohort: the runs.
        learner: what their steps are made of.
        dataset: what stands on each device.
        variants: names, for the reason.
        steady: whether the width is a power of two (times the devices, where they are not), so that cohorts
            of a few runs more or less can share a program; some lanes may then have no run.
        hindrance: says why lanes can't be vectorised; empty where they can.
    """
    devices = len(jax.devices())
    data_bytes = sum(int(part.nbytes) for part in (*dataset.parts, dataset.y))
    stops = any(recipe.early_stopping is not None for recipe in cohort.recipes)
    per_lane = bytes_per_lane(learner, BEST_OF_HALVES if stops else 0)
    room = SHARE_OF_MEMORY * free_memory() - devices * data_bytes
    most = MOST_LANES.get(jax.default_backend(), MOST_LANES_ELSEWHERE)
    limited = room // per_lane < most
    most = max(1, min(most, int(room // per_lane)))
    runs = len(cohort.runs)
    used = max(1, min(devices, runs, most))
    chunks = -(-runs // most)
    width = -(-runs // chunks)
    if steady:
        width = min(1 << (runs - 1).bit_length(), 1 << (most.bit_length() - 1))
    width = -(-width // used) * used
    group = lanes_at_once(width // used)
    reason = cohort.reason(variants)
    if group > 1:
        why = hindrance(learner, cohort, dataset)
        if why:
            group = 1
            reason += f"; one lane at a time, since they can't be vectorised: {why}"
    elif width > used:
        group, said = (1, "") if steady else _by_calibration(cohort, learner, dataset, width, used, hindrance)
        reason += said or "; one lane at a time on each core"
    if steady and width < runs:
        reason += f"; {width} lanes, each taken over by a run that waits when its own has ended"
    elif chunks > 1:
        reason += (
            f"; {chunks} chunks of {width} lanes, since {most} lanes at once are what memory and device allow"
            + (", and memory is the tighter limit" if limited else "")
        )
    return Width(runs, width, used, group, int(used * data_bytes + width * per_lane), reason)


def read_width(document: Mapping[str, Any]) -> Width:
    """Read what ``Width.document`` wrote."""
    return Width(
        **{name: document[name] for name in ("lanes", "width", "devices", "group", "bytes", "reason")},
        haste=document.get("haste", False),
    )


def _by_calibration(
    cohort: Cohort,
    learner: Learner,
    dataset: Dataset,
    width: int,
    devices: int,
    hindrance: Callable[[Learner, Cohort, Dataset], str],
) -> tuple[int, str]:
    """Choose by measurement how many lanes of a CPU's core are vectorised together: one or all.

    Whether anything is measured is told from the experiment alone, never from what is kept: an experiment
    must not be planned in another way when it is run again because another one was calibrated for meanwhile.

    Args:
        cohort: the runs.
        learner: what their steps are made of.
        dataset: what stands on each device.
        width: lanes of a chunk.
        devices: devices they are spread over.
        hindrance: says why lanes can't be vectorised.

    Returns:
        The lanes vectorised together, and why, in words; without words where nothing was measured.
    """
    epochs = [min(recipe.epochs, cohort.epochs) for recipe in cohort.recipes]
    steps = cohort.steps * sum(epochs) / devices
    # A lane that stops early costs nothing more where lanes are taken one at a time, and as much as before
    # where they are vectorised; how early can't be foreseen.
    stops = any(recipe.early_stopping is not None for recipe in cohort.recipes)
    recurs = any(name.endswith("recurrent_kernel") for name in learner.network.weight_names)
    operations = _operations(cohort, learner)
    if stops or recurs or math.isinf(operations) or steps * MOST_SAVED < SECONDS_TO_FIND_OUT:
        return 1, ""
    why = hindrance(learner, cohort, dataset)
    if why:
        return 1, f"; one lane at a time, since they can't be vectorised: {why}"
    measured = of_this_machine(max(2, MOST_LANES["cpu"] // len(jax.devices())))
    if measured is None:
        return 1, ""
    # Vectorised, lanes that wait for the last epochs of others are computed with them, and so is padding.
    chunks = -(-len(epochs) // width)
    longest = cohort.steps * max(epochs) * chunks * width / devices
    return grouped(measured, operations, width // devices, steps, longest, programs=_timed_apart(cohort))


def grouped(
    measured: Calibration, operations: float, lanes: int, steps: float, longest: float, *, programs: int
) -> tuple[int, str]:
    """Choose one lane at a time or all of a core together, by the seconds that both would take.

    Args:
        measured: the machine's calibration.
        operations: arithmetic of a lane's step.
        lanes: lanes of a core.
        steps: steps of lanes that a core takes, one at a time.
        longest: steps of lanes that it takes where all go on as long as the longest.
        programs: programs more that vectorised lanes need: none can be timed while the others sleep.

    Returns:
        The lanes vectorised together, and why, in words.
    """
    one, together = measured.step(operations, 1), measured.step(operations, lanes)
    compiling = PLAIN_PROGRAMS * measured.compile * programs
    alone, shared = _microseconds(one), _microseconds(together)
    source = "by this machine's calibration"
    saved = steps * one - longest * together
    if saved > BELIEVED * steps * one and BELIEVED * saved > compiling:
        said = f"{lanes} lanes vectorised together on each core: {shared} µs a step, one at a time {alone}"
        return lanes, f"; {said}, {source}"
    said = f"one lane at a time on each core: {alone} µs a step, vectorised {shared}, {source}"
    return 1, f"; {said}" + (", too little to pay for what it costs" if together < one else "")


def _microseconds(seconds: float) -> str:
    """Write a step's duration with two digits that count.

    >>> _microseconds(5.43e-6), _microseconds(1.1e-4)
    ('5.4', '110')
    """
    return f"{seconds * 1e6:.1f}" if seconds < 1e-5 else f"{seconds * 1e6:.0f}"


def _timed_apart(cohort: Cohort) -> int:
    """Count the programs that a cohort's steps would be timed in if lanes could not sleep.

    Its variants that use all that is dear differ in numbers alone, so one stands for all of them; others
    have programs of their own either way.
    """
    return int(any(cohort.is_own(place) for place in range(len(cohort.runs))))


def is_short(cohorts: Sequence[tuple[Cohort, Learner]]) -> bool:
    """Tell whether training takes no longer than compiling well: then all programs are compiled in haste.

    All or none, since the seconds of variants are compared. By built-in numbers, never by a calibration:
    rounding depends on how hard a program is compiled, and an experiment that is run before and after the
    machine was calibrated must be compiled alike.

    Args:
        cohorts: each with what its steps are made of.
    """
    seconds = sum(_seconds(cohort, learner) for cohort, learner in cohorts)
    return seconds / len(jax.devices()) < SHORT_SECONDS * len(cohorts)


def _seconds(cohort: Cohort, learner: Learner) -> float:
    """Estimate what all steps of a cohort take on one core of a CPU; infinite where that can't be told."""
    steps = cohort.steps * sum(recipe.epochs for recipe in cohort.recipes)
    return steps * (STEP_SECONDS + SECONDS_PER_OPERATION * _operations(cohort, learner))


def _operations(cohort: Cohort, learner: Learner) -> float:
    """Count the arithmetic of a step of a lane on a CPU; infinite where that can't be told.

    A dense layer takes every row through each weight once: three passes, each a product and a sum. What a
    kernel of more axes is used for can't be read off its shape.
    """
    if jax.default_backend() != "cpu" or _slides(learner):
        return math.inf
    kernels = [start.shape for start in learner.network.weight_starts]
    return 6.0 * cohort.batch_rows * sum(math.prod(shape) for shape in kernels)


def lanes_at_once(lanes: int) -> int:
    """Choose how many of a device's lanes are vectorised together: one on a CPU, else all.

    A CPU's core has no wide lanes to fill, but a cache that one lane's weights fit in (docs/why.md). Of long
    work a measurement decides instead.
    """
    return 1 if jax.default_backend() == "cpu" else lanes


def rows_at_once(learner: Learner) -> int:
    """Say how many rows a lane evaluates at once: fewer on a CPU, fewest where weights slide over images."""
    if jax.default_backend() != "cpu":
        return MOST_ROWS_AT_ONCE
    return IMAGES_AT_ONCE_ON_CPU if _slides(learner) else ROWS_AT_ONCE_ON_CPU


def _slides(learner: Learner) -> bool:
    """Tell whether weights are used at many places, as a convolution's are: then a kernel has more axes."""
    return any(len(start.shape) > 2 for start in learner.network.weight_starts)


def bytes_per_lane(learner: Learner, more: int = 0) -> int:
    """Give the memory one lane needs in training.

    Args:
        learner: what its steps are made of.
        more: copies of the weights that are kept beside the usual ones.
    """
    own = sum(int(np.prod(v.shape, dtype=np.int64)) * 4 for v in learner.network.model.variables)
    slots = sum(int(np.prod(v.shape, dtype=np.int64)) * 4 for v in learner.optimizer.variables)
    return int(COPIES * (own + slots) + more * own) + 1


def free_memory() -> int:
    """Give the bytes of memory that the first device, or the machine, has to spare."""
    stats = jax.devices()[0].memory_stats() or {}
    if "bytes_limit" in stats:
        return int(stats["bytes_limit"] - stats.get("bytes_in_use", 0))
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 4 * 2**30
