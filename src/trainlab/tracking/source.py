"""What a folder holds, as a tracker is told it: runs with parameters, epochs with metrics, plain values.

Nothing here knows MLflow. The same folder gives the same values to the last digit, times included: that is
what makes sending twice the same as sending once.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainlab.results.outcome import Outcome
from trainlab.results.records import EPOCH_COLUMNS
from trainlab.results.store import FILE, Reader
from trainlab.tracking.naming import LONGEST_PARAMETER, LONGEST_TAG, flat, key, text

# The folder in the folder, where trials are stored.
TUNING = "tuning"
PARENT = "experiment"

_STATUS = {
    Outcome.RUNNING: "RUNNING",
    Outcome.FINISHED: "FINISHED",
    Outcome.STOPPED_EARLY: "FINISHED",
    Outcome.DIVERGED: "FAILED",
    Outcome.PRUNED: "FINISHED",
    Outcome.INTERRUPTED: "KILLED",
}
_ENDINGS = {
    "score": "score",
    "loss": "score_loss",
    "train_score": "score_train",
    "train_loss": "score_train_loss",
    "chosen_epoch": "chosen_epoch",
    "best_epoch": "best_epoch",
    "diverged_step": "diverged_step",
    "parameters": "parameters",
    "steps": "steps",
    "unpruned_score": "unpruned_score",
}


@dataclass(frozen=True)
class Measured:
    """One number of a run: the name of the metric, its value, and after which epoch."""

    name: str
    value: float
    step: int


@dataclass(frozen=True, eq=False)
class Source:
    """What one store held when it was read.

    Args:
        folder: the folder of the store.
        start: what names of its items begin with: ``""``, or ``"tuning/"``.
        facts: the facts of its experiment.
        runs: its runs, as the store has them.
        shares: fold -> share of its validation rows in the first half.
        died: whether whoever trained is gone, so that runs under way are interrupted.
    """

    folder: Path
    start: str
    facts: Mapping[str, Any]
    runs: list[dict[str, Any]]
    shares: Mapping[int, float]
    died: bool

    @property
    def parent(self) -> str:
        """Name of the item that stands for the whole store."""
        return self.start.rstrip("/") or PARENT

    @property
    def usual_id(self) -> str:
        """Name the folder so that it has the same name again, should its ledger be lost."""
        told = (self.facts.get("fingerprint"), self.facts["started"], str(self.folder.resolve()))
        return hashlib.sha256(repr(told).encode()).hexdigest()[:20]

    @property
    def began(self) -> int:
        """When the experiment was begun, in milliseconds since 1970."""
        return int(dt.datetime.fromisoformat(self.facts["started"]).timestamp() * 1_000)

    @property
    def ended(self) -> int:
        """When it ended or was left, in milliseconds; now where that is not known."""
        total = self.facts.get("seconds", {}).get("total")
        now = int(dt.datetime.now(dt.UTC).timestamp() * 1_000)
        return now if total is None else min(now, self.began + int(1_000 * total))

    @property
    def metric(self) -> str:
        """Name of the metric that is compared."""
        return str(self.facts["experiment"]["metric"])

    def item(self, run: Mapping[str, Any]) -> str:
        """Name a run among the items."""
        return f"{self.start}{run['run']}"

    def outcome(self, run: Mapping[str, Any]) -> Outcome:
        """Give how a run ended so far."""
        found = Outcome(run["outcome"])
        return Outcome.INTERRUPTED if self.died and found is Outcome.RUNNING else found

    def status(self, run: Mapping[str, Any]) -> str:
        """Give the status of a run in the words of trackers."""
        return _STATUS[self.outcome(run)]

    @property
    def parent_status(self) -> str:
        """Give the status of the whole: under way, interrupted, failed where no run has a score, finished."""
        outcomes = {self.outcome(run) for run in self.runs}
        if Outcome.RUNNING in outcomes:
            return "RUNNING"
        if Outcome.INTERRUPTED in outcomes or self.facts.get("interrupted"):
            return "KILLED"
        if not (self.facts.get("tuning") or {}).get("ended", True):
            return "KILLED" if self.died else "RUNNING"
        return "FINISHED" if outcomes & {Outcome.FINISHED, Outcome.STOPPED_EARLY} else "FAILED"

    def name(self, run: Mapping[str, Any]) -> str:
        """Name a run as people do."""
        seed = self.facts["experiment"]["seeds"][run["seed"]]
        fold = f", fold {run['fold']}" if self.facts["folds"] > 1 else ""
        member = f", member {run['member']}" if run["member"] else ""
        return f"{self._variant(run)}, seed {seed}{fold}{member}"

    def parameters(self, run: Mapping[str, Any]) -> dict[str, str]:
        """Give everything that shapes a run, laid flat, as texts."""
        document = self.facts["experiment"]
        name = self._variant(run)
        settings = {"model": document["model"], **document["recipe"], **document["variants"][name]}
        settings |= self._tuned(name, run["fold"])
        found = flat(settings) | {
            "variant": name,
            "seed": document["seeds"][run["seed"]],
            "fold": run["fold"],
        }
        if run["member"]:
            found["member"] = run["member"]
        return {key(one): text(value, LONGEST_PARAMETER) for one, value in found.items()}

    def tags(self, run: Mapping[str, Any]) -> dict[str, str]:
        """Give how a run ended, and what it was tuned to."""
        found = {"trainlab.outcome": self.outcome(run).key}
        tuned = self._tuned(self._variant(run), run["fold"])
        if tuned:
            found["trainlab.tuned"] = text(tuned, LONGEST_TAG)
        trial = self._trial(run)
        if trial is not None:
            found["trainlab.trial"] = text(trial["number"], LONGEST_TAG)
        return found

    def measured(self, run: Mapping[str, Any], record: tuple[Any, ...]) -> list[Measured]:
        """Give the numbers of one epoch; what is not finite is left out.

        Args:
            run: the run.
            record: ``(run, epoch, *EPOCH_COLUMNS)``.
        """
        _, epoch, *values = record
        found = dict(zip(EPOCH_COLUMNS, values, strict=True))
        share = self.shares.get(run["fold"], 0.5)
        numbers = {"loss": found["running_loss"], "penalty": found["penalty"]}
        for what, name in (("loss", "loss"), ("metric", self.metric)):
            numbers[f"train_{name}"] = found[f"train_{what}"]
            first, second = found[f"validation_{what}_a"], found[f"validation_{what}_b"]
            there = first is not None and second is not None
            numbers[f"validation_{name}"] = share * first + (1 - share) * second if there else None
        return [Measured(key(name), value, epoch) for name, value in numbers.items() if value is not None]

    def endings(self, run: Mapping[str, Any]) -> list[Measured]:
        """Give the numbers of the epoch that is scored; none before a run has ended."""
        if self.outcome(run) in {Outcome.RUNNING, Outcome.INTERRUPTED}:
            return []
        at = run["chosen_epoch"] or run["epochs"]
        return [
            Measured(name, float(run[column]), at)
            for column, name in _ENDINGS.items()
            if run[column] is not None
        ]

    def records(self, since: Mapping[int, int]) -> dict[int, list[tuple[Any, ...]]]:
        """Give the epochs that a tracker lacks, run by run.

        Args:
            since: number of a run -> the last epoch that the tracker has.
        """
        found: dict[int, list[tuple[Any, ...]]] = {}
        if any(run["epochs"] > max(since[run["run"]], 0) for run in self.runs if run["run"] in since):
            with Reader(self.folder) as reader:
                for record in reader.epochs():
                    if record[0] in since and record[1] > since[record[0]]:
                        found.setdefault(record[0], []).append(record)
        return found

    def _variant(self, run: Mapping[str, Any]) -> str:
        return str(list(self.facts["experiment"]["variants"])[run["variant"]])

    def _tuned(self, variant: str, fold: int) -> dict[str, Any]:
        studies = (self.facts.get("tuning") or {}).get("studies", ())
        mine = [study for study in studies if study["variant"] == variant and study.get("settings")]
        here = [study for study in mine if study["fold"] == fold] or mine[:1]
        return dict(here[0]["settings"]) if here else {}

    def _trial(self, run: Mapping[str, Any]) -> Mapping[str, Any] | None:
        trials = self.facts.get("trials") or ()
        return trials[run["variant"]] if run["variant"] < len(trials) else None


def read_sources(folder: Path, *, died: bool = False) -> list[Source]:
    """Read what a folder holds: its experiment, and the trials of its tuning where there are any.

    Args:
        folder: folder of results; nothing comes back where nothing is stored yet.
        died: whether whoever trained is gone.
    """
    whole = _read(folder, "", died=died)
    if whole is None:
        return []
    trials = _read(folder / TUNING, f"{TUNING}/", died=died)
    return [whole] if trials is None else [whole, trials]


def _read(folder: Path, start: str, *, died: bool) -> Source | None:
    if not (folder / FILE).is_file():
        return None
    with Reader(folder) as reader:
        facts, runs = reader.facts(), reader.runs()
        if "experiment" not in facts or "started" not in facts:
            return None
        halves = {fold: reader.array(f"fold/{fold}", "halves") for fold in range(facts["folds"])}
    shares = {fold: float(half.mean()) for fold, half in halves.items() if half is not None}
    return Source(folder, start, facts, runs, shares, died)
