"""Weights of the classes in numbers: from what was asked for and the training rows' classes.

Keras's ``fit(class_weight=...)`` takes a batch's loss as ``sum(weight * loss) / rows``, not divided by the
sum of the weights. The same comes from calling a loss with ``sample_weight=weights[labels]``.
"""

import numpy as np
from numpy.typing import NDArray

from trainlab.errors import UsageError
from trainlab.experiment.checks import suggestion
from trainlab.experiment.class_weights import ClassWeights
from trainlab.experiment.places import Place


def class_weights(
    choice: ClassWeights,
    labels: NDArray[np.integer],
    classes: tuple[str, ...],
    where: str = Place("recipe", "class_weight"),
) -> NDArray[np.float64]:
    """Give each class its weight.

    Balanced weights are ``rows / (classes * rows of the class)``: the classes weigh the same together, and
    the mean over the training rows is one. A class that a mapping leaves out weighs 1.

    Args:
        choice: what was asked for. A whole number is the name of a class where there is one of that name,
            else its number from 0.
        labels: ``(row,)`` class numbers of the training rows.
        classes: names in the order of their numbers; empty for a regression.
        where: where the choice stands.

    Returns:
        ``(class,)`` weights.

    Raises:
        UsageError: for a regression, an unknown class, a class named twice, and where no row has any weight.

    Source:
        King & Zeng, *Logistic Regression in Rare Events Data*, Political Analysis 9 (2001), as in
        scikit-learn's ``compute_class_weight``. Where the training rows lack a class, scikit-learn refuses;
        here that class weighs 1 and is not counted, so that the mean over the rows stays one.

    >>> class_weights(ClassWeights(), np.array([0, 0, 0, 1]), ("cat", "dog")).tolist()
    [0.67, 2.0]
    """
    if not classes:
        cure = "Leave `class_weight` out."
        raise UsageError("a regression has no classes to weigh", where, choice.document(), cure)
    rows = np.bincount(labels, minlength=len(classes))
    weights = np.ones(len(classes))
    if choice.balanced:
        seen = rows > 0
        weights[seen] = len(labels) / (seen.sum() * rows[seen])
        return weights
    named: dict[int, str | int] = {}
    for key, weight in choice.weights:
        place = Place.of(where).key(key)
        number = _number(key, classes, place)
        if number in named:
            message = f"class `{classes[number]}` is given two weights, as {named[number]!r} too"
            raise UsageError(message, place, key, "Give each class one.")
        named[number] = key
        weights[number] = weight
    if not weights @ rows > 0:
        cure = "Give a class of the training rows a weight above 0."
        raise UsageError("all training rows weigh nothing", where, choice.document(), cure)
    return weights


def _number(key: str | int, classes: tuple[str, ...], place: Place) -> int:
    if str(key) in classes:
        return classes.index(str(key))
    if isinstance(key, int) and key < len(classes):
        return key
    raise UsageError("the data have no such class", place, key, suggestion(key, classes))
