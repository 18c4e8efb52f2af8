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
from trainlab.engine.cohort import Cohort
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
        reason: why these runs share a program, in words.
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
        reason += "; one lane at a time on each core"
    if steady and width < runs:
        reason += f"; {width} lanes, each taken over by a run that waits when its own has ended"
    elif chunks > 1:
        reason += (
            f"; {chunks} chunks of {width} lanes, since {most} lanes at once are what memory and device allow"
        )
    return Width(runs, width, used, group, int(used * data_bytes + width * per_lane), reason)


def read_width(document: Mapping[str, Any]) -> Width:
    """Read what ``Width.document`` wrote."""
    return Width(
        **{name: document[name] for name in ("lanes", "width", "devices", "group", "bytes", "reason")},
        haste=document.get("haste", False),
    )


def is_short(cohorts: Sequence[tuple[Cohort, Learner]]) -> bool:
    """Tell whether training takes no longer than compiling well: then all programs are compiled in haste.

    All or none, since the seconds of variants are compared.

    Args:
        cohorts: each with what its steps are made of.
    """
    seconds = sum(_seconds(cohort, learner) for cohort, learner in cohorts)
    return seconds / len(jax.devices()) < SHORT_SECONDS * len(cohorts)


def _seconds(cohort: Cohort, learner: Learner) -> float:
    """Estimate what all steps of a cohort take on one core of a CPU; infinite where that can't be told.

    A dense layer takes every row through each weight once: three passes, each a product and a sum. What a
    kernel of more axes is used for can't be read off its shape.
    """
    kernels = [start.shape for start in learner.network.weight_starts]
    if jax.default_backend() != "cpu" or any(len(shape) > 2 for shape in kernels):
        return math.inf
    operations = 6 * cohort.batch_rows * sum(math.prod(shape) for shape in kernels)
    steps = cohort.steps * sum(recipe.epochs for recipe in cohort.recipes)
    return steps * (STEP_SECONDS + SECONDS_PER_OPERATION * operations)


def lanes_at_once(lanes: int) -> int:
    """Choose how many of a device's lanes are vectorised together: one on a CPU, else all.

    A CPU's core has no wide lanes to fill, but a cache that one lane's weights fit in (docs/why.md).
    """
    return 1 if jax.default_backend() == "cpu" else lanes


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
