"""Which rows a report shows: chosen among the validation rows by what all scored networks said of them.

Sealed rows have no number here and are never among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.results.store import Reader, Writer
from trainlab.results.table import Results
from trainlab.results.thumbnails import CONFUSED, FACT, FAR, NEAR, OWNER, RIGHT, SUSPICIOUS

MOST_SUSPICIOUS = 24
MOST_PAIRS = 4
ROWS_OF_A_PAIR = 4
MOST_RIGHT = 24
MOST_FAR, MOST_NEAR = 24, 8
# So wide and high a picture still shows what it is; so many columns still fit on a page.
LONGEST_SIDE = 96
MOST_COLUMNS = 64
MOST_LETTERS = 200

Chosen = list[tuple[int, str]]


@dataclass(frozen=True, eq=False)
class Tally:
    """What all scored networks said of each validation row.

    Args:
        numbers: ``(row,)`` numbers in the data set.
        networks: ``(row,)`` how many were asked.
        answers: ``(row, class or target)`` mean of what they said.
        votes: ``(row, class)`` how many named the class; no columns for a regression.
        sure: ``(row, class)`` mean over the networks of the probability of the class they named.
        losses: ``(row,)`` mean loss.
    """

    numbers: NDArray[np.int64]
    networks: NDArray[np.int64]
    answers: NDArray[np.float64]
    votes: NDArray[np.float64]
    sure: NDArray[np.float64]
    losses: NDArray[np.float64]


def keep_thumbnails(writer: Writer, dataset: Dataset, results: Results) -> dict[str, Any]:
    """Choose the rows that a report shows and store them.

    Args:
        writer: of the folder.
        dataset: the open rows.
        results: what is stored, all runs ended.

    Returns:
        The fact that is to be stored with them; none where no run was scored.
    """
    tally = tallied(dataset, results)
    if tally is None:
        return {}
    labels = dataset.y[tally.numbers]
    chosen = chosen_rows(tally, labels) if dataset.classes else far_and_near(tally)
    places = np.array([place for place, _ in chosen], np.int64)
    rows = tally.numbers[places]
    arrays: dict[str, NDArray[Any]] = {
        "numbers": rows,
        "targets": dataset.y[rows],
        "answers": tally.answers[places],
        "networks": tally.networks[places],
        "wrong": _wrong(tally, labels)[places] if dataset.classes else np.full(len(rows), np.nan),
    }
    shown, facts = shown_rows(dataset, rows)
    writer.write_arrays(OWNER, arrays | shown)
    return {FACT: {"kinds": [kind for _, kind in chosen], **facts}}


def tallied(dataset: Dataset, results: Results) -> Tally | None:
    """Count what all scored networks said of the validation rows; None where no run was scored.

    Args:
        dataset: the open rows.
        results: what is stored.
    """
    folds = results.validation_rows
    numbers = np.unique(np.concatenate(folds)).astype(np.int64)
    width, rows = dataset.outputs, len(numbers)
    asked, losses = np.zeros(rows, np.int64), np.zeros(rows)
    answers = np.zeros((rows, width))
    votes, sure = (np.zeros((rows, width if dataset.classes else 0)) for _ in range(2))
    with Reader(results.folder) as reader:
        for fold, rows_there in enumerate(folds):
            places = np.searchsorted(numbers, rows_there)
            for number in results.run_numbers[:, :, fold].reshape(-1):
                outputs = reader.array(f"run/{number}", "outputs")
                if outputs is None:
                    continue
                lost = reader.array(f"run/{number}", "row_losses")
                said = outputs.astype(np.float64).reshape(len(places), -1)
                asked[places] += 1
                losses[places] += 0 if lost is None else lost
                answers[places] += said
                if dataset.classes:
                    named = said.argmax(axis=1)
                    votes[places, named] += 1
                    sure[places, named] += said.max(axis=1)
    known = asked > 0
    if not known.any():
        return None
    counts = asked[known]
    return Tally(
        numbers[known],
        counts,
        answers[known] / counts[:, None],
        votes[known],
        sure[known] / counts[:, None],
        losses[known] / counts,
    )


def chosen_rows(tally: Tally, labels: NDArray[Any]) -> Chosen:
    """Choose rows of a classification: suspicious ones, examples of confused pairs, right examples.

    Args:
        tally: what the networks said.
        labels: ``(row,)`` the classes in the data.

    Returns:
        Places in the tally, each with the reason.
    """
    classes = tally.votes.shape[1]
    own = np.arange(classes) == labels[:, None]
    wrong = _wrong(tally, labels)
    # How sure they are of other classes, on average over all networks.
    others = np.where(own, 0, tally.sure).sum(axis=1)
    order = np.argsort(-others, kind="stable")
    chosen: Chosen = [(int(row), SUSPICIOUS) for row in order if wrong[row] > 1 / 2][:MOST_SUSPICIOUS]
    taken = {row for row, _ in chosen}
    confusion = np.stack([tally.votes[labels == own_class].sum(axis=0) for own_class in range(classes)])
    np.fill_diagonal(confusion, 0)
    for pair in np.argsort(-confusion, axis=None, kind="stable")[:MOST_PAIRS]:
        true, said = divmod(int(pair), classes)
        if not confusion[true, said]:
            break
        share = np.where(labels == true, tally.votes[:, said] / tally.networks, 0)
        chosen += _most(share, ROWS_OF_A_PAIR, CONFUSED, taken)
    for number in range(min(classes, MOST_RIGHT)):
        share = np.where((labels == number) & (wrong == 0), tally.answers[:, number], 0)
        chosen += _most(share, 1, RIGHT, taken)
    return chosen


def far_and_near(tally: Tally) -> Chosen:
    """Choose rows of a regression: those with the largest losses, and some with the smallest.

    Args:
        tally: what the networks said.
    """
    order = np.argsort(-tally.losses, kind="stable")
    far = [(int(row), FAR) for row in order[:MOST_FAR]]
    return far + [(int(row), NEAR) for row in order[MOST_FAR:][::-1][:MOST_NEAR]]


def shown_rows(dataset: Dataset, rows: NDArray[Any]) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Give rows as they are shown: a picture where there is one, else values.

    Args:
        dataset: the open rows.
        rows: their numbers.

    Returns:
        The arrays, and what is said beside them.
    """
    facts: dict[str, Any] = {"columns": [], "texts": {}}
    for part, scale in zip(dataset.parts, dataset.scales, strict=True):
        if is_picture(part):
            return {"pictures": as_pictures(part, rows, scale)}, facts
    flat = next((part for part in dataset.parts if part.ndim == 2), dataset.parts[0])
    values = flat[rows].reshape(len(rows), -1)[:, :MOST_COLUMNS].astype(np.float64)
    for place, column in enumerate(dataset.columns[:MOST_COLUMNS]):
        facts["columns"].append(column.name)
        if column.kind != "number":
            facts["texts"][column.name] = _texts(values[:, place], column.levels)
            values[:, place] = np.nan
    return {"values": values}, facts


