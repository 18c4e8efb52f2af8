"""A lab that is being run: its experiments one after the other, each into a folder of its own.

``lab.json`` says what was asked for, so that a session that was interrupted goes on with what is missing.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from trainlab.errors import UsageError
from trainlab.experiment.ready_made import LABS
from trainlab.reporting.faces.pages import REPORT
from trainlab.reporting.faces.series import series_report
from trainlab.reporting.facts.outline import outline
from trainlab.results.files import write_whole
from trainlab.results.store import FILE
from trainlab.results.table import Results, open_results
from trainlab.running import make_folder, new_folder, silent
from trainlab.teaching.drawing import Drawer, Drawing
from trainlab.teaching.lab import Lab, lab_named, open_lab
from trainlab.tracking.verbs import resume, run

NOTE = "lab.json"
PAGE = "index.html"
_SCHEMA = "trainlab/lab/1"


@dataclass(frozen=True)
class Session:
    """What was asked for, as the folder of a lab's results remembers it.

    Args:
        folder: where the results of all experiments stand.
        lab: name of a lab that comes with trainlab, or the path of another.
        title: its title.
        profile: ``"quick"`` or ``"full"``.
        steps: its experiments, in their order.
        seeds: as many seeds instead of the files'; None for theirs.
        epochs: as many epochs instead of the files'; None for theirs.
        done: the experiments that have ended.
    """

    folder: Path
    lab: str
    title: str
    profile: str
    steps: tuple[str, ...]
    seeds: int | None = None
    epochs: int | None = None
    done: tuple[str, ...] = ()

    @property
    def results(self) -> tuple[Results, ...]:
        """What the experiments that were begun have given."""
        begun = (self.folder / step for step in self.steps)
        return tuple(open_results(folder) for folder in begun if (folder / FILE).is_file())

    @property
    def missing(self) -> tuple[str, ...]:
        """The experiments that were not begun, or were interrupted."""
        return tuple(step for step in self.steps if step not in self.done)


def begin_session(
    lab: Lab,
    out: str | Path | None = None,
    *,
    full: bool = False,
    seeds: int | None = None,
    epochs: int | None = None,
) -> Session:
    """Make the folder for a lab's results, and note in it what is asked for.

    Args:
        lab: which.
        out: the folder; left out, a new one under ``runs``.
        full: whether the full profile is run, else the quick one.
        seeds: as many seeds instead of the files'.
        epochs: as many epochs instead of the files'.

    Raises:
        UsageError: where the folder holds something already.
        MissingError: where it cannot be made.
    """
    folder = new_folder(out, lab.name)
    make_folder(folder)
    said = lab.name if lab.folder.parent == LABS else str(lab.folder)
    profile = "full" if full else "quick"
    session = Session(folder, said, lab.title, profile, lab.steps, seeds, epochs)
    _note(session)
    return session


def _note(session: Session) -> None:
    noted = {"schema": _SCHEMA, **asdict(session)}
    del noted["folder"]  # where it stands says that, also when it is moved
    write_whole(session.folder / NOTE, json.dumps(noted, indent=1).encode())


def is_session(folder: Path) -> bool:
    """Tell whether a folder holds the results of a lab."""
    return (folder / NOTE).is_file()


def open_session(folder: str | Path) -> Session:
    """Read what was asked for from the folder of a lab's results.

    Raises:
        UsageError: where the note is not there or damaged.
    """
    folder = Path(folder)
    try:
        noted = json.loads((folder / NOTE).read_text("utf-8"))
        del noted["schema"]
        lists = {name: tuple(noted[name]) for name in ("steps", "done")}
        return Session(**{**noted, **lists}, folder=folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        cure = "Run the lab into a new folder."
        raise UsageError(
            "no lab was run there, or its note is damaged", str(folder / NOTE), None, cure
        ) from error


def go_on(
    session: Session,
    *,
    allow_code: bool = False,
    show: Callable[[Any], None] = silent,
    tell: Callable[[str, str], None] | None = None,
) -> Iterator[Results]:
    """Run what is missing, and give the results of each experiment when it has ended.

    An interruption ends the session: what it interrupted comes back with its results so far. The report of
    each experiment stands beside its results, and at the end of the session that of all in ``index.html``.

    Args:
        session: what was asked for.
        allow_code: whether a Python file that an experiment names may run; what came with trainlab may.
        show: told how far training is.
        tell: told which experiment begins, and its question.

    Raises:
        UsageError: where an experiment says something impossible, as in a changed copy.
        DataError: where data cannot be learned from.
        MissingError: where data have to be downloaded and cannot be.
    """
    own = Path(session.lab)
    lab = open_lab(own) if own.is_absolute() else lab_named(session.lab)
    drawer = Drawer()
    try:
        for step in session.missing:
            if tell is not None:
                tell(step, lab.question(step, session.profile))
            results = _run_or_resume(session, lab, step, allow_code=allow_code, show=show)
            ended = not results.facts.get("interrupted")
            if ended:
                session = replace(session, done=(*session.done, step))
                _note(session)
            _draw(session, results.folder, drawer, last=not (ended and session.missing))
            yield results
            if not ended:
                return
    finally:
        drawer.end()


def _run_or_resume(
    session: Session, lab: Lab, step: str, *, allow_code: bool, show: Callable[[Any], None]
) -> Results:
    folder = session.folder / step
    if (folder / FILE).is_file():
        return resume(folder, allow_code=allow_code, show=show)
    file = lab.file(step, session.profile)
    return run(file, folder, seeds=session.seeds, epochs=session.epochs, allow_code=allow_code, show=show)


def _draw(session: Session, folder: Path, drawer: Drawer, *, last: bool) -> None:
    """Have the report of an experiment drawn, and with the last one the page of all."""
    report = Drawing(str(folder / REPORT), [str(folder)])
    if not last:
        drawer.beside(report)
        return
    begun = [str(one.folder) for one in session.results]
    everything = Drawing(str(session.folder / PAGE), begun, session.title)
    drawer.at_last(report)
    if drawer.is_beside:
        drawer.beside(everything)
    else:
        drawer.at_last(everything)


def session_report(session: Session, path: str | Path) -> Path:
    """Write the short report on all experiments of a session; the face is told by the file's name.

    Raises:
        UsageError: where no experiment has begun, and for a name that ends otherwise.
        MissingError: where the file cannot be written, or the extra ``pdf`` is not installed.
    """
    results = session.results
    if not results:
        cure = f"Run it: trainlab resume {session.folder}"
        raise UsageError("no experiment of the lab has begun", str(session.folder), None, cure)
    return series_report(session.title, {one.folder: outline(one) for one in results}, path)
