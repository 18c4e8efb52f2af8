"""The experiment that a folder's results belong to, read again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainlab.comparison.looks import plan_of
from trainlab.deciding import with_all_seeds
from trainlab.errors import DataError, UsageError
from trainlab.experiment.document import read_experiment
from trainlab.experiment.fingerprint import fingerprint
from trainlab.experiment.spec import Experiment
from trainlab.running import EXPERIMENT_FILE
from trainlab.tuning.found import with_what_was_found


def asked_before(
    folder: Path, facts: Mapping[str, Any], experiment: Experiment | None, verb: str
) -> Experiment:
    """Give the experiment of a folder, the one at hand or that of the folder, with what was tuned for it.

    Args:
        folder: what ``run`` has written.
        facts: its facts.
        experiment: the experiment, where data or model live in memory.
        verb: name of the Python function that takes it, for what is said where it is missing.

    Raises:
        UsageError: where it is needed and not given, or is another experiment.
        DataError: where the data have changed since.
    """
    found = _stored(folder, facts, verb) if experiment is None else experiment
    plan = plan_of(facts)
    if experiment is not None and plan is not None:
        # It was given with its own seeds, and more were planned.
        found = with_all_seeds(experiment, plan)
    _check_same(found, facts, folder)
    return with_what_was_found(found, facts)


def _stored(folder: Path, facts: Mapping[str, Any], verb: str) -> Experiment:
    document = facts["experiment"]
    settings = [document, document["recipe"], *document["variants"].values()]
    models = [given["model"] for given in settings if isinstance(given.get("model"), Mapping)]
    in_memory = not facts["data"].get("source", facts["data"]["name"] != "arrays")
    in_memory |= "splitter" in document["validation"] or any(map(_lives_in_python, models))
    if in_memory or not (folder / EXPERIMENT_FILE).is_file():
        raise UsageError(
            "the experiment's data or model lived in memory",
            str(folder),
            None,
            f"Go on in Python with `tl.{verb}(folder, experiment)`.",
        )
    return read_experiment(folder / EXPERIMENT_FILE)


def _lives_in_python(model: Mapping[str, Any]) -> bool:
    """Tell a function or a model of Python from a file that has one."""
    ((family, given),) = model.items()
    if family == "keras":
        return isinstance(given, str) and not given.endswith(".keras")
    return family == "python" and not str(given).rpartition(":")[0].endswith(".py")


def _check_same(experiment: Experiment, facts: Mapping[str, Any], folder: Path) -> None:
    if experiment.data.fingerprint != facts["data"]["fingerprint"]:
        raise DataError(
            "the data have changed since the experiment was begun",
            str(folder),
            None,
            "Restore them, or begin anew with `trainlab run`.",
        )
    if fingerprint(experiment) != facts["fingerprint"]:
        now, then = experiment.document(), facts["experiment"]
        differ = [key for key in then if now.get(key) != then[key]]
        raise UsageError(
            f"this is another experiment: {', '.join(differ) or 'the model'} differ(s)",
            str(folder),
            None,
            "Begin anew with `trainlab run`.",
        )
