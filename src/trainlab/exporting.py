"""Exporting: a trained run, or the mean of several, as a plain Keras model in a file."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trainlab.errors import MissingError, UsageError
from trainlab.experiment.checks import suggestion
from trainlab.experiment.spec import Experiment
from trainlab.results.files import read_arrays
from trainlab.results.outcome import Outcome
from trainlab.results.store import Reader
from trainlab.running import prepare
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
    """

    path: Path
    variant: str
    seeds: tuple[int, ...]
    score: float | None
    takes: str

    def document(self) -> dict[str, Any]:
        """Give what ``--json`` prints."""
        return {
            "schema": "trainlab/export/1",
            "model": str(self.path),
            "variant": self.variant,
            "seeds": list(self.seeds),
            "score": self.score,
            "takes": self.takes,
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
    """Write a trained run as a plain Keras model that Keras alone loads, on any backend.

    The inputs of the model are the rows as they are in the data: the scaling that training applied is its
    first layer. Layers that took a lane's numbers are Keras's own, weight normalization is folded into
    kernels, and what acts in training alone is left out.

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
    with Reader(folder) as reader:
        facts, runs = reader.facts(), reader.runs()
    asked = asked_before(folder, facts, experiment, "export")
    names = [one.name for one in asked.variants]
    position = _variant(runs, names, variant, higher=asked.metric.higher_is_better)
    chosen = _chosen(runs, position, asked.seeds, seed, ensemble=ensemble)
    ready = prepare(asked, allow_code=allow_code)
    from trainlab.engine.exported import exported_model

    several = len(chosen) > 1
    members = [_lane_values(folder, ready, run["run"]) for run in chosen]
    model, takes = exported_model(ready, members, averaged=several)
    _save(model, to)
    scored = [run for run in runs if run["variant"] == position and run["members"]]
    mean_of_seeds = several and not scored
    whole = next((run for run in scored if run["seed"] == chosen[0]["seed"]), chosen[0])
    return Exported(
        path=to,
        variant=names[position],
        seeds=tuple(dict.fromkeys(asked.seeds[run["seed"]] for run in chosen)),
        score=None if mean_of_seeds else float(whole["score"]),
        takes=takes,
    )


def _variant(
    runs: Sequence[Mapping[str, Any]], names: list[str], variant: str | None, *, higher: bool
) -> int:
    if variant is not None:
        if variant not in names:
            raise UsageError("no such variant", "--variant", variant, suggestion(variant, names))
        return names.index(variant)
    means = {}
    for position in range(len(names)):
        scores = [run["score"] for run in _scored(runs, position) if not run["member"]]
        if scores:
            means[position] = float(np.mean(scores)) * (1 if higher else -1)
    if not means:
        raise UsageError("no run has a score", "--variant", None, "Train longer, or at a lower rate.")
    return max(means, key=lambda position: means[position])


def _scored(runs: Sequence[Mapping[str, Any]], position: int) -> list[Mapping[str, Any]]:
    return [run for run in runs if run["variant"] == position and Outcome(run["outcome"]).scored]


def _chosen(
    runs: Sequence[Mapping[str, Any]],
    position: int,
    seeds: Sequence[int],
    seed: int | None,
    *,
    ensemble: bool,
) -> list[Mapping[str, Any]]:
    """Choose the trained runs that the model is made of."""
    whole = [run for run in _scored(runs, position) if not run["member"]]
    if seed is not None:
        if seed not in seeds:
            raise UsageError("no such seed", "--seed", seed, f"Seeds are: {', '.join(map(str, seeds))}.")
        whole = [run for run in whole if seeds[run["seed"]] == seed]
    if not whole:
        cure = "Choose another variant or seed; `trainlab show` tells which runs diverged."
        raise UsageError("no run of that variant has a score", "--variant", None, cure)
    ordered = sorted(whole, key=lambda run: (run["score"], run["run"]))
    middle = ordered[(len(ordered) - 1) // 2]
    if middle["members"]:
        same = [run for run in runs if (run["variant"], run["seed"], run["fold"]) == _place(middle)]
        return [run for run in same if run["member"]]
    return list(whole) if ensemble else [middle]


def _place(run: Mapping[str, Any]) -> tuple[int, int, int]:
    return run["variant"], run["seed"], run["fold"]


def _lane_values(folder: Path, ready: Any, number: int) -> tuple[Any, int, list[Any], list[Any]]:
    """Find a run's cohort, its place in it, and the weights that were scored."""
    from trainlab.engine.ending import WEIGHTS

    for prepared in ready.cohorts:
        for place, run in enumerate(prepared.cohort.runs):
            if run.number != number:
                continue
            for path in sorted((folder / WEIGHTS).glob(f"cohort-{prepared.cohort.number:04d}-*.safetensors")):
                arrays, notes = read_arrays(path)
                if number in notes["runs"]:
                    lane = notes["runs"].index(number)
                    kind = "scored" if "scored/weights/0" in arrays else "last"
                    weights, layers = (
                        [
                            arrays[f"{kind}/{part}/{index}"][lane]
                            for index in range(sum(key.startswith(f"{kind}/{part}/") for key in arrays))
                        ]
                        for part in ("weights", "layers")
                    )
                    return prepared, place, weights, layers
    raise MissingError("the run's weights are not there", str(folder / WEIGHTS), None, "Run again.")


def _new_file(to: Path) -> Path:
    if to.suffix != ".keras":
        cure = f"Write `{to.with_suffix('.keras')}`."
        raise UsageError("a saved Keras model ends in `.keras`", "--to", str(to), cure)
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
