"""Fitting the baselines on the networks' own folds and prepared rows, and scoring them as the networks are.

Nothing is tuned and nothing is drawn but from the split seed. A baseline that fails says so and stops nobody.
"""

import functools
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.baselines.amount import (
    TREE_COLUMNS,
    Amount,
    Sizes,
    boosting,
    linear_amount,
    trees_amount,
)
from trainlab.baselines.baseline import Baseline, Said
from trainlab.baselines.dummy import Predict, always, guess, guess_label
from trainlab.baselines.linear import fit_linear
from trainlab.baselines.rows_read import Layout, Rows, blocks, look, matrix
from trainlab.baselines.spread import interval
from trainlab.baselines.trees import fit_trees
from trainlab.data.dataset import Dataset
from trainlab.data.draws import Purpose, draws
from trainlab.data.splitting.folds import Fold
from trainlab.data.splitting.order import labels_of, stratified_order
from trainlab.errors import first_line
from trainlab.experiment.baselines import BASELINES
from trainlab.experiment.metrics import METRICS, Metric
from trainlab.measures.measure import pseudo_values
from trainlab.measures.rows import Floats

_LOOK_ROWS = 256


def fit_baselines(
    data: Dataset,
    folds: Sequence[Fold],
    rows: Rows,
    metric: Metric,
    names: Iterable[str] = BASELINES,
    *,
    split_seed: int = 0,
    show: Callable[[str], None] | None = None,
) -> tuple[Baseline, ...]:
    """Fit the simple predictors on every fold, and score them on its validation rows.

    Args:
        data: whose targets are learned.
        folds: who trains and who validates.
        rows: gives the prepared inputs of a fold for row numbers, as the networks see them: an array, or a
            tuple of one for each input. They are asked for in blocks.
        metric: what is scored.
        names: which baselines, of ``dummy``, ``linear`` and ``trees``.
        split_seed: what rows and columns are drawn from, where not all are taken.
        show: told what is being fitted.

    Returns:
        One for each name, in their order; without scores, but with a note, where one failed or would take
        too long.

    >>> data = Dataset([[0.0], [1.0], [2.0], [3.0]] * 5, [0, 0, 1, 1] * 5)
    >>> fold = Fold(range(16), range(16, 20), [False, True] * 2)
    >>> from trainlab.experiment.metrics import METRICS
    >>> guess, linear = fit_baselines(
    ...     data, [fold], lambda fold, rows: data.prepared(rows), METRICS["accuracy"], ["dummy", "linear"]
    ... )
    >>> guess.mean, linear.mean
    (0.5, 1.0)
    """
    asked = _Asked(data, tuple(folds), rows, metric.name, split_seed, show or (lambda _: None))
    return tuple(_baseline(asked, name) for name in names)


@dataclass(frozen=True, eq=False)
class _Asked:
    data: Dataset
    folds: tuple[Fold, ...]
    rows: Rows
    metric: str
    split_seed: int
    show: Callable[[str], None]

    @property
    def classes(self) -> int:
        return len(self.data.classes)

    @property
    def largest(self) -> int:
        """Training rows of the largest fold."""
        return max(len(fold.train) for fold in self.folds)

    @functools.cached_property
    def layout(self) -> Layout:
        return look(self.rows(0, np.unique(self.folds[0].train)[:_LOOK_ROWS]))

    @property
    def sizes(self) -> Sizes:
        return Sizes(
            rows=self.largest,
            columns=self.layout.columns,
            outputs=self.data.outputs,
            classifies=bool(self.classes),
            folds=len(self.folds),
            fill=self.layout.fill,
        )


