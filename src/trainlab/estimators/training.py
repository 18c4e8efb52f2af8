"""From an experiment of one variant to its trained networks, without what only a report asks for.

No look inside of the networks, no simple predictors beside them, no timing of steps: an estimator answers
rows. What is stored is what any run stores, so that its results open like others.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trainlab.checking import Ready, prepare
from trainlab.data.splitting.folds import Fold
from trainlab.declaring import declare
from trainlab.errors import UsageError
from trainlab.estimators.networks import Networks
from trainlab.experiment.spec import Experiment
from trainlab.refitting import cut
from trainlab.results.store import Reader, Writer
from trainlab.results.weights import scored_weights
from trainlab.running import silent


def train_networks(
    experiment: Experiment,
    folder: Path,
    *,
    folds: Sequence[Fold] = (),
    epochs: int | None = None,
) -> Networks:
    """Train a network for each seed of an experiment with one variant, and give them as one.

    Networks that diverge are left out.

    Args:
        experiment: the question; of one variant, on one fold.
        folder: an empty folder for what is stored.
        folds: the one fold; left out, the experiment's own.
        epochs: how long each network is trained at most; its schedule runs as if it went on. Left out, as the
            recipe says.

    Raises:
        UsageError: where the model can't be kept as a plain Keras model, before anything is trained; and
            where every network diverged.
    """
    from trainlab.engine.training import Seconds, train

    began = time.perf_counter()
    ready = prepare(experiment, folds)
    if epochs is not None:
        ready = Ready(ready.experiment, ready.folds, cut(ready.cohorts, epochs), ready.workshop)
    _check_keepable(ready)
    seconds = Seconds()
    with Writer(folder) as writer:
        declare(writer, ready)
        train(
            ready.experiment,
            ready.folds,
            ready.cohorts,
            ready.workshop,
            writer=writer,
            ended=frozenset(),
            seconds=seconds,
            show=silent,
        )
        parts = {"compile": seconds.compile, "train": seconds.train, "evaluate": seconds.evaluate}
        whole = {**parts, "total": time.perf_counter() - began}
        writer.write_facts({"seconds": whole, "compilations": seconds.compilations})
    return _networks(ready, folder)


def _check_keepable(ready: Ready) -> None:
    """Refuse a model that can't be kept, by keeping it as it was built."""
    first = ready.cohorts[0]
    weights, layers = first.learner.network.as_built(1)
    _exported(ready, (first, 0, [leaf[0] for leaf in weights], [leaf[0] for leaf in layers]))


def _networks(ready: Ready, folder: Path) -> Networks:
    with Reader(folder) as reader:
        scored = [run["run"] for run in reader.runs() if run["score"] is not None]
    if not scored:
        cure = "Lower it, or set `recipe={'clip_norm': 1.0}`."
        raise UsageError("every network diverged", "learning_rate", None, cure)
    kept = scored_weights(folder, scored)
    members = [
        (prepared, place, *kept[run.number])
        for prepared in ready.cohorts
        for place, run in enumerate(prepared.cohort.runs)
        if run.number in kept
    ]
    models = [_exported(ready, member) for member in members]
    head = members[0][0].learner.head
    fitted = ready.workshop.prepared(None).folds[0].parts[0]
    columns = None if fitted.take is None else fitted.take[: len(fitted.take) - fitted.padding]
    weights = [model.get_weights() for model in models]
    return Networks(models[0], weights, head.reading, head.classes, columns)


def _exported(ready: Ready, member: Any) -> Any:
    from trainlab.engine.exported import exported_model

    return exported_model(ready, [member], averaged=False)[0]
