"""Seconds per run stay flat.

From 4 to 2,000 runs of 784-64-32-10 on 1,797 rows a further run costs the same within a tenth, everything
included: training, evaluation, what is looked at, the store, statistics and the report.

    python benchmarks/claims/seconds_per_run_stay_flat.py [--quick] [--json PATH] [--rounds N]

What a process pays once, as compiling and loading libraries, is no part of it: a further run is what a larger
experiment takes longer than a smaller one, by the runs that it has more. Each is the whole command, from the
start of its process, with no compiled program kept.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure
import numpy as np

RUNS, QUICK_RUNS = (4, 100, 500, 2000), (4, 20)
ROWS, INPUTS, CLASSES, EPOCHS = 1797, 784, 10, 10
CLAIMED = 0.1
PACKAGES = ("trainlab", "keras", "jax", "jaxlib", "numpy")
EXPERIMENT = """\
question: What does a further run cost?
data: {{npz: rows.npz}}
validation: {{holdout: 0.2}}
model: {{mlp: [64, 32]}}
recipe: {{optimizer: sgd, learning_rate: 0.01, batch_size: 32, epochs: {epochs}}}
variants: {{baseline: {{}}, l2: {{l2: 1e-3}}}}
seeds: {seeds}
"""


def write_rows(folder: Path) -> None:
    """Write rows that can be learned: a pattern for each class, and noise."""
    drawn = np.random.default_rng(0)
    classes = drawn.integers(0, CLASSES, ROWS)
    patterns = drawn.integers(0, 160, (CLASSES, INPUTS))
    rows = patterns[classes] + drawn.integers(0, 96, (ROWS, INPUTS))
    np.savez(folder / "rows.npz", x=rows.astype(np.uint8), y=classes)


def measured(folder: Path, runs: int, number: int) -> dict[str, Any]:
    """Run an experiment of so many runs as a command, and give its seconds, parts and bytes stored."""
    file = folder / f"runs-{runs}.yaml"
    file.write_text(EXPERIMENT.format(epochs=EPOCHS, seeds=runs // 2), encoding="utf-8")
    out = folder / f"out-{runs}-{number}"
    words = [sys.executable, "-m", "trainlab", "run", str(file), "--out", str(out), "--json", "--timings"]
    inherited = {key: value for key, value in os.environ.items() if key not in measure.SET_BY_CONTENDERS}
    variables = {"PYTHONPATH": str(measure.ROOT / "src"), "JAX_ENABLE_COMPILATION_CACHE": "false"}
    began = time.perf_counter()
    done = subprocess.run(  # noqa: S603  (our own words)
        words, env={**inherited, **variables}, capture_output=True, text=True, check=True, cwd=folder
    )
    seconds = time.perf_counter() - began
    stored = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    return {"seconds": seconds, "timings": json.loads(done.stdout)["timings"], "bytes": stored}


def summed_up(rounds: Mapping[int, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Say of each size what a further run costs, against the size before, in every round."""
    told = []
    for fewer, more in pairwise(rounds):
        further = [
            (large["seconds"] - small["seconds"]) / (more - fewer)
            for small, large in zip(rounds[fewer], rounds[more], strict=True)
        ]
        told.append({"from": fewer, "to": more, "seconds_per_run": measure.spread(further).document()})
    return told


def shown(document: Mapping[str, Any]) -> str:
    """Lay out what was measured."""
    where = document["environment"]
    machine = f"{where['processor']}, {where['cores']} cores, commit {where['commit']}, {where['started']}"
    how = f"{ROWS:,} rows, {EPOCHS} epochs; median of {document['rounds']} rounds (lowest to highest)"
    lines = [f"{machine}; {how}.", ""]
    rows = []
    for runs, samples in document["samples"].items():
        parts = samples[0]["timings"]
        row = [f"{int(runs):,}", f"{measure.spread([one['seconds'] for one in samples]):.1f}"]
        row += [f"{parts.get(name, 0.0):.1f}" for name in ("step", "evaluate", "look", "store", "report")]
        rows.append([*row, f"{samples[0]['bytes'] / 1e6:.1f}"])
    head = ("runs", "seconds", "steps", "evaluation", "looking", "store", "report", "MB stored")
    lines += [measure.table(head, rows), ""]
    further = [
        (f"{one['from']:,} to {one['to']:,}", f"{1e3 * one['seconds_per_run']['median']:.1f}")
        for one in document["further"]
    ]
    lines += [measure.table(("runs", "ms for a further run"), further), ""]
    medians = [one["seconds_per_run"]["median"] for one in document["further"]]
    apart = max(medians) / min(medians) - 1
    lines.append(f"Largest by smallest: {100 * apart:.0f} % apart (claimed: {100 * CLAIMED:.0f} %).")
    return "\n".join(lines)


def main() -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few runs and one round: is it in order?")
    parser.add_argument("--json", type=Path, help="write all samples there")
    parser.add_argument("--rounds", type=int, default=3, help="how often each size is measured (3)")
    options = parser.parse_args()
    sizes, rounds = (QUICK_RUNS, 1) if options.quick else (RUNS, options.rounds)
    environment = measure.environment(PACKAGES)
    samples: dict[int, list[dict[str, Any]]] = {runs: [] for runs in sizes}
    with tempfile.TemporaryDirectory() as place:
        write_rows(Path(place))
        for number in range(rounds):
            for runs in sizes:
                print(f"round {number + 1} of {rounds}: {runs:,} runs", file=sys.stderr)
                samples[runs].append(measured(Path(place), runs, number))
    document = {
        "schema": "trainlab/benchmark/1",
        "claim": Path(__file__).stem,
        "environment": {**environment, "load_after": measure.load()},
        "rounds": rounds,
        "samples": samples,
        "further": summed_up(samples),
    }
    print(shown(document))
    if options.json:
        measure.write_json(options.json, document)


if __name__ == "__main__":
    main()
