"""Examples of rows, as facts: what they are, and what the runs say of them when they stand in validation.

Which rows are kept is decided when training ends (see ``results.thumbnails``); here they are only named, put
in order and made fit to be shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.words import number
from trainlab.results.table import Results
from trainlab.results.thumbnails import CONFUSED, RIGHT, SUSPICIOUS, Thumbnails

MOST_COLUMNS = 6

_LABEL = 40


@dataclass(frozen=True)
class Example:
    """One row.

    Args:
        row: its number in the data set.
        kind: why it is kept, as the store says it.
        target: its class, or its amounts.
        said: the class of the highest mean probability, or the mean amounts.
        confidence: mean probability that the runs give to that class; of a regression, None.
        wrong: share of runs that name another class than the row's; of a regression, None.
        error: mean amount minus the row's, of the first target; of classes, 0.
        picture: shape and bytes; None for rows of a table.
        values: what stands in the columns of a table, as shown; empty for pictures.
        point: the numbers among them; NaN for others.
        label: number of its class, or its first amount.
    """

    row: int
    kind: str
    target: str
    said: str
    confidence: float | None
    wrong: float | None
    error: float
    picture: tuple[tuple[int, ...], bytes] | None
    values: tuple[str, ...]
    point: tuple[float, ...]
    label: float


@dataclass(frozen=True)
class Examples:
    """Rows that a report shows.

    Args:
        classes: names of the classes, in the order of the data; empty for a regression.
        columns: names of the columns of a table, the first ones where there are many.
        more_columns: how many columns are left out.
        rows: the rows, in the order in which they were chosen.
        networks: how many networks were asked about a row, at most.
    """

    classes: tuple[str, ...]
    columns: tuple[str, ...]
    more_columns: int
    rows: tuple[Example, ...]
    networks: int

    @property
    def suspicious(self) -> tuple[Example, ...]:
        """Rows that runs put in another class, those first that most of them do."""
        there = [one for one in self.rows if one.kind == SUSPICIOUS and one.said != one.target]
        return tuple(sorted(there, key=lambda one: (-(one.wrong or 0.0), -(one.confidence or 0.0), one.row)))

    @property
    def confused(self) -> tuple[tuple[str, str, tuple[Example, ...]], ...]:
        """Pairs of a row's class and the one it is taken for, with their rows, the most frequent pair first.

        Rows of the most frequent pairs were chosen in that order; pairs of which only suspicious rows are
        known come after them, most rows first.
        """
        pairs: dict[tuple[str, str], list[Example]] = {}
        for one in self.rows:
            if one.kind in {CONFUSED, SUSPICIOUS} and one.said != one.target:
                pairs.setdefault((one.target, one.said), []).append(one)
        frequent = list(dict.fromkeys((one.target, one.said) for one in self.rows if one.kind == CONFUSED))
        rare = sorted((pair for pair in pairs if pair not in frequent), key=lambda pair: -len(pairs[pair]))
        return tuple((*pair, tuple(pairs[pair])) for pair in (*frequent, *rare) if pair in pairs)

    @property
    def right(self) -> tuple[Example, ...]:
        """An example of each class that is told right, in the order of the classes."""
        order = {name: place for place, name in enumerate(self.classes)}
        there = [one for one in self.rows if one.kind == RIGHT]
        return tuple(sorted(there, key=lambda one: (order.get(one.target, len(order)), one.row)))

    @property
    def furthest(self) -> tuple[Example, ...]:
        """Rows of a regression, those first that the runs miss by most."""
        return () if self.classes else tuple(sorted(self.rows, key=lambda one: (-abs(one.error), one.row)))


def examples_of(results: Results, thumbnails: Thumbnails) -> Examples | None:
    """Make rows fit to be shown; None where nothing was kept of what the runs said of them.

    Args:
        results: for the names of the classes.
        thumbnails: the rows.
    """
    if thumbnails.answers is None or thumbnails.targets is None or not len(thumbnails.numbers):
        return None
    classes = tuple(clean(name, _LABEL) for name in (results.facts.get("data") or {}).get("classes") or ())
    texts = thumbnails.texts or {}
    width = 0 if thumbnails.values is None else thumbnails.values.shape[1]
    names = list(thumbnails.columns) or [f"column {place}" for place in range(width)]
    rows = tuple(
        _example(thumbnails, place, classes, names, texts) for place in range(len(thumbnails.numbers))
    )
    networks = 0 if thumbnails.networks is None else int(np.max(thumbnails.networks))
    shown = tuple(clean(name, _LABEL) for name in names[:MOST_COLUMNS]) if width else ()
    return Examples(classes, shown, max(0, width - MOST_COLUMNS), rows, networks)


def _example(
    kept: Thumbnails,
    at: int,
    classes: tuple[str, ...],
    names: list[str],
    texts: Mapping[str, tuple[str, ...]],
) -> Example:
    picture: tuple[tuple[int, ...], bytes] | None = None
    values: tuple[str, ...] = ()
    point: tuple[float, ...] = ()
    if kept.pictures is not None:
        image = np.ascontiguousarray(kept.pictures[at], np.uint8)
        picture = (tuple(int(size) for size in image.shape), image.tobytes())
    elif kept.values is not None:
        point = tuple(float(value) for value in kept.values[at])
        values = tuple(
            clean(texts[name][at], _LABEL) if name in texts else _amount(value)
            for name, value in zip(names[:MOST_COLUMNS], point, strict=False)
        )
    answers: Any = np.asarray(kept.answers)[at].ravel()
    target: Any = np.asarray(kept.targets)[at]
    row, kind = int(kept.numbers[at]), kept.kinds[at] if kept.kinds else ""
    if not classes:
        own, mean = np.ravel(target), answers
        told = [", ".join(_amount(float(value)) for value in both) for both in (own, mean)]
        missed, label = float(mean[0] - own[0]), float(own[0])
        return Example(row, kind, told[0], told[1], None, None, missed, picture, values, point, label)
    if len(answers) == 1:
        answers = np.array([1 - answers[0], answers[0]])
    most, wrong = int(answers.argmax()), None if kept.wrong is None else float(kept.wrong[at])
    named = classes[int(target)], classes[most]
    sure = float(answers[most])
    return Example(row, kind, *named, sure, wrong, 0.0, picture, values, point, float(target))


def _amount(value: float) -> str:
    return "–" if np.isnan(value) else number(value).replace("-", "−", 1)
