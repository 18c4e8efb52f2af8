"""The compiled programs of a cohort: steps, the careful repeat of an epoch, evaluation, prediction.

Lanes are spread over devices by ``shard_map``. On a device they are vectorised by ``vmap`` in groups, one
group after the other: on a CPU lane by lane, whose weights then stay in the cache for a whole slice of
steps, elsewhere all at once. Steps are a loop whose bounds are inputs, so an epoch may be cut anywhere
without another compilation. Data are arguments: closed over, the compiler would copy them (1.8 GB at the
peak, measured).
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from trainlab.compiling import Effort, compiled
from trainlab.engine.fast_random import with_fast_random
from trainlab.engine.lane import LaneState, chosen, finite
from trainlab.engine.placement import SPREAD, WHOLE, Placement
from trainlab.engine.rows import GROUPS
from trainlab.engine.step import Learner, Numbers, judge_rows, take_step
from trainlab.stopwatch import part

# Only XLA's part of compiling is done beside other work: Keras's layers are changed while they are traced.
_BESIDE = ThreadPoolExecutor(1, thread_name_prefix="compile")
_ADVANCE = ((*[SPREAD] * 4, WHOLE, WHOLE, WHOLE), (SPREAD, SPREAD, SPREAD))


@dataclass(eq=False)
class Program:
    """The programs of one cohort at one width, compiled when first called.

    Args:
        learner: what a step is made of.
        placement: where lanes stand.
        batch_rows: rows of a full step.
        tail_rows: rows of the last, partial step; 0 where there is none.
        block: rows evaluated at once.
        group: lanes of a device that are vectorised together; 1 takes them one by one.
        effort: how hard steps and evaluation are compiled.
        compile_seconds: seconds spent on compiling so far, those that were spent on other work meanwhile
            left out.
        compilations: programs compiled so far.
    """

    learner: Learner
    placement: Placement
    batch_rows: int
    tail_rows: int
    block: int
    group: int
    effort: Effort = Effort.FULL
    compile_seconds: float = 0.0
    compilations: int = 0
    _compiled: dict[str, Any] = field(default_factory=dict)

    def advance(
        self, state: LaneState, numbers: Numbers, which: Any, awake: Any, orders: Any, data: Any, span: Any
    ) -> tuple[LaneState, jax.Array, jax.Array]:
        """Take the steps of a span; the state given is used up.

        Args:
            state: of all lanes.
            numbers: name -> ``(lane, ...)``.
            which: ``(lane,)`` which order each lane follows.
            awake: ``(lane,)`` whether the lane is still trained; the others rest as they are.
            orders: ``(order, row)`` row numbers in the order of the epoch.
            data: inputs and targets.
            span: first full step, last full step (excluded), and 1 where the partial step follows, else 0.

        Returns:
            The state, ``(lane,)`` sum over rows of the loss, and whether losses and weights are finite.
        """
        call = self._call("advance", self._by_lane(self._advance, 4), *_ADVANCE, donate=0)
        return call(state, numbers, which, awake, orders, data, span)  # type: ignore[no-any-return]

    def begin_advance(self, *arguments: Any) -> None:
        """Begin to compile ``advance`` for such arguments, beside whatever is done next.

        Args:
            *arguments: as ``advance`` takes them; none is used up.
        """
        if "advance" not in self._compiled:
            lowered = self._lower(self._by_lane(self._advance, 4), *_ADVANCE, 0, arguments)
            self._compiled["advance"] = _BESIDE.submit(compiled, lowered, self.effort)

    def repeat_carefully(
        self, state: LaneState, numbers: Numbers, which: Any, orders: Any, data: Any, span: Any
    ) -> tuple[LaneState, jax.Array]:
        """Take the steps again, looking at every number; a lane rests at its last finite state.

        Returns:
            The state, and ``(lane,)`` the step of the span that was refused, from 1; 0 where none was.
        """
        specs = ((SPREAD, SPREAD, SPREAD, WHOLE, WHOLE, WHOLE), (SPREAD, SPREAD))
        call = self._call("repeat_carefully", self._by_lane(self._repeat_carefully, 3), *specs)
        return call(state, numbers, which, orders, data, span)  # type: ignore[no-any-return]

    def evaluate(
        self,
        view: Any,
        numbers: Numbers,
        fold: Any,
        rows: Any,
        groups: Any,
        blocks: Any,
        data: Any,
        *,
        awake: Any = None,
    ) -> tuple[jax.Array, jax.Array, jax.Array]:
        """Sum losses and scores over groups of rows, with the weights standing still.

        Returns:
            ``(lane, group)`` sums of losses, ``(lane, group)`` sums of scores, ``(lane,)`` penalty.
        """
        asked = (view, numbers, fold)
        return self._look("evaluate", self._evaluate, awake, asked, (rows, groups, blocks, data))

    def predict(
        self, view: Any, numbers: Numbers, fold: Any, rows: Any, data: Any, *, awake: Any = None
    ) -> tuple[jax.Array, jax.Array, jax.Array]:
        """Give ``(lane, row, ...)`` predictions, ``(lane, row)`` losses and ``(lane, row)`` scores."""
        return self._look("predict", self._predict, awake, (view, numbers, fold), (rows, data))

    def alone(self, name: str, function: Callable[..., Any], *arguments: Any, once: bool = False) -> Any:
        """Run a function that is no part of training on the first device, compiled at its first call.

        Args:
            name: what the program is called; a name stands for one function and one shape of its arguments.
            function: of arrays.
            *arguments: its arguments.
            once: whether it runs seldom: compiling it well would take longer than it runs.
        """
        if name not in self._compiled:
            effort = Effort.LEAST if once else self.effort
            self._compiled[name] = self._timed(lambda: compiled(jax.jit(function).lower(*arguments), effort))
            self.compilations += 1
        return self._compiled[name](*arguments)

    def watch(
        self, view: Any, numbers: Numbers, fold: Any, rows: Any, data: Any, *, awake: Any = None
    ) -> tuple[jax.Array, jax.Array, jax.Array]:
        """Give ``(lane, row, ...)`` predictions, ``(lane, row)`` losses and the ``(lane,)`` penalty.

        For metrics that are no averages over rows: one program looks at rows after each epoch and at the end.
        """
        return self._look("watch", self._watch, awake, (view, numbers, fold), (rows, data))

    def duplicate(self, tree: Any) -> Any:
        """Copy arrays, so that a call may use up one of the copies."""
        name = f"duplicate {jax.tree.structure(tree)}"
        return self._call(name, lambda tree: jax.tree.map(jnp.copy, tree), (SPREAD,), SPREAD)(tree)

    def choose(self, mask: Any, these: Any, those: Any) -> Any:
        """Take ``these`` for the lanes of the mask and ``those`` for the others."""
        name = f"choose {jax.tree.structure(these)}"
        return self._call(name, chosen, (SPREAD, SPREAD, SPREAD), SPREAD)(mask, these, those)

    def _look(
        self,
        name: str,
        function: Callable[..., Any],
        awake: Any,
        own: tuple[Any, ...],
        shared: tuple[Any, ...],
    ) -> tuple[jax.Array, jax.Array, jax.Array]:
        """Call a function of lanes at rest that gives three things of each.

        Args:
            name: what its program is called.
            function: of one lane.
            awake: ``(lane,)`` lanes that it is run for, the others give zeros; None for all, by a program
                of its own that need not ask.
            own: its arguments that are the lane's own.
            shared: its arguments that all lanes share.
        """
        if awake is not None:
            name, function, own = f"{name} some", _if_awake(function), (awake, *own)
        specs = ((*[SPREAD] * len(own), *[WHOLE] * len(shared)), (SPREAD, SPREAD, SPREAD))
        call = self._call(name, self._by_lane(function, len(own)), *specs)
        return call(*own, *shared)  # type: ignore[no-any-return]

    # What follows runs on the lanes of one device.

    def _by_lane(self, function: Callable[..., Any], spread: int) -> Callable[..., Any]:
        """Run a function of one lane on all of a device: vectorised in groups, one group after the other.

        Args:
            function: takes the lane's own arguments, then what all lanes share.
            spread: how many arguments are the lane's own.
        """

        def vectorised(*arguments: Any) -> Any:
            axes = [0] * spread + [None] * (len(arguments) - spread)
            return jax.vmap(function, axes)(*arguments)

        def over_groups(*arguments: Any) -> Any:
            own, shared = arguments[:spread], arguments[spread:]
            lanes = jax.tree.leaves(own)[0].shape[0]
            if self.group == 1:
                # No vectorising over one lane: layers that can't be vectorised train all the same.
                return lax.map(lambda lane: function(*lane, *shared), own)
            if lanes <= self.group:
                return vectorised(*arguments)
            parts = jax.tree.map(lambda leaf: leaf.reshape(-1, self.group, *leaf.shape[1:]), own)
            done = lax.map(lambda part: vectorised(*part, *shared), parts)
            return jax.tree.map(lambda leaf: leaf.reshape(lanes, *leaf.shape[2:]), done)

        return over_groups

    def _batch(self, order: jax.Array, first: jax.Array, rows: int) -> jax.Array:
        picked: jax.Array = lax.dynamic_slice(order, (first,), (rows,))
        return picked

    def _over_steps(self, carry: Any, take: Callable[..., Any], order: Any, span: Any) -> Any:
        """Run ``take(carry, rows, step, size)`` over the full steps of the span, then the partial one."""
        first, last, tail = span

        def full(step: Any, carry: Any) -> Any:
            rows = self._batch(order, step * self.batch_rows, self.batch_rows)
            return take(carry, rows, step, self.batch_rows)

        carry = lax.fori_loop(first, last, full, carry)
        if not self.tail_rows:
            return carry

        def partial(step: Any, carry: Any) -> Any:
            rows = self._batch(order, step * self.batch_rows, self.tail_rows)
            return take(carry, rows, step, self.tail_rows)

        return lax.fori_loop(last, last + tail, partial, carry)

    def _advance(
        self, state: LaneState, numbers: Numbers, which: Any, awake: Any, orders: Any, data: Any, span: Any
    ) -> Any:
        def take(carry: Any, rows: Any, step: Any, size: int) -> Any:
            del step
            state, total, healthy = carry
            state, loss = self._take_step(state, numbers, *picked(data, rows))
            return state, total + loss * size, healthy & jnp.isfinite(loss)

        def train(state: LaneState) -> Any:
            start = (state, jnp.zeros((), self.learner.dtype), jnp.ones((), bool))
            state, total, healthy = self._over_steps(start, take, orders[which], span)
            return state, total, healthy & finite(state.weights)

        def rest(state: LaneState) -> Any:
            return state, jnp.zeros((), self.learner.dtype), jnp.ones((), bool)

        return lax.cond(awake, train, rest, state)

    def _repeat_carefully(
        self, state: LaneState, numbers: Numbers, which: Any, orders: Any, data: Any, span: Any
    ) -> Any:
        def take(carry: Any, rows: Any, step: Any, size: int) -> Any:
            del size
            state, refused = carry
            after, loss = self._take_step(state, numbers, *picked(data, rows))
            good = jnp.isfinite(loss) & finite(after.weights)
            running = refused == 0
            refused = jnp.where(running & ~good, step + 1, refused)
            return chosen(running & good, after, state), refused

        return self._over_steps((state, jnp.zeros((), jnp.int32)), take, orders[which], span)

    def _take_step(self, *arguments: Any) -> Any:
        return with_fast_random(partial(take_step, self.learner))(*arguments)

    def _evaluate(
        self, view: Any, numbers: Numbers, fold: Any, rows: Any, groups: Any, blocks: Any, data: Any
    ) -> Any:
        dtype = self.learner.dtype

        def block(number: Any, carry: Any) -> Any:
            first = number * self.block
            numbers_of_rows = self._batch(rows[fold], first, self.block)
            kinds = self._batch(groups[fold], first, self.block)
            _, losses, scores, penalty = judge_rows(
                self.learner, view, numbers, *picked(data, numbers_of_rows)
            )
            # Where instead of a product: a row of another group that is not finite must not spoil the sum.
            member = kinds[:, None] == jnp.arange(GROUPS)
            sums = [jnp.where(member, value[:, None], 0).sum(axis=0) for value in (losses, scores)]
            return carry[0] + sums[0], carry[1] + sums[1], penalty.astype(dtype)

        zeros = jnp.zeros(GROUPS, dtype)
        return lax.fori_loop(0, blocks, block, (zeros, zeros, jnp.zeros((), dtype)))

    def _predict(self, view: Any, numbers: Numbers, fold: Any, rows: Any, data: Any) -> Any:
        def block(number: Any) -> Any:
            numbers_of_rows = self._batch(rows[fold], number * self.block, self.block)
            return judge_rows(self.learner, view, numbers, *picked(data, numbers_of_rows))[:3]

        found = lax.map(block, jnp.arange(rows.shape[1] // self.block))
        return jax.tree.map(lambda blocks: blocks.reshape(-1, *blocks.shape[2:]), found)

    def _watch(self, view: Any, numbers: Numbers, fold: Any, rows: Any, data: Any) -> Any:
        def block(number: Any) -> Any:
            numbers_of_rows = self._batch(rows[fold], number * self.block, self.block)
            outputs, losses, _, penalty = judge_rows(
                self.learner, view, numbers, *picked(data, numbers_of_rows)
            )
            return outputs, losses, penalty.astype(self.learner.dtype)

        outputs, losses, penalty = lax.map(block, jnp.arange(rows.shape[1] // self.block))
        joined = (part.reshape(-1, *part.shape[2:]) for part in (outputs, losses))
        return *joined, penalty[-1]

    def _call(
        self, name: str, function: Callable[..., Any], ins: Any, outs: Any, *, donate: int | None = None
    ) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            if name not in self._compiled:
                lowered = self._lower(function, ins, outs, donate, arguments)
                self._compiled[name] = self._timed(lambda: compiled(lowered, self._effort(name)))
            elif isinstance(self._compiled[name], Future):
                self._compiled[name] = self._timed(self._compiled[name].result)
            return self._compiled[name](*arguments)

        return call

    def _effort(self, name: str) -> Effort:
        """Say how hard a program is compiled: short work predicts once, and has little to copy."""
        rare = name.split(" ", maxsplit=1)[0] in {"predict", "duplicate", "choose"}
        return Effort.LEAST if rare and self.effort is Effort.LESS else self.effort

    def _lower(
        self, function: Callable[..., Any], ins: Any, outs: Any, donate: int | None, arguments: Any
    ) -> Any:
        """Turn a function of all lanes into what is to be compiled."""
        self.compilations += 1
        mesh = self.placement.mesh
        spread = jax.shard_map(function, mesh=mesh, in_specs=ins, out_specs=outs, check_vma=False)
        jitted = jax.jit(spread, donate_argnums=() if donate is None else donate)
        return self._timed(lambda: jitted.lower(*arguments))

    def _timed(self, work: Callable[[], Any]) -> Any:
        """Do some work of compiling, and count its seconds."""
        began = time.perf_counter()
        with part("compile"):
            done = work()
        self.compile_seconds += time.perf_counter() - began
        return done


def _if_awake(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make the function that gives zeros for lanes that are not asked, at no cost where they stand alone."""

    def look(awake: Any, *arguments: Any) -> Any:
        def rest(*arguments: Any) -> Any:
            given = jax.eval_shape(function, *arguments)
            return jax.tree.map(lambda one: jnp.zeros(one.shape, one.dtype), given)

        return lax.cond(awake, function, rest, *arguments)

    return look


def picked(data: Any, rows: jax.Array) -> tuple[Any, jax.Array]:
    """Gather inputs and targets of some rows."""
    inputs, targets = data
    return jax.tree.map(lambda part: part[rows], inputs), targets[rows]
