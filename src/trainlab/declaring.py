"""The question, the plan and where it comes from, stored before anything is trained."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trainlab.checking import Ready
from trainlab.data.preparing.preparation_words import in_words
from trainlab.data.sealed import Sealed
from trainlab.experiment.fingerprint import fingerprint
from trainlab.results import provenance
from trainlab.results.files import write_whole
from trainlab.results.finding import Finding
from trainlab.results.outcome import Outcome
from trainlab.results.store import Reader, Writer

PREPARATION_FILE = "preparation.jsonl"
GOING_ON = frozenset({Outcome.RUNNING, Outcome.INTERRUPTED})
"""How a run stands in the store that is to be trained, or to be trained on."""


def declare(writer: Writer, ready: Ready, findings: Sequence[Finding] = ()) -> None:
    """Store the question, the plan and where it comes from, before anything is trained.

    Args:
        writer: of the folder.
        ready: the experiment, checked.
        findings: what the checks of the protocol say.
    """
    writer.declare_runs(declared_runs(ready))
    declare_question(writer, ready, findings)


def declare_missing(writer: Writer, ready: Ready) -> frozenset[int]:
    """Store which runs there will be, as far as that is not done, and give those that have ended.

    Args:
        writer: of the folder.
        ready: the experiment, checked.
    """
    with Reader(writer.folder) as reader:
        runs = reader.runs()
    known = {run["run"] for run in runs}
    missing = [declared for declared in declared_runs(ready) if declared[0] not in known]
    if missing:
        writer.declare_runs(missing)
    return frozenset(run["run"] for run in runs if run["outcome"] not in GOING_ON)


def declare_plan(writer: Writer, ready: Ready, facts: Mapping[str, Any]) -> None:
    """Store what a plan adds to a question that is declared: settings in force, programs, networks.

    Args:
        writer: of the folder.
        ready: the experiment, checked.
        facts: what else is known by now.
    """
    writer.write_facts({**_plan(ready), **facts})


def declare_question(
    writer: Writer, ready: Ready, findings: Sequence[Finding] = (), facts: Mapping[str, Any] | None = None
) -> None:
    """Store the question and where it comes from, and no run of it.

    Args:
        writer: of the folder.
        ready: the experiment, checked.
        findings: what the checks of the protocol say.
        facts: what else is known by now.
    """
    from trainlab.engine.placement import device_sentence

    experiment, data = ready.experiment, ready.experiment.data
    first = ready.folds[0]
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
            **_plan(ready),
            "reference": experiment.reference.name,
            "folds": len(ready.folds),
            "fingerprint": fingerprint(experiment),
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
            "versions": provenance.versions(),
            "machine": {**provenance.machine(), "devices": device_sentence()},
            "command": provenance.command(),
            "started": provenance.now(),
            "resumed": [],
            "findings": [finding.document() for finding in findings],
            "interrupted": "",
            "seconds": {},
            **(facts or {}),
        }
    )


def _plan(ready: Ready) -> dict[str, Any]:
    return {
        "experiment": ready.experiment.document(),
        "plan": {"cohorts": [prepared.width.document() for prepared in ready.cohorts]},
        "networks": _networks(ready),
    }


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
