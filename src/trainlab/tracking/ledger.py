"""The ledger: what a tracker has acknowledged, on disk, so that a kill at any moment replays without twins.

The queue itself is our store: whatever is in it and not in here is still to be sent.
The ledger knows items by name ("experiment", "17", "tuning/17") and nothing of what they hold.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from trainlab.errors import MissingError, UsageError
from trainlab.results.locking import HeldError, locked

FOLDER = "tracking"
FILE = "ledger.sqlite"

_SCHEMA = """
BEGIN;
CREATE TABLE IF NOT EXISTS folder (id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS destinations (
    uri TEXT PRIMARY KEY, experiment TEXT NOT NULL DEFAULT '', used INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS runs (
    uri TEXT NOT NULL, item TEXT NOT NULL, id TEXT NOT NULL DEFAULT '', tries INTEGER NOT NULL DEFAULT 0,
    epoch INTEGER NOT NULL DEFAULT -1, told TEXT NOT NULL DEFAULT '', status TEXT NOT NULL DEFAULT '',
    refused TEXT NOT NULL DEFAULT '', PRIMARY KEY (uri, item)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    uri TEXT NOT NULL, item TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL,
    PRIMARY KEY (uri, item, name)
) WITHOUT ROWID;
COMMIT;
"""


@dataclass(frozen=True)
class Entry:
    """What a tracker has acknowledged of one run.

    Args:
        id: the tracker's name for the run; empty where it has given none.
        tries: how often it was asked to make the run.
        epoch: the last epoch it has; -1 where it has not even the parameters.
        told: digest of what was told last beside epochs.
        status: the status it has.
        refused: why it does not take the run, in words.
    """

    id: str = ""
    tries: int = 0
    epoch: int = -1
    told: str = ""
    status: str = ""
    refused: str = ""


class Ledger:
    """The ledger of one folder for one destination; a context manager that one process has at a time.

    Args:
        folder: folder of results.
        uri: the destination, without secrets.
        usual_id: the folder's name where the ledger has none yet.

    Raises:
        UsageError: where another process is sending.
        MissingError: where it can't be written.
    """

    def __init__(self, folder: Path, uri: str, usual_id: str) -> None:
        self._path, self._uri = folder / FOLDER, uri
        with self._translated():
            self._path.mkdir(exist_ok=True)
            self._lock = _locked(self._path)
            try:
                # A lost line is sent again, which changes nothing: syncing each would cost more than that.
                self._connection = sqlite3.connect(self._path / FILE, isolation_level=None, timeout=10)
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = NORMAL")
                self._connection.executescript(_SCHEMA)
                self.folder_id = self._folder_id(usual_id)
                self._write(
                    "INSERT INTO destinations (uri, used) SELECT ?, 1 + coalesce(max(used), 0) "
                    "FROM destinations WHERE true "
                    "ON CONFLICT (uri) DO UPDATE SET used = excluded.used",
                    uri,
                )
            except BaseException:
                self._lock.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        self._lock.close()

    @property
    def experiment(self) -> str:
        """The tracker's name for the experiment; empty where it has given none."""
        asked = "SELECT experiment FROM destinations WHERE uri = ?"
        return str(self._connection.execute(asked, (self._uri,)).fetchone()[0])

    def entries(self) -> dict[str, Entry]:
        """Give what is known of every item."""
        asked = "SELECT item, id, tries, epoch, told, status, refused FROM runs WHERE uri = ?"
        return {item: Entry(*rest) for item, *rest in self._connection.execute(asked, (self._uri,))}

    def files(self, item: str) -> dict[str, str]:
        """Give the digests of the files that the tracker has of an item, by name."""
        asked = "SELECT name, digest FROM files WHERE uri = ? AND item = ?"
        return dict(self._connection.execute(asked, (self._uri, item)).fetchall())

    def write_experiment(self, name: str) -> None:
        """Keep the tracker's name for the experiment."""
        self._write("UPDATE destinations SET experiment = ? WHERE uri = ?", name, self._uri)

    def write_file(self, item: str, name: str, digest: str) -> None:
        """Keep that the tracker has a file."""
        self._write("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", self._uri, item, name, digest)

    def write(self, item: str, entry: Entry) -> None:
        """Keep what the tracker has of an item."""
        values = (entry.id, entry.tries, entry.epoch, entry.told, entry.status, entry.refused)
        self._write("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", self._uri, item, *values)

    def try_again(self) -> None:
        """Forget refusals, so that what was refused is sent once more."""
        self._write("UPDATE runs SET refused = '' WHERE uri = ?", self._uri)

    def _folder_id(self, usual: str) -> str:
        found = self._connection.execute("SELECT id FROM folder").fetchone()
        if found is None:
            self._write("INSERT INTO folder VALUES (?)", usual)
        return usual if found is None else str(found[0])

    def _write(self, statement: str, *values: object) -> None:
        with self._translated():
            self._connection.execute(statement, values)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            message = f"the ledger of what was sent can't be written: {error}"
            raise MissingError(message, str(self._path), None, "Free space; nothing is lost.") from error


def last_destination(folder: Path) -> str | None:
    """Give the URI that a folder was sent to last; None where it was sent nowhere."""
    file = folder / FOLDER / FILE
    if not file.is_file():
        return None
    try:
        with contextlib.closing(sqlite3.connect(file, timeout=10)) as connection:
            found = connection.execute("SELECT uri FROM destinations ORDER BY used DESC").fetchone()
    except sqlite3.Error:
        return None
    return None if found is None else str(found[0])


def _locked(path: Path) -> IO[str]:
    try:
        return locked(path / "sender.lock")
    except HeldError:
        message, cure = "another process is sending these results", "Wait for it: it sends the same."
        raise UsageError(message, str(path.parent), None, cure) from None
