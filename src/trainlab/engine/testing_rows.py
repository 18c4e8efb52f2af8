"""What trained weights say of rows that were not there in training: the prediction of a final model."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.splitting.folds import Fold
from trainlab.engine.chunk import Chunk, data_on_devices
from trainlab.engine.ensembles import judged
from trainlab.engine.judging import Clock, View
from trainlab.engine.runs import list_runs, members_of
from trainlab.engine.training import Prepared, program_for
from trainlab.engine.workshop import Workshop
from trainlab.experiment.spec import Experiment
from trainlab.results.weights import RunWeights

Judged = tuple[NDArray[Any], NDArray[Any]]


def judge_test_rows(
    experiment: Experiment,
    folds: Sequence[Fold],
    cohorts: Sequence[Prepared],
    workshop: Workshop,
    weights: Mapping[int, RunWeights],
) -> list[Judged]:
    """Score weights on the rows that the fold holds out.

    Args:
        experiment: of one variant.
        folds: one fold.
        cohorts: the prepared cohorts of its runs.
        workshop: where data stand.
        weights: by the numbers of the runs; a run without is left out.

    Returns:
        ``(row,)`` scores and ``(row, ...)`` predictions, of each seed's network or ensemble; an ensemble with
        a member that has no weights is left out.
    """
    if not weights:
        return []
    found: dict[int, Judged] = {}
    head = cohorts[0].learner.head
    for ready in cohorts:
        program, rows = program_for(experiment, folds, ready)
        data = data_on_devices(workshop.data(ready.cohort.irrelevant), program)
        for places in ready.cohort.chunks(ready.width.width):
            chunk = Chunk(ready.cohort, program, rows, data, places, Clock())
            outputs, _, scores = chunk.predict(_put_in(chunk, weights))
            count = len(rows.validation[0])
            for lane in chunk.lanes:
                if chunk.runs[lane].number in weights:
                    found[chunk.runs[lane].number] = (scores[lane, :count], outputs[lane, :count])
    runs = list_runs(experiment, folds)
    answers = []
    for run in runs:
        if run.number in found and not run.member:
            answers.append(found[run.number])
        members = [found[member.number] for member in members_of(run, runs) if member.number in found]
        if run.members and len(members) == run.members:
            mean = np.stack([outputs for _, outputs in members]).mean(axis=0, dtype=np.float64)
            target = workshop.prepared(None).folds[0].target
            scores, _ = judged(head, experiment, mean, folds[0].validation, target)
            answers.append((scores, mean))
    return answers


def _put_in(chunk: Chunk, weights: Mapping[int, RunWeights]) -> View:
    """Give the lanes their trained weights; a lane without keeps its first ones, and is not asked."""
    filler = next(iter(weights.values()))
    lanes = [weights.get(run.number, filler) for run in chunk.runs]
    spread = chunk.program.placement.spread
    stacked = ([np.stack(leaves) for leaves in zip(*part, strict=True)] for part in zip(*lanes, strict=True))
    view: View = tuple(spread(leaves) for leaves in stacked)
    return view
