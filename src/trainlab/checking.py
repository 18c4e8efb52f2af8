"""Everything that can be checked without training: rows, networks, heads, memory, and Keras's backend.

What an experiment says is checked where it is read; here it has been said, and must fit this machine.
"""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trainlab.data.splitting.folds import Fold
from trainlab.errors import UsageError
from trainlab.experiment.spec import Experiment
from trainlab.stopwatch import part


@dataclass(frozen=True, eq=False)
class Ready:
    """An experiment that has passed every check and can be trained."""

    experiment: Experiment
    folds: tuple[Fold, ...]
    cohorts: tuple[Any, ...]
    workshop: Any


@part("prepare")
def prepare(
    experiment: Experiment,
    folds: Sequence[Fold] = (),
    *,
    allow_code: bool = False,
    widths: Sequence[Any] = (),
    kept: Any = None,
    begin: Callable[[Any], None] | None = None,
) -> Ready:
    """Check everything that can be checked without training: rows, networks, heads, memory.

    Args:
        experiment: the question.
        folds: which rows train and validate; left out, as the experiment says.
        allow_code: whether a Python file that the experiment names may run.
        widths: widths from a stored plan; left out, they are chosen.
        kept: an ``engine.kept.Kept``, for experiments that are trained one after the other in this process:
            models and programs that are equal are used again. Left out, nothing is kept.
        begin: told the workshop as soon as it gives rows: what needs no network can begin.
    """
    check_backend()
    with part("start"):
        from trainlab.engine.assembly import assemble
        from trainlab.engine.cohort import make_cohorts
        from trainlab.engine.plan import choose_width, is_short
        from trainlab.engine.training import Prepared
        from trainlab.engine.workshop import Workshop

    folds = tuple(folds) or experiment.folds
    if kept is None:
        workshop = Workshop(experiment, folds, allow_code=allow_code)
    else:
        workshop = kept.workshop(experiment, folds, allow_code=allow_code)
    if begin is not None:
        workshop.prepared(None)
        begin(workshop)
    cohorts = make_cohorts(experiment, folds, workshop)
    names = [variant.name for variant in experiment.variants]
    prepared = []
    for place, cohort in enumerate(cohorts):
        made = assemble if kept is None else kept.learner
        chosen = choose_width if kept is None else kept.width
        learner = made(cohort, workshop, experiment.metric)
        seen = workshop.data(cohort.irrelevant)
        width = widths[place] if widths else chosen(cohort, learner, seen, names)
        prepared.append(Prepared(cohort, learner, width, kept))
    if not widths and is_short([(ready.cohort, ready.learner) for ready in prepared]):
        prepared = [replace(ready, width=replace(ready.width, haste=True)) for ready in prepared]
    return Ready(experiment, folds, tuple(prepared), workshop)


def check_backend() -> None:
    """Refuse any Keras backend but JAX, with the one line that mends it.

    Raises:
        UsageError: where another backend is asked for or already loaded.
    """
    asked = os.environ.get("KERAS_BACKEND", "jax")
    loaded = sys.modules.get("keras")
    if loaded is not None and hasattr(loaded, "config"):
        asked = loaded.config.backend()
        if asked != "jax":
            raise UsageError(
                "trainlab needs Keras on JAX, and Keras is already loaded with another backend",
                "KERAS_BACKEND",
                asked,
                "Import trainlab before Keras, or start Python with `KERAS_BACKEND=jax`.",
            )
    if asked != "jax":
        raise UsageError(
            "trainlab needs Keras on JAX", "KERAS_BACKEND", asked, "Set it: `export KERAS_BACKEND=jax`."
        )
