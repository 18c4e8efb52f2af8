"""Bias and variance of predictions from several training sets, row by row: arrays in, arrays out.

Each loss here has an average prediction for which one chain holds, exactly and for each row:

    mean loss of one network  >=  loss of the average over seeds  >=  loss of the average over everything

The last is the bias (with the noise in it), the first step down is the variance of the seed, given the data,
and the second one the variance of the data. The average is the mean of amounts, probabilities or votes for
squared losses, and the normalised geometric mean for the log loss. Averages of a few networks lose more than
averages of many would; the jackknife takes that out, exactly for squared losses.

Knows nothing of variants, folders and words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LossName = Literal["squared_error", "brier", "log_loss", "zero_one"]

# As Keras clips, so that a sure mistake costs 16 nats instead of infinity.
SMALLEST_PROBABILITY = 1e-7


@dataclass(frozen=True)
class Loss:
    """A loss, as far as it is taken apart.

    Args:
        name: of the loss.
        of_classes: whether it is for a classification.
        averaged: gives what is averaged, ``(..., row, output)``, from outputs ``(..., row, output)`` and
            targets ``(row, output)``: errors, probabilities, logarithms of them, or votes.
        at: gives the loss ``(..., row)`` of what was averaged and of targets ``(row, output)``.
    """

    name: LossName
    of_classes: bool
    averaged: Callable[[Floats, Floats], Floats]
    at: Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, eq=False)
class RowParts:
    """The parts of the loss of some rows, and what each training set has a share in them.

    A part of a row is the mean of the shares of the training sets that leave the row out.

    Args:
        total: ``(set, row)`` mean loss of the networks of a set; NaN where the set trained on the row.
        averaged: ``(set, row)`` loss of the average over all seeds there could be; None for one seed.
        bias: ``(set, row)`` share of the set in the loss of the average over sets and seeds.
    """

    total: Floats
    averaged: Floats | None
    bias: Floats


@dataclass(frozen=True)
class Domingos:
    """Domingos's parts of the 0-1 loss, means over rows: the bias is that of what most networks say.

    ``total = bias + unbiased - biased``: where the main prediction is right, networks that say something else
    lose; where it is wrong, those that say what is right win.

    Args:
        bias: share of rows that most networks get wrong.
        unbiased: loss by networks that leave a right main prediction.
        biased: gain by networks that leave a wrong main prediction for the right one.
        total: mean loss.
    """

    bias: float
    unbiased: float
    biased: float
    total: float


def row_parts(loss: Loss, outputs: NDArray[Any], targets: NDArray[Any], out: NDArray[np.bool_]) -> RowParts:
    """Take the loss of each row apart.

    Runs of one set differ by their seed, and seeds are drawn anew for each set (as trainlab's are: the fold
    has a say in every draw), so that the averages of two sets are independent.

    Args:
        loss: one of ``LOSSES``.
        outputs: ``(set, seed, row, output)`` what each network says; those of rows that a set trained on are
            not looked at, but must be numbers.
        targets: ``(row,)`` class numbers, or ``(row, target)`` amounts.
        out: ``(set, row)`` whether a set leaves a row out; for each row at least two do.

    Source:
        S. Geman, E. Bienenstock, R. Doursat, *Neural networks and the bias/variance dilemma*, Neural
        Computation 4 (1992); log loss: T. Heskes, *Bias/variance decompositions for likelihood-based
        estimators*, Neural Computation 10 (1998); 0-1 loss: R. Kohavi, D. Wolpert, ICML (1996). Departures:
        the variance is split by the seed, noise is not taken out of the bias, and the bias that finite
        numbers of sets and seeds bring is taken out by the jackknife (M. Quenouille, Biometrika 43, 1956),
        for squared losses and votes exactly, for the log loss up to terms of the second order.

    >>> outputs = np.array([[[[1.0]], [[3.0]]], [[[4.0]], [[6.0]]]])  # two sets, two seeds, one row
    >>> parts = row_parts(LOSSES["squared_error"], outputs, np.array([[0.0]]), np.ones((2, 1), bool))
    >>> [float(part.mean()) for part in (parts.total, parts.averaged, parts.bias)]
    [15.5, 13.5, 10.0]
    """
    known = expected(loss, targets, outputs.shape[-1])
    single = loss.averaged(np.asarray(outputs, np.float64), known)
    seeds = single.shape[1]
    by_set = single.mean(axis=1)
    averaged = None
    if seeds > 1:
        fewer = np.zeros(by_set.shape[:-1])
        for seed in range(seeds):
            fewer += loss.at((seeds * by_set - single[:, seed]) / (seeds - 1), known)
        averaged = np.where(out, seeds * loss.at(by_set, known) - (seeds - 1) / seeds * fewer, np.nan)
    sets = out.sum(axis=0)
    whole = np.einsum("sr,srk->rk", out.astype(np.float64), by_set)
    without = (whole - by_set) / np.maximum(sets - 1, 1)[:, None]
    bias = sets * loss.at(whole / sets[:, None], known) - (sets - 1) * loss.at(without, known)
    total = loss.at(single, known).mean(axis=1)
    return RowParts(np.where(out, total, np.nan), averaged, np.where(out, bias, np.nan))


def domingos(outputs: NDArray[Any], labels: NDArray[Any], out: NDArray[np.bool_]) -> Domingos:
    """Take the 0-1 loss apart as Domingos does, as it is for these networks: nothing is corrected for few.

    Args:
        outputs: ``(set, seed, row, class)`` probabilities.
        labels: ``(row,)`` class numbers.
        out: ``(set, row)`` whether a set leaves a row out.

    Returns:
        Means over the rows. Where two classes have the most votes, the main prediction is the first of them.

    Source:
        P. Domingos, *A unified bias-variance decomposition for zero-one and squared loss*, AAAI (2000), with
        the label as the optimal prediction, so that noise is part of the bias.

    >>> sure = np.eye(2)
    >>> votes = sure[np.array([[[0, 1]], [[0, 0]], [[0, 1]]])]  # three sets, one seed, two rows
    >>> domingos(votes, np.array([0, 0]), np.ones((3, 2), bool))
    Domingos(bias=0.5, unbiased=0.0, biased=0.167, total=0.333)
    """
    votes = _votes(np.asarray(outputs, np.float64), np.empty(0)).mean(axis=1)
    shares = np.einsum("sr,srk->rk", out.astype(np.float64), votes) / out.sum(axis=0)[:, None]
    right = shares[np.arange(len(labels)), labels]
    # Shares are sums of few equal parts: the same number of votes may differ in the last bit.
    main = np.isclose(shares, shares.max(axis=1, keepdims=True)).argmax(axis=1) == labels
    return Domingos(
        float((~main).mean()),
        float(np.where(main, 1 - right, 0.0).mean()),
        float(np.where(main, 0.0, right).mean()),
        float((1 - right).mean()),
    )


def expected(loss: Loss, targets: NDArray[Any], outputs: int) -> Floats:
    """Give targets as ``(row, output)`` numbers: amounts as they are, classes as 0 and 1.

    >>> expected(LOSSES["brier"], np.array([1, 0]), 2).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    if loss.of_classes:
        rows: Floats = np.eye(outputs)[np.asarray(targets, np.int64)]
        return rows
    return np.asarray(targets, np.float64).reshape(len(targets), -1)


