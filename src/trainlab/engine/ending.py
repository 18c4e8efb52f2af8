"""How the runs of a chunk end: scored at their chosen epoch, pruned where asked, stored whole."""

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainlab.engine.chunk import Chunk
from trainlab.engine.judging import Sums, View
from trainlab.engine.pruning import prune_lanes
from trainlab.engine.stopping import ALL, FIRST, SECOND
from trainlab.results.files import write_arrays
from trainlab.results.outcome import Outcome
from trainlab.results.records import RunEnding
from trainlab.results.weights import FOLDER
from trainlab.stopwatch import part


class _Judged(NamedTuple):
    """What the chosen epochs of all lanes give on validation rows: predictions, losses, scores."""

    outputs: NDArray[Any]
    losses: NDArray[Any]
    scores: NDArray[Any]


def endings(
    chunk: Chunk, scored: View, lanes: Sequence[int] | None = None
) -> Iterator[tuple[int, RunEnding]]:
    """Give how each run of a chunk ended, by its number.

    Args:
        chunk: the lanes, trained.
        scored: what ``scored_view`` gives.
        lanes: the lanes whose runs have ended, where others are still trained; left out, all.
    """
    views = [chunk.chosen(FIRST), chunk.chosen(SECOND)] if chunk.halved else [chunk.chosen()]
    judged = _cross_fitted(chunk, views, lanes)
    before: NDArray[Any] | None = None
    if _prunes(chunk):
        before = judged.scores
        pruned = [prune_lanes(chunk, view) for view in views] if chunk.halved else [scored]
        judged = _cross_fitted(chunk, pruned, lanes)
    trained = chunk.evaluate_training_rows(scored, lanes)
    steps = chunk.cohort.steps
    for lane in chunk.lanes if lanes is None else lanes:
        rows = len(chunk.rows.validation[chunk.runs[lane].fold])
        refused = int(chunk.diverged_step[lane])
        # A metric that is no average over rows may not be told by these rows, although all answers are sound.
        told = judged.outputs if chunk.program.learner.whole else judged.scores
        if not refused and not np.isfinite(told[lane, :rows]).all():
            # Weights are finite and what they give is not: the run has no score either.
            refused = int(chunk.trained_epochs[lane]) * steps + 1
        if refused:
            yield chunk.runs[lane].number, _diverged(chunk, lane, refused)
        else:
            yield chunk.runs[lane].number, _finished(chunk, lane, judged, trained, before)


def scored_view(chunk: Chunk) -> View:
    """Give the weights that a run's model has in the end: of the chosen epoch, pruned where asked."""
    view = chunk.chosen()
    return prune_lanes(chunk, view) if _prunes(chunk) else view


@part("store")
def save_weights(folder: Path, label: str, chunk: Chunk, scored: View) -> None:
    """Keep the last weights of the chunk's runs, the best and the scored ones, stacked over runs."""
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    network, count = chunk.program.learner.network, len(chunk.lanes)
    views = {"last": chunk.view, "best": chunk.best[ALL]}
    if chunk.halved or _prunes(chunk):
        views["scored"] = scored
    arrays: dict[str, NDArray[Any]] = {}
    for name, (weights, layers) in views.items():
        for kind, leaves in (("weights", weights), ("layers", layers)):
            arrays |= {
                f"{name}/{kind}/{index}": np.asarray(leaf)[:count] for index, leaf in enumerate(leaves)
            }
    notes = {
        "runs": [chunk.runs[lane].number for lane in chunk.lanes],
        "weights": list(network.weight_names),
        "layers": list(network.state_names),
    }
    write_arrays(place / f"{label}.safetensors", arrays, json.loads(json.dumps(notes)))


def _prunes(chunk: Chunk) -> bool:
    return bool(chunk.program.learner.prunes)


def _cross_fitted(chunk: Chunk, views: list[View], lanes: Sequence[int] | None) -> _Judged:
    """Predict, each half of the validation rows by the epoch that the other half has chosen."""
    found = [_Judged(*chunk.predict(view, lanes)) for view in views]
    if len(found) == 1:
        return found[0]
    by_first, by_second = found
    first = _first_half(chunk, by_first.scores.shape[1])
    parts = zip(by_first, by_second, strict=True)
    joined = _Judged(*(np.where(_spread(first, mine), theirs, mine) for mine, theirs in parts))
    if not chunk.program.learner.whole:
        return joined
    # Answers of two epochs are one run's: a metric that is no average over rows measures them together.
    return joined._replace(scores=chunk.row_scores(joined.outputs, lanes))


