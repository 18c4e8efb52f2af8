"""Two hundred runs are tracked in a minute.

200 runs of 20 epochs, four variants with 50 seeds each, go into MLflow in less than 60 seconds, from the
start of the process that sends to its end: into a fresh SQLite database, and to a server over HTTP.

    python benchmarks/claims/two_hundred_runs_are_tracked_in_a_minute.py [--server URI] [--rounds N]

Nothing is trained: the store holds numbers that were made up, which is all that a tracker sees of a run. The
time includes the import of MLflow, the tables of a new database, and the report that goes along. Without
``--server`` one is started.
"""

import argparse
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure
import numpy as np

CLAIMED, EPOCHS, SEEDS, ROWS = 60.0, 20, 50, 200
VARIANTS: dict[str, dict[str, Any]] = {
    "baseline": {},
    "dropout": {"dropout": 0.3},
    "l2": {"l2": 1e-3},
    "sgd": {"optimizer": {"sgd": {"momentum": 0.9}}, "learning_rate": 0.01},
}
PACKAGES = ("trainlab", "mlflow", "sqlalchemy", "numpy")


def made_up(folder: Path) -> None:
    """Write a store of two hundred runs."""
    from trainlab.testing.making_up import made_up as write

    drawn = np.random.default_rng(0)

    def curves(changes: dict[str, Any]) -> dict[str, Any]:
        risen = 0.9 - 0.5 * np.exp(-np.arange(EPOCHS) / 4)
        metric = risen + 0.01 * drawn.standard_normal((SEEDS, EPOCHS))
        losses = dict.fromkeys(("loss", "train_loss", "running_loss"), 1 - metric)
        return {"metric": metric, "train_metric": metric, **losses, "penalty": 0 * metric, "changes": changes}

    told = {name: curves(changes) for name, changes in VARIANTS.items()}
    facts = {"started": "2026-01-01T00:00:00+00:00", "fingerprint": "made up"}
    folder.mkdir()
    write(told, rows=ROWS, folder=folder, facts=facts)


@contextlib.contextmanager
def server(folder: Path) -> Iterator[str]:
    """Start a server of MLflow on a free port, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    store = ["--backend-store-uri", f"sqlite:///{folder / 'server.db'}"]
    files = ["--artifacts-destination", str(folder / "files")]
    asked = [sys.executable, "-m", "mlflow", "server", *store, *files, "--port", str(port), "--workers", "1"]
    # Its workers are started by name.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    process = subprocess.Popen(  # noqa: S603  # our own command line
        asked,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PATH": path, "MLFLOW_DISABLE_TELEMETRY": "true"},
    )
    uri = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 180
        while not answers(uri):
            if time.monotonic() > until or process.poll() is not None:
                raise SystemExit("the server did not start")
            time.sleep(0.5)
        yield uri
    finally:
        process.terminate()
        process.wait()


def answers(uri: str) -> bool:
    """Tell whether a server is there."""
    try:
        with urllib.request.urlopen(f"{uri}/health", timeout=2) as answer:  # noqa: S310  # http, by us
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def seconds(folder: Path, uri: str) -> float:
    """Time the command as a whole process, on a folder that was sent nowhere."""
    shutil.rmtree(folder / "tracking", ignore_errors=True)
    began = time.perf_counter()
    subprocess.run(  # noqa: S603  # our own command line
        [sys.executable, "-m", "trainlab", "track", str(folder), "--mlflow", uri],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


def main() -> None:
    """Make up runs, send them, and print a table."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--server")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--json", type=Path)
    given = asked.parse_args()
    around = measure.environment(PACKAGES)
    rounds = []
    with contextlib.ExitStack() as kept:
        scratch = Path(kept.enter_context(tempfile.TemporaryDirectory()))
        uri = given.server or kept.enter_context(server(scratch))
        for number in range(given.rounds):
            # A folder of its own each time: the server would find the runs of the last one again.
            folder = scratch / f"runs {number}"
            made_up(folder)
            database = f"sqlite:///{scratch / f'{number}.db'}"
            rounds.append({"SQLite": seconds(folder, database), "server": seconds(folder, uri)})
    found = {to: measure.spread(one[to] for one in rounds) for to in ("SQLite", "server")}
    rows = [(to, f"{one:.1f}", f"{CLAIMED:g}") for to, one in found.items()]
    print(measure.table(("200 runs to", "seconds", "claimed"), rows))
    print(f"load: {around['load']} before, {measure.load()} after")
    if given.json is not None:
        measure.write_json(given.json, {"environment": around, "rounds": rounds})
    assert all(one.median < CLAIMED for one in found.values())


if __name__ == "__main__":
    main()
