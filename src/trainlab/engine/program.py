"""The compiled programs of a cohort: steps, the careful repeat of an epoch, evaluation, prediction.

Lanes are spread over devices by ``shard_map``. On a device they are vectorised by ``vmap`` in groups, one
group after the other: on a CPU groups of one lane, whose weights then stay in the cache for a whole slice of
steps, elsewhere all at once. Steps are a loop whose bounds are inputs, so an epoch may be cut anywhere
without another compilation. Data are arguments: closed over, the compiler would copy them (1.8 GB at the
peak, measured).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from trainlab.engine.lane import LaneState, chosen, finite
from trainlab.engine.placement import SPREAD, WHOLE, Placement
from trainlab.engine.rows import GROUPS
from trainlab.engine.step import Learner, Numbers, judge_rows, take_step


@dataclass(eq=False)
class Program:
    """The programs of one cohort at one width, compiled when first called.

    Args:
        learner: what a step is made of.
        placement: where lanes stand.
        batch_rows: rows of a full step.
        tail_rows: rows of the last, partial step; 0 where there is none.
        block: rows evaluated at once.
        group: lanes of a device that are vectorised together.
        compile_seconds: seconds spent on compiling so far.
        compilations: programs compiled so far.
    """

    learner: Learner
    placement: Placement
    batch_rows: int
    tail_rows: int
    block: int
    group: int
    compile_seconds: float = 0.0
    compilations: int = 0
    _compiled: dict[str, Any] = field(default_factory=dict)

    def advance(
        self, state: LaneState, numbers: Numbers, which: Any, orders: Any, data: Any, span: Any
    ) -> tuple[LaneState, jax.Array, jax.Array]:
        """Take the steps of a span; the state given is used up.

        Args:
            state: of all lanes.
            numbers: name -> ``(lane,)``.
            which: ``(lane,)`` which order each lane follows.
            orders: ``(order, row)`` row numbers in the order of the epoch.
            data: inputs and targets.
            span: first full step, last full step (excluded), and 1 where the partial step follows, else 0.

        Returns:
            The state, ``(lane,)`` sum over rows of the loss, and whether losses and weights are finite.
        """
        specs = ((SPREAD, SPREAD, SPREAD, WHOLE, WHOLE, WHOLE), (SPREAD, SPREAD, SPREAD))
        call = self._call("advance", self._in_groups(self._advance), *specs, donate=0)
        return call(state, numbers, which, orders, data, span)  # type: ignore[no-any-return]

    def repeat_carefully(
        self, state: LaneState, numbers: Numbers, which: Any, orders: Any, data: Any, span: Any
    ) -> tuple[LaneState, jax.Array]:
        """Take the steps again, looking at every number; a lane rests at its last finite state.

        Returns:
            The state, and ``(lane,)`` the step of the span that was refused, from 1; 0 where none was.
        """
        specs = ((SPREAD, SPREAD, SPREAD, WHOLE, WHOLE, WHOLE), (SPREAD, SPREAD))
        call = self._call("repeat_carefully", self._in_groups(self._repeat_carefully), *specs)
        return call(state, numbers, which, orders, data, span)  # type: ignore[no-any-return]

    def evaluate(
        self, state: LaneState, numbers: Numbers, fold: Any, rows: Any, groups: Any, blocks: Any, data: Any
    ) -> tuple[jax.Array, jax.Array, jax.Array]:
        """Sum losses and scores over groups of rows, with the weights standing still.

        Returns:
            ``(lane, group)`` sums of losses, ``(lane, group)`` sums of scores, ``(lane,)`` penalty.
        """
        specs = ((SPREAD, SPREAD, SPREAD, WHOLE, WHOLE, WHOLE, WHOLE), (SPREAD, SPREAD, SPREAD))
        call = self._call("evaluate", self._in_groups(self._evaluate), *specs)
        return call(state, numbers, fold, rows, groups, blocks, data)  # type: ignore[no-any-return]

    def predict(
        self, state: LaneState, numbers: Numbers, fold: Any, rows: Any, data: Any
    ) -> tuple[jax.Array, jax.Array, jax.Array]:
        """Give ``(lane, row, ...)`` predictions, ``(lane, row)`` losses and ``(lane, row)`` scores."""
        specs = ((SPREAD, SPREAD, SPREAD, WHOLE, WHOLE), (SPREAD, SPREAD, SPREAD))
        call = self._call("predict", self._in_groups(self._predict), *specs)
        return call(state, numbers, fold, rows, data)  # type: ignore[no-any-return]

    def duplicate(self, tree: Any) -> Any:
        """Copy arrays, so that a call may use up one of the copies."""
        name = f"duplicate {jax.tree.structure(tree)}"
        return self._call(name, lambda tree: jax.tree.map(jnp.copy, tree), (SPREAD,), SPREAD)(tree)

    def choose(self, mask: Any, these: Any, those: Any) -> Any:
        """Take ``these`` for the lanes of the mask and ``those`` for the others."""
        name = f"choose {jax.tree.structure(these)}"
        return self._call(name, chosen, (SPREAD, SPREAD, SPREAD), SPREAD)(mask, these, those)

    # What follows runs on the lanes of one device.

    def _in_groups(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Run a function of (state, numbers, which, ...) on one group of lanes after the other."""

        def grouped(state: LaneState, numbers: Numbers, which: jax.Array, *whole: Any) -> Any:
            lanes = which.shape[0]
            if lanes <= self.group:
                return function(state, numbers, which, *whole)
            parts = jax.tree.map(
                lambda leaf: leaf.reshape(lanes // self.group, self.group, *leaf.shape[1:]),
                (state, numbers, which),
            )
            done = lax.map(lambda part: function(*part, *whole), parts)
            return jax.tree.map(lambda leaf: leaf.reshape(lanes, *leaf.shape[2:]), done)

        return grouped

    def _step(self, state: LaneState, numbers: Numbers, rows: Any, data: Any) -> tuple[LaneState, jax.Array]:
        inputs, targets = data
        return jax.vmap(lambda *lane: take_step(self.learner, *lane))(
            state, numbers, inputs[rows], targets[rows]
        )

    def _batch(self, orders: jax.Array, which: jax.Array, first: jax.Array, rows: int) -> jax.Array:
        return jax.vmap(lambda order: lax.dynamic_slice(orders, (order, first), (1, rows))[0])(which)

    def _over_steps(self, carry: Any, take: Callable[..., Any], which: Any, orders: Any, span: Any) -> Any:
        """Run ``take(carry, rows, step, size)`` over the full steps of the span, then the partial one."""
        first, last, tail = span

        def full(step: Any, carry: Any) -> Any:
            rows = self._batch(orders, which, step * self.batch_rows, self.batch_rows)
            return take(carry, rows, step, self.batch_rows)

        carry = lax.fori_loop(first, last, full, carry)
        if not self.tail_rows:
            return carry

        def partial(step: Any, carry: Any) -> Any:
            rows = self._batch(orders, which, step * self.batch_rows, self.tail_rows)
            return take(carry, rows, step, self.tail_rows)

        return lax.fori_loop(last, last + tail, partial, carry)

    def _advance(
        self, state: LaneState, numbers: Numbers, which: Any, orders: Any, data: Any, span: Any
    ) -> Any:
        def take(carry: Any, rows: Any, step: Any, size: int) -> Any:
            del step
            state, total, healthy = carry
            state, loss = self._step(state, numbers, rows, data)
            return state, total + loss * size, healthy & jnp.isfinite(loss)

        start = (state, jnp.zeros(which.shape, self.learner.dtype), jnp.ones(which.shape, bool))
        state, total, healthy = self._over_steps(start, take, which, orders, span)
        return state, total, healthy & jax.vmap(finite)(state.weights)

    def _repeat_carefully(
        self, state: LaneState, numbers: Numbers, which: Any, orders: Any, data: Any, span: Any
    ) -> Any:
        def take(carry: Any, rows: Any, step: Any, size: int) -> Any:
            del size
            state, refused = carry
            after, loss = self._step(state, numbers, rows, data)
            good = jnp.isfinite(loss) & jax.vmap(finite)(after.weights)
            running = refused == 0
            refused = jnp.where(running & ~good, step + 1, refused)
            return chosen(running & good, after, state), refused

        start = (state, jnp.zeros(which.shape, jnp.int32))
        return self._over_steps(start, take, which, orders, span)

    def _evaluate(
        self, state: LaneState, numbers: Numbers, fold: Any, rows: Any, groups: Any, blocks: Any, data: Any
    ) -> Any:
        inputs, targets = data
        dtype = self.learner.dtype

        def lane(state: LaneState, numbers: Numbers, numbers_of_rows: Any, kinds: Any) -> Any:
            _, losses, scores, penalty = judge_rows(
                self.learner, state, numbers, inputs[numbers_of_rows], targets[numbers_of_rows]
            )
            # Where instead of a product: a row of another group that is not finite must not spoil the sum.
            member = kinds[:, None] == jnp.arange(GROUPS)
            sums = [jnp.where(member, value[:, None], 0).sum(axis=0) for value in (losses, scores)]
            return *sums, penalty

        def block(number: Any, carry: Any) -> Any:
            first = number * self.block
            picked = self._batch(rows, fold, first, self.block)
            kinds = self._batch(groups, fold, first, self.block)
            losses, scores, penalty = jax.vmap(lane)(state, numbers, picked, kinds)
            return carry[0] + losses, carry[1] + scores, penalty.astype(dtype)

        zeros = jnp.zeros((*fold.shape, GROUPS), dtype)
        return lax.fori_loop(0, blocks, block, (zeros, zeros, jnp.zeros(fold.shape, dtype)))

    def _predict(self, state: LaneState, numbers: Numbers, fold: Any, rows: Any, data: Any) -> Any:
        inputs, targets = data

        def lane(state: LaneState, numbers: Numbers, picked: Any) -> Any:
            return judge_rows(self.learner, state, numbers, inputs[picked], targets[picked])[:3]

        def block(number: Any) -> Any:
            picked = self._batch(rows, fold, number * self.block, self.block)
            return jax.vmap(lane)(state, numbers, picked)

        found = lax.map(block, jnp.arange(rows.shape[1] // self.block))
        return jax.tree.map(
            lambda blocks: jnp.moveaxis(blocks, 0, 1).reshape(fold.shape[0], -1, *blocks.shape[3:]), found
        )

    def _call(
        self, name: str, function: Callable[..., Any], ins: Any, outs: Any, *, donate: int | None = None
    ) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            if name not in self._compiled:
                began = time.perf_counter()
                spread = jax.shard_map(
                    function, mesh=self.placement.mesh, in_specs=ins, out_specs=outs, check_vma=False
                )
                jitted = jax.jit(spread, donate_argnums=() if donate is None else donate)
                self._compiled[name] = jitted.lower(*arguments).compile()
                self.compile_seconds += time.perf_counter() - began
                self.compilations += 1
            return self._compiled[name](*arguments)

        return call
