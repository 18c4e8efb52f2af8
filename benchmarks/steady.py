"""Steady works: whole epochs in warmed-up processes, asked in turn, round after round.

The floor is measured in the same rounds, so that our share of it is one of the same minute.
"""

import math
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import floors
import measure
import works
from contenders.team import CORES, OURS, TEAM

SPEED = Path(__file__).with_name("speed.py")
SECONDS, QUICK_SECONDS = 1.0, 0.05
EPOCHS = 10  # of the figure that includes compiling
STATE_TIMES, LIBRARY_BYTES = 3.5, 500e6  # what memory is claimed to be, beside the data

Team = Sequence[measure.Worker]


# ------------------------------------------------------------------------------------- in the workers


def work_for(task: Mapping[str, Any]) -> None:
    """Be a worker: answer what ``measured`` asks."""
    module = TEAM[task["contender"]].load()
    made: dict[str, Any] = {}

    def asked(name: str, request: str) -> dict[str, Any]:
        if name not in made:
            made[name] = module.steady(works.find(name, small=task["small"]), task["seconds"])
        epochs, facts = made[name]
        answer: dict[str, Any] = facts() if request == "facts" else getattr(epochs, request)()
        return answer

    handlers: dict[str, Callable[[], Mapping[str, Any]]] = {"peak": lambda: {"bytes": measure.peak_bytes()}}
    for name in task["works"]:
        for request in ("warm", "facts", "measure"):
            handlers[f"{request} {name}"] = lambda name=name, request=request: asked(name, request)
    measure.serve(handlers)


# ---------------------------------------------------------------------------- in the process that asks


def measured(
    names: Sequence[str], contenders: Sequence[str], *, small: bool, rounds: int
) -> dict[str, dict[str, Any]]:
    """Let contenders do some works in the same processes, in turn, round after round.

    Args:
        names: the works; one at a time where memory is to be told.
        contenders: who takes part.
        small: whether works are made small.
        rounds: how often each is measured.
    """
    asked_for = {name: works.find(name, small=small) for name in names}
    seconds = QUICK_SECONDS if small else SECONDS
    with ExitStack() as stack:
        cache = stack.enter_context(tempfile.TemporaryDirectory())
        teams, left_out = _teams(stack, asked_for, contenders, small=small, seconds=seconds, cache=cache)
        state_bytes = {name: work.lane_bytes for name, work in asked_for.items()}
        task = {"state_bytes": state_bytes, "seconds": seconds}
        machine = [
            stack.enter_context(measure.Worker(Path(floors.__file__), task, TEAM[OURS].variables))
            for _ in range(CORES)
        ]
        return {
            name: _one(name, work, teams, machine, left_out, rounds=rounds, at_once=small)
            for name, work in asked_for.items()
        }


def _teams(
    stack: ExitStack,
    asked_for: Mapping[str, works.Steady],
    contenders: Sequence[str],
    *,
    small: bool,
    seconds: float,
    cache: str,
) -> tuple[dict[str, Team], dict[str, str]]:
    """Start the processes of all who are there, and say who is not."""
    teams, left_out = {}, {}
    for key in contenders:
        contender = TEAM[key]
        if contender.missing:
            left_out[key] = f"{contender.title}: left out, {contender.missing} is not installed"
            continue
        task = {"contender": key, "works": list(asked_for), "small": small, "seconds": seconds}
        # Ours keeps compiled programs between processes, and here compiling is to be seen.
        variables = {**contender.variables, **({"JAX_COMPILATION_CACHE_DIR": cache} if key == OURS else {})}
        teams[key] = [
            stack.enter_context(measure.Worker(SPEED, task, variables)) for _ in range(contender.processes)
        ]
    return teams, left_out


def _one(
    name: str,
    work: works.Steady,
    teams: Mapping[str, Team],
    machine: Team,
    left_out: Mapping[str, str],
    *,
    rounds: int,
    at_once: bool,
) -> dict[str, Any]:
    """Measure one work; where figures say nothing, all warm up at once."""
    found: dict[str, dict[str, Any]] = {}
    missing = list(left_out.values())
    for key in teams:
        if not TEAM[key].able(work.network, work.training):
            missing.append(f"{TEAM[key].title}: left out, it has no such network")
            continue
        found[key] = {"title": TEAM[key].title}
    _warm(name, teams, found, at_once=at_once)
    floor: dict[str, Any] = {"rounds": []}
    for number in range(1, rounds + 1):
        print(f"{name}: round {number} of {rounds}", file=sys.stderr)
        floor["rounds"].append(_rates(machine, name))
        for key, one in found.items():
            one["rounds"].append(asked(teams[key], f"measure {name}"))
    for key, one in found.items():
        one["peak_bytes"] = sum(answer["bytes"] for answer in asked(teams[key], "peak"))
    summed_up(found, work)
    document = {"kind": "steady", "work": work.sentence, "left_out": missing, "contenders": found}
    if OURS in found:
        document["floor"] = under(floor, work, found[OURS])
        document["memory"] = memory(work, found[OURS])
    return document


