"""The verbs that train, as everybody calls them: with the tracker following where the question asks for it.

What they do without one stands in ``running`` and ``resuming``, which know nothing of trackers.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from trainlab import resuming, running
from trainlab.experiment.spec import Experiment
from trainlab.results.store import Reader
from trainlab.results.table import Results
from trainlab.stored import asked_before
from trainlab.tracking.destination import Destination, destination


def run(
    experiment: Experiment | str | Path,
    out: str | Path | None = None,
    *,
    seeds: int | None = None,
    epochs: int | None = None,
    until_decided: bool = False,
    at_most: int | None = None,
    allow_code: bool = False,
    show: Callable[[Any], None] = running.silent,
) -> Results:
    """Train every run of an experiment and give what came out.

    Interrupting keeps every finished epoch: the results so far come back, and ``resume`` goes on. Where the
    experiment says ``track``, MLflow is told too; whatever becomes of it, training goes on.

    Args:
        experiment: an experiment, or the path of an experiment file.
        out: folder for the results; left out, a new one under ``runs``.
        seeds: as many seeds instead of the file's; with ``until_decided``, as many before the first look.
        epochs: as many epochs instead of the file's.
        until_decided: whether seeds are added where a comparison is undecided, at looks that are planned
            beforehand and have their share of the level.
        at_most: how many seeds there may be then.
        allow_code: whether a Python file that the experiment names may run.
        show: told how far training is.

    Raises:
        UsageError: where the experiment says something impossible, or the folder holds results.
        DataError: where the data cannot be learned from.
        MissingError: where the folder cannot be written, or MLflow is asked for and not installed.
    """
    name = Path(experiment).stem if isinstance(experiment, (str, Path)) else "experiment"
    asked = running.read(experiment, seeds=None if until_decided else seeds, epochs=epochs)
    folder = running.new_folder(out, name)

    def train() -> Results:
        more = {"seeds": seeds} if until_decided or at_most is not None else {}
        return running.run(
            asked,
            folder,
            until_decided=until_decided,
            at_most=at_most,
            allow_code=allow_code,
            show=show,
            **more,
        )

    return tracked(asked, folder, train, allow_code=allow_code, show=show)


def resume(
    folder: str | Path,
    experiment: Experiment | None = None,
    *,
    allow_code: bool = False,
    show: Callable[[Any], None] = running.silent,
) -> Results:
    """Go on with an experiment from the last epoch of each run that was stored.

    Args:
        folder: what ``run`` has written.
        experiment: the same experiment again, where data or model live in memory; left out, it is read
            from the folder.
        allow_code: whether a Python file that the experiment names may run.
        show: told how far training is.

    Raises:
        UsageError: where the experiment is not the one that was begun.
        DataError: where the data have changed since.
        MissingError: where MLflow is asked for and not installed.
    """
    folder = Path(folder)
    with Reader(folder) as reader:
        asked = asked_before(folder, reader.facts(), experiment, "resume")

    def train() -> Results:
        return resuming.resume(folder, asked, allow_code=allow_code, show=show)

    return tracked(asked, folder, train, allow_code=allow_code, show=show)


def tracked(
    asked: Experiment,
    folder: Path,
    train: Callable[[], Results],
    *,
    allow_code: bool,
    show: Callable[[Any], None],
) -> Results:
    """Train, with the tracker following where the question asks for it.

    Args:
        asked: the question.
        folder: where results will be.
        train: trains into that folder.
        allow_code: whether a Python file that the experiment names may run.
        show: told how far training is, and in a line what could not be sent.
    """
    to = _destination(asked)
    if to is None:
        return train()

    # What a tracker is told is what a report says, and drawing it takes a second to import.
    from trainlab.tracking.following import following
    from trainlab.tracking.model import keep_model

    def tell(line: str) -> None:
        from trainlab.engine.training import Progress

        show(Progress(0.0, 0, line))

    with following(folder, to, tell=tell):
        results = train()
        keep_model(results, asked, allow_code=allow_code)
    return results


def _destination(asked: Experiment) -> Destination | None:
    track = getattr(asked, "track", None)
    return None if track is None else destination(track.uri)
