"""The script that people write around a way of training: fit run after run, keep, draw, sum up.

It fits some runs of each variant and says how long the parts of a run took, and what was done once; whoever
asked multiplies. Knows nothing of how a run is fitted: that is handed in.
"""

import contextlib
import csv
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import works
from contenders.rows import Split, split, whole_rows

History = list[dict[str, float]]  # of each epoch: loss, accuracy, val_loss, val_accuracy


@dataclass
class Parts:
    """Seconds by part of the work: compile, training, evaluation, storage and so on."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count what is done inside."""
        began = time.perf_counter()
        yield
        self.add(name, time.perf_counter() - began)

    def add(self, name: str, seconds: float) -> None:
        """Count seconds."""
        self.seconds[name] = self.seconds.get(name, 0.0) + seconds


@dataclass(frozen=True)
class Job:
    """Runs of a variant that are to be fitted at once: a split and a seed for each."""

    variant: works.Variant
    epochs: int
    splits: Sequence[Split]
    seeds: Sequence[int]


@dataclass(frozen=True)
class Fitted:
    """What one run came to: its history, and how its weights are saved."""

    history: History
    save: Callable[[Path], None]


Fit = Callable[[Job, Parts], list[Fitted]]


def whole(
    work: works.Whole, fit: Fit, *, began: float, runs: int | None, able: Callable[[works.Variant], bool]
) -> dict[str, Any]:
    """Do a whole work, or a part of it that says what all of it takes.

    Args:
        work: what is done.
        fit: fits the runs of a job; its packages are imported already.
        began: when this process was started, by the wall clock.
        runs: how many runs of each variant are fitted, one after the other; left out, all of them at once.
        able: whether a variant can be trained.

    Returns:
        Seconds of what is done once, and of what is done for each run, by part; runs and final accuracy.
    """
    once, variants = Parts(), {}
    once.add("start", time.time() - began)
    with once.part("data"):
        x, y = whole_rows(work)
        splits = [split(x, y, work, number) for number in range(work.folds)]
    places = [(fold, seed) for seed in range(work.seeds) for fold in range(work.folds)]
    histories: dict[str, list[History]] = {}
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        for variant in filter(able, work.variants):
            chosen = places[:runs]
            groups = [chosen] if runs is None else [[place] for place in chosen]
            each: list[Parts] = []
            found: list[Fitted] = []
            for group in groups:
                parts, began_group = Parts(), time.perf_counter()
                asked = [splits[fold] for fold, _ in group], [seed for _, seed in group]
                fitted = fit(Job(variant, work.epochs, *asked), parts)
                with parts.part("storage"):
                    for number, one in enumerate(fitted, start=len(found)):
                        _keep(one, folder / f"{variant.name}-{number}".replace(" ", "-"))
                found += fitted
                parts.add("rest", time.perf_counter() - began_group - sum(parts.seconds.values()))
                each.append(parts)
            histories[variant.name] = [one.history for one in found]
            variants[variant.name] = {
                "fitted": len(found),
                "of": work.runs,
                "each": [parts.seconds for parts in each],
                "accuracy": [one.history[-1]["val_accuracy"] for one in found],
            }
        with once.part("report"):
            _report(folder, _repeated(histories, work))
    return {"once": once.seconds, "variants": variants}


def _keep(fitted: Fitted, path: Path) -> None:
    """Save the weights of a run and its history."""
    fitted.save(path)
    path.with_suffix(".json").write_text(json.dumps(fitted.history), encoding="utf-8")


def _repeated(histories: Mapping[str, list[History]], work: works.Whole) -> dict[str, list[History]]:
    """Repeat histories until there are as many as the work has runs, so that drawing takes what it takes."""
    return {
        name: [found[number % len(found)] for number in range(round(work.runs))]
        for name, found in histories.items()
    }


def _report(folder: Path, histories: Mapping[str, list[History]]) -> None:
    """Draw the curves of all runs, and write means and standard deviations."""
    import matplotlib.pyplot as plt
    import numpy as np

    figure, axes = plt.subplots(len(histories), 1, figsize=(8, 3 * len(histories)), squeeze=False)
    with (folder / "summary.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["variant", "epoch", "measure", "mean", "standard deviation"])
        for axis, (name, found) in zip(axes[:, 0], histories.items(), strict=True):
            axis.set_title(name)
            for measured in found[0][0]:
                curves = np.array([[epoch[measured] for epoch in history] for history in found])
                axis.plot(curves.T, alpha=0.5)
                for epoch, values in enumerate(curves.T, start=1):
                    rows.writerow([name, epoch, measured, values.mean(), values.std()])
    figure.savefig(folder / "curves.png")
    plt.close(figure)
