"""What is recorded of a run: after each epoch, and when it ends."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from trainlab.results.outcome import Outcome


@dataclass(frozen=True)
class EpochRecord:
    """What one epoch of one run gave, with the weights standing still at its end, save ``running_loss``.

    Args:
        running_loss: mean over the epoch's rows of the training loss, penalty included, while weights moved
            (what Keras prints as ``loss``).
        train_loss: data loss on the fixed sample of training rows.
        train_metric: metric on the same sample.
        validation_loss_a: data loss on the first half of the validation rows.
        validation_loss_b: data loss on the second half.
        validation_metric_a: metric on the first half.
        validation_metric_b: metric on the second half.
        penalty: what regularization adds to the training loss.
    """

    running_loss: float
    train_loss: float
    train_metric: float
    validation_loss_a: float
    validation_loss_b: float
    validation_metric_a: float
    validation_metric_b: float
    penalty: float


EPOCH_COLUMNS = tuple(field.name for field in fields(EpochRecord))


@dataclass(frozen=True)
class RunEnding:
    """How a run ended, with what its chosen epoch gave on every evaluation row.

    Args:
        outcome: how it ended.
        epochs: epochs finished.
        chosen_epoch: number of the epoch that is scored, from 1; 0 where none is.
        best_epoch: epoch with the lowest validation loss, from 1; 0 where none is.
        diverged_step: step at which the run came to rest, from 1, counted over all epochs; None for others.
        score: the metric over all validation rows; NaN where the run has none.
        loss: the data loss over all validation rows.
        train_score: the metric over all training rows.
        train_loss: the data loss over all training rows.
        parameters: trainable numbers of the network.
        steps: optimizer steps taken.
        row_scores: ``(row,)`` metric of each validation row.
        row_losses: ``(row,)`` data loss of each validation row, float32.
        outputs: ``(row, class)`` probabilities in float16, or ``(row, target)`` values in float32.
        unpruned_score: the metric before pruning; None where nothing was pruned.
        pruned_share: share of all trainable numbers that pruning set to zero.
    """

    outcome: Outcome
    epochs: int
    chosen_epoch: int
    best_epoch: int
    diverged_step: int | None
    score: float
    loss: float
    train_score: float
    train_loss: float
    parameters: int
    steps: int
    row_scores: NDArray[np.generic] | None = None
    row_losses: NDArray[np.generic] | None = None
    outputs: NDArray[np.generic] | None = None
    unpruned_score: float | None = None
    pruned_share: float = 0.0