def is_picture(part: NDArray[Any]) -> bool:
    """Tell whether the rows of an input are images: bytes in two axes, or channels in the third.

    >>> (
    ...     is_picture(np.zeros((5, 8, 8), np.uint8)),
    ...     is_picture(np.zeros((5, 8, 8))),
    ...     is_picture(np.zeros((5, 8))),
    ... )
    (True, False, False)
    """
    grey = part.ndim == 3 and part.dtype == np.uint8
    return grey or (part.ndim == 4 and part.shape[-1] in {1, 3, 4})


def as_pictures(part: NDArray[Any], rows: NDArray[Any], scale: float) -> NDArray[np.uint8]:
    """Give images as bytes, none wider or higher than 96 points.

    Args:
        part: ``(row, height, width)`` or ``(row, height, width, channel)``.
        rows: ``(chosen row,)`` which of them.
        scale: what numbers are multiplied with.

    >>> as_pictures(np.full((1, 2, 2), 8, np.uint8), np.array([0]), 1 / 16).reshape(-1).tolist()
    [128, 128, 128, 128]
    """
    images = part[rows].astype(np.float64)
    images = images[..., None] if images.ndim == 3 else images
    if part.dtype == np.uint8:
        # Numbers from 0 to 16 are as bright as their scale says; bytes are as they are.
        images = images * max(255 * scale, 1.0)
    else:
        low, high = float(np.nanmin(part)), float(np.nanmax(part))
        low, high = (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)
        images = (images - low) * (255 / (high - low if high > low else 1.0))
    longest = max(images.shape[1:3])
    factor = -(-longest // LONGEST_SIDE)
    if factor > 1:
        images = _shrunk(images, factor)
    bright: NDArray[np.uint8] = np.round(np.clip(np.nan_to_num(images), 0, 255)).astype(np.uint8)
    return bright


def _shrunk(images: NDArray[Any], factor: int) -> NDArray[Any]:
    """Take means over squares; an edge that fills no square is cut off, unless there is nothing else."""
    count, height, width, channels = images.shape
    down, across = min(factor, height), min(factor, width)
    high, wide = height // down, width // across
    whole = images[:, : high * down, : wide * across]
    squares: NDArray[Any] = whole.reshape(count, high, down, wide, across, channels).mean(axis=(2, 4))
    return squares


def _texts(positions: NDArray[Any], levels: Sequence[str]) -> list[str]:
    return [levels[int(place)][:MOST_LETTERS] if np.isfinite(place) else "" for place in positions]


def _wrong(tally: Tally, labels: NDArray[Any]) -> NDArray[np.float64]:
    right = np.take_along_axis(tally.votes, labels[:, None].astype(np.int64), axis=1)[:, 0]
    share: NDArray[np.float64] = 1 - right / tally.networks
    return share


def _most(share: NDArray[Any], count: int, kind: str, taken: set[int]) -> Chosen:
    """Take the rows with the largest share that no other reason has taken."""
    order = [
        int(row) for row in np.argsort(-share, kind="stable") if share[row] > 0 and int(row) not in taken
    ]
    taken.update(order[:count])
    return [(row, kind) for row in order[:count]]
