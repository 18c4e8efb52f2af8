"""The store: one folder per experiment, one SQLite file in it, one writer.

Every finished epoch is durable when ``write_epoch`` returns (WAL, ``synchronous=FULL``), and a run's ending
arrives whole or not at all. Readers open the file read-only at any time. The writer holds a lock on the
folder, so a second process is told, and checkpoints of the log happen on its connection only: this keeps
clear of the WAL-reset fault of SQLite before 3.51.3.
The store knows rows and bytes; what they mean stands in ``table``.
"""

import contextlib
import functools
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from trainlab.errors import MissingError, UsageError
from trainlab.results.locking import HeldError, locked
from trainlab.results.outcome import Outcome
from trainlab.results.records import EPOCH_COLUMNS, EpochRecord, RunEnding
from trainlab.stopwatch import part

FORMAT = 2
# Formats that are still read: 1 knew no ensembles and no pruning.
READ = (1, 2)
FILE = "results.sqlite"

_ENDING_COLUMNS = {
    "outcome": "INTEGER NOT NULL DEFAULT 0",
    "epochs": "INTEGER NOT NULL DEFAULT 0",
    "chosen_epoch": "INTEGER NOT NULL DEFAULT 0",
    "best_epoch": "INTEGER NOT NULL DEFAULT 0",
    "diverged_step": "INTEGER",
    "score": "REAL",
    "loss": "REAL",
    "train_score": "REAL",
    "train_loss": "REAL",
    "parameters": "INTEGER",
    "steps": "INTEGER",
    "unpruned_score": "REAL",
    "pruned_share": "REAL",
}
# Columns that came with format 2, and what format 1 means by leaving them out.
_SINCE_2 = {"member": "0", "members": "0", "unpruned_score": "NULL", "pruned_share": "0"}
_ROW_ARRAYS = ("row_scores", "row_losses", "outputs")

_SCHEMA = f"""
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE runs (
    run INTEGER PRIMARY KEY, variant INTEGER NOT NULL, seed INTEGER NOT NULL, fold INTEGER NOT NULL,
    cohort INTEGER NOT NULL, member INTEGER NOT NULL, members INTEGER NOT NULL,
    {", ".join(f"{name} {kind}" for name, kind in _ENDING_COLUMNS.items())},
    UNIQUE (variant, seed, fold, member)
);
CREATE TABLE epochs (
    run INTEGER NOT NULL, epoch INTEGER NOT NULL, {", ".join(f"{name} REAL" for name in EPOCH_COLUMNS)},
    PRIMARY KEY (run, epoch)
) WITHOUT ROWID;
CREATE TABLE arrays (
    owner TEXT NOT NULL, name TEXT NOT NULL, dtype TEXT NOT NULL, shape TEXT NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (owner, name)
);
PRAGMA user_version = {FORMAT};
"""


class Writer:
    """The one writer of an experiment's folder; a context manager.

    Raises:
        UsageError: where another process writes to the folder.
        MissingError: where the folder cannot be written or the disk is full.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = _locked(folder)
        try:
            with _translated(folder):
                self._connection = sqlite3.connect(folder / FILE, isolation_level=None, timeout=30)
        except BaseException:
            self._lock.close()
            raise
        try:
            with _readable(folder / FILE), _translated(folder):
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = FULL")
                if self._connection.execute("PRAGMA user_version").fetchone()[0] == 0:
                    self._connection.executescript(f"BEGIN;{_SCHEMA}COMMIT;")
                _check_format(self._connection, folder, (FORMAT,))
        except BaseException:
            self._connection.close()
            self._lock.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        self._lock.close()

    def write_facts(self, facts: Mapping[str, object]) -> None:
        """Store facts of the whole experiment, each as JSON, replacing what had the name."""
        with self._transaction() as cursor:
            cursor.executemany(
                "INSERT OR REPLACE INTO facts VALUES (?, ?)",
                [(name, json.dumps(value, allow_nan=False)) for name, value in facts.items()],
            )

    def declare_runs(self, runs: list[tuple[int, int, int, int, int, int, int]]) -> None:
        """Store which runs there will be: ``(run, variant, seed, fold, cohort, member, members)``.

        Numbers of positions; an ensemble, which no cohort trains, has cohort -1.
        """
        columns = "run, variant, seed, fold, cohort, member, members"
        with self._transaction() as cursor:
            cursor.executemany(f"INSERT INTO runs ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", runs)

    def write_arrays(self, owner: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Store arrays under an owner's name."""
        with self._transaction() as cursor:
            _put_arrays(cursor, owner, arrays)

    def write_arrays_of(self, owned: Mapping[str, Mapping[str, NDArray[Any]]]) -> None:
        """Store arrays of many owners at once: owner -> name -> array."""
        with self._transaction() as cursor:
            for owner, arrays in owned.items():
                _put_arrays(cursor, owner, arrays)

    def write_epoch(self, epoch: int, records: Mapping[int, EpochRecord]) -> None:
        """Store one epoch (from 1) of many runs at once; when this returns, they are durable."""
        marks = ", ".join("?" * (2 + len(EPOCH_COLUMNS)))
        with self._transaction() as cursor:
            cursor.executemany(
                f"INSERT OR REPLACE INTO epochs VALUES ({marks})",
                [(run, epoch, *map(_finite, astuple(record))) for run, record in records.items()],
            )
            cursor.executemany(
                "UPDATE runs SET epochs = max(epochs, ?) WHERE run = ?", [(epoch, run) for run in records]
            )

    def write_endings(self, endings: Mapping[int, RunEnding]) -> None:
        """Store how runs ended, with their results row by row, all or nothing."""
        columns = ", ".join(f"{name} = ?" for name in _ENDING_COLUMNS)
        with self._transaction() as cursor:
            for run, ending in endings.items():
                values = [getattr(ending, name) for name in _ENDING_COLUMNS]
                cursor.execute(f"UPDATE runs SET {columns} WHERE run = ?", [*map(_finite, values), run])
                arrays = {name: getattr(ending, name) for name in _ROW_ARRAYS}
                given = {name: array for name, array in arrays.items() if array is not None}
                _put_arrays(cursor, f"run/{run}", given)

    def mark_interrupted(self) -> None:
        """Store that every run still under way was interrupted."""
        with self._transaction() as cursor:
            cursor.execute(
                "UPDATE runs SET outcome = ? WHERE outcome = ?", (Outcome.INTERRUPTED, Outcome.RUNNING)
            )

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Cursor]:
        with part("store"), _translated(self.folder):
            cursor = self._connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    cursor.execute("ROLLBACK")
                raise


