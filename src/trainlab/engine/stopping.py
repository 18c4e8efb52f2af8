"""Which epoch of a lane is its best, and when the lane stops: the books of all lanes, kept on the host.

Every lane's best epoch by validation loss is noted. A lane that asks for early stopping is watched by what it
asks for, on all validation rows and on each half of them: its weights come back from the epoch that is best
on all rows, and its score is cross-fitted, since the best of many jittery numbers is no fair score.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainlab.experiment.recipe import Recipe

# Whose best epoch is kept: all validation rows, and each half.
ALL, FIRST, SECOND = 0, 1, 2


@dataclass(frozen=True)
class Rules:
    """What each lane is watched by.

    Args:
        stops: ``(lane,)`` whether it stops early.
        by_metric: ``(lane,)`` whether it is watched by the metric, else by the loss.
        patience: ``(lane,)`` epochs without improvement.
        min_delta: ``(lane,)`` least improvement.
        smooth: ``(lane,)`` epochs that are averaged over.
    """

    stops: NDArray[np.bool_]
    by_metric: NDArray[np.bool_]
    patience: NDArray[np.int64]
    min_delta: NDArray[np.float64]
    smooth: NDArray[np.int64]

    @classmethod
    def of(cls, recipes: Sequence[Recipe]) -> "Rules":
        """Read the rules of lanes from their recipes."""
        asked = [recipe.early_stopping for recipe in recipes]
        return cls(
            stops=np.array([one is not None for one in asked]),
            by_metric=np.array([one is not None and one.monitor == "metric" for one in asked]),
            patience=np.array([0 if one is None else one.patience for one in asked]),
            min_delta=np.array([0.0 if one is None else one.min_delta for one in asked]),
            smooth=np.array([1 if one is None else one.smooth for one in asked]),
        )


@dataclass(eq=False)
class Books:
    """What is known of each lane after some epochs; saved with a checkpoint.

    Args:
        best: ``(3, lane)`` lowest watched number so far: on all validation rows and on each half.
        best_epoch: ``(3, lane)`` epoch it was seen in, from 1; 0 before any.
        mark: ``(lane,)`` number on all rows that the next improvement is counted from.
        wait: ``(lane,)`` epochs since the last improvement that counted.
        stopped: ``(lane,)`` whether the lane has stopped early.
        recent: ``(epoch, 3, lane)`` watched numbers of the last epochs, the newest last; NaN before any.
    """

    best: NDArray[np.float64]
    best_epoch: NDArray[np.int64]
    mark: NDArray[np.float64]
    wait: NDArray[np.int64]
    stopped: NDArray[np.bool_]
    recent: NDArray[np.float64]

    @classmethod
    def fresh(cls, rules: Rules, smooth: int = 1) -> "Books":
        """Begin the books of lanes that have not been trained yet.

        Args:
            rules: what each lane is watched by.
            smooth: epochs that a run may average over which takes a lane over later.
        """
        lanes = len(rules.stops)
        return cls(
            best=np.full((3, lanes), np.inf),
            best_epoch=np.zeros((3, lanes), np.int64),
            mark=np.full(lanes, np.inf),
            wait=np.zeros(lanes, np.int64),
            stopped=np.zeros(lanes, bool),
            recent=np.full((int(rules.smooth.max(initial=smooth)), 3, lanes), np.nan),
        )

    def after_epoch(
        self,
        rules: Rules,
        epoch: int | NDArray[np.int64],
        awake: NDArray[np.bool_],
        losses: NDArray[np.float64],
        costs: NDArray[np.float64],
    ) -> NDArray[np.bool_]:
        """Bring the books up to date with an epoch.

        Args:
            rules: what each lane is watched by.
            epoch: number of the epoch, from 1; one for all, or ``(lane,)``.
            awake: ``(lane,)`` lanes that were trained and are healthy.
            losses: ``(3, lane)`` validation loss, on all rows and on each half.
            costs: ``(3, lane)`` metric, turned so that lower is better.

        Returns:
            ``(3, lane)`` where the epoch is the best so far.
        """
        watched = np.where(rules.by_metric, costs, losses)
        self.recent = np.concatenate([self.recent[1:], watched[None]])
        smoothed = self._smoothed(rules)
        better = awake & (smoothed < self.best)
        # As Keras counts: small steps add up until they count together. Weights are the best so far even
        # where the step to them was too small to count.
        improved = awake & (smoothed[ALL] + rules.min_delta < self.mark)
        self.mark = np.where(improved, smoothed[ALL], self.mark)
        self.best = np.where(better, smoothed, self.best)
        self.best_epoch = np.where(better, epoch, self.best_epoch)
        self.wait = np.where(improved, 0, self.wait + awake)
        self.stopped |= awake & rules.stops & (self.wait >= np.maximum(rules.patience, 1))
        return better

    def begun_again(self, fresh: "Books", lanes: NDArray[np.bool_]) -> "Books":
        """Give the books with those of some lanes begun again.

        Args:
            fresh: the books of lanes that have not been trained yet.
            lanes: ``(lane,)`` which are begun again.
        """
        mine, new = vars(self), vars(fresh)
        return Books(**{name: np.where(lanes, new[name], mine[name]) for name in mine})

    def _smoothed(self, rules: Rules) -> NDArray[np.float64]:
        """Average each lane's last epochs, as many as there are up to what it asks for."""
        depth = len(self.recent)
        old = np.arange(depth)[:, None] < depth - rules.smooth  # (epoch, lane)
        kept = np.where(old[:, None, :] | np.isnan(self.recent), 0.0, 1.0)
        kept[-1] = 1.0  # a NaN of this very epoch is no improvement, whatever came before
        values = np.where(kept > 0, self.recent, 0.0)
        mean: NDArray[np.float64] = values.sum(axis=0) / kept.sum(axis=0)
        return mean
