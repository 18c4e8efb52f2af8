"""How fast is trainlab beside others, and how near to what the machine can do?

    python benchmarks/speed.py [WORK ...] [--quick] [--rounds N] [--json PATH]

Works are those of `works.py`: steady ones (`a`, `b`, `c`, `conv`, `thousand`) and whole ones (`fashion`,
`digits`, `one`, `search`); left out, all of them. Prints Markdown and writes JSON with all samples. It never
fails: what was claimed stands beside what was measured. `--quick` says whether it is in order, and its
figures say nothing.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import measure
import steady
import tables
import whole
import works
from contenders.team import OURS, TEAM

SCHEMA = "trainlab/speed/1"
PACKAGES = (
    "trainlab",
    "keras",
    "jax",
    "jaxlib",
    "numpy",
    "tensorflow-cpu",
    "tensorflow",
    "torch",
    "scikit-learn",
)
ACCELERATED = "a1024"
ROUNDS = {"steady": 5, "whole": 3}


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """Measure the works that are asked for.

    Args:
        options: of the command line.
    """
    names = options.works or [name for name in (*works.STEADY, *works.WHOLE) if name != ACCELERATED]
    contenders = options.contenders or list(TEAM)
    if options.quick:
        contenders = [key for key in contenders if TEAM[key].processes == 1]
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "environment": measure.environment(PACKAGES),
        "quick": options.quick,
        "words": [],
        "works": {},
    }
    rounds = {kind: 1 if options.quick else options.rounds or usual for kind, usual in ROUNDS.items()}
    lasting = [name for name in names if name in works.STEADY]
    # Processes are shared by works where memory is of no interest.
    for group in [lasting] if options.quick and lasting else [[name] for name in lasting]:
        found = steady.measured(group, contenders, small=options.quick, rounds=rounds["steady"])
        document["works"] |= found
        if "a" in found and ACCELERATED not in names:
            if found["a"]["contenders"].get(OURS, {}).get("accelerated"):
                more = steady.measured(
                    [ACCELERATED], contenders, small=options.quick, rounds=rounds["steady"]
                )
                document["works"] |= more
            else:
                document["words"].append(f"JAX has no GPU here, so there is no work `{ACCELERATED}`.")
        _keep(options, document)
    for name in names:
        if name in works.WHOLE:
            document["works"][name] = whole.measured(
                name, contenders, small=options.quick, rounds=rounds["whole"], runs=options.runs
            )
            _keep(options, document)
    return document


def _keep(options: argparse.Namespace, document: dict[str, Any]) -> None:
    """Write what is there so far: a full run takes long, and what is done stays done."""
    devices = [
        one["device"]
        for work in document["works"].values()
        for one in work["contenders"].values()
        if "device" in one
    ]
    document["device"] = devices[0] if devices else "cpu"
    document["environment"]["load_after"] = measure.load()
    if options.json:
        measure.write_json(options.json, document)


def main() -> None:
    """Measure, or be a worker of those who do."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    names = [*works.STEADY, *works.WHOLE]
    parser.add_argument("works", nargs="*", metavar="WORK", help=f"of {', '.join(names)} (all)")
    parser.add_argument("--quick", action="store_true", help="few rows, one round: is it in order?")
    parser.add_argument("--rounds", type=int, help="how often each is measured (5 steady, 3 whole)")
    parser.add_argument("--runs", type=int, default=1, help="runs that others fit of each variant (1)")
    parser.add_argument("--contenders", nargs="+", choices=list(TEAM), help="who takes part (all)")
    parser.add_argument("--json", type=Path, help="write all samples there")
    parser.add_argument("--worker", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        (whole if options.worker.get("whole") else steady).work_for(options.worker)
        return
    unknown = [name for name in options.works if name not in names]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known are {', '.join(names)}")
    document = measured(options)
    print(tables.shown(document))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
