"""Exporting: a trained run, or the mean of several, as a plain Keras model in a file."""

import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trainlab.checking import prepare
from trainlab.errors import MissingError, UsageError
from trainlab.experiment.spec import Experiment
from trainlab.refitting import Refit, asked_variant, find_refit, refit_ready
from trainlab.results.files import write_whole
from trainlab.results.outcome import Outcome
from trainlab.results.store import Reader
from trainlab.results.table import Results, open_results
from trainlab.results.weights import FOLDER, RunWeights, scored_weights
from trainlab.stored import asked_before


@dataclass(frozen=True)
class Exported:
    """A file with a Keras model.

    Args:
        path: where it is.
        variant: which variant it is of.
        seeds: seeds of the runs in it; several for an ensemble.
        score: the metric of that run, or of the ensemble, on the validation rows; None for a mean of seeds,
            which was not scored as one.
        takes: what its outputs mean, in words.
        refitted: whether it is the final model, trained on all rows but the sealed ones.
        preparation: the file that says which columns it takes and how they are made; None where it takes the
            rows as they are and the data name no columns.
    """

    path: Path
    variant: str
    seeds: tuple[int, ...]
    score: float | None
    takes: str
    refitted: bool = False
    preparation: Path | None = None

    def document(self) -> dict[str, Any]:
        """Give what ``--json`` prints."""
        return {
            "schema": "trainlab/export/1",
            "model": str(self.path),
            "variant": self.variant,
            "seeds": list(self.seeds),
            "score": self.score,
            "takes": self.takes,
            "refitted": self.refitted,
            "preparation": None if self.preparation is None else str(self.preparation),
        }


def export(
    folder: str | Path,
    to: str | Path,
    *,
    variant: str | None = None,
    seed: int | None = None,
    ensemble: bool = False,
    experiment: Experiment | None = None,
    allow_code: bool = False,
) -> Exported:
    """Write the final model, or a trained run, as a plain Keras model that Keras alone loads, on any backend.

    Where the variant was refitted, its final model is written; else the run with the median score. The inputs
    of the model are the rows as they are in the data: what was done to numbers before training is inside it.
    Which columns it takes, and how levels and words become numbers, stands in a file of JSON beside it.
    Layers that took a lane's numbers are Keras's own, weight normalization is folded into kernels, and what
    acts in training alone is left out.

    Args:
        folder: what ``run`` has written.
        to: the file, which ends in ``.keras``.
        variant: which variant; left out, the best one by its mean score.
        seed: the run of which seed; left out, the one with the median score.
        ensemble: the mean over all seeds' answers instead of one run. A variant that is an ensemble is
            always exported with all members.
        experiment: the experiment, where data or model live in memory.
        allow_code: whether a Python file that the experiment names may run.

    Raises:
        UsageError: for an unknown variant or seed, a variant without a scored run, a file that is there.
        MissingError: where the file cannot be written.
    """
    folder, to = Path(folder), _new_file(Path(to))
    results = open_results(folder)
    asked = asked_before(folder, results.facts, experiment, "export")
    name = asked_variant(results, variant)
    final = find_refit(folder, results, name)
    chosen = _chosen(results, name, seed, final)
    if final is None:
        source, ready = folder, prepare(asked, allow_code=allow_code)
    else:
        source, ready = final.folder, refit_ready(asked, name, final.epochs, allow_code=allow_code)
        results = open_results(source)
    runs = _runs(source, results, name, chosen, ensemble=ensemble)
    from trainlab.engine.exported import exported_model, preparation_document

    weights = scored_weights(source, runs)
    members = [_member(ready, weights, number, source) for number in runs]
    several = len(runs) > 1
    _check_columns(ready, members)
    model, takes = exported_model(ready, members, averaged=several)
    beside = _preparation_file(to) if _chooses_columns(ready, members[0]) else None
    _save(model, to)
    if beside is not None:
        write_whole(beside, json.dumps(preparation_document(ready, members), indent=1).encode())
    position = results.variants.index(name)
    score = None if ensemble and several else float(results.scores[position, chosen[0], chosen[1]])
    return Exported(
        path=to,
        variant=name,
        seeds=_seeds(results, name, runs, chosen[0]),
        score=None if final is not None or score is None or not math.isfinite(score) else score,
        takes=takes,
        refitted=final is not None,
        preparation=beside,
    )


