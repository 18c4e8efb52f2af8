"""What an epoch of a variant costs: in optimizer steps, and in seconds of a run measured alone.

Knows stored results.
"""

from typing import Literal

import numpy as np

from trainlab.results.table import Results

Axis = Literal["epochs", "updates", "seconds"]
AXES: tuple[Axis, ...] = ("epochs", "updates", "seconds")


def cost_of_epoch(results: Results, place: int, axis: Axis) -> float | None:
    """Give what one epoch of a variant costs on an axis; None where it is not known.

    How many steps an epoch has is read off the runs that ended well, or off all where none did. Steps of
    ensembles are those of all members.

    Args:
        results: what is stored.
        place: number of the variant.
        axis: in what it is counted.
    """
    if axis == "epochs":
        return 1.0
    steps = steps_of_epoch(results, place)
    if steps is None or axis == "updates":
        return steps
    second = seconds_of_step(results, place)
    return None if second is None else steps * second


def steps_of_epoch(results: Results, place: int) -> float | None:
    """Give the optimizer steps of one epoch of a variant, the median over its runs; None where not known."""
    steps, epochs = results.endings["steps"][place], results.endings["epochs"][place]
    told = np.isfinite(steps) & (epochs > 0) & (steps > 0)
    scored = told & np.isfinite(results.endings["score"][place])
    told = scored if scored.any() else told
    return float(np.median(steps[told] / epochs[told])) if told.any() else None


def seconds_of_step(results: Results, place: int) -> float | None:
    """Give the seconds of one step of a variant measured alone; None where not measured.

    Stored are those of an average run.
    """
    whole = (results.facts.get("variant_seconds") or {}).get(results.variants[place])
    taken = results.endings["steps"][place]
    taken = taken[np.isfinite(taken)]
    if whole is None or not taken.size or not taken.mean() > 0:
        return None
    return float(whole) / float(taken.mean())
