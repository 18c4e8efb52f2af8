"""TL105: rows that stand in the order of their targets, and a split that did not shuffle them."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.protocol.check import Question
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import named

CHANCE = 1e-6
TELLING_DISTANCE = 0.25
LEAST_ROWS = 10

_CURE = (
    "Shuffle: `validation: {kfold: 5}` gives every fold its share of each class. Where the order is "
    "meant, say "
    "why in `override`."
)


def examine(question: Question) -> Iterator[Finding]:
    """Look for folds whose validation rows have other classes, or other amounts, than their training rows.

    By the distance of the shares of classes (half the sum of differences), for amounts by that of their
    tenths, from a quarter on, where chance would give so much less than once in a million folds.
    """
    data = question.experiment.data
    labels = data.y if data.classes else _tenths(data)
    names = data.classes or tuple(f"the {tenth} tenth" for tenth in _TENTHS)
    worst, distance, affected = None, 0.0, 0
    for number, fold in enumerate(question.folds):
        counts = [np.bincount(labels[rows], minlength=len(names)) for rows in (fold.train, fold.validation)]
        apart = _apart(*counts)
        affected += apart > 0
        if apart > distance:
            worst, distance = (number, counts), apart
    if worst is None:
        return
    number, (train, validation) = worst
    shares = train / train.sum(), validation / validation.sum()
    unlike = np.argsort(-np.abs(shares[1] - shares[0]), kind="stable")[:2]
    told = " and ".join(
        f"{named([names[at]])} has {100 * shares[0][at]:.3g} % of the training and "
        f"{100 * shares[1][at]:.3g} % of the validation rows"
        for at in unlike
    )
    what = "classes" if data.classes else "amounts"
    order = f"; rows stand in the order of their {what}" if _is_ordered(labels) else ""
    folds = (
        f" in {affected} of {len(question.folds)} folds, most in fold {number}"
        if len(question.folds) > 1
        else ""
    )
    yield CHECK.found(
        "validation", f"training and validation rows have unlike {what}{folds}: {told}{order}", _CURE
    )


_TENTHS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "last")


def _tenths(data: Dataset) -> NDArray[np.int64]:
    """Say in which tenth of the amounts each row is; of several targets the first counts."""
    amounts = data.y[:, 0]
    cuts = np.quantile(amounts, np.linspace(0, 1, len(_TENTHS) + 1)[1:-1])
    found: NDArray[np.int64] = np.searchsorted(cuts, amounts, side="right")
    return found


def _apart(train: NDArray[np.int64], validation: NDArray[np.int64]) -> float:
    """Give the distance between two rows of counts; 0 where it is small, or where chance may give it."""
    from scipy.special import chdtrc

    sizes = int(train.sum()), int(validation.sum())
    if min(sizes) < LEAST_ROWS:
        return 0.0
    distance = float(np.abs(train / sizes[0] - validation / sizes[1]).sum() / 2)
    if distance < TELLING_DISTANCE:
        return 0.0
    both = train + validation
    there = both > 0
    expected = np.outer(sizes, both[there] / sum(sizes))
    squares = float(((np.array([train[there], validation[there]]) - expected) ** 2 / expected).sum())
    return distance if chdtrc(max(int(there.sum()) - 1, 1), squares) < CHANCE else 0.0


def _is_ordered(labels: NDArray[np.int64]) -> bool:
    return bool((np.diff(labels) >= 0).all() or (np.diff(labels) <= 0).all())


CHECK = Check("TL105", "warn", "ordered rows in an unshuffled split", examine)