def _summed(one: Floats, other: Floats) -> Floats:
    """Add products over the last axis; ``sum`` takes several times as long where that axis is short."""
    sums: Floats = np.einsum("...k,...k->...", one, other)
    return sums


def _errors(outputs: Floats, targets: Floats) -> Floats:
    # Errors instead of amounts: amounts far from zero would leave no digits for the variance.
    return outputs - targets


def _squares(errors: Floats, targets: Floats) -> Floats:
    del targets
    means: Floats = _summed(errors, errors) / errors.shape[-1]
    return means


def _probabilities(outputs: Floats, targets: Floats) -> Floats:
    del targets
    return outputs


def _distances(probabilities: Floats, targets: Floats) -> Floats:
    errors = probabilities - targets
    return _summed(errors, errors)


def _logarithms(outputs: Floats, targets: Floats) -> Floats:
    del targets
    # Stored with 16 bits, probabilities no longer sum to one: that is put right here.
    clipped = np.clip(outputs, SMALLEST_PROBABILITY, 1.0)
    logarithms: Floats = np.log(clipped / clipped.sum(axis=-1, keepdims=True))
    return logarithms


def _nats(logarithms: Floats, targets: Floats) -> Floats:
    # Logarithms of probabilities are at most 0, and at least one of them is not far below.
    normaliser = np.log(np.exp(logarithms) @ np.ones(logarithms.shape[-1]))
    nats: Floats = normaliser - _summed(logarithms, targets)
    return nats


def _votes(outputs: Floats, targets: Floats) -> Floats:
    del targets
    votes: Floats = np.eye(outputs.shape[-1])[outputs.argmax(axis=-1)]
    return votes


def _half_distances(votes: Floats, targets: Floats) -> Floats:
    return _distances(votes, targets) / 2


LOSSES: Mapping[LossName, Loss] = MappingProxyType(
    {
        "squared_error": Loss("squared_error", of_classes=False, averaged=_errors, at=_squares),
        "brier": Loss("brier", of_classes=True, averaged=_probabilities, at=_distances),
        "log_loss": Loss("log_loss", of_classes=True, averaged=_logarithms, at=_nats),
        "zero_one": Loss("zero_one", of_classes=True, averaged=_votes, at=_half_distances),
    }
)
