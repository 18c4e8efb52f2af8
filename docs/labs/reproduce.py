"""Runs the sheets' own settings again and compares: ``python docs/labs/reproduce.py``.

Printed numbers stand in ``printed.yaml``, designs in ``designs.py``; what trainlab can't run was run by the
scripts of ``as-printed``, whose results are read here. Written are ``reproduction.json`` and
``reproduction.md``, and from the same runs and ``changes.yaml`` ``what-changes.md``.

``--kept DIR`` keeps what was trained, so that parts can be run apart (``--only DESIGN``) and nothing trained
twice; ``--labs DIR`` has what ``trainlab run labs/LAB --full --out DIR/LAB`` has stored.
"""

import argparse
import dataclasses
import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

sys.path.insert(0, str(Path(__file__).parent))  # a test imports this file by its path
import changes_page
from designs import DESIGNS, Design, Laid, as_printed, experiment
from placing import Placed, placed
from printed import Asked, Printed, Sheets, Task, read
from reproduction_page import page

import trainlab as tl
from trainlab.results.store import FILE

HERE = Path(__file__).parent
SCRIPTS = HERE / "as-printed"
Array = NDArray[Any]
Cases = Mapping[str, Any]


@dataclass(frozen=True)
class Facts:
    """What came out.

    Args:
        found: by design or script, what each case gave.
        linted: by design, what the linter finds.
        said: by design, the verdicts at the sheet's own settings.
    """

    found: Mapping[str, Cases]
    linted: Mapping[str, list[dict[str, Any]]]
    said: Mapping[str, list[str]]


def main() -> None:
    """Train what is missing, compare and write."""
    parser = argparse.ArgumentParser(description="Reproduce the numbers that the sheets print.")
    parser.add_argument(
        "--only", action="append", choices=[*DESIGNS], help="train these designs, write nothing"
    )
    parser.add_argument("--kept", type=Path, help="folder of results that are kept between calls")
    parser.add_argument("--stored", action="store_true", help="train nothing: write what is stored so far")
    parser.add_argument("--labs", type=Path, help="folder of the stored full labs: DIR/LAB/STEP")
    parser.add_argument("--mnist", type=Path, help="npz with x_train, y_train, x_test, y_test")
    parser.add_argument("--epochs", type=int, help="fewer epochs, for a first look")
    parser.add_argument("--seeds", type=int, help="fewer seeds, for a first look")
    parser.add_argument("--out", type=Path, default=HERE, help="where reproduction.json and .md are written")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as fresh:
        kept = asked.kept or Path(fresh)
        facts = gathered(asked, kept)
        if not asked.only:
            write(read(), facts, asked.labs, asked.out)
            write_changes(asked.labs, kept, asked.out)


def gathered(asked: argparse.Namespace, kept: Path) -> Facts:
    """Lint every design that is asked for, train what is missing, and read what the scripts gave."""
    found, linted, said = {}, {}, {}
    for name in asked.only or DESIGNS:
        design = DESIGNS[name]
        if asked.seeds is not None:
            design = dataclasses.replace(design, seeds=asked.seeds)
        laid = design.layout(asked.mnist)
        linted[name] = lint(design, laid, kept)
        if design.runs and not (asked.stored and ended(kept / place_name(name)) is None):
            results = trained(design, laid, kept, asked.epochs)
            found[name] = measured(design, laid, results)
            said[name] = [row.sentence for row in tl.compare(results).rows]
    for script in sorted(SCRIPTS.glob("*.json")):
        found[script.stem] = json.loads(script.read_text("utf-8"))["cases"]
    return Facts(found, linted, said)


def place_name(design: str) -> str:
    """Give the name of the folder in which the results of a design are kept.

    >>> place_name("1,000 rows")
    '1000-rows'
    """
    return design.replace(",", "").replace(" ", "-")


def lint(design: Design, laid: Laid, kept: Path) -> list[dict[str, Any]]:
    """Give what the linter finds in a design as it is printed, with its one seed."""
    file = kept / f"{place_name(design.name)}.lint.json"
    if not file.exists():
        findings = [finding.document() for finding in tl.lint(as_printed(design, laid))]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(findings), "utf-8")
    found: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))
    return found


