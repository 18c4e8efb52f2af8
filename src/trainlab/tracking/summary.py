"""The summary of an experiment, as the parent run has it: means and differences with intervals, and files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainlab.comparison.compare import compare
from trainlab.reporting.faces.html import report
from trainlab.reporting.faces.pages import REPORT
from trainlab.results.files import write_whole
from trainlab.results.store import FILE
from trainlab.results.table import open_results
from trainlab.tracking.ledger import FOLDER
from trainlab.tracking.naming import LONGEST_PARAMETER, flat, key, keys, text
from trainlab.tracking.source import Measured, Source

MODEL = "model.keras"


@dataclass(frozen=True)
class Summary:
    """What the parent run is told.

    Args:
        parameters: what all runs share.
        tags: the question, the claim, each verdict with its sentence.
        measured: means and differences with their intervals, after as many runs as had ended.
        files: files to send.
    """

    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    measured: tuple[Measured, ...]
    files: tuple[Path, ...] = ()

    @classmethod
    def of_trials(cls, source: Source) -> "Summary":
        """Say of a store of trials, or of one that has no runs yet, how much it holds.

        Args:
            source: what the store holds.
        """
        return cls({}, {"trainlab.runs": str(len(source.runs))}, ())


def summarized(source: Source, folder: Path) -> Summary:
    """Compare what is stored, and write the files that go with it.

    Args:
        source: what the store holds.
        folder: folder of results.
    """
    results = open_results(folder)
    comparison = compare(results)
    document = comparison.document()
    names, metric = keys(results.variants), results.metric.name
    # Numbers change as runs end: later ones stand after earlier ones.
    step = sum(bool(source.endings(run)) for run in source.runs)
    measured = []
    for score in comparison.scores:
        numbers = {"mean": score.mean, "low": score.low, "high": score.high}
        measured += _named(f"{metric}.{{}}.{names[score.variant]}", numbers, step)
    tags = {
        "trainlab.claim": comparison.claim,
        "trainlab.reference": results.reference,
        "trainlab.question": str(source.facts["experiment"].get("question", "")),
        "mlflow.source.name": str(source.facts.get("command", "trainlab")),
    }
    for row in comparison.rows:
        numbers = {"mean": row.difference, "low": row.low, "high": row.high}
        measured += _named(f"difference.{{}}.{names[row.variant]}", numbers, step)
        tags[f"trainlab.verdict.{names[row.variant]}"] = str(row.verdict)
        tags[f"trainlab.sentence.{names[row.variant]}"] = row.sentence
    tags["mlflow.note.content"] = "\n\n".join(
        [said for said in (tags["trainlab.question"], *(row.sentence for row in comparison.rows)) if said]
    )
    total = source.facts.get("seconds", {}).get("total")
    if total is not None:
        measured.append(Measured("seconds", float(total), step))
    return Summary(_shared(source), tags, tuple(measured), _files(source, folder, results, document))


def _named(pattern: str, numbers: Mapping[str, float | None], step: int) -> list[Measured]:
    return [
        Measured(pattern.format(what), float(value), step)
        for what, value in numbers.items()
        if value is not None
    ]


def _shared(source: Source) -> dict[str, str]:
    document = source.facts["experiment"]
    shared = {
        "data": source.facts["data"]["name"],
        "metric": document["metric"],
        "variants": list(document["variants"]),
        "seeds": document["seeds"],
        "folds": source.facts["folds"],
        "validation": document["validation"],
        "model": document["model"],
        **document["recipe"],
    }
    return {key(name): text(value, LONGEST_PARAMETER) for name, value in flat(shared).items()}


def _files(source: Source, folder: Path, results: Any, comparison: dict[str, Any]) -> tuple[Path, ...]:
    """Write what is sent as files, beside the ledger, and give those that are there."""
    place = folder / FOLDER
    origin = {name: source.facts.get(name) for name in ("fingerprint", "versions", "machine", "command")}
    write_whole(place / "comparison.json", json.dumps(comparison, indent=1).encode())
    write_whole(place / "environment.json", json.dumps(origin, indent=1).encode())
    made = [_report(folder, results), place / "comparison.json", place / "environment.json"]
    return tuple(made + [file for file in (folder / "experiment.yaml", place / MODEL) if file.is_file()])


def _report(folder: Path, results: Any) -> Path:
    """Give the report that stands in the folder, or write one where it is older than what is stored."""
    there = folder / REPORT
    stored = [file.stat().st_mtime_ns for file in folder.glob(f"{FILE}*")]
    if there.is_file() and there.stat().st_mtime_ns > max(stored):
        return there
    return report(results, folder / FOLDER / REPORT)
