"""The results as one value: arrays over (variant, seed, fold, epoch), opened from a folder without JAX."""

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.errors import UsageError
from trainlab.experiment.metrics import METRICS, Metric
from trainlab.results.display import shown
from trainlab.results.outcome import ENDINGS, Outcome
from trainlab.results.records import EPOCH_COLUMNS
from trainlab.results.store import Reader

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Results:
    """What an experiment gave so far.

    Args:
        folder: where it is stored.
        facts: facts of the whole experiment, by name: ``experiment`` (the document with defaults written
            out), ``plan``, ``data``, ``seconds``, ``versions``, ``machine``, ``fingerprint`` and so on.
        variants: names of the variants, in the order of the file.
        reference: the variant that the others are compared with.
        seeds: the seeds; where they are added until it is decided, those that were asked for so far.
        folds: how many folds there are.
        metric: what is compared.
        outcomes: ``(variant, seed, fold)`` numbers of ``Outcome``.
        endings: name -> ``(variant, seed, fold)`` numbers of the runs' endings; NaN where there is none.
        curves: name of ``EpochRecord`` -> ``(variant, seed, fold, epoch)``; NaN where an epoch is missing.
            Those of an ensemble are means over its members.
        run_numbers: ``(variant, seed, fold)`` numbers of the runs in the store.
        member_scores: ``(variant, seed, fold, member)`` scores of the members of ensembles; NaN
            for the others.
    """

    folder: Path
    facts: Mapping[str, Any]
    variants: tuple[str, ...]
    reference: str
    seeds: tuple[int, ...]
    folds: int
    metric: Metric
    outcomes: NDArray[np.int64]
    endings: Mapping[str, Floats]
    curves: Mapping[str, Floats]
    run_numbers: NDArray[np.int64] = field(repr=False)
    member_scores: Floats = field(repr=False)

    @property
    def runs(self) -> int:
        """How many runs the experiment asks for."""
        return int((self.outcomes != Outcome.NOT_ASKED).sum())

    @property
    def outcome_counts(self) -> dict[str, int]:
        """How many runs ended in each way; a run still under way counts as interrupted."""
        counts = {ending.key: int((self.outcomes == ending).sum()) for ending in ENDINGS}
        counts["interrupted"] += int((self.outcomes == Outcome.RUNNING).sum())
        return counts

    @property
    def scores(self) -> Floats:
        """``(variant, seed, fold)`` metric of the chosen epoch over all validation rows; NaN where none."""
        return self.endings["score"]

    @property
    def seconds(self) -> dict[str, float]:
        """Wall-clock seconds of the command, apart by ``compile``, ``train``, ``evaluate``, and ``total``."""
        return {name: float(value) for name, value in self.facts["seconds"].items()}

    @functools.cached_property
    def halves(self) -> tuple[NDArray[np.bool_], ...]:
        """For each fold, which validation rows are in the first half."""
        return tuple(self._fold_array(fold, "halves").astype(bool) for fold in range(self.folds))

    @functools.cached_property
    def validation_targets(self) -> tuple[NDArray[Any], ...]:
        """For each fold, the targets of its validation rows: class numbers, or ``(row, target)``."""
        return tuple(self._fold_array(fold, "targets") for fold in range(self.folds))

    @functools.cached_property
    def validation_rows(self) -> tuple[NDArray[Any], ...]:
        """For each fold, the numbers of its validation rows in the data set."""
        return tuple(self._fold_array(fold, "validation") for fold in range(self.folds))

    @functools.cached_property
    def validation_groups(self) -> tuple[NDArray[Any] | None, ...]:
        """For each fold, the groups that its validation rows belong to; None where rows stand alone."""
        with Reader(self.folder) as reader:
            return tuple(reader.array(f"fold/{fold}", "groups") for fold in range(self.folds))

    def validation_curve(self, what: str) -> Floats:
        """``(variant, seed, fold, epoch)`` of ``"loss"`` or ``"metric"`` over all validation rows."""
        first, second = self.curves[f"validation_{what}_a"], self.curves[f"validation_{what}_b"]
        share = np.array([half.mean() for half in self.halves])[:, None]
        whole: Floats = first * share + second * (1 - share)
        return whole

    def rows(
        self, name: str, variant: str, fold: int = 0, *, most: int | None = None
    ) -> list[NDArray[Any] | None]:
        """For each seed, an array over the validation rows at the chosen epoch, or None.

        Args:
            name: ``"row_scores"``, ``"row_losses"`` or ``"outputs"``.
            variant: which variant.
            fold: which fold.
            most: of how many seeds; left out, of all.
        """
        numbers = self.run_numbers[self.variants.index(variant), :most, fold]
        with Reader(self.folder) as reader:
            return [reader.array(f"run/{number}", name) for number in numbers]

    def _fold_array(self, fold: int, name: str) -> NDArray[Any]:
        with Reader(self.folder) as reader:
            found = reader.array(f"fold/{fold}", name)
        if found is None:
            raise KeyError(name)
        return found

    def _repr_html_(self) -> str:
        return shown(self)