def trained(design: Design, laid: Laid, kept: Path, epochs: int | None) -> tl.Results:
    """Train a design, go on where it was interrupted, or open what an earlier run of it gave."""
    folder = kept / place_name(design.name)
    if not folder.exists():
        results = tl.run(experiment(design, laid, epochs=epochs), folder)
    elif (results := tl.open_results(folder)).outcome_counts["interrupted"]:
        results = tl.resume(folder, experiment(design, laid, epochs=epochs))
    sys.stdout.write(f"{design.name}: {results.seconds['total']:.0f} s\n")
    if results.outcome_counts["interrupted"]:
        sys.exit("interrupted: the same command goes on from there")
    return results


def measured(design: Design, laid: Laid, results: tl.Results) -> Cases:
    """Measure the variants of a design as a sheet does."""
    cases = {
        name: {
            "seeds": results.scores[position].size,
            "seconds": results.facts["variant_seconds"].get(name),
            "measures": _measures(design, laid, results, position),
            "curves": _curves(design, results, position),
        }
        for position, name in enumerate(results.variants)
    }
    for name, case in cases.items():
        means = ", ".join(f"{key} {np.nanmean(values):.4g}" for key, values in case["measures"].items())
        sys.stdout.write(f"  {name}: {means}\n")
    return cases


def _measures(design: Design, laid: Laid, results: tl.Results, position: int) -> dict[str, list[float]]:
    """Give every measure of a variant, one number a run."""
    name, endings = results.variants[position], results.endings
    found = {
        "train_loss": design.loss_factor * endings["train_loss"][position],
        "last_loss": design.loss_factor * results.curves["running_loss"][position][..., -1],
    }
    if not laid.parts:
        found["test_loss"] = design.loss_factor * endings["loss"][position]
        return _listed(found)
    found["train_accuracy"] = endings["train_score"][position]
    losses, outputs = (results.rows(kind, name) for kind in ("row_losses", "outputs"))
    places, targets = results.validation_rows[0], results.validation_targets[0]
    for part, rows in laid.parts.items():
        at = np.isin(places, rows)
        guessed = [None if one is None else one[at].argmax(axis=1) for one in outputs]
        found[f"{part}_loss"] = _each(losses, lambda one, at=at: float(one[at].mean()))
        found[f"{part}_accuracy"] = _each(guessed, lambda one, at=at: float((one == targets[at]).mean()))
        found[f"{part}_f1"] = _each(
            guessed, lambda one, at=at: float(f1_score(targets[at], one, average="macro"))
        )
    found["test_loss_with_penalty"] = found["test_loss"] + results.curves["penalty"][position, :, 0, -1]
    if design.patience:
        found |= _stopped(results, position, design.patience)
    return _listed(found)


def _stopped(results: tl.Results, position: int, patience: int) -> dict[str, Array]:
    """Give what stands where training would have stopped by the loss of training rows, without going back."""
    curves = {
        "train_metric": results.curves["train_metric"][position, :, 0],
        "validation_metric": results.validation_curve("metric")[position, :, 0],
    }
    last = np.array([stopped_after(one, patience) for one in results.curves["train_loss"][position, :, 0]])
    found = {f"stopped_{name}": curve[np.arange(len(last)), last - 1] for name, curve in curves.items()}
    return found | {"stopped_epochs": last.astype(np.float64)}


def stopped_after(losses: Array, patience: int) -> int:
    """Give the epoch after which Keras's early stopping ends, from 1: so many in a row without a new low.

    >>> stopped_after(np.array([3.0, 2.0, 2.5, 2.4, 1.0]), 2), stopped_after(np.array([3.0, 2.0, 1.0]), 2)
    (4, 3)
    """
    best, waited = np.inf, 0
    for epoch, loss in enumerate(losses, start=1):
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited >= patience:
            return epoch
    return len(losses)


def _curves(design: Design, results: tl.Results, position: int) -> dict[str, list[list[float]]]:
    running, train = (results.curves[name][position] for name in ("running_loss", "train_loss"))
    validation = results.validation_curve("loss")[position]
    curves = {"loss": running, "train_loss": train, "validation_loss": validation}
    return {
        name: (design.loss_factor * curve).reshape(-1, curve.shape[-1]).tolist()
        for name, curve in curves.items()
    }


def _each(arrays: list[Any], measure: Any) -> Array:
    return np.array([np.nan if one is None else measure(one) for one in arrays])


