"""What of a step goes to fetching rows and to random numbers: each done alone, as often as a step does it.

A compiled step can't be looked into while it runs; so its rows are fetched by a program that does nothing
else, and as many random bits are drawn as one step was seen to draw when it was traced. Both take part of a
lane's time as its step does: one lane, the others asleep.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from trainlab.companion import standing_still
from trainlab.compiling import Effort, compiled
from trainlab.engine.chunk import Chunk
from trainlab.engine.clock import steady_step
from trainlab.engine.fast_random import with_fast_random
from trainlab.engine.program import picked
from trainlab.engine.step import take_step
from trainlab.stopwatch import part

TIMED_SECONDS = 0.05
FIRST_STEPS = 16
REPEATS = 5


@dataclass(frozen=True)
class StepParts:
    """Seconds of one step of one lane, and of what it does beside computing: shares may be told from them."""

    step: float
    gather: float
    random: float

    def shares(self) -> dict[str, float]:
        """Give the share of a step by what it goes to; what is computed is the rest."""
        whole = max(self.step, self.gather + self.random, 1e-12)
        return {"gather": self.gather / whole, "random": self.random / whole}


@part("timing")
def dissect(chunk: Chunk) -> StepParts:
    """Time a step of a first lane, the fetching of its rows, and the drawing of its random numbers."""
    # Where lanes are vectorised together none can sleep: all of a step is told from all lanes then.
    together = chunk.program.group > 1
    lanes = len(chunk.places) if together else 1
    step = steady_step(chunk, None if together else 0)
    return StepParts(step, lanes * _rows_seconds(chunk), lanes * _random_seconds(chunk))


def _rows_seconds(chunk: Chunk) -> float:
    """Time the fetching of a batch: the rows of the first epoch, as the network would see them."""
    program, size = chunk.program, chunk.program.batch_rows
    batches = max(chunk.full_steps, 1)
    order = np.resize(chunk.rows.training[chunk.runs[0].fold], batches * size)
    numbers = _of_first(chunk.numbers)

    def fetch(step: Any, order: Any, data: Any, numbers: Any) -> Any:
        rows = lax.dynamic_slice(order, ((step % batches) * size,), (size,))
        inputs, targets = picked(data, rows)
        return program.learner.prepared(inputs, numbers), program.learner.labels(targets, numbers)

    return _seconds_each(fetch, program.effort, jnp.asarray(order), _of_one_device(chunk.data), numbers)


def _random_seconds(chunk: Chunk) -> float:
    """Time the drawing of as many random bits as a step draws; 0 where it draws none."""
    program = chunk.program
    learner, size = program.learner, program.batch_rows
    state, numbers = _of_first(chunk.state), _of_first(chunk.numbers)
    batch = picked(_of_one_device(chunk.data), jnp.zeros(size, jnp.int32))
    traced = jax.make_jaxpr(partial(take_step, learner))(state, numbers, *batch)
    drawn = list(_drawn(traced.jaxpr))
    if not drawn:
        return 0.0

    def draw(step: Any, seed: Any) -> Any:
        key = jax.random.fold_in(jax.random.wrap_key_data(seed), step)
        keys = [jax.random.fold_in(key, place) for place in range(len(drawn))]
        return [jax.random.bits(key, *asked) for key, asked in zip(keys, drawn, strict=True)]

    return _seconds_each(draw, program.effort, jnp.zeros(2, jnp.uint32))


def _drawn(jaxpr: Any) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Give shape and type of all random bits that a traced function draws, in functions inside of it too."""
    for equation in jaxpr.eqns:
        if equation.primitive.name == "random_bits":
            yield equation.outvars[0].aval.shape, equation.outvars[0].aval.dtype
        for value in equation.params.values():
            for inner in value if isinstance(value, (tuple, list)) else (value,):
                if hasattr(inner, "jaxpr"):
                    yield from _drawn(inner.jaxpr)


def _of_first(tree: Any) -> Any:
    return jax.tree.map(lambda leaf: jnp.asarray(np.asarray(leaf)[0]), tree)


def _of_one_device(tree: Any) -> Any:
    """Give what stands whole on every device as it stands on the first."""
    return jax.tree.map(lambda leaf: leaf.addressable_data(0), tree)


def _seconds_each(function: Callable[..., Any], effort: Effort, *arguments: Any) -> float:
    """Time one call of a function of a step's number and arrays: many in a loop, the median of some loops."""

    def loop(count: Any, *arguments: Any) -> Any:
        # What is made is carried along whole: of one number of it, only that number would be computed.
        def once(step: Any, made: Any) -> Any:
            del made
            return make(step, *arguments)

        return lax.fori_loop(0, count, once, make(jnp.zeros((), jnp.int32), *arguments))

    make = with_fast_random(function)
    program = compiled(jax.jit(loop).lower(np.int32(1), *arguments), effort)
    steps, taken = FIRST_STEPS, 0.0

    def seconds() -> float:
        began = time.perf_counter()
        jax.block_until_ready(program(np.int32(steps), *arguments))  # type: ignore[no-untyped-call]
        return time.perf_counter() - began

    seconds()
    with standing_still():
        while True:
            taken = statistics.median(seconds() for _ in range(REPEATS))
            if taken > TIMED_SECONDS or steps >= 1 << 20:
                return taken / steps
            steps *= 4