def open_results(folder: str | Path) -> Results:
    """Open what is stored in a folder, finished or not; JAX is not loaded.

    Raises:
        UsageError: where the folder holds no results, results of another format, or a damaged file.
    """
    folder = Path(folder)
    with Reader(folder) as reader:
        facts, runs, records = reader.facts(), reader.runs(), reader.epochs()
    if "experiment" not in facts:
        raise UsageError(
            "the run ended before training began", str(folder), None, "Run the experiment into a new folder."
        )
    document = facts["experiment"]
    variants, seeds = tuple(document["variants"]), tuple(document["seeds"])
    if "looks" in facts:
        seeds = seeds[: 1 + max((run["seed"] for run in runs), default=0)]
    shape = (len(variants), len(seeds), int(facts["folds"]))
    outcomes, numbers = np.full(shape, int(Outcome.NOT_ASKED)), np.full(shape, -1)
    scored = ("epochs", "chosen_epoch", "best_epoch", "score", "loss", "train_score", "train_loss")
    names = (*scored, "parameters", "steps", "diverged_step", "unpruned_score", "pruned_share")
    endings = {name: np.full(shape, np.nan) for name in names}
    places = {}
    members: dict[tuple[int, int, int], list[dict[str, Any]]] = {}
    for run in runs:
        place = (run["variant"], run["seed"], run["fold"])
        places[run["run"]] = place
        if run["member"]:
            members.setdefault(place, []).append(run)
            continue
        outcomes[place], numbers[place] = run["outcome"], run["run"]
        for name in names:
            if run[name] is not None:
                endings[name][place] = run[name]
    curves = _curves(records, places, shape)
    return Results(
        folder=folder,
        facts=facts,
        variants=variants,
        reference=facts["reference"],
        seeds=seeds,
        folds=shape[2],
        metric=METRICS[document["metric"]],
        outcomes=outcomes,
        endings=endings,
        curves=curves,
        run_numbers=numbers,
        member_scores=_member_scores(members, shape),
    )


def _curves(
    records: list[tuple[Any, ...]], places: Mapping[int, tuple[int, int, int]], shape: tuple[int, int, int]
) -> dict[str, Floats]:
    """Put epoch records in their places, many at once: a thousand runs have some 50,000 of them."""
    table = np.array(records, np.float64).reshape(len(records), 2 + len(EPOCH_COLUMNS))  # None becomes NaN
    epochs = table[:, 1].astype(np.int64)
    of_runs = np.array([places[record[0]] for record in records], np.int64).reshape(-1, 3)
    whole = (*shape, int(epochs.max(initial=0)))
    at = np.ravel_multi_index((*of_runs.T, epochs - 1), whole) if records else epochs
    curves = {}
    for column, name in enumerate(EPOCH_COLUMNS, start=2):
        values = table[:, column]
        there = np.isfinite(values)
        # Several runs stand at one place where they are members of an ensemble: their mean is its curve.
        counts = np.bincount(at[there], minlength=math.prod(whole))
        sums = np.bincount(at[there], weights=values[there], minlength=math.prod(whole))
        means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
        curves[name] = means.reshape(whole)
    return curves


def _member_scores(
    members: Mapping[tuple[int, int, int], list[dict[str, Any]]], shape: tuple[int, int, int]
) -> Floats:
    most = max((len(runs) for runs in members.values()), default=0)
    scores = np.full((*shape, most), np.nan)
    for place, runs in members.items():
        for run in runs:
            if run["score"] is not None:
                scores[(*place, run["member"] - 1)] = run["score"]
    return scores
