"""The numbers that the sheets print, as frozen values; they stand in ``printed.yaml``.

Nothing is computed here: what a number is compared with is made by ``reproduce.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FILE = Path(__file__).with_suffix(".yaml")


@dataclass(frozen=True)
class Printed:
    """One printed number, or the numbers of one curve.

    Args:
        what: what it is called.
        value: as printed; of a curve its last point.
        curve: all points of a curve, from the first epoch; empty for a single number.
        run: the design or the script that reproduces it.
        case: the variant of the design, or the case of the script.
        measure: which of its measures; of a curve, which curve.
        note: what has to be known to read the comparison.
        why: what would explain a number that is not found again.
        other: whether the run differs from the printed settings on purpose, to see what explains the number.
    """

    what: str
    value: float
    curve: tuple[float, ...]
    run: str
    case: str
    measure: str
    note: str = ""
    why: str = ""
    other: bool = False


@dataclass(frozen=True)
class Asked:
    """Where the same question is asked properly: a step of a full lab.

    Args:
        lab: name of the lab.
        step: name of the step.
        against: the variant that others are compared with.
        variants: which ones; none for all.
    """

    lab: str
    step: str
    against: str
    variants: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """One task of a sheet.

    Args:
        sheet: number and name of the sheet.
        name: where it stands there, in our words.
        rows: what is printed.
        lint: designs that are linted as they are printed.
        beyond: faults that no linter sees, since the design can't be said to trainlab, or needs the printed
            numbers to be seen.
        asked: where the question is asked properly.
    """

    sheet: str
    name: str
    rows: tuple[Printed, ...]
    lint: tuple[str, ...]
    beyond: str
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class Sheets:
    """What the sheets print.

    Args:
        tasks: every task with numbers whose settings are stated.
        unstated: sheet, and what it leaves out.
    """

    tasks: tuple[Task, ...]
    unstated: tuple[tuple[str, str], ...]


def read(file: Path = FILE) -> Sheets:
    """Read the printed numbers."""
    document = YAML(typ="safe", pure=True).load(file)
    tasks = tuple(
        Task(
            sheet=task["sheet"],
            name=task["task"],
            rows=tuple(_printed(row) for row in task["rows"]),
            lint=tuple(task.get("lint", ())),
            beyond=task.get("beyond", ""),
            asked=tuple(_asked(place) for place in task.get("asked", ())),
        )
        for task in document["tasks"]
    )
    return Sheets(tasks, tuple((sheet, what) for sheet, what in document["unstated"]))


def _printed(row: Mapping[str, Any]) -> Printed:
    points = row["printed"]
    curve = tuple(float(point) for point in points) if isinstance(points, list) else ()
    said = {key: value for key, value in row.items() if key != "printed"}
    return Printed(value=curve[-1] if curve else float(points), curve=curve, **said)


def _asked(place: Mapping[str, Any]) -> Asked:
    return Asked(place["lab"], place["step"], place["against"], tuple(place.get("variants", ())))