def _listed(found: Mapping[str, Array]) -> dict[str, list[float]]:
    return {name: np.asarray(values, np.float64).ravel().tolist() for name, values in found.items()}


# ------------------------------------------------------------------------------------------ comparing


def compared(row: Printed, found: Mapping[str, Cases]) -> Placed | None:
    """Place a printed number among the runs of its setting; None where they were not run."""
    case = found.get(row.run, {}).get(row.case)
    if case is None:
        return None
    kind, _, rest = row.measure.partition(":")
    if kind == "time_against":
        return placed(row.value, [case["seconds"] / found[row.run][rest]["seconds"]])
    if kind == "curve":
        name, _, epoch = rest.partition(":")
        return placed(row.value, [curve[int(epoch) - 1] for curve in case["curves"][name]])
    if row.curve:
        curves = case["curves"][row.measure]
        return placed(row.value, [curve[-1] for curve in curves], row.curve, curves)
    runs = case["measures"][row.measure]
    return placed(row.value, runs) if np.isfinite(runs).any() else None


def answers(asked: Asked, labs: Path | None) -> list[str]:
    """Give the sentences of a comparison in a full lab; none where it is not stored."""
    results = None if labs is None else ended(labs / asked.lab / asked.step)
    if results is None or not _knows(results, asked.against):
        sys.stdout.write(f"not stored: {asked.lab}, {asked.step}\n")
        return []
    compared = tl.compare(results, against=asked.against or None)
    return [row.sentence for row in compared.rows if not asked.variants or row.variant in asked.variants]


def ended(folder: Path) -> tl.Results | None:
    """Open results that are complete; None where there are none."""
    if not (folder / FILE).exists():
        return None
    results = tl.open_results(folder)
    return None if results.outcome_counts["interrupted"] else results


def _knows(results: tl.Results, variant: str) -> bool:
    """Say whether a variant is there, and in words if it is not: labs are changed."""
    there = variant in {"", *results.variants}
    if not there:
        sys.stdout.write(f"no variant {variant!r} in {results.folder}\n")
    return there


def _said(results: tl.Results, place: changes_page.Evidence) -> changes_page.Said | None:
    if place.get("seconds"):
        cores = results.facts["machine"]["cores"]
        seconds = results.seconds["total"]
        return changes_page.Said(f"{results.runs} networks in {seconds:.0f} seconds on {cores} cores")
    if not (_knows(results, place["against"]) and _knows(results, place["variant"])):
        return None
    rows = tl.compare(results, against=place["against"] or None).rows
    found = next((row for row in rows if row.variant == place["variant"]), None)
    return None if found is None else changes_page.Said(found.sentence, found.verdict)


def write(sheets: Sheets, facts: Facts, labs: Path | None, out: Path) -> None:
    """Write the table as JSON and as a page."""

    def told(task: Task) -> dict[str, Any]:
        codes = [finding for name in task.lint for finding in facts.linted.get(name, [])]
        return {
            "sheet": task.sheet,
            "task": task.name,
            "rows": [
                dataclasses.asdict(row) | {"here": None if one is None else one.document()}
                for row in task.rows
                for one in [compared(row, facts.found)]
            ],
            "as_printed": [sentence for name in task.lint for sentence in facts.said.get(name, [])],
            "findings": codes,
            "beyond": task.beyond,
            "asked_properly": [
                {"lab": one.lab, "step": one.step, "sentences": said}
                for one in task.asked
                if (said := answers(one, labs))
            ],
        }

    document = {
        "schema": "trainlab/reproduction/1",
        "tasks": [told(task) for task in sheets.tasks],
        "unstated": [list(one) for one in sheets.unstated],
    }
    (out / "reproduction.json").write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    (out / "reproduction.md").write_text(page(document), "utf-8")
    sys.stdout.write(f"{out / 'reproduction.md'}\n")


def write_changes(labs: Path | None, kept: Path, out: Path) -> None:
    """Write what becomes of the sheets' conclusions, with the verdicts behind it."""

    def ask(place: changes_page.Evidence) -> changes_page.Said | None:
        at = kept / place_name(place["design"]) if "design" in place else None
        if labs is not None and "lab" in place:
            at = labs / place["lab"] / place["step"]
        results = None if at is None else ended(at)
        return None if results is None else _said(results, place)

    file = out / "what-changes.md"
    file.write_text(changes_page.page(changes_page.read(), ask), "utf-8")
    sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main()