def _first_half(chunk: Chunk, width: int) -> NDArray[np.bool_]:
    """``(lane, row)`` whether a validation row is in the first half."""
    halves = np.zeros((len(chunk.places), width), bool)
    for lane, run in enumerate(chunk.runs):
        mask = chunk.rows.halves[run.fold]
        halves[lane, : len(mask)] = mask
    return halves


def _spread(mask: NDArray[np.bool_], like: NDArray[Any]) -> NDArray[np.bool_]:
    return mask.reshape(mask.shape + (1,) * (like.ndim - mask.ndim))


def _diverged(chunk: Chunk, lane: int, refused: int) -> RunEnding:
    return RunEnding(
        outcome=Outcome.DIVERGED,
        epochs=(refused - 1) // chunk.cohort.steps,
        chosen_epoch=0,
        diverged_step=refused,
        steps=refused - 1,
        best_epoch=int(chunk.books.best_epoch[ALL, lane]),
        parameters=chunk.program.learner.network.parameters,
        score=math.nan,
        loss=math.nan,
        train_score=math.nan,
        train_loss=math.nan,
    )


def _finished(
    chunk: Chunk, lane: int, judged: _Judged, trained: Sums, before: NDArray[Any] | None
) -> RunEnding:
    run, best = chunk.runs[lane], int(chunk.books.best_epoch[ALL, lane])
    rows = len(chunk.rows.validation[run.fold])
    row_scores, row_losses = judged.scores[lane, :rows], judged.losses[lane, :rows]
    given_up = bool(chunk.given_up[lane])
    epochs = int(chunk.trained_epochs[lane])
    # Members of an ensemble are averaged again, and a metric of all rows is told from its outputs: these are
    # kept in full.
    learner = chunk.program.learner
    wide = learner.head.reading == "values" or run.member > 0 or bool(learner.whole)
    return RunEnding(
        outcome=_outcome(chunk, lane),
        epochs=epochs,
        chosen_epoch=best if chunk.rules.stops[lane] and not given_up else epochs,
        diverged_step=None,
        score=float(row_scores.mean(dtype=np.float64)),
        loss=float(row_losses.mean(dtype=np.float64)),
        train_score=float(trained.scores[lane, 0]),
        train_loss=float(trained.losses[lane, 0]),
        steps=epochs * chunk.cohort.steps,
        row_scores=smallest(row_scores),
        row_losses=row_losses.astype(np.float32),
        outputs=judged.outputs[lane, :rows].astype(np.float32 if wide else np.float16),
        best_epoch=best,
        parameters=chunk.program.learner.network.parameters,
        unpruned_score=None if before is None else float(before[lane, :rows].mean(dtype=np.float64)),
        pruned_share=_pruned_share(chunk, lane),
    )


def _outcome(chunk: Chunk, lane: int) -> Outcome:
    if chunk.given_up[lane]:
        return Outcome.PRUNED
    return Outcome.STOPPED_EARLY if chunk.books.stopped[lane] else Outcome.FINISHED


def never_trained(parameters: int) -> RunEnding:
    """Give how a run ended that a search gave up while it waited: without an epoch and without a score.

    Args:
        parameters: trainable numbers of its network.
    """
    return RunEnding(
        outcome=Outcome.PRUNED,
        epochs=0,
        chosen_epoch=0,
        best_epoch=0,
        diverged_step=None,
        score=math.nan,
        loss=math.nan,
        train_score=math.nan,
        train_loss=math.nan,
        parameters=parameters,
        steps=0,
    )


def _pruned_share(chunk: Chunk, lane: int) -> float:
    """Give the share of all trainable numbers that pruning set to zero."""
    sizes = [start.shape for start in chunk.program.learner.network.weight_starts]
    gone = 0
    for place, number in chunk.program.learner.prunes:
        share = float(chunk.cohort.numbers[number][chunk.places[lane]])
        gone += int(share * np.prod(sizes[place], dtype=np.int64) + 1e-9)
    return gone / max(chunk.program.learner.network.parameters, 1)


def smallest(scores: NDArray[Any]) -> NDArray[Any]:
    """Scores that are right-or-wrong fit in bytes."""
    with np.errstate(invalid="ignore"):  # what does not fit is kept as it is
        small = scores.astype(np.uint8)
    return small if np.array_equal(small, scores) else scores.astype(np.float32)
