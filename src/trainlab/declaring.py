"""The question, the plan and where it comes from, stored before anything is trained."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trainlab.checking import Ready
from trainlab.data.preparing.preparation_words import in_words
from trainlab.data.sealed import Sealed
from trainlab.experiment.fingerprint import fingerprint
from trainlab.results import provenance
from trainlab.results.files import write_whole
from trainlab.results.finding import Finding
from trainlab.results.store import Writer

PREPARATION_FILE = "preparation.jsonl"


def declare(writer: Writer, ready: Ready, findings: Sequence[Finding] = ()) -> None:
    """Store the question, the plan and where it comes from, before anything is trained.

    Args:
        writer: of the folder.
        ready: the experiment, checked.
        findings: what the checks of the protocol say.
    """
    from trainlab.engine.placement import device_sentence

    experiment, data = ready.experiment, ready.experiment.data
    first = ready.folds[0]
    writer.declare_runs(declared_runs(ready))
    for place, fold in enumerate(ready.folds):
        rows = {
            "training": fold.train,
            "validation": fold.validation,
            "halves": fold.halves.astype("uint8"),
            "targets": data.y[fold.validation],
        }
        if data.groups is not None:
            rows["groups"] = data.groups[fold.validation]
        writer.write_arrays(f"fold/{place}", rows)
    means = [
        [] if data.classes else [float(mean) for mean in data.y[fold.train].mean(axis=0)]
        for fold in ready.folds
    ]
    _write_preparation(writer.folder, ready)
    writer.write_facts(
        {
            "experiment": experiment.document(),
            "reference": experiment.reference.name,
            "folds": len(ready.folds),
            "fingerprint": fingerprint(experiment),
            "plan": {"cohorts": [prepared.width.document() for prepared in ready.cohorts]},
            "data": {
                "name": data.name,
                "task": data.task,
                "rows": data.rows,
                "input_shape": _plain_shape(data.input_shape),
                "inputs": list(data.inputs),
                "classes": list(data.classes),
                "class_counts": [int(count) for count in data.class_counts] if data.classes else [],
                "target_mean": means[0],
                "target_means": means,
                "scale": list(data.scales) if data.inputs else data.scale,
                "notes": list(data.notes),
                "fingerprint": data.fingerprint,
                "training_rows": len(first.train),
                "validation_rows": len(first.validation),
                "fold_rows": [[len(fold.train), len(fold.validation)] for fold in ready.folds],
                "columns": [{"name": column.name, "kind": column.kind} for column in data.columns],
                "licence": data.licence,
                "source": data.source,
            },
            "preparation": in_words(data, experiment.prepare, scale_target=experiment.scales_target),
            "sealed": None if data.sealed is None else _sealed(data.sealed),
            "openings": [],
            "networks": _networks(ready),
            "versions": provenance.versions(),
            "machine": {**provenance.machine(), "devices": device_sentence()},
            "command": provenance.command(),
            "started": provenance.now(),
            "resumed": [],
            "findings": [finding.document() for finding in findings],
            "interrupted": "",
            "seconds": {},
        }
    )


def _sealed(sealed: Sealed) -> dict[str, Any]:
    return {"rows": sealed.rows, "how": sealed.how, "fingerprint": sealed.fingerprint}


def _write_preparation(folder: Path, ready: Ready) -> None:
    """Keep what was fitted in each fold, a line of JSON for each."""
    lines = [json.dumps(fold.document()) for fold in ready.workshop.prepared(None).folds]
    write_whole(folder / PREPARATION_FILE, ("\n".join(lines) + "\n").encode())


def _plain_shape(shape: Any) -> list[Any]:
    return [_plain_shape(part) if isinstance(part, tuple) else int(part) for part in shape]


def declared_runs(ready: Ready) -> list[tuple[int, int, int, int, int, int, int]]:
    """Say of every run what it is, and which cohort trains it; an ensemble stands before its members.

    Args:
        ready: the experiment, checked; runs that none of its cohorts trains are left out.
    """
    from trainlab.engine.runs import list_runs

    seeds = ready.experiment.seeds
    cohorts = {
        run.number: prepared.cohort.number for prepared in ready.cohorts for run in prepared.cohort.runs
    }
    return [
        (
            *(run.number, run.variant, seeds.index(run.seed), run.fold),
            *(cohorts.get(run.number, -1), run.member, run.members),
        )
        for run in list_runs(ready.experiment, ready.folds)
        if run.number + (run.members > 0) in cohorts
    ]


def _networks(ready: Ready) -> dict[str, Any]:
    from trainlab.engine.layer_table import layer_table

    names = [variant.name for variant in ready.experiment.variants]
    tables = {}
    for prepared in ready.cohorts:
        for place, one in enumerate(prepared.cohort.runs):
            if names[one.variant] not in tables:
                bases = ready.workshop.bases(prepared.cohort.irrelevant)
                tables[names[one.variant]] = layer_table(prepared.cohort, place, prepared.learner, bases)
    return tables
