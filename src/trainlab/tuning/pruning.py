"""The referee of a generation: which trials are given up before their last epoch.

It hears after every epoch what each run's metric was, and answers with the runs to give up. What it says
follows from the order in which it heard things and nothing else, so that a search that was killed and goes on
from its checkpoint gives up the same trials. It knows nothing of how runs are trained.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.experiment.tuning import Pruning
from trainlab.tuning.trials import Trial

# The median of fewer others is little more than one of them: Vizier and Optuna wait for five trials as well.
LEAST_OTHERS = 4


class Referee:
    """Gives up the trials of a generation that are behind the others after the same number of epochs.

    A trial is looked at once all of its runs have reached an epoch, by the mean of their metrics there; runs
    that are there first go on meanwhile. A trial with a diverged run is given up at once: it cannot win any
    more.

    ``median`` looks after every epoch from ``first`` on, and gives up what is worse than the median of the
    other trials there. A trial that was given up earlier counts as worse than any: were it left out, a
    generation trained side by side would be halved anew at every epoch.

    ``halving`` looks after ``first``, ``first * factor``, ``first * factor**2`` ... epochs. Of ``n`` trials
    that have reached a rung so far, those among the best ``n // factor`` go on, all of them while there are
    fewer than ``factor``.

    Args:
        pruning: the rule with its numbers.
        higher_is_better: whether a larger metric is a better one.
        runs_of: trial -> numbers of its runs.
        fields: trial -> the study that it belongs to, where there are several: a trial is compared with
            those of its own study. Left out, all belong to one.
        earlier: study -> its trials of earlier generations, which are compared with as well; a single study
            is called None.

    Source:
        Golovin et al., *Google Vizier*, KDD 2017 (median stopping), where the best metric so far stands for a
        trial; here it is the metric of that epoch, since the last epoch is the one that is scored. Li et al.,
        *A System for Massively Parallel Hyperparameter Tuning*, MLSys 2020 (asynchronous successive halving),
        where a trial waits at a rung to be promoted later; here, as in Optuna, it goes on or ends.

    >>> referee = Referee(
    ...     Pruning("halving", first=1, factor=2), higher_is_better=True, runs_of={0: (0,), 1: (1,)}
    ... )
    >>> sorted(referee.after_epoch({0: (1, 0.9), 1: (1, 0.4)}))
    [1]
    """

    def __init__(
        self,
        pruning: Pruning,
        higher_is_better: bool,  # noqa: FBT001  (the metric's own word)
        runs_of: Mapping[Any, Sequence[int]],
        *,
        fields: Mapping[Any, Any] | None = None,
        earlier: Mapping[Any, Iterable[Trial]] | None = None,
    ) -> None:
        self._pruning = pruning
        self._sign = 1.0 if higher_is_better else -1.0
        self._runs = [run for runs in runs_of.values() for run in runs]
        self._place = {run: place for place, run in enumerate(self._runs)}
        self._trial_of = [trial for trial, runs in enumerate(runs_of.values()) for _ in runs]
        self._places = [np.array([self._place[run] for run in runs]) for runs in runs_of.values()]
        names = [fields[trial] if fields else None for trial in runs_of]
        self._fields = [[at for at, name in enumerate(names) if name == mine] for mine in names]
        self._earlier = [tuple((earlier or {}).get(name, ())) for name in names]
        self._metrics = np.full((len(self._runs), 0), np.nan)
        self._epochs = np.zeros(len(self._runs), int)
        self._diverged = np.zeros(len(self._runs), bool)
        self._ended = np.zeros(len(self._runs), bool)
        self._looked = np.zeros(len(runs_of), int)
        self._given_up = np.zeros(len(runs_of), int)

    def after_epoch(self, metrics: Mapping[int, tuple[int, float]]) -> frozenset[int]:
        """Hear of the runs that have finished an epoch, and say which runs to give up.

        Args:
            metrics: run -> the epoch (from 1) that it has finished and its metric on the validation rows;
                NaN where it diverged. Runs that do not belong to the trials are passed over.

        Returns:
            Runs of trials given up now, without those that are known to have ended. A run that waits for a
            lane can be among them, where another run of its trial has diverged; one that has just finished
            its last epoch, too, and there is nothing left to give up of it.
        """
        places = {self._place[run]: told for run, told in metrics.items() if run in self._place}
        mine = {place: told for place, told in places.items() if not self._diverged[place]}
        last = max((epoch for epoch, _ in mine.values()), default=0)
        missing = max(0, last - self._metrics.shape[1])
        self._metrics = np.pad(self._metrics, ((0, 0), (0, missing)), constant_values=np.nan)
        for place, (epoch, metric) in mine.items():
            self._metrics[place, epoch - 1] = metric
            self._epochs[place] = epoch
            self._diverged[place] |= not np.isfinite(metric)
        told = sorted({self._trial_of[place] for place in mine})
        concerned = [at for at in told if not self._out(at) and not self._ended[self._places[at]].all()]
        # All are judged before any is given up: those of one boundary arrived together.
        behind = [(trial, epoch) for trial in concerned if (epoch := self._behind(trial))]
        for trial, epoch in behind:
            self._given_up[trial] = epoch
        for trial in concerned:
            self._looked[trial] = self._to_look_at(trial)
        going = ~(self._diverged | self._ended)
        return frozenset(
            self._runs[place] for trial, _ in behind for place in self._places[trial] if going[place]
        )

    def ended(self, runs: Iterable[int]) -> None:
        """Hear of runs that have ended by themselves: their last metric stands for the epochs to come.

        Runs that do not belong to the trials are passed over.

        Where nobody says so, a trial of several runs waits at the epoch of the one that stopped early, and
        is given up by its others no more.
        """
        for run in runs:
            if run in self._place:
                self._ended[self._place[run]] = True

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give everything heard and decided so far, for a checkpoint."""
        return {
            "metrics": self._metrics.copy(),
            "epochs": self._epochs.copy(),
            "diverged": self._diverged.copy(),
            "ended": self._ended.copy(),
            "looked": self._looked.copy(),
            "given_up": self._given_up.copy(),
        }

    def put_back(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Go on from a checkpoint of a referee of the same trials."""
        self._metrics = np.array(arrays["metrics"], float)
        self._epochs = np.array(arrays["epochs"], int)
        self._diverged = np.array(arrays["diverged"], bool)
        self._ended = np.array(arrays["ended"], bool)
        self._looked = np.array(arrays["looked"], int)
        self._given_up = np.array(arrays["given_up"], int)

    def _behind(self, trial: int) -> int:
        """Give the epoch at which a trial is given up now, or 0."""
        places = self._places[trial]
        if self._diverged[places].any():
            return int(self._epochs[places][self._diverged[places]].min())
        for epoch in range(self._looked[trial] + 1, self._to_look_at(trial) + 1):
            if self._looks_at(epoch) and self._worse(trial, epoch):
                return epoch
        return 0

    def _looks_at(self, epoch: int) -> bool:
        rung = self._pruning.first
        if self._pruning.kind == "median":
            return epoch >= rung
        while rung < epoch:
            rung *= self._pruning.factor
        return rung == epoch

    def _worse(self, trial: int, epoch: int) -> bool:
        mine = self._metric(trial, epoch)
        generation = [self._compared(other, epoch) for other in self._fields[trial] if other != trial]
        earlier = [self._seen_before(one, epoch) for one in self._earlier[trial]]
        others = np.array([metric for metric in (*generation, *earlier) if metric is not None])
        if self._pruning.kind == "median":
            return len(others) >= LEAST_OTHERS and mine < float(np.median(others))
        rivals = len(others) + 1
        return rivals >= self._pruning.factor and int((others > mine).sum()) >= rivals // self._pruning.factor

    def _compared(self, trial: int, epoch: int) -> float | None:
        """Give what a trial of this generation counts as after an epoch, if it counts."""
        if self._reached(trial) >= epoch:
            return self._metric(trial, epoch)
        return self._out_before(epoch, int(self._given_up[trial])) if self._out(trial) else None

    def _seen_before(self, trial: Trial, epoch: int) -> float | None:
        """Give what a trial of an earlier generation counts as after an epoch, if it counts."""
        metrics = trial.curve[: np.argmin(np.isfinite([*trial.curve, np.nan]))]
        if len(metrics) >= epoch:
            return self._sign * float(metrics[epoch - 1])
        if trial.outcome in {"pruned", "diverged"}:
            return self._out_before(epoch, len(metrics) + (trial.outcome == "diverged"))
        return self._sign * float(metrics[-1]) if trial.outcome == "stopped_early" and len(metrics) else None

    def _out_before(self, epoch: int, given_up: int) -> float | None:
        """Count a trial that was given up earlier as the worst; at a rung only one that was on its way there.

        A trial that diverged between two rungs is the worst of those at the next one, and at none after it.
        """
        on_its_way = not any(self._looks_at(at) for at in range(given_up, epoch))
        return -np.inf if self._pruning.kind == "median" or on_its_way else None

    def _metric(self, trial: int, epoch: int) -> float:
        """Give a trial's mean metric after an epoch: larger is better, and diverged is the worst."""
        places = self._places[trial]
        metrics = self._metrics[places, np.minimum(epoch, self._epochs[places]) - 1]
        return self._sign * float(metrics.mean()) if np.isfinite(metrics).all() else -np.inf

    def _reached(self, trial: int) -> float:
        """Give the epoch that all runs of a trial have reached; those that have ended hold none up."""
        places = self._places[trial]
        going = ~self._ended[places]
        return float(self._epochs[places][going].min()) if going.any() else np.inf

    def _to_look_at(self, trial: int) -> int:
        return int(min(self._reached(trial), self._epochs[self._places[trial]].max()))

    def _out(self, trial: int) -> bool:
        return bool(self._given_up[trial])