def _chosen(results: Results, variant: str, seed: int | None, final: Refit | None) -> tuple[int, int]:
    """Choose the run with the median score, by the places of its seed and fold."""
    scores = results.scores[results.variants.index(variant)]
    allowed = np.isfinite(scores)
    if final is not None:
        allowed = allowed.any(axis=1, keepdims=True)
        scores = np.where(np.isfinite(scores), scores, 0.0).sum(axis=1, keepdims=True) / np.maximum(
            np.isfinite(scores).sum(axis=1, keepdims=True), 1
        )
        refitted = np.isfinite(open_results(final.folder).scores[0, :, :1])
        # It has the seeds of its variant; another one may have been asked for more.
        allowed[: len(refitted)] &= refitted
        allowed[len(refitted) :] = False
    if seed is not None:
        if seed not in results.seeds:
            cure = f"Seeds are: {', '.join(map(str, results.seeds))}."
            raise UsageError("no such seed", "--seed", seed, cure)
        allowed = allowed & (np.arange(len(results.seeds)) == results.seeds.index(seed))[:, None]
    places = np.argwhere(allowed)
    if not len(places):
        cure = "Choose another variant or seed; `trainlab show` tells which runs diverged."
        raise UsageError("no run of that variant has a score", "--variant", variant, cure)
    order = np.argsort(scores[allowed], kind="stable")
    place, fold = places[order[(len(order) - 1) // 2]]
    return int(place), int(fold)


def _runs(
    folder: Path, results: Results, variant: str, chosen: tuple[int, int], *, ensemble: bool
) -> list[int]:
    """Give the numbers of the trained runs that the model is made of."""
    position = results.variants.index(variant)
    with Reader(folder) as reader:
        rows = [run for run in reader.runs() if run["variant"] == position]
    trained = [run for run in rows if not run["members"] and Outcome(run["outcome"]).scored]
    here = [run for run in trained if (run["seed"], run["fold"]) == chosen]
    if any(run["member"] for run in here) or not ensemble:
        return [run["run"] for run in here]
    return [run["run"] for run in trained]


def _seeds(results: Results, variant: str, runs: Sequence[int], chosen: int) -> tuple[int, ...]:
    numbers = results.run_numbers[results.variants.index(variant)]
    found = [results.seeds[place] for place, row in enumerate(numbers) if set(row.tolist()) & set(runs)]
    # Members of an ensemble stand under its seed, with numbers of their own.
    return tuple(found) if found else (results.seeds[chosen],)


def _member(ready: Any, weights: Mapping[int, RunWeights], number: int, folder: Path) -> Any:
    """Find a run's cohort, its place in it, and the weights that were scored."""
    if number not in weights:
        raise MissingError("the run's weights are not there", str(folder / FOLDER), None, "Run again.")
    return next(
        (prepared, place, *weights[number])
        for prepared in ready.cohorts
        for place, run in enumerate(prepared.cohort.runs)
        if run.number == number
    )


def _check_columns(ready: Any, members: Sequence[Any]) -> None:
    """Refuse the mean of networks that take unlike columns: a fold has the words and levels it has seen."""
    from trainlab.engine.exported import fold_preparation

    taken = [fold_preparation(ready, member).taken for member in members]
    if any(other != taken[0] for other in taken[1:]):
        cure = "Train the final model on all rows first, by `trainlab refit`, and export that."
        message = "networks of several folds take different columns, so one file can't hold their mean"
        raise UsageError(message, "--ensemble", None, cure)


def _chooses_columns(ready: Any, member: Any) -> bool:
    """Tell whether somebody must be told what the model takes: columns with names, or some of many."""
    from trainlab.engine.exported import fold_preparation

    fitted = fold_preparation(ready, member).parts
    return bool(ready.experiment.data.columns) or any(part.take is not None for part in fitted)


def _preparation_file(to: Path) -> Path:
    return _absent(to.with_name(f"{to.stem}.preparation.json"))


def _new_file(to: Path) -> Path:
    if to.suffix != ".keras":
        cure = f"Write `{to.with_suffix('.keras')}`."
        raise UsageError("a saved Keras model ends in `.keras`", "--to", str(to), cure)
    return _absent(to)


def _absent(to: Path) -> Path:
    if to.exists():
        raise UsageError("there is such a file already", "--to", str(to), "Choose another name.")
    return to


def _save(model: Any, to: Path) -> None:
    """Write the model whole or not at all."""
    try:
        with tempfile.TemporaryDirectory(dir=to.absolute().parent) as place:
            part = Path(place) / to.name
            model.save(part)
            part.replace(to)
    except OSError as error:
        raise MissingError(
            f"the file cannot be written: {error.strerror}", str(to), None, "Choose another with `--to`."
        ) from error
