"""What a step costs on this machine's cores: lanes one at a time, and lanes vectorised together.

Measured once, in two to three seconds, on a plain dense network in JAX, and kept for the next process; the
plan of long work asks for it (`plan.py`). Nothing here knows experiments, and nothing here fails a run: what
can't be kept is measured again, and what can't be measured is left out.
"""

import contextlib
import functools
import json
import math
import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from trainlab.caches import cache_folder, processor
from trainlab.companion import standing_still
from trainlab.compiling import Effort, compiled
from trainlab.engine.placement import SPREAD, WHOLE, Placement, place
from trainlab.errors import MissingError
from trainlab.results.files import write_whole

SCHEMA = "trainlab/calibration/1"
REPEATS = 5
ROWS = 256


@dataclass(frozen=True)
class _Size:
    """A network that is timed: its widths from inputs to classes, rows of a step, and steps of a call."""

    widths: tuple[int, ...]
    batch: int
    steps: int

    @property
    def operations(self) -> int:
        """Arithmetic of a step: three passes through each weight, each a product and a sum a row."""
        pairs = zip(self.widths, self.widths[1:], strict=False)
        return 6 * self.batch * sum(wide * high for wide, high in pairs)


# Vectorising pays at the first and not at the last. A size between them changed little and took a second
# and a half more. A call takes some 30 ms with `USUAL_LANES` on a core.
SIZES = (_Size((2, 8, 3), 16, 300), _Size((128, 64, 10), 32, 80))
USUAL_LANES = 16


@dataclass(frozen=True)
class Way:
    """What a step of a lane takes, told from the arithmetic in it.

    Args:
        overhead: seconds beside arithmetic.
        per_operation: seconds of an operation.
    """

    overhead: float
    per_operation: float

    def __post_init__(self) -> None:
        for seconds in (self.overhead, self.per_operation):
            if not 0 <= seconds < math.inf:
                raise ValueError(seconds)

    def seconds(self, operations: float) -> float:
        """Predict a step of a lane."""
        return self.overhead + self.per_operation * operations


@dataclass(frozen=True)
class Calibration:
    """What was measured on this machine, with all its cores busy.

    Args:
        one: a step where lanes are taken one at a time.
        together: a lane's share of a step where ``lanes`` of a core are vectorised together.
        lanes: lanes of a core.
        compile: seconds that compiling such a program takes.
    """

    one: Way
    together: Way
    lanes: int
    compile: float

    def __post_init__(self) -> None:
        if self.lanes < 2 or not 0 <= self.compile < math.inf:
            raise ValueError((self.lanes, self.compile))

    def step(self, operations: float, group: int) -> float:
        """Predict the seconds of a step of a lane on its core.

        What a step takes beside arithmetic is partly the lane's own and partly shared by all of the group.

        Args:
            operations: arithmetic of the step.
            group: lanes vectorised together; 1 takes them one at a time.

        >>> machine = Calibration(Way(9e-6, 1e-11), Way(3e-6, 2e-11), lanes=16, compile=0.5)
        >>> [f"{machine.step(1e5, group) * 1e6:.1f}" for group in (1, 4, 16)]
        ['10.0', '6.2', '5.0']
        """
        if group == 1:
            return self.one.seconds(operations)
        shared = (self.one.overhead - self.together.overhead) / (1 - 1 / self.lanes)
        overhead = max(0.0, self.one.overhead - shared * (1 - 1 / group))
        return overhead + self.together.per_operation * operations

    def document(self) -> dict[str, Any]:
        """Give the calibration as plain values, with what it holds for."""
        return {"schema": SCHEMA, "jax": jax.__version__, **asdict(self)}


