"""Whole works: from the start of a process to its report, each measurement a process of its own.

Ours is the command that people type, on an empty folder of compiled programs and once more on the filled one.
The others are scripts (`contenders/script.py`) that fit some runs of each variant; what a run takes is then
multiplied by how many runs there are, and what is done once is counted once.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import measure
import works
from contenders import ours
from contenders.rows import is_cached
from contenders.script import whole
from contenders.team import CORES, OURS, TEAM

SPEED = Path(__file__).with_name("speed.py")
WARM, TIMED = f"{OURS}_warm", f"{OURS}_timings"
TITLES = {OURS: "trainlab, nothing compiled", WARM: "trainlab, second time", TIMED: "trainlab --timings"}
PARTS = ("start", "data", "compile", "training", "evaluation", "storage", "report", "rest")
PREPARING = ("compile", "storage", "rest")  # where a first run pays for all
DRAWN_ROWS = 60_000
# As `trainlab.kept_programs` sets it where nobody says where programs are kept.
_KEPT = {"JAX_COMPILATION_CACHE_MAX_SIZE": str(2**30), "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.02"}


def find(name: str, *, small: bool) -> works.Whole:
    """Give a work; where its data is not at hand, on drawn rows of the same shape."""
    work: works.Whole = works.find(name, small=small)
    if work.data == "fashion_mnist" and not work.drawn_rows and not is_cached():
        return works.replace(work, drawn_rows=DRAWN_ROWS)
    return work


# ------------------------------------------------------------------------------------- in the workers


def work_for(task: Mapping[str, Any]) -> None:
    """Be a contender's script: import what it needs, fit, and say what took how long."""
    contender = TEAM[task["contender"]]
    module = contender.load()

    def script() -> dict[str, Any]:
        module.load()
        return whole(
            find(task["work"], small=task["small"]),
            module.fit,
            began=task["began"],
            runs=None if contender.together else task["runs"],
            able=lambda variant: contender.able(variant.network, variant.training),
        )

    measure.serve({"script": script})


# ---------------------------------------------------------------------------- in the process that asks


def measured(name: str, contenders: Sequence[str], *, small: bool, rounds: int, runs: int) -> dict[str, Any]:
    """Let contenders do a work, each in a fresh process, in turn, round after round.

    Args:
        name: the work.
        contenders: who takes part.
        small: whether the work is made small; then as many at once as there are cores.
        rounds: how often each is measured.
        runs: how many runs of each variant those fit who train one after the other.
    """
    work = find(name, small=small)
    found: dict[str, dict[str, Any]] = {}
    left_out, taking_part = [], []
    for key in contenders:
        contender = TEAM[key]
        if contender.steady:
            continue
        without = [one.name for one in work.variants if not contender.able(one.network, one.training)]
        if contender.missing:
            left_out.append(f"{contender.title}: left out, {contender.missing} is not installed")
        elif len(without) == len(work.variants):
            left_out.append(f"{contender.title}: left out, it can do none of the variants")
        else:
            taking_part.append(key)
            if without:
                left_out.append(f"{contender.title}: without {', '.join(without)}")
    jobs = [(number, key) for number in range(rounds) for key in taking_part]

    def one(job: tuple[int, str]) -> list[tuple[str, dict[str, Any]]]:
        number, key = job
        print(f"{name}: round {number + 1} of {rounds}, {TEAM[key].title}", file=sys.stderr)
        try:
            if key == OURS:
                return list(_ours(work, warm=not small, timed=number == 0 and not small))
            return [(key, _script(name, key, small=small, runs=runs))]
        except RuntimeError as failed:  # what the others took an hour for is not thrown away
            left_out.append(f"{TEAM[key].title}: round {number + 1} failed, {failed}")
            return []

    with ThreadPoolExecutor(CORES if small else 1) as pool:
        for key, sample in (pair for pairs in pool.map(one, jobs) for pair in pairs):
            title = TITLES.get(key) or TEAM[key].title
            found.setdefault(key, {"title": title, "rounds": []})["rounds"].append(sample)
    summed_up(found, work)
    return {
        "kind": "whole",
        "work": work.title,
        "drawn_rows": work.drawn_rows,
        "runs": work.runs * len(work.variants),
        "left_out": left_out,
        "contenders": found,
    }


def _script(name: str, key: str, *, small: bool, runs: int) -> dict[str, Any]:
    """Start a contender's script, wait for its end, and add up what all runs take."""
    began = time.time()
    task = {"contender": key, "work": name, "small": small, "runs": runs, "began": began, "whole": True}
    with measure.Worker(SPEED, task, {"MPLBACKEND": "agg", **TEAM[key].variables}) as worker:
        said = worker.ask("script")
        worker.end()
    return multiplied(said, time.time() - began)


