"""Ensembles: members that were trained as runs of their own, put together and scored as one."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from trainlab.data.preparing.fitting import TargetScale
from trainlab.data.splitting.folds import Fold
from trainlab.engine.ending import smallest
from trainlab.engine.runs import Run, list_runs, members_of
from trainlab.engine.workshop import Workshop
from trainlab.experiment.spec import Experiment
from trainlab.measures.measure import pseudo_values
from trainlab.recipe.losses import Head
from trainlab.recipe.scores import SCORES
from trainlab.results.outcome import Outcome
from trainlab.results.records import RunEnding
from trainlab.results.store import Reader, Writer
from trainlab.stopwatch import part


@part("ensembles")
def put_together(
    experiment: Experiment,
    folds: Sequence[Fold],
    heads: dict[int, Head],
    workshop: Workshop,
    writer: Writer,
) -> None:
    """Score every ensemble whose members have all ended, and store how it ended.

    Args:
        experiment: the question.
        folds: which rows validate.
        heads: position of a variant -> what its networks' outputs mean.
        workshop: where what the networks were taught in is known.
        writer: where members' results stand and the ensemble's go.
    """
    runs = list_runs(experiment, folds)
    with Reader(writer.folder) as reader:
        ended = {row["run"]: row for row in reader.runs()}
        found = dict(_endings(experiment, folds, heads, workshop, runs, ended, reader))
    if found:
        writer.write_endings(found)


def _endings(
    experiment: Experiment,
    folds: Sequence[Fold],
    heads: dict[int, Head],
    workshop: Workshop,
    runs: Sequence[Run],
    ended: dict[int, Any],
    reader: Reader,
) -> Iterator[tuple[int, RunEnding]]:
    for run in runs:
        if not run.members or run.number not in ended:
            continue
        if ended[run.number]["outcome"] not in {Outcome.RUNNING, Outcome.INTERRUPTED}:
            continue
        members = [ended[member.number] for member in members_of(run, runs)]
        outcomes = [Outcome(member["outcome"]) for member in members]
        if any(outcome in {Outcome.RUNNING, Outcome.INTERRUPTED} for outcome in outcomes):
            continue
        if Outcome.DIVERGED in outcomes:
            yield run.number, _diverged(members)
            continue
        given = [reader.array(f"run/{member['run']}", "outputs") for member in members]
        outputs = np.stack([array for array in given if array is not None]).mean(axis=0, dtype=np.float64)
        rows = folds[run.fold].validation
        head = heads[run.variant]
        target = workshop.prepared(None).folds[run.fold].target
        scores, losses = judged(head, experiment, outputs, rows, target)
        wide = head.reading == "values" or not experiment.metric.of_rows
        yield run.number, _scored(members, outputs, scores, losses, wide=wide)


def judged(
    head: Head, experiment: Experiment, outputs: NDArray[Any], rows: NDArray[Any], target: TargetScale | None
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Score the mean of the members' answers: probabilities or amounts, whatever their outputs were.

    Args:
        head: what the members' outputs mean.
        experiment: the question.
        outputs: ``(row, ...)`` the mean.
        rows: ``(row,)`` numbers of the rows.
        target: how targets are scaled in the fold.

    Returns:
        ``(row,)`` scores and losses.
    """
    data = experiment.data
    averaged = Head("probabilities" if data.classes else "values", outputs.shape[1], len(data.classes))
    if head.reading in {"probabilities", "values"}:
        averaged = Head(averaged.reading, averaged.outputs, averaged.classes, head.loss)
    labels = data.y[rows]
    answers = jnp.asarray(outputs, jnp.float32)
    learned, wanted = answers, averaged.targets(labels)
    if target is not None:
        # Losses are in the unit that the networks were taught in, as those of single ones are. The loss
        # rounds what is wanted.
        learned, wanted = jnp.asarray(target.applied(answers)), target.applied(labels, np.float64)
    losses = averaged.make_loss().call(wanted, learned)
    losses = np.asarray(losses).reshape(len(rows), -1).mean(axis=1)
    metric = experiment.metric
    if not metric.of_rows:
        return pseudo_values(metric.name, np.asarray(answers), labels), losses
    return np.asarray(SCORES[metric.name](answers, labels, losses)), losses


def _scored(
    members: Sequence[dict[str, Any]],
    outputs: NDArray[Any],
    scores: NDArray[Any],
    losses: NDArray[Any],
    *,
    wide: bool,
) -> RunEnding:
    return RunEnding(
        outcome=Outcome.FINISHED,
        epochs=max(member["epochs"] for member in members),
        chosen_epoch=max(member["chosen_epoch"] for member in members),
        best_epoch=max(member["best_epoch"] for member in members),
        diverged_step=None,
        score=float(scores.mean(dtype=np.float64)),
        loss=float(losses.mean(dtype=np.float64)),
        train_score=math.nan,
        train_loss=math.nan,
        parameters=sum(member["parameters"] for member in members),
        steps=sum(member["steps"] for member in members),
        row_scores=smallest(scores),
        row_losses=losses.astype(np.float32),
        outputs=outputs.astype(np.float32 if wide else np.float16),
    )


def _diverged(members: Sequence[dict[str, Any]]) -> RunEnding:
    """An ensemble with a member that diverged has no answer."""
    steps = [member["diverged_step"] for member in members if member["diverged_step"] is not None]
    return RunEnding(
        outcome=Outcome.DIVERGED,
        epochs=min(member["epochs"] for member in members),
        chosen_epoch=0,
        best_epoch=0,
        diverged_step=min(steps),
        score=math.nan,
        loss=math.nan,
        train_score=math.nan,
        train_loss=math.nan,
        parameters=sum(member["parameters"] for member in members),
        steps=sum(member["steps"] for member in members),
    )
