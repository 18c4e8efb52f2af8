"""The certificate: lanes trained together against `keras.Model.fit` alone.

The same rows in the same order from the same start, trained once as lanes of one program and once by Keras
itself, one run at a time, on a plain model with plain numbers. In float64 what remains is the order in which
sums are taken; in float32 rounding grows from step to step, so there the tolerance is wide.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from trainlab.data.splitting.folds import Fold
from trainlab.engine.alone import fit_alone
from trainlab.engine.assembly import assemble
from trainlab.engine.chunk import Chunk, data_on_devices
from trainlab.engine.cohort import Cohort, make_cohorts
from trainlab.engine.judging import Clock
from trainlab.engine.placement import place
from trainlab.engine.plan import choose_width, rows_at_once
from trainlab.engine.program import Program
from trainlab.engine.rows import cohort_rows
from trainlab.engine.workshop import Workshop
from trainlab.experiment.settling import settled
from trainlab.experiment.spec import Experiment
from trainlab.experiment.variants import Variant
from trainlab.model import functional

TOLERANCES = {"float64": 1e-9, "float32": 1e-3}


@dataclass(frozen=True)
class LaneDifference:
    """How far one lane is from `fit` alone.

    Args:
        variant: name of the variant.
        seed: the seed.
        weights: largest absolute difference over all trainable variables after the last epoch.
        state: largest absolute difference over the other variables (moving averages; states of random
            layers count as 1 where they differ).
        loss: largest difference of an epoch's training loss.
    """

    variant: str
    seed: int
    weights: float
    state: float
    loss: float

    @property
    def largest(self) -> float:
        """The largest of the three; infinite where one is not a number."""
        found = max(self.weights, self.state, self.loss)
        return found if np.isfinite([self.weights, self.state, self.loss]).all() else float("inf")


def lane_differences(
    experiment: Experiment,
    folds: Sequence[Fold],
    *,
    lanes: int,
    dtype: str,
    allow_code: bool,
    show: Callable[[str], None],
) -> tuple[LaneDifference, ...]:
    """Train lanes together and alone, and compare.

    Args:
        experiment: the question.
        folds: which rows train and validate.
        lanes: how many runs, taken in turn from every variant.
        dtype: ``"float64"`` or ``"float32"``.
        allow_code: whether Python files that models name may run.
        show: told what is being done.
    """
    asked = _to_the_end(experiment)
    differences = []
    with functional.precision(dtype):
        workshop = Workshop(asked, folds, dtype, allow_code)
        cohorts = make_cohorts(asked, folds, workshop)
        wanted = _in_turn(cohorts, lanes, len(asked.variants))
        for cohort in cohorts:
            places = [place for place, run in enumerate(cohort.runs) if run.number in wanted]
            if places:
                show(f"cohort {cohort.number + 1} of {len(cohorts)}: {len(places)} lanes together")
                differences += _cohort_differences(asked, folds, workshop, cohort, places, show)
    return tuple(differences)


def _to_the_end(experiment: Experiment) -> Experiment:
    """Let every run go on to its last epoch: when to stop is decided between epochs, and not certified."""
    experiment = settled(experiment)
    variants = tuple(
        Variant(variant.name, {**variant.changes, "early_stopping": False}) for variant in experiment.variants
    )
    return replace(experiment, variants=variants)


def _cohort_differences(
    experiment: Experiment,
    folds: Sequence[Fold],
    workshop: Workshop,
    cohort: Cohort,
    places: list[int],
    show: Callable[[str], None],
) -> list[LaneDifference]:
    learner = assemble(cohort, workshop, experiment.metric)
    at_once = rows_at_once(learner)
    rows = cohort_rows(experiment.data, folds, cohort.rows, experiment.split_seed, at_once)
    spread = place(len(places))
    padded = places + [places[0]] * (-len(places) % spread.devices)
    tail = cohort.train_rows % cohort.batch_rows
    names = [variant.name for variant in experiment.variants]
    planned = choose_width(cohort, learner, workshop.data(cohort.irrelevant), names).group
    group = min(planned, len(padded) // spread.devices)
    program = Program(learner, spread, cohort.batch_rows, tail, rows.block, group)
    data = data_on_devices(workshop.data(cohort.irrelevant), program)
    chunk = Chunk(cohort, program, rows, data, padded, Clock())
    chunk.start()
    starts = [[np.asarray(leaf) for leaf in leaves] for leaves in (chunk.state.weights, chunk.state.layers)]
    running = []
    for _ in range(cohort.epochs):
        running.append(chunk.train_epoch(silent))
        chunk.evaluate_epoch()
    ends = [[np.asarray(leaf) for leaf in leaves] for leaves in chunk.view]
    differences = []
    for lane, run in enumerate(chunk.runs[: len(places)]):
        variant = experiment.variants[run.variant].name
        show(f"{variant}, seed {run.seed}: `fit` alone")
        start = [[leaf[lane] for leaf in leaves] for leaves in starts]
        weights, state, losses = fit_alone(chunk, lane, start, workshop)
        lived = int(chunk.trained_epochs[lane])
        differences.append(
            LaneDifference(
                variant=variant,
                seed=run.seed,
                weights=_largest(weights, [leaf[lane] for leaf in ends[0]]),
                state=_largest(*_shared(state, [leaf[lane] for leaf in ends[1]])),
                loss=_largest([np.array(losses)], [np.array([epoch[lane] for epoch in running[:lived]])]),
            )
        )
    return differences


def _shared(
    ours: list[np.ndarray | None], theirs: list[np.ndarray]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    pairs = [(one, other) for one, other in zip(ours, theirs, strict=True) if one is not None]
    return [one for one, _ in pairs], [other for _, other in pairs]


def silent(share: float) -> None:
    """Show nothing."""
    del share


def _largest(these: Sequence[np.ndarray], those: Sequence[np.ndarray]) -> float:
    """The largest absolute difference; states of random layers, which are integers, differ by one or not."""
    largest = 0.0
    for this, that in zip(these, those, strict=True):
        if this.size == 0:
            continue
        if np.issubdtype(this.dtype, np.integer):
            largest = max(largest, float(not np.array_equal(this, that)))
        else:
            largest = max(largest, float(np.abs(this.astype(np.float64) - that.astype(np.float64)).max()))
    return largest


def _in_turn(cohorts: Sequence[Cohort], lanes: int, variants: int) -> frozenset[int]:
    """Take runs in turn from every variant: first seed of each, then the second, and so on."""
    by_variant: list[list[int]] = [[] for _ in range(variants)]
    for cohort in cohorts:
        for run in cohort.runs:
            by_variant[run.variant].append(run.number)
    ordered = [
        numbers[turn]
        for turn in range(max(map(len, by_variant)))
        for numbers in by_variant
        if turn < len(numbers)
    ]
    return frozenset(ordered[:lanes])
