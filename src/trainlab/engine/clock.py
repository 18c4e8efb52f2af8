"""A run's own seconds: its steps times the steady time of a step of its variant, measured alone.

Runs trained together share wall-clock time, and what one of them would have taken by itself can't be read off
it. So each variant's own program, with nothing in it that the variant does not use, is timed as one lane.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace

from trainlab.data.splits import Fold
from trainlab.engine.assembly import assemble
from trainlab.engine.chunk import Chunk, Clock, data_on_devices
from trainlab.engine.cohort import make_cohorts
from trainlab.engine.placement import place
from trainlab.engine.program import Program
from trainlab.engine.rows import cohort_rows
from trainlab.experiment.models import ModelDescription
from trainlab.experiment.spec import Experiment

TIMED_SECONDS = 0.05
REPEATS = 5


def variant_seconds(
    experiment: Experiment,
    folds: Sequence[Fold],
    description: ModelDescription,
    *,
    show: Callable[[str], None],
) -> dict[str, float]:
    """Give for each variant the seconds that one run's steps take by themselves, compiling left out.

    Args:
        experiment: the question.
        folds: which rows train and validate.
        description: the model, with a builder loaded where the experiment names a file.
        show: told what is being timed.
    """
    timed: dict[object, float] = {}
    found = {}
    for variant in experiment.variants:
        alone = replace(experiment, variants=(variant,), seeds=experiment.seeds[:1])
        (cohort,) = make_cohorts(alone, folds[:1], description)
        used = tuple(sorted(cohort.numbers))
        key = (cohort.blueprint, cohort.optimizer.name, used, cohort.batch_rows, cohort.train_rows)
        if key not in timed:
            show(f"timing a step of {variant.name[:60]} alone")
            learner = assemble(cohort, experiment.data, experiment.metric)
            rows = cohort_rows(experiment.data, folds[:1], cohort.train_rows, experiment.split_seed)
            # Full steps alone, from the weights the model was built with: nothing else need be compiled.
            program = Program(learner, place(1), cohort.batch_rows, 0, rows.block, group=1)
            chunk = Chunk(cohort, program, rows, data_on_devices(experiment.data, program), [0], Clock())
            chunk.start_as_built()
            timed[key] = _steady_step(chunk)
        found[variant.name] = timed[key] * cohort.steps * cohort.epochs
    return found


def _steady_step(chunk: Chunk) -> float:
    """Time one step: enough steps at once that the call is nothing, the median of several repeats."""
    chunk.time_steps(1)
    once = max(chunk.time_steps(1), 1e-6)
    steps = min(chunk.cohort.steps, max(1, int(TIMED_SECONDS / once)))
    return statistics.median(chunk.time_steps(steps) for _ in range(REPEATS))
