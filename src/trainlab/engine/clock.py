"""The steady time of a step, measured alone: what a run takes by itself, whoever it shared a program with.

Runs trained together share wall-clock time, and what one of them would have taken can't be read off it. A
variant that uses all that is dear in its cohort's program is timed there, with all other lanes asleep; for
another one a program of its own is made, with nothing dear in it that the variant does not use. Penalties and
other arithmetic on weights, some percent of a step at most (docs/why.md), open no further program.
"""

import statistics
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from trainlab.companion import standing_still
from trainlab.compiling import Effort
from trainlab.data.splitting.folds import Fold
from trainlab.engine.assembly import assemble
from trainlab.engine.chunk import Chunk, data_on_devices
from trainlab.engine.cohort import make_cohorts
from trainlab.engine.judging import Clock
from trainlab.engine.placement import place
from trainlab.engine.program import Program
from trainlab.engine.rows import cohort_rows
from trainlab.engine.workshop import Workshop
from trainlab.experiment.settling import settled
from trainlab.experiment.spec import Experiment
from trainlab.experiment.variants import Variant
from trainlab.stopwatch import part

TIMED_SECONDS = 0.05
FIRST_STEPS = 8
REPEATS = 3
MORE_REPEATS = 15


@part("timing")
def step_seconds(
    experiment: Experiment,
    folds: Sequence[Fold],
    workshop: Workshop,
    *,
    known: Collection[int],
    show: Callable[[str], None],
    effort: Effort = Effort.FULL,
) -> dict[int, float]:
    """Time a step of each variant in a program of its own, compiling left out.

    Args:
        experiment: the question.
        folds: which rows train and validate.
        workshop: where models and data are made.
        known: positions of variants that need not be timed.
        show: told what is being timed.
        effort: how hard programs are compiled: as hard as those that are timed in training.

    Returns:
        Position of a variant -> seconds of one step.
    """
    timed: dict[object, float] = {}
    found = {}
    experiment = settled(experiment)  # an experiment that searches would put what it looks for beside each
    for position, variant in enumerate(experiment.variants):
        if position in known:
            continue
        single = Variant(variant.name, {**variant.changes, "ensemble": 1})
        alone = replace(experiment, variants=(single,), seeds=experiment.seeds[:1])
        (cohort,) = make_cohorts(alone, folds[:1], workshop)
        shape = (cohort.loss, cohort.output, cohort.irrelevant, cohort.batch_rows, cohort.train_rows)
        key = (cohort.blueprint.bare, cohort.dear, cohort.objective.flip, cohort.descent.fixed, shape)
        if key not in timed:
            show(f"timing a step of {variant.name[:60]} alone")
            learner = assemble(cohort, workshop, experiment.metric)
            rows = cohort_rows(experiment.data, folds[:1], cohort.rows, experiment.split_seed)
            # Full steps alone, from the weights the model was built with: nothing else need be compiled.
            program = Program(learner, place(1), cohort.batch_rows, 0, rows.block, 1, effort)
            data = data_on_devices(workshop.data(cohort.irrelevant), program)
            chunk = Chunk(cohort, program, rows, data, [0], Clock())
            chunk.start_as_built()
            timed[key] = steady_step(chunk)
        found[position] = timed[key]
    return found


def steady_step(chunk: Chunk, only: int | None = None) -> float:
    """Time one step: what many steps take longer than none, the median of several repeats.

    An epoch of few steps is over before a clock can tell it from a call without any. Then it is repeated more
    often, and where even that shows nothing the whole call counts: too much rather than nothing.

    Args:
        chunk: the lanes.
        only: the one lane that is awake; left out, all take the step.
    """
    chunk.time_call(1, only)  # compiles
    with standing_still():
        return _steady_step(chunk, only)


def _steady_step(chunk: Chunk, only: int | None) -> float:
    most = max(chunk.full_steps, 1)
    steps, repeats = min(most, FIRST_STEPS), REPEATS
    while True:
        pairs = [(chunk.time_call(steps, only), chunk.time_call(0, only)) for _ in range(repeats)]
        taken = statistics.median(busy - idle for busy, idle in pairs)
        if taken > max(TIMED_SECONDS, statistics.median(idle for _, idle in pairs)):
            return taken / steps
        if steps < most:
            steps = min(most, 4 * steps)
        elif repeats < MORE_REPEATS:
            repeats = MORE_REPEATS
        else:
            whole = statistics.median(busy for busy, _ in pairs)
            return (taken if taken > 0 else whole) / steps