def multiplied(said: Mapping[str, Any], wall: float) -> dict[str, Any]:
    """Multiply what fitted runs took by the runs that there are.

    The first run of a process waits for what is imported late and made ready once: what it takes beyond the
    others, but for training and evaluation, is counted once.

    Args:
        said: what a script said: seconds done once, and seconds of the fitted runs of each variant.
        wall: seconds from the start of its process to its end.
    """
    once = dict(said["once"])
    groups = [
        (dict(seconds), variant["of"] / variant["fitted"])
        for variant in said["variants"].values()
        for seconds in variant["each"]
    ]
    spent = sum(once.values()) + sum(sum(seconds.values()) for seconds, _ in groups)
    once["rest"] = once.get("rest", 0.0) + wall - spent  # how a process ends
    (first, _), others = groups[0], [seconds for seconds, _ in groups[1:]]
    for name in PREPARING if others else ():
        usual = measure.spread(seconds.get(name, 0.0) for seconds in others).median
        beyond = max(0.0, first.get(name, 0.0) - usual)
        first[name] = first.get(name, 0.0) - beyond
        once[name] = once.get(name, 0.0) + beyond
    parts = {name: once.get(name, 0.0) for name in PARTS}
    for seconds, times in groups:
        for name, taken in seconds.items():
            parts[name] += times * taken
    variants = said["variants"]
    return {
        "wall": wall,
        "parts": parts,
        "seconds": sum(parts.values()),
        "runs": sum(variant["of"] for variant in variants.values()),
        "fitted": sum(variant["fitted"] for variant in variants.values()),
        "accuracy": {name: statistics.mean(one["accuracy"]) for name, one in variants.items()},
        "said": said,
    }


def _ours(work: works.Whole, *, warm: bool, timed: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Run our command, on an empty cache and again, and once more where the parts are to be told."""
    runs = work.runs * len(work.variants)
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        file = ours.experiment_file(work, folder)
        yield OURS, _command(file, folder, "cold", "kept", runs)
        if warm:
            yield WARM, _command(file, folder, "warm", "kept", runs)
        if timed:
            yield TIMED, _command(file, folder, "timed", "kept-too", runs, "--timings")


def _command(file: Path, folder: Path, out: str, kept: str, runs: float, *more: str) -> dict[str, Any]:
    began = time.perf_counter()
    words = ["run", str(file), "--out", str(folder / out), "--json", "--quiet", *more]
    ended = _trainlab(words, {"JAX_COMPILATION_CACHE_DIR": str(folder / kept), **_KEPT})
    wall = time.perf_counter() - began
    if not ended.stdout.strip().startswith("{"):
        raise RuntimeError(f"trainlab run ended with {ended.returncode}: {ended.stderr[-2000:]}")
    said = json.loads(ended.stdout)
    if "variants" not in said:
        raise RuntimeError(f"trainlab run ended with {ended.returncode}: {said.get('message', said)}")
    return {
        "wall": wall,
        "parts": ours.parts_of(said, wall),
        "seconds": wall,
        "runs": runs,
        "fitted": runs,
        "accuracy": {one["name"]: one["mean"] for one in said["variants"]},
        "said": {name: said.get(name) for name in ("seconds", "timings", "outcomes")},
    }


def _trainlab(words: Sequence[str], variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in measure.SET_BY_CONTENDERS}
    return subprocess.run(  # noqa: S603  (this interpreter, our own words)
        [sys.executable, "-m", "trainlab", *words],
        env={**inherited, **TEAM[OURS].variables, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


# -------------------------------------------------------------------------------------- what they say


def summed_up(found: dict[str, dict[str, Any]], work: works.Whole) -> None:
    """Add to the raw samples what they say: seconds, parts, and ratios by run, round by round."""
    for key, one in found.items():
        samples = one["rounds"]
        one["spread"] = measure.spread(sample["seconds"] for sample in samples).document()
        one["parts"] = {
            part: measure.spread(sample["parts"].get(part, 0.0) for sample in samples).document()
            for part in PARTS
            if any(part in sample["parts"] for sample in samples)
        }
        one["claimed"] = work.claimed.ratios.get(key)
    if OURS not in found:
        return
    base = [sample["seconds"] / sample["runs"] for sample in found[OURS]["rounds"]]
    for one in found.values():
        # Whoever leaves variants out is compared by what a run takes.
        each = [sample["seconds"] / sample["runs"] for sample in one["rounds"]]
        one["ratios"] = [theirs / mine for theirs, mine in zip(each, base, strict=False)]
        one["ratio"] = measure.spread(one["ratios"]).document()
