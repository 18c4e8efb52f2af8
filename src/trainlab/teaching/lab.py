"""A lab: a folder with a guide and numbered experiment files, in two profiles.

``quick`` asks its questions of small embedded data, ``full`` asks the same of the real ones. The guide's
first heading is the lab's title, the paragraph below it says what the lab is about. Nothing here trains.
"""

import difflib
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from trainlab.errors import MissingError, UsageError
from trainlab.experiment.ready_made import LABS

GUIDE = "guide.md"
PROFILES = ("quick", "full")

_QUESTION = re.compile(r"^question:\s*(.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Lab:
    """A lab.

    Args:
        folder: where its files stand.
        title: its title.
        about: what it is about, in a sentence or two.
        steps: names of its experiments, in their order.
    """

    folder: Path
    title: str
    about: str
    steps: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name: that of its folder."""
        return self.folder.name

    def file(self, step: str, profile: str) -> Path:
        """Give the experiment file of a step.

        Args:
            step: one of ``steps``.
            profile: ``"quick"`` or ``"full"``.

        Raises:
            UsageError: for a step that the lab does not have; what was probably meant is said.
        """
        if step not in self.steps:
            cure = f"{_meant(step, self.steps)}Its experiments are: {', '.join(self.steps)}."
            raise UsageError("the lab has no such experiment", self.name, step, cure)
        return self.folder / profile / f"{step}.yaml"

    def question(self, step: str, profile: str = "quick") -> str:
        """Give the question of a step as its file says it; empty where it says none."""
        said = _QUESTION.search(self.file(step, profile).read_text("utf-8"))
        return said.group(1).strip("\"'") if said else ""


def labs() -> tuple[Lab, ...]:
    """List the labs that come with trainlab, by name."""
    return tuple(open_lab(folder) for folder in sorted(LABS.iterdir()) if (folder / GUIDE).is_file())


def lab_named(name: str) -> Lab:
    """Give a lab that comes with trainlab.

    Raises:
        UsageError: for a name that is not known; what was probably meant is said.

    >>> lab_named("generalisation")
    Traceback (most recent call last):
    trainlab.errors.UsageError: labs: unknown lab (got 'generalisation'). Did you mean `generalization`? ...
    """
    known = {lab.name: lab for lab in labs()}
    if name in known:
        return known[name]
    raise UsageError("unknown lab", "labs", name, f"{_meant(name, known)}Known are: {', '.join(known)}.")


def open_lab(folder: str | Path) -> Lab:
    """Read a lab from its folder: one that comes with trainlab, or a copy of one, changed or not.

    Raises:
        UsageError: where the folder is no lab.
    """
    folder = Path(folder).absolute()
    if not is_lab(folder):
        cure = (
            "A lab has `guide.md` and experiment files in `quick`: `trainlab labs NAME --copy DIR` makes one."
        )
        raise UsageError("no lab there", str(folder), None, cure)
    lines = (folder / GUIDE).read_text("utf-8").splitlines()
    head = next((place for place, line in enumerate(lines) if line.startswith("# ")), None)
    title = folder.name if head is None else lines[head][2:].strip()
    about = " ".join(_paragraph(lines[0 if head is None else head + 1 :]))
    return Lab(folder, title, about, tuple(sorted(file.stem for file in (folder / "quick").glob("*.yaml"))))


def is_lab(folder: Path) -> bool:
    """Tell whether a folder is a lab."""
    return (folder / GUIDE).is_file() and any((folder / "quick").glob("*.yaml"))


def copy_lab(lab: Lab, folder: str | Path) -> Path:
    """Copy a lab, so that it can be changed and handed in.

    Args:
        lab: which.
        folder: where to; made where it is not there.

    Raises:
        UsageError: where the folder holds something already.
        MissingError: where it cannot be written.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("the folder is not empty", str(folder), None, "Choose an empty or a new one.")
    try:
        shutil.copytree(
            lab.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "runs")
        )
    except OSError as error:
        message = f"the lab cannot be copied: {error.strerror or error}"
        raise MissingError(message, str(folder), None, "Choose another folder.") from error
    return folder


def _meant(said: str, known: Iterable[str]) -> str:
    """Say what was probably meant; empty where nothing is near."""
    near = difflib.get_close_matches(said, list(known), n=1, cutoff=0.5)
    return f"Did you mean `{near[0]}`? " if near else ""


def _paragraph(lines: list[str]) -> Iterator[str]:
    """Give the first paragraph, line by line."""
    begun = False
    for line in lines:
        if line.strip():
            begun = True
            yield line.strip()
        elif begun:
            return