def _warm(name: str, teams: Mapping[str, Team], found: dict[str, dict[str, Any]], *, at_once: bool) -> None:
    """Let everyone train the first epochs, and note what they say of themselves."""
    for key in found if at_once else ():
        send(teams[key], f"warm {name}")
    for key, one in found.items():
        print(f"{name}: {one['title']} warms up", file=sys.stderr)
        if not at_once:
            send(teams[key], f"warm {name}")
        warm = [worker.receive() for worker in teams[key]]
        facts = asked(teams[key], f"facts {name}")
        one |= {**warm[0], **facts[0], "warm": warm, "rounds": []}


def _rates(machine: Team, name: str) -> dict[str, Any]:
    """Measure the rates of arithmetic and of moving bytes: all cores, or the accelerator."""
    peak = machine[0].ask("peak")
    if peak["accelerated"]:
        moved = machine[:1], f"accelerated_bandwidth {name}"
    else:
        moved = machine, f"bandwidth {name}"
    return {**peak, "bytes_per_second": [answer["bytes_per_second"] for answer in asked(*moved)]}


def send(team: Team, request: str) -> None:
    """Ask all of a team at once."""
    for worker in team:
        worker.send(request)


def asked(team: Team, request: str) -> list[dict[str, Any]]:
    """Ask all of a team at once, and wait for all."""
    send(team, request)
    return [worker.receive() for worker in team]


# -------------------------------------------------------------------------------------- what they say


def summed_up(found: dict[str, dict[str, Any]], work: works.Steady) -> None:
    """Add to the raw samples what they say: microseconds, ratios round by round, compile time."""
    for key, one in found.items():
        per_epoch = one["steps"] * one["runs"]
        one["microseconds"] = [
            1e6 / sum(per_epoch * answer["epochs"] / answer["seconds"] for answer in answers)
            for answers in one["rounds"]
        ]
        steady = measure.spread(one["microseconds"])
        together = per_epoch * len(one["rounds"][0])
        if key != OURS:
            # Two epochs differ by more than nothing: where nothing is compiled, the difference says nothing.
            first = max(answer["first_epoch_seconds"] for answer in one["warm"])
            extra = max(0.0, first - steady.median * together / 1e6)
            one["compile_seconds"] = extra if TEAM[key].compiles else 0.0
        one["with_compile"] = steady.median + one["compile_seconds"] * 1e6 / (EPOCHS * together)
        one["spread"] = steady.document()
        one["claimed"] = work.claimed.ratios.get(key)
    if OURS in found:
        for one in found.values():
            pairs = zip(one["microseconds"], found[OURS]["microseconds"], strict=True)
            one["ratios"] = [theirs / ours for theirs, ours in pairs]
            one["ratio"] = measure.spread(one["ratios"]).document()


def under(floor: dict[str, Any], work: works.Steady, ours: Mapping[str, Any]) -> dict[str, Any]:
    """Say from measured rates what a step takes at least, and our share of it, round by round.

    Args:
        floor: rates by round.
        work: what a step is of.
        ours: our microseconds by round.
    """
    needed = floors.needs(work.network, work.training)
    arithmetic, moving, shares = [], [], []
    for rates, microseconds in zip(floor["rounds"], ours["microseconds"], strict=True):
        peak = max(rates["operations_per_second"].values())
        both = needed.seconds(peak, sum(rates["bytes_per_second"]))
        arithmetic.append(1e6 * both[0])
        moving.append(1e6 * both[1])
        shares.append(1e6 * max(both) / microseconds)
    return {
        **floor,
        "operations": needed.operations,
        "bytes": needed.bytes,
        "peak": measure.spread(
            max(one["operations_per_second"].values()) for one in floor["rounds"]
        ).document(),
        "bandwidth": measure.spread(sum(one["bytes_per_second"]) for one in floor["rounds"]).document(),
        "arithmetic": measure.spread(arithmetic).document(),
        "moving": measure.spread(moving).document(),
        "share": measure.spread(shares).document(),
        "claimed": work.claimed.share,
    }


def memory(work: works.Steady, ours: Mapping[str, Any]) -> dict[str, float]:
    """Give the bytes that are claimed and those that were measured.

    Args:
        work: says how large rows and lanes are.
        ours: devices and measured peak.
    """
    row_bytes = 1 + math.prod(work.network.shape)
    data = ours["devices"] * work.rows * row_bytes
    lanes = work.lanes * work.lane_bytes
    return {
        "data_bytes": data,
        "lane_bytes": lanes,
        "claimed_bytes": data + STATE_TIMES * lanes + LIBRARY_BYTES,
        "peak_bytes": ours["peak_bytes"],
    }