@dataclass
class _Found:
    """What comes together fold by fold."""

    scores: list[float] = field(default_factory=list)
    row_scores: list[Floats] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def _baseline(asked: _Asked, name: str) -> Baseline:
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no py.typed

    began = time.perf_counter()
    found, said = _Found(), Said(_label(asked, name))
    try:
        amount = _amount(asked, name)
        if amount.too_much:
            said = said.but(f"left out: {len(asked.folds):,} folds would take about {amount.seconds:.0f} s")
        else:
            # Fits are small, and threads that wait for one another cost more than they bring: on two busy
            # cores two took six times as long as one.
            with threadpool_limits(1):
                _fit_folds(asked, name, amount, found)
            said = said.on(_share(asked, name, amount))
    except Exception as error:  # noqa: BLE001  # whatever a library says, the networks go on
        found = _Found()
        said = said.but(f"could not be fitted: {type(error).__name__}: {first_line(error)}")
    spread = interval(asked.folds, found.scores, found.row_scores)
    low, high = METRICS[asked.metric].cut(*spread) if spread else (None, None)
    return Baseline(
        name=name,
        label=said.label,
        scores=tuple(found.scores),
        row_scores=tuple(found.row_scores),
        low=low,
        high=high,
        seconds=time.perf_counter() - began,
        note=said.note(found.said),
    )


def _fit_folds(asked: _Asked, name: str, amount: Amount, found: _Found) -> None:
    for place in range(len(asked.folds)):
        asked.show(f"baselines: {name}, fold {place + 1} of {len(asked.folds)}")
        predict, note = _fitted(asked, name, place, amount.rows)
        found.said.append(note)
        # A guess knows no inputs, so none are read.
        validation = asked.folds[place].validation
        read = blocks(asked.rows, place, validation, asked.layout) if name != "dummy" else None
        _score(asked, place, predict, read or [np.empty((len(validation), 0))], found)


def _label(asked: _Asked, name: str) -> str:
    if name == "dummy":
        return guess_label(asked.metric, asked.classes)
    if name == "trees":
        return "boosted trees"
    return f"linear model ({'logistic' if asked.classes else 'ridge'} regression)"


def _amount(asked: _Asked, name: str) -> Amount:
    if name == "dummy":
        return Amount(asked.largest, 0.0)
    return linear_amount(asked.sizes) if name == "linear" else trees_amount(asked.sizes)


def _fitted(asked: _Asked, name: str, place: int, most: int) -> tuple[Predict, str]:
    """Fit one baseline on one fold: what predicts, and what has to be said of it."""
    chosen = _chosen(asked, place, most)
    targets = asked.data.y[chosen]
    answer = guess(asked.metric, targets, asked.classes)
    if name == "dummy":
        return always(answer), ""
    if asked.classes and len(np.unique(targets)) < 2:
        return always(answer), "where a fold trains on a single class, that one is given always"
    layout = asked.layout
    given = matrix(asked.rows, place, chosen, layout)
    if name == "linear":
        return fit_linear(given, targets, asked.classes, layout)
    # Another stream than the rows': theirs carries no fold.
    random = draws(asked.split_seed, Purpose.SUBSET, place)
    trees = fit_trees(
        given,
        targets,
        asked.classes,
        boosting(asked.sizes),
        absolute=asked.metric == "mae",
        random=random,
    )
    return trees, ""


def _chosen(asked: _Asked, place: int, most: int) -> NDArray[Any]:
    """Give the training rows of a fold, or so many of them, each class in its share."""
    pool = asked.folds[place].train
    if len(pool) <= most:
        return pool
    order = stratified_order(labels_of(asked.data)[pool], draws(asked.split_seed, Purpose.SUBSET))
    return np.sort(pool[order[:most]])


def _score(asked: _Asked, place: int, predict: Predict, read: Iterable[Any], found: _Found) -> None:
    """Score validation rows, read block by block; what is said of them is measured together."""
    wanted = asked.data.y[asked.folds[place].validation]
    answers = np.concatenate([np.asarray(predict(block), np.float64) for block in read])
    scores = pseudo_values(asked.metric, answers, wanted)
    found.row_scores.append(scores)
    found.scores.append(float(scores.mean()))


def _share(asked: _Asked, name: str, amount: Amount) -> str:
    """Say on what part of the training rows and columns it was fitted; empty where on all."""
    parts = [f"{amount.rows:,} of {asked.largest:,} rows"] if amount.rows < asked.largest else []
    if name == "trees" and asked.layout.columns > TREE_COLUMNS:
        parts.append(f"{TREE_COLUMNS} of {asked.layout.columns:,} columns")
    return " and ".join(parts)
