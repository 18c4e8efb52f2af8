"""What benchmarks share: where they ran, workers that answer one question at a time, spreads, tables.

Knows nothing of networks, and imports nothing that is measured: whoever measures starts it as a worker, a
process of its own, and asks it in turn with the others. A machine that slows down for a while then slows all
of them down, and ratios taken within a round stay what they are.
"""

import contextlib
import datetime as dt
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[1]
# What a person may have set for other work would decide the outcome: workers start without it.
SET_BY_CONTENDERS = (
    "KERAS_BACKEND",
    "JAX_COMPILATION_CACHE_DIR",
    "JAX_NUM_CPU_DEVICES",
    "XLA_FLAGS",
    "OMP_NUM_THREADS",
    "PYTHONPATH",
)


@dataclass(frozen=True)
class Spread:
    """The middle of several measurements, the lowest and the highest."""

    median: float
    low: float
    high: float

    def __format__(self, form: str) -> str:
        return f"{self.median:{form}} ({self.low:{form}} to {self.high:{form}})"

    def document(self) -> dict[str, float]:
        """Give the three as plain values."""
        return asdict(self)


def spread(samples: Iterable[float]) -> Spread:
    """Sum up measurements.

    >>> f"{spread([3.0, 1.0, 2.5]):.1f}"
    '2.5 (1.0 to 3.0)'
    """
    found = list(samples)
    return Spread(statistics.median(found), min(found), max(found))


# ----------------------------------------------------------------------------------------- where it ran


def environment(packages: Sequence[str]) -> dict[str, Any]:
    """Give what decides speed: processor, cores, memory, versions, commit, and how busy the machine is.

    Args:
        packages: packages whose versions are told.
    """
    return {
        "started": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "system": f"{platform.system()} {platform.release()}",
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "load": load(),
        "versions": {"python": platform.python_version(), **versions(packages)},
        "commit": _commit(),
    }


def load() -> float | None:
    """Give the mean number of processes that wanted a core in the last minute."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def versions(packages: Sequence[str]) -> dict[str, str]:
    """Give the versions of packages, without importing them."""
    found = {}
    for package in packages:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def peak_bytes() -> int:
    """Give the most memory that this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _commit() -> str:
    def git(*words: str) -> str:
        command = ["git", "-C", str(ROOT), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603  (our own words)

    try:
        commit = git("rev-parse", "--short=10", "HEAD")
        changed = git("status", "--porcelain", "--", "src", "benchmarks")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit} with changes" if changed else commit


# -------------------------------------------------------------------------------------------- workers


class Worker:
    """A process that measures when it is asked.

    Args:
        file: script that is started as ``file --worker TASK``; there it calls ``serve``.
        task: what it is to measure.
        variables: environment of the process, added to ours.
    """

    def __init__(self, file: Path, task: Mapping[str, Any], variables: Mapping[str, str]) -> None:
        inherited = {key: value for key, value in os.environ.items() if key not in SET_BY_CONTENDERS}
        self.task = task
        self._process = subprocess.Popen(  # noqa: S603  (this interpreter, our own script)
            [sys.executable, str(file), "--worker", json.dumps(task)],
            env={**inherited, "TF_CPP_MIN_LOG_LEVEL": "2", **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def send(self, request: str) -> None:
        """Ask, without waiting for the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(request + "\n")
        self._process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """Wait for the answer."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the worker for {self.task} ended with {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ask(self, request: str) -> dict[str, Any]:
        """Ask, and wait for the answer."""
        self.send(request)
        return self.receive()

    def end(self) -> None:
        """Ask no more, and wait until the process is gone."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for end in (self._process.stdin, self._process.stdout):
            if end is not None:
                with contextlib.suppress(BrokenPipeError):
                    end.close()


def serve(handlers: Mapping[str, Callable[[], Mapping[str, Any]]]) -> None:
    """Answer requests, a line each, until nobody asks any more."""
    with _private_stdout() as answers:
        for request in sys.stdin:
            print(json.dumps(handlers[request.strip()]()), file=answers, flush=True)


@contextlib.contextmanager
def _private_stdout() -> Iterator[Any]:
    """Keep stdout for answers; whatever a library prints goes to stderr."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        yield answers


class Epochs:
    """Measures whole epochs, so many at a time that they take a while.

    Args:
        train: trains so many epochs and blocks until they are ready.
        steps: steps of one epoch.
        runs: how many runs are trained at once.
        seconds: what a measurement takes at least.
    """

    def __init__(self, train: Callable[[int], object], *, steps: int, runs: int, seconds: float) -> None:
        self.train = train
        self.steps = steps
        self.runs = runs
        self.seconds = seconds
        self.count = 1

    def warm(self) -> dict[str, Any]:
        """Train the first epoch, which compiles, and a second one, to know how many make a measurement."""
        first = self._seconds(1)
        self.count = max(1, -(-self.seconds // self._seconds(1)).__trunc__())
        return {"first_epoch_seconds": first, "steps": self.steps, "runs": self.runs}

    def measure(self) -> dict[str, Any]:
        """Train for a while and tell how long it took."""
        return {"seconds": self._seconds(self.count), "epochs": self.count}

    def _seconds(self, count: int) -> float:
        began = time.perf_counter()
        self.train(count)
        return time.perf_counter() - began


# ------------------------------------------------------------------------------------------- what is shown


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table that reads well as it is and as Markdown.

    >>> print(table(["who", "us"], [["lanes", "39"]]))
    | who   | us |
    |-------|----|
    | lanes | 39 |
    """
    cells = [list(head), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Write what was measured, raw samples included."""
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