class Reader:
    """Reads an experiment's folder, also while it is being written; a context manager.

    Raises:
        UsageError: where the folder holds no results, results of another format, or a damaged file.
    """

    def __init__(self, folder: Path) -> None:
        self._path = path = folder / FILE
        if not path.is_file():
            raise UsageError("no results there", str(folder), None, _where_results_are(folder))
        with _readable(path):
            self._connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=30)
        try:
            with _readable(path):
                self._format = _check_format(self._connection, folder, READ)
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def facts(self) -> dict[str, Any]:
        """Give the facts of the whole experiment."""
        return {name: json.loads(value) for name, value in self._all("SELECT * FROM facts")}

    def runs(self) -> list[dict[str, Any]]:
        """Give every declared run with how it ended, in the order of their numbers."""
        names = ("run", "variant", "seed", "fold", "cohort", "member", "members", *_ENDING_COLUMNS)
        asked = [_SINCE_2[name] if self._format == 1 and name in _SINCE_2 else name for name in names]
        rows = self._all(f"SELECT {', '.join(asked)} FROM runs ORDER BY run")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def epochs(self) -> list[tuple[Any, ...]]:
        """Give all epoch records as ``(run, epoch, *EPOCH_COLUMNS)``."""
        return self._all("SELECT * FROM epochs")

    def array(self, owner: str, name: str) -> NDArray[Any] | None:
        """Give a stored array, or None where there is none."""
        found = self._all("SELECT dtype, shape, bytes FROM arrays WHERE owner = ? AND name = ?", owner, name)
        if not found:
            return None
        dtype, shape, content = found[0]
        return np.frombuffer(content, np.dtype(dtype)).reshape(_shape(shape))

    def arrays(self, owner: str, start: str) -> dict[str, NDArray[Any]]:
        """Give the stored arrays of an owner whose names start so."""
        asked = "SELECT name, dtype, shape, bytes FROM arrays WHERE owner = ? AND name >= ? AND name < ?"
        return {
            name: np.frombuffer(content, np.dtype(dtype)).reshape(_shape(shape))
            for name, dtype, shape, content in self._all(asked, owner, start, start + "\U0010ffff")
        }

    def _all(self, question: str, *values: str) -> list[tuple[Any, ...]]:
        with _readable(self._path):
            return self._connection.execute(question, values).fetchall()


@functools.cache
def _shape(text: str) -> tuple[int, ...]:
    """Read a shape; a thousand runs have some ten of them in all."""
    return tuple(json.loads(text))


def _put_arrays(cursor: sqlite3.Cursor, owner: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    cursor.executemany(
        "INSERT OR REPLACE INTO arrays VALUES (?, ?, ?, ?, ?)",
        [
            (owner, name, array.dtype.str, json.dumps(array.shape), np.ascontiguousarray(array).tobytes())
            for name, array in arrays.items()
        ],
    )


def _finite(value: Any) -> Any:
    """SQLite turns NaN into NULL but keeps infinities, which JSON cannot write: both become NULL."""
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return int(value) if isinstance(value, (np.integer, Outcome)) else value


def _where_results_are(folder: Path) -> str:
    """Say what to give instead of a folder without results: one of those in it, as of a lab."""
    inside = sorted(file.parent.name for file in folder.glob(f"*/{FILE}"))
    if inside:
        return f"Give one of the folders in it: {', '.join(inside)}."
    return "Give a folder that `trainlab run` has written."


def _check_format(connection: sqlite3.Connection, folder: Path, known: tuple[int, ...]) -> int:
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found == 0:
        raise UsageError(
            "nothing is stored there", str(folder), None, "Run the experiment into a new folder."
        )
    if found not in known:
        cure = "Open them with the version of trainlab that wrote them, or a newer one."
        if found in READ:
            cure = "Go on with the version of trainlab that wrote them; `trainlab show` still reads them."
        formats = " or ".join(str(number) for number in known)
        raise UsageError(
            f"the results have format {found}, and format {formats} is needed", str(folder), None, cure
        )
    return found


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise UsageError(
            f"the results cannot be read: {error}", str(path), None, "Restore the file, or run again."
        ) from error


@contextlib.contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.OperationalError, OSError) as error:
        raise MissingError(
            f"the results cannot be written: {error}",
            str(folder),
            None,
            "Free space, or choose another folder with `--out`; `trainlab resume` goes on from there.",
        ) from error


def _locked(folder: Path) -> IO[str]:
    try:
        return locked(folder / "writer.lock")
    except OSError as error:
        raise MissingError(
            f"the folder cannot be written: {error.strerror}",
            str(folder),
            None,
            "Choose another with `--out`.",
        ) from error
    except HeldError as error:
        raise UsageError(
            f"process {error.holder} is writing to this folder",
            str(folder),
            None,
            "Wait for it, or choose another folder; `trainlab show` reads it meanwhile.",
        ) from None