def read_calibration(document: Mapping[str, Any]) -> Calibration:
    """Read what ``Calibration.document`` wrote.

    Raises:
        ValueError: where it is no calibration, or one of another JAX.
    """
    try:
        if (document["schema"], document["jax"]) != (SCHEMA, jax.__version__):
            raise ValueError(document["schema"], document["jax"])
        one, together = (Way(**document[name]) for name in ("one", "together"))
        return Calibration(one, together, int(document["lanes"]), float(document["compile"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(document) from error


@functools.cache
def of_this_machine(lanes: int) -> Calibration | None:
    """Give this machine's calibration: the one that is kept, else one measured now; None without either.

    All plans of a process go by the same one, also where it can't be kept.

    Args:
        lanes: lanes of a core that are vectorised together.
    """
    path = calibration_file()
    kept = _kept(path, lanes)
    if kept is not None:
        return kept
    try:
        measured = measure(lanes)
    except Exception:  # noqa: BLE001  (a run must not fail of what only makes it faster)
        return None
    # Another process may have been first: then both go by the same one.
    kept = _kept(path, lanes)
    if kept is None:
        _keep(path, measured)
    return kept or measured


def calibration_file() -> Path | None:
    """Say where the calibration of this processor, JAX and number of devices is kept; None without a home."""
    try:
        folder = cache_folder(os.environ)
    except RuntimeError:
        return None
    return folder / "calibration" / f"{processor()}-{jax.__version__}-{len(jax.devices())}.json"


def _kept(path: Path | None, lanes: int) -> Calibration | None:
    """Read what is kept; None where there is nothing, or nothing of use."""
    if path is None:
        return None
    try:
        found = read_calibration(json.loads(path.read_bytes()))
    except (OSError, ValueError):
        return None
    return found if found.lanes == lanes else None


def _keep(path: Path | None, measured: Calibration) -> None:
    if path is not None:
        with contextlib.suppress(OSError, MissingError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, json.dumps(measured.document(), indent=1).encode())


def measure(lanes: int) -> Calibration:
    """Time steps of plain dense networks on all devices, both ways.

    Args:
        lanes: lanes of a device.
    """
    placement = place(lanes * len(jax.devices()))
    timed: list[list[Callable[[int], float]]] = []
    compile_seconds: list[float] = []
    for size in SIZES:
        arguments = _arguments(size, lanes, placement)
        timed.append([])
        for together in (False, True):
            began = time.perf_counter()
            program = _compiled(size, arguments, placement, together=together)
            compile_seconds.append(time.perf_counter() - began)
            timed[-1].append(functools.partial(_seconds, program, arguments))
    with standing_still():
        taken = [_steps(size, calls, lanes) for size, calls in zip(SIZES, timed, strict=True)]
    operations = [size.operations for size in SIZES]
    one, shared = (fitted(operations, way) for way in zip(*taken, strict=True))
    return Calibration(one, shared, lanes, float(f"{statistics.median(compile_seconds):.3g}"))


def fitted(operations: Sequence[float], seconds: Sequence[float]) -> Way:
    """Fit overhead and seconds of an operation, so that relative errors are small; neither is negative.

    Args:
        operations: of each size.
        seconds: of a step of each size.

    >>> fitted([1e4, 1e6], [2e-6, 11.9e-6])
    Way(overhead=1.9e-06, per_operation=1e-11)
    """
    taken = np.asarray(seconds, np.float64)
    columns = np.stack([np.ones(len(taken)), np.asarray(operations, np.float64)], axis=1)
    scale = columns.max(axis=0)
    columns = columns / scale / taken[:, None]
    found = np.linalg.lstsq(columns, np.ones(len(taken)))[0]
    if found.min() < 0:
        # One of them explains nothing: what remains is fitted by the other.
        rest = np.where(found < 0, 0.0, 1.0)
        only = columns @ rest
        found = rest * (only.sum() / (only @ only))
    overhead, per_operation = (float(f"{value:.3g}") for value in found / scale)
    return Way(overhead, per_operation)


def _steps(size: _Size, calls: Sequence[Callable[[int], float]], lanes: int) -> list[float]:
    """Time a step of a lane, each way: the median over calls in turn of many steps, less those of none."""
    steps = max(1, size.steps * USUAL_LANES // lanes)
    for call in calls:
        call(steps)
    rounds = [[call(steps) - call(0) for call in calls] for _ in range(REPEATS)]
    # Never nothing: a clock that stands still would promise everything for nothing.
    return [max(statistics.median(way), 1e-9) / (steps * lanes) for way in zip(*rounds, strict=True)]


def _seconds(program: Any, arguments: tuple[Any, ...], steps: int) -> float:
    began = time.perf_counter()
    jax.block_until_ready(program(*arguments, np.int32(steps)))  # type: ignore[no-untyped-call]
    return time.perf_counter() - began


def _arguments(size: _Size, lanes: int, placement: Placement) -> tuple[Any, ...]:
    """Make up what is a lane's own, and orders, inputs and targets for all."""
    random = np.random.default_rng(0)
    every = lanes * placement.devices

    def drawn(wide: int, high: int) -> tuple[Any, Any]:
        kernel = random.normal(0, wide**-0.5, (every, wide, high)).astype(np.float32)
        return kernel, np.zeros((every, high), np.float32)

    weights = [drawn(wide, high) for wide, high in zip(size.widths, size.widths[1:], strict=False)]
    inputs = random.normal(size=(ROWS, size.widths[0])).astype(np.float32)
    targets = random.integers(0, size.widths[-1], ROWS).astype(np.int32)
    orders = np.stack([random.permutation(ROWS).astype(np.int32) for _ in range(lanes)])
    which = np.arange(every, dtype=np.int32) % lanes
    own = (weights, np.full(every, 0.01, np.float32), which, np.ones(every, bool))
    return (*placement.spread(own), *placement.copied((orders, inputs, targets)))


def _compiled(size: _Size, arguments: tuple[Any, ...], placement: Placement, *, together: bool) -> Any:
    """Compile many steps of all lanes, as the program of a cohort does: rate and order are a lane's own."""
    # Told to the compiler, so that no program from a cache makes compiling look cheap.
    decay = 1 - time.time_ns() % 1_000_000 * 1e-8

    def lane(
        weights: Any, rate: Any, which: Any, awake: Any, orders: Any, inputs: Any, targets: Any, steps: Any
    ) -> Any:
        order = orders[which]

        def step(number: Any, carry: Any) -> Any:
            weights, total, healthy = carry
            first = number % (ROWS // size.batch) * size.batch
            rows = lax.dynamic_slice(order, (first,), (size.batch,))
            seen = lax.optimization_barrier(inputs[rows])  # type: ignore[no-untyped-call]
            loss, slopes = jax.value_and_grad(_loss)(weights, seen, targets[rows])
            weights = jax.tree.map(lambda weight, slope: decay * weight - rate * slope, weights, slopes)
            return weights, total + loss, healthy & jnp.isfinite(loss)

        def train(weights: Any) -> Any:
            return lax.fori_loop(0, steps, step, (weights, jnp.zeros(()), jnp.ones((), bool)))

        def rest(weights: Any) -> Any:
            return weights, jnp.zeros(()), jnp.ones((), bool)

        return lax.cond(awake, train, rest, weights)

    def lanes(*arguments: Any) -> Any:
        own, shared = arguments[:4], arguments[4:]
        if together:
            return jax.vmap(lambda *own: lane(*own, *shared))(*own)
        return lax.map(lambda own: lane(*own, *shared), own)

    ins, outs = (*[SPREAD] * 4, *[WHOLE] * 4), (SPREAD, SPREAD, SPREAD)
    spread = jax.shard_map(lanes, mesh=placement.mesh, in_specs=ins, out_specs=outs, check_vma=False)
    return compiled(jax.jit(spread).lower(*arguments, np.int32(1)), Effort.FULL)


def _loss(weights: Any, inputs: Any, targets: Any) -> Any:
    """Give the mean cross-entropy of a dense network with one kind of hidden units."""
    *hidden, (kernel, bias) = weights
    for wide, offset in hidden:
        inputs = jax.nn.relu(inputs @ wide + offset)
    said = jax.nn.log_softmax(inputs @ kernel + bias)
    return -jnp.take_along_axis(said, targets[:, None], 1).mean()
