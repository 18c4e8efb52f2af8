"""trainlab: all lanes by one program; a whole work by the command that people type."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import measure
import works
from contenders.rows import HELD_OUT, PIXEL, drawn

# Where the parts of `trainlab run --timings` belong; what is not named here is the rest.
PARTS = {
    "start": "start",
    "prepare": "data",
    "compile": "compile",
    "gather": "training",
    "random": "training",
    "shuffle": "training",
    "step": "training",
    "evaluate": "evaluation",
    "store": "storage",
    "compare": "report",
    "report": "report",
}
COHORT = 32  # trials that a search trains at once


def steady(work: works.Steady, seconds: float) -> tuple[measure.Epochs, Callable[[], dict[str, Any]]]:
    """Train all lanes together; the engine waits for every slice of an epoch by itself."""
    import trainlab as tl
    from trainlab.checking import prepare
    from trainlab.engine.chunk import Chunk, Clock, data_on_devices
    from trainlab.engine.placement import device_sentence
    from trainlab.engine.training import program_for
    from trainlab.experiment.models import Cnn, Mlp
    from trainlab.running import silent

    network, training = work.network, work.training
    x, y = drawn(work.rows, network.shape)
    experiment = tl.Experiment(
        data=tl.Dataset(x, y, scale=1 / PIXEL),
        model=Cnn(network.filters, hidden=network.hidden) if network.filters else Mlp(network.hidden),
        recipe=tl.Recipe(
            optimizer=training.optimizer, learning_rate=training.rate, batch_size=training.batch, epochs=10
        ),
        variants={"baseline": {}},
        validation=tl.Holdout(HELD_OUT),
        seeds=work.lanes,
    )
    ready = prepare(experiment)
    (cohort,) = ready.cohorts
    program, row_numbers = program_for(experiment, ready.folds, cohort)
    data = data_on_devices(experiment.data, program)
    chunks = []
    for places in cohort.cohort.chunks(cohort.width.width):
        chunk = Chunk(cohort.cohort, program, row_numbers, data, places, Clock())
        chunk.start()
        chunks.append(chunk)

    def train(epochs: int) -> None:
        for chunk in chunks:
            for _ in range(epochs):
                chunk.train_epoch(silent)

    def facts() -> dict[str, Any]:
        import jax  # after trainlab, which asks for a device on each core

        return {
            "device": device_sentence(),
            "devices": jax.device_count(),
            "accelerated": jax.default_backend() != "cpu",
            "train_rows": cohort.cohort.train_rows,
            "compile_seconds": program.compile_seconds,
        }

    return measure.Epochs(train, steps=cohort.cohort.steps, runs=work.lanes, seconds=seconds), facts


def experiment_file(work: works.Whole, folder: Path) -> Path:
    """Write a whole work as an experiment file, which JSON is too, with drawn rows beside it.

    Args:
        work: what is done.
        folder: where it is written.
    """
    first = work.variants[0]
    data: Any = work.data
    if work.drawn_rows:
        import numpy as np

        x, y = drawn(work.drawn_rows, first.network.shape)
        np.savez(folder / "drawn.npz", x=x, y=y)
        data = {"npz": "drawn.npz"}
    document: dict[str, Any] = {
        "question": "How long does it take?",
        "data": data,
        "validation": {"kfold": work.folds} if work.folds > 1 else {"holdout": work.held_out},
        "model": {"mlp": list(first.network.hidden)},
        "recipe": {**_settings(first), "epochs": work.epochs},
        "seeds": work.seeds,
    }
    if work.trials:
        space = {
            "learning_rate": {"log": [1e-4, 1e-1]},
            "l2": {"log": [1e-6, 1e-2]},
            "dropout": {"linear": [0.0, 0.6]},
            "hidden": [[32], [64], [128]],
        }
        search = {"space": space, "trials": work.trials, "cohort": min(COHORT, work.trials)}
        document["recipe"] = {"optimizer": "adam", "batch_size": first.training.batch, "epochs": work.epochs}
        document["search"] = {**search, "sampler": "random", "sampler_seed": 0}
    else:
        document["variants"] = {one.name: _changes(one, first) for one in work.variants}
    file = folder / "experiment.yaml"
    file.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return file


def _settings(variant: works.Variant) -> dict[str, Any]:
    training, dropout = variant.training, variant.network.dropout
    found = {"optimizer": training.optimizer, "learning_rate": training.rate, "batch_size": training.batch}
    return {**found, "dropout": dropout} if dropout else found


def _changes(variant: works.Variant, first: works.Variant) -> dict[str, Any]:
    before = _settings(first)
    return {name: value for name, value in _settings(variant).items() if before.get(name) != value}


def parts_of(said: dict[str, Any], wall: float) -> dict[str, float]:
    """Give the seconds by part of a command, by what it printed and how long its process took.

    Args:
        said: what it printed as JSON, with ``timings`` or only with ``seconds``.
        wall: seconds from the start of its process to the end.
    """
    found: dict[str, float] = {}
    for name, seconds in said.get("timings", {}).items():
        part = PARTS.get(name, "rest")
        found[part] = found.get(part, 0.0) + seconds
    if not found:
        told = said["seconds"]
        named = (("compile", "compile"), ("train", "training"), ("evaluate", "evaluation"))
        found = {part: told.get(name) or 0.0 for name, part in named}
    found["rest"] = found.get("rest", 0.0) + wall - sum(found.values())
    return found
