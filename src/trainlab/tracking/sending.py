"""Sending: one pass over a folder tells the tracker what it lacks.

Each request is acknowledged in the ledger after it was answered. So a pass may end anywhere, by a kill too:
the next one sends at most one batch again, which MLflow knows as the same.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainlab.errors import shortened
from trainlab.results.naming import counted
from trainlab.tracking.destination import Destination
from trainlab.tracking.ledger import Entry, Ledger
from trainlab.tracking.source import PARENT, Source, read_sources
from trainlab.tracking.summary import Summary, summarized
from trainlab.tracking.tracker import RefusedError, Tracker, UnreachableError


class OutOfTimeError(Exception):
    """There is no time left to send the rest."""


@dataclass(frozen=True)
class Sent:
    """What a pass has sent, and what it has not.

    Args:
        runs: runs that were told something.
        numbers: metrics sent.
        files: files sent.
        left: runs that the tracker does not have as they are.
        refused: run -> why the tracker does not take it.
        problem: why the pass ended early; empty where it did not.
    """

    runs: int = 0
    numbers: int = 0
    files: int = 0
    left: int = 0
    refused: tuple[tuple[str, str], ...] = ()
    problem: str = ""

    def __add__(self, other: "Sent") -> "Sent":
        return Sent(
            self.runs + other.runs,
            self.numbers + other.numbers,
            self.files + other.files,
            other.left,
            other.refused,
            other.problem,
        )

    def document(self, to: Destination) -> dict[str, Any]:
        """Give what ``--json`` prints.

        Args:
            to: where it was sent.
        """
        return {
            "schema": "trainlab/track/1",
            "mlflow": to.shown,
            "complete": self.complete,
            "runs": self.runs,
            "numbers": self.numbers,
            "files": self.files,
            "left": self.left,
            "refused": dict(self.refused),
            "problem": self.problem,
        }

    @property
    def complete(self) -> bool:
        """Whether the tracker has everything."""
        return not self.left and not self.refused and not self.problem


def never() -> bool:
    """Say that time is not up."""
    return False


class Sender:
    """Sends what a folder holds to one destination, pass by pass.

    Args:
        folder: folder of results.
        to: the destination.
        ledger: what was acknowledged.
        time_is_up: asked before each request.
    """

    def __init__(
        self, folder: Path, to: Destination, ledger: Ledger, time_is_up: Callable[[], bool] = never
    ) -> None:
        self._folder, self._to, self._ledger = folder, to, ledger
        self._time_is_up = time_is_up
        self._tracker: Tracker | None = None
        self._entries = ledger.entries()
        self._looked = False
        self._runs: set[str] = set()
        self._numbers = self._files = 0

    def send(self, *, last: bool, died: bool = False) -> Sent:
        """Send everything that is stored and was not acknowledged.

        Args:
            last: whether nothing more will come: the summary and files go too.
            died: whether whoever trained is gone, so that runs under way are interrupted.
        """
        self._runs, self._numbers, self._files = set(), 0, 0
        sources = read_sources(self._folder, died=died)
        problem = ""
        try:
            for source in sources:
                self._send_source(source, last=last)
            if last and sources:
                self._remove_twins()
        except (UnreachableError, RefusedError, OutOfTimeError) as error:
            problem = str(error)
        refused = [(item, entry.refused) for item, entry in sorted(self._entries.items()) if entry.refused]
        left = sum(self._lacks(source, run) for source in sources for run in source.runs)
        return Sent(len(self._runs), self._numbers, self._files, left, tuple(refused), problem)

    def _send_source(self, source: Source, *, last: bool) -> None:
        top = self._entry(PARENT).id if source.start else ""
        parent = source.parent
        lacking = [run for run in source.runs if self._lacks(source, run)]
        if lacking or last or not source.start:
            tags = {"mlflow.parentRunId": top} if top else {}
            self._make(source, parent, _parent_name(source, self._folder), tags)
            self._tell_status(source, parent, "RUNNING")
        above = self._entry(parent).id
        since = {run["run"]: self._entry(source.item(run)).epoch for run in lacking}
        records = source.records(since)
        for run in lacking:
            item = source.item(run)
            begun = run["run"] in records or source.status(run) != "RUNNING"
            if not begun or self._entry(item).refused:
                continue
            try:
                self._send_run(source, run, above, records.get(run["run"], []))
            except RefusedError as error:
                self._write(item, refused=str(error))
        if last:
            try:
                self._send_summary(source)
            except RefusedError as error:
                self._write(parent, refused=str(error))

    def _send_run(
        self, source: Source, run: Mapping[str, Any], above: str, records: list[tuple[Any, ...]]
    ) -> None:
        item, status = source.item(run), source.status(run)
        tags, endings = source.tags(run), source.endings(run)
        # With the tags of a run that has ended already, it is one request and one commit of theirs less.
        made = self._make(source, item, source.name(run), {"mlflow.parentRunId": above, **tags})
        entry = self._entry(item)
        told = _digest((tags, endings))
        if records or told != entry.told or entry.epoch < 0:
            measured = [one for record in records for one in source.measured(run, record)]
            parameters = source.parameters(run) if entry.epoch < 0 else {}
            more = {} if made else tags
            self._tracked().log(entry.id, source.began, [*measured, *endings], parameters, more)
            epoch = max([entry.epoch, 0, *(record[1] for record in records)])
            self._write(item, epoch=epoch, told=told)
            self._numbers += len(measured) + len(endings)
        self._tell_status(source, item, status)
        self._runs.add(item)

    def _send_summary(self, source: Source) -> None:
        parent = source.parent
        whole = bool(source.runs) and not source.start
        summary = summarized(source, self._folder) if whole else Summary.of_trials(source)
        entry = self._entry(parent)
        told = _digest((summary.parameters, summary.tags, summary.measured))
        if told != entry.told:
            parameters = summary.parameters if entry.epoch < 0 else {}
            self._tracked().log(entry.id, source.began, summary.measured, parameters, summary.tags)
            self._write(parent, epoch=0, told=told)
            self._numbers += len(summary.measured)
        there = self._ledger.files(parent)
        for file in summary.files:
            digest = _digest(file.read_bytes())
            if there.get(file.name) != digest:
                self._tracked().upload(entry.id, file)
                self._ledger.write_file(parent, file.name, digest)
                self._files += 1
        self._tell_status(source, parent, source.parent_status)

    def _tell_status(self, source: Source, item: str, status: str) -> None:
        entry = self._entry(item)
        whole = item == source.parent
        if whole and entry.status and status == "RUNNING" and source.parent_status != "RUNNING":
            return
        if entry.status != status:
            # A new run is RUNNING without being told.
            if entry.status or status != "RUNNING":
                self._tracked().set_status(entry.id, status, source.ended)
            self._write(item, status=status)

    def _make(self, source: Source, item: str, name: str, tags: Mapping[str, str]) -> bool:
        """See to it that the tracker has the run, once; tell whether it was made now."""
        tracker = self._tracked()
        entry = self._entry(item)
        if entry.tries and not entry.id and not self._looked:
            self._look()
            entry = self._entry(item)
        if entry.id:
            return False
        # Written first: a run that was made and not acknowledged is looked for, not made again.
        self._write(item, tries=entry.tries + 1)
        known = {"trainlab.version": source.facts.get("versions", {}).get("trainlab", "")}
        known["trainlab.fingerprint"] = str(source.facts.get("fingerprint", ""))
        try:
            made = tracker.make(name, item, self._ledger.folder_id, source.began, {**known, **tags})
        except UnreachableError:
            self._looked = False
            raise
        self._write(item, id=made)
        return True

    def _tracked(self) -> Tracker:
        """Give the tracker, connected; asks first whether there is time."""
        if self._time_is_up():
            raise OutOfTimeError("there was no time left to send the rest")
        if self._tracker is None:
            try:
                tracker = Tracker(self._to, self._ledger.experiment)
            except RefusedError as error:
                raise UnreachableError(str(error)) from error
            self._ledger.write_experiment(tracker.experiment)
            self._tracker = tracker
            # A ledger that knows nothing may be new, or lost: what is there says which.
            if PARENT not in self._entries:
                self._look()
        return self._tracker

    def _look(self) -> None:
        """Take up runs that the tracker has made without our knowing."""
        for item, ids in self._found().items():
            if not self._entry(item).id:
                self._write(item, id=ids[0])
        self._looked = True

    def _remove_twins(self) -> None:
        """Take away the second of two runs, where a slow server had made the one that was asked for again."""
        doubtful = [item for item, entry in self._entries.items() if entry.tries > 1]
        if not doubtful:
            return
        found = self._found()
        for item in doubtful:
            for twin in found.get(item, []):
                if twin != self._entry(item).id:
                    self._tracked().remove(twin)
            self._write(item, tries=1)

    def _found(self) -> dict[str, list[str]]:
        try:
            return self._tracked().find(self._ledger.folder_id)
        except RefusedError as error:
            raise UnreachableError(str(error)) from error

    def _lacks(self, source: Source, run: Mapping[str, Any]) -> bool:
        """Tell whether the tracker does not have a run as it is stored."""
        entry, status = self._entry(source.item(run)), source.status(run)
        if status == "RUNNING":
            return bool(run["epochs"] > max(entry.epoch, 0) or entry.status not in {"", status})
        told = _digest((source.tags(run), source.endings(run)))
        return bool(entry.status != status or entry.epoch < run["epochs"] or entry.told != told)

    def _entry(self, item: str) -> Entry:
        return self._entries.get(item, Entry())

    def _write(self, item: str, **changes: Any) -> None:
        self._entries[item] = replace(self._entry(item), **changes)
        self._ledger.write(item, self._entries[item])


def _parent_name(source: Source, folder: Path) -> str:
    name = folder.resolve().name
    return f"{name}: tuning" if source.start else name


def _digest(told: object) -> str:
    said = told if isinstance(told, bytes) else repr(told).encode()
    return f"{zlib.crc32(said):08x}{len(said):x}"


def said(sent: Sent, to: Destination, folder: Path) -> str:
    """Say in a line what was sent, and how the rest is.

    Args:
        sent: what was sent.
        to: where.
        folder: folder of results.
    """
    if sent.complete:
        return f"MLflow at {to.shown} has everything."
    if sent.refused and not sent.problem:
        item, why = sent.refused[0]
        more = f" (and {len(sent.refused) - 1} more)" if len(sent.refused) > 1 else ""
        return f"MLflow at {to.shown} does not take run {item}{more}: {shortened(why, 200)}."
    lacks = f"lacks {counted(sent.left, 'run')}" if sent.left else "may not have everything"
    why = f": {sent.problem.rstrip('.')}" if sent.problem else ""
    return f"MLflow at {to.shown} {lacks}{why}. Nothing is lost: send the rest by `trainlab track {folder}`."
