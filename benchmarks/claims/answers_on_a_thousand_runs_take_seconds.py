"""Answers on a thousand runs take seconds.

`compare` and `diagnose` on 1,000 stored runs of 50 epochs take less than 3 seconds each as whole processes,
and the HTML report less than 15, without importing JAX.

    python benchmarks/claims/answers_on_a_thousand_runs_take_seconds.py [--folder DIR] [--rounds N]

Ten variants with 100 seeds each are really trained on the digits first (some minutes), unless `--folder`
names results; so the store holds everything that a run leaves behind. Commands are asked in turn, round after
round.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure

CLAIMED = {"compare": 3.0, "diagnose": 3.0, "report": 15.0}
QUESTION = """
question: How long do answers on a thousand runs take?
data: digits
validation: {holdout: 0.2}
model: {mlp: [16]}
recipe: {optimizer: adam, learning_rate: 1e-3, batch_size: 64, epochs: 50}
variants:
  baseline: {}
  l2 1e-4: {l2: 1e-4}
  l2 1e-3: {l2: 1e-3}
  l2 1e-2: {l2: 1e-2}
  dropout 0.1: {dropout: 0.1}
  dropout 0.3: {dropout: 0.3}
  dropout 0.5: {dropout: 0.5}
  rate 3e-3: {learning_rate: 3e-3}
  rate 1e-2: {learning_rate: 1e-2}
  smoothing: {label_smoothing: 0.1}
seeds: 100
"""
PACKAGES = ("trainlab", "numpy", "scipy", "matplotlib")
# Raises where an answer imports what it must not need.
WITHOUT_JAX = (
    "import sys; sys.modules['jax'] = sys.modules['keras'] = None; from trainlab.cli import main; main()"
)


def trained(folder: Path) -> Path:
    """Train the thousand runs."""
    file = folder / "thousand.yaml"
    file.write_text(QUESTION, encoding="utf-8")
    command = [sys.executable, "-m", "trainlab", "run", str(file), "--out", str(folder / "runs"), "--quiet"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # our own command line
    return folder / "runs"


def seconds(command: str, folder: Path) -> float:
    """Time one command as a whole process."""
    options = ["--html", str(folder / "timed.html")] if command == "report" else ["--json"]
    # Installed packages have their byte code; a checkout may have been told not to write any.
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    subprocess.run(  # noqa: S603  # our own command line
        [sys.executable, "-c", WITHOUT_JAX, command, str(folder), *options],
        check=True,
        stdout=subprocess.DEVNULL,
        env=settings,
    )
    return time.perf_counter() - began


def main() -> None:
    """Train, time and print a table."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--folder", type=Path)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--json", type=Path)
    given = asked.parse_args()
    around = measure.environment(PACKAGES)
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or trained(Path(scratch))
        for command in CLAIMED:
            seconds(command, folder)
        rounds = [{command: seconds(command, folder) for command in CLAIMED} for _ in range(given.rounds)]
    found = {command: measure.spread(one[command] for one in rounds) for command in CLAIMED}
    rows = [(command, f"{one:.2f}", f"{CLAIMED[command]:g}") for command, one in found.items()]
    print(measure.table(("command", "seconds", "claimed"), rows))
    if given.json is not None:
        measure.write_json(given.json, {"environment": around, "rounds": rounds})


if __name__ == "__main__":
    main()
