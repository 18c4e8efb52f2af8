"""A Keras model as pure functions of its weights and state: the only file that knows how Keras keeps them.

It captures how each variable's first value is drawn, so that the weights of all lanes are drawn from one
built model instead of building a model for each lane. It knows no lanes, optimizers or data.
"""

import contextlib
import functools
import random
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
from keras.src import backend as keras_backend
from keras.src.backend.common import dtypes as keras_dtypes
from keras.src.models.functional import Functional
from numpy.typing import NDArray

from trainlab.compiling import Effort, compiled
from trainlab.errors import UsageError, first_line
from trainlab.model.first_values import drawn, drawn_soon
from trainlab.model.windows import sliced
from trainlab.per_lane import Knob, turned

Arrays = list[jax.Array]
HostArrays = list[NDArray[Any]]

# Purposes keep the streams of one seed apart.
START, LAYERS = 1, 2
VALUE, OWN_SEED, PLACED_SEED = 0, 1, 2


@dataclass(frozen=True)
class _Start:
    """How a variable gets its first value: drawn by ``initializer``, or ``value`` as it is."""

    initializer: Any
    value: Any
    shape: tuple[int, ...]
    dtype: str
    label: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Network:
    """A built Keras model, its first values and the attributes that take lane numbers.

    Args:
        model: the model; it is never called outside of a stateless scope again.
        knobs: attributes that take a number of the lane.
        weight_starts: how each trainable variable starts.
        state_starts: how each other variable starts.
        state_labels: for each other variable its kind and its number within the kind. The kinds are
            ``VALUE``, ``OWN_SEED`` for the state of a random layer of the model, and ``PLACED_SEED`` for that
            of a random layer that a technique placed, whose number comes from its site, so that it draws the
            same whatever else is placed.
        inputs: names of the inputs where there are several.
        ties: weights that start as a function of others: position, position of the other, and the function.
    """

    model: Any
    knobs: tuple[Knob, ...]
    weight_starts: tuple[_Start, ...]
    state_starts: tuple[_Start, ...]
    state_labels: tuple[tuple[int, int], ...]
    inputs: tuple[str, ...] = ()
    ties: tuple[tuple[int, int, Callable[[Any], Any]], ...] = ()

    @property
    def weight_names(self) -> tuple[str, ...]:
        """Paths of the trainable variables."""
        return tuple(variable.path for variable in self.model.trainable_variables)

    @property
    def state_names(self) -> tuple[str, ...]:
        """Paths of the other variables."""
        return tuple(variable.path for variable in self.model.non_trainable_variables)

    @property
    def parameters(self) -> int:
        """How many trainable numbers there are."""
        return int(sum(np.prod(start.shape, dtype=np.int64) for start in self.weight_starts))

    def start(self, seeds: Sequence[tuple[int, int]]) -> tuple[HostArrays, HostArrays]:
        """Draw the first weights and state of lanes, each from its ``(seed, fold)``.

        A variable's key comes from seed, fold, name, shape and how many alike came before it, so the same
        seed gives two networks the same weights where their shapes agree.

        Returns:
            Weights and state, each a list of arrays ``(lane, ...)``.
        """
        weights, state = (
            [self._first_values(start, seeds) for start in starts]
            for starts in (self.weight_starts, self.state_starts)
        )
        for slot, (kind, order) in enumerate(self.state_labels):
            if kind != VALUE:
                first = [[_words(LAYERS, seed, fold, kind, order)[0], 0] for seed, fold in seeds]
                state[slot] = np.array(first, state[slot].dtype)
        for slot, other, function in self.ties:
            weights[slot] = np.stack([np.asarray(function(value)) for value in weights[other]])
        return weights, state

    def _first_values(self, start: _Start, seeds: Sequence[tuple[int, int]]) -> NDArray[Any]:
        # One lane after the other: building the model has compiled these draws already.
        if start.initializer is None:
            return np.stack([start.value] * len(seeds))
        words = [_words(START, seed, fold, *start.label) for seed, fold in seeds]
        return np.stack([np.asarray(_drawn(start, pair)) for pair in words])

    def as_built(self, lanes: int) -> tuple[HostArrays, HostArrays]:
        """Repeat the values that the model was built with for so many lanes."""
        weights, state = (
            [np.stack([start.value] * lanes) for start in starts]
            for starts in (self.weight_starts, self.state_starts)
        )
        return weights, state

    def call(
        self,
        weights: Arrays,
        state: Arrays,
        inputs: Any,
        numbers: Mapping[str, jax.Array],
        *,
        training: bool,
    ) -> tuple[jax.Array, Arrays, jax.Array]:
        """Run the model on one lane's weights.

        Returns:
            Outputs, the next state, and the sum of what regularization adds to the loss.
        """
        rows = as_taken(self.model, inputs, self.inputs)
        run = functools.partial(
            self.model.stateless_call, return_losses=True, **self._mode(training=training)
        )
        with turned(self.knobs, numbers):
            outputs, state, losses = (sliced(run) if training else run)(weights, state, rows)
        penalty = sum(losses, start=jnp.zeros((), outputs.dtype))
        return outputs, state, penalty

    def _mode(self, *, training: bool) -> dict[str, bool]:
        return {"training": training} if self.model._call_has_training_arg else {}  # noqa: SLF001  (as fit does)


def capture(build: Callable[[], Any], example: Any, inputs: Sequence[str] = ()) -> tuple[Any, dict[int, Any]]:
    """Build a model, run it once so that every variable exists, and note how each was initialized.

    Args:
        build: builds the model.
        example: a few rows of prepared input; a tuple where there are several inputs.
        inputs: names of the inputs where there are several.

    Returns:
        The model, and id of variable -> (initializer, first value).
    """
    noted: dict[int, Any] = {}
    kind = keras_backend.Variable
    original = kind._initialize_with_initializer  # noqa: SLF001  (Keras keeps no public record of it)

    def noting(variable: Any, initializer: Any) -> None:
        original(variable, drawn_soon(initializer))
        noted[id(variable)] = (initializer, variable._value)  # noqa: SLF001

    kind._initialize_with_initializer = noting  # noqa: SLF001
    try:
        model = build()
        first_call(model, example, inputs)
    finally:
        kind._initialize_with_initializer = original  # noqa: SLF001
    return model, noted


def first_call(model: Any, example: Any, inputs: Sequence[str] = ()) -> None:
    """See that a model takes such rows, and that every variable exists.

    Raises:
        UsageError: where the model does not take rows of that shape.
    """
    rows = as_taken(model, example, inputs)
    try:
        if model.built and isinstance(model, Functional):
            # Its variables exist: shapes are enough, where computing would compile every operation by itself.
            jax.eval_shape(model.stateless_call, *_values(model), rows)
        else:
            model(rows)
    except Exception as error:
        raise UsageError(
            f"the model does not take rows of shape {_shape(example)}: {first_line(error)}",
            "model",
            None,
            "Give it an input layer of the data's shape.",
        ) from error


def outputs_of(model: Any, rows: Any) -> Any:
    """Compute what a built model gives for a few rows, by one program that compiles soon where that can be.

    Called as it stands a model compiles every operation by itself.
    """
    if not isinstance(model, Functional):
        return model(rows)  # a class of the user's may look at numbers, which no program can
    arguments = (*_values(model), rows)
    program = compiled(jax.jit(model.stateless_call).lower(*arguments), Effort.LEAST)
    return program(*arguments)[0]


def _values(model: Any) -> tuple[Arrays, Arrays]:
    """Give the values of a built model's trainable variables and of the others, as they stand."""
    weights, others = model.trainable_variables, model.non_trainable_variables
    return [variable.value for variable in weights], [variable.value for variable in others]


def as_taken(model: Any, rows: Any, inputs: Sequence[str]) -> Any:
    """Give rows as a model takes them: one array as it is, several as a list in the model's own order.

    Inputs go by their names where the model has the same names, else in the order in which they were given.
    """
    if not isinstance(rows, tuple):
        return rows
    own = [tensor.name for tensor in getattr(model, "inputs", None) or ()]
    if sorted(own) == sorted(inputs):
        return [rows[inputs.index(name)] for name in own]
    return list(rows)


def _shape(example: Any) -> object:
    parts = example if isinstance(example, tuple) else (example,)
    shapes = [part.shape[1:] for part in parts]
    return shapes[0] if len(shapes) == 1 else " and ".join(map(str, shapes))


def network(
    model: Any,
    noted: Mapping[int, Any],
    knobs: Sequence[Knob] = (),
    inputs: Sequence[str] = (),
    ties: Sequence[tuple[int, int, Callable[[Any], Any]]] = (),
) -> Network:
    """Make a network of a built model and of what was noted while it was built.

    A variable whose value is no longer what its initializer drew was set on purpose (a fitted
    normalization, loaded weights) and keeps its value in every lane; the others are drawn per lane.
    """
    generators = {id(generator.state) for generator in _seed_generators(model)}
    placed = {
        knob.number: knob.owner.seed_generator for knob in knobs if hasattr(knob.owner, "seed_generator")
    }
    seen: dict[tuple[int, ...], int] = {}

    def start(variable: Any) -> _Start:
        initializer, first = noted.get(id(variable), (None, None))
        untouched = first is variable._value  # noqa: SLF001
        kind = (zlib.crc32(variable.name.encode()), *variable.shape)
        seen[kind] = seen.get(kind, -1) + 1
        seeded = getattr(initializer, "seed", None) is not None
        # A function of the user's may draw as well; only Keras's own without a seed are constants.
        foreign = initializer is not None and not isinstance(initializer, keras.initializers.Initializer)
        draws = untouched and (seeded or (foreign and id(variable) not in generators))
        return _Start(
            initializer if draws else None,
            variable.numpy(),
            tuple(variable.shape),
            str(variable.dtype),
            (*kind, seen[kind]),
        )

    return Network(
        model,
        tuple(knobs),
        tuple(start(variable) for variable in model.trainable_variables),
        tuple(start(variable) for variable in model.non_trainable_variables),
        labels_of(model, placed),
        tuple(inputs),
        tuple(ties),
    )


def labels_of(model: Any, placed: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    """Label each variable that is not trainable by its kind and its number within the kind.

    Args:
        model: a built model.
        placed: name of a site -> the seed generator of what a technique placed there.
    """
    own = {id(generator.state) for generator in _seed_generators(model)}
    sites = {id(generator.state): zlib.crc32(name.encode()) for name, generator in placed.items()}
    labels: list[tuple[int, int]] = []
    for variable in model.non_trainable_variables:
        if id(variable) in sites:
            labels.append((PLACED_SEED, sites[id(variable)]))
            continue
        kind = OWN_SEED if id(variable) in own else VALUE
        labels.append((kind, sum(other == kind for other, _ in labels)))
    return tuple(labels)


def assign(model: Any, weights: Sequence[Any], state: Sequence[Any]) -> None:
    """Give a model the weights and state of one lane."""
    for variable, value in zip(model.trainable_variables, weights, strict=True):
        variable.assign(value)
    for variable, value in zip(model.non_trainable_variables, state, strict=True):
        variable.assign(value)


@contextlib.contextmanager
def precision(dtype: str) -> Iterator[None]:
    """Compute in ``float32`` or ``float64`` throughout, and set everything back.

    Keras on JAX takes results back to float32 through a table, also under float64; the table is kept at
    float64 meanwhile, else normalizations and losses would round.
    """
    if dtype == "float32":
        yield
        return
    floats, wide = keras.config.floatx(), bool(getattr(jax.config, "jax_enable_x64"))  # noqa: B009
    policy = keras.config.dtype_policy()
    table = dict(keras_dtypes.BIT64_TO_BIT32_DTYPE)
    try:
        _widen(wide=True)
        keras.config.set_floatx(dtype)
        keras.config.set_dtype_policy(dtype)
        keras_dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
        yield
    finally:
        keras_dtypes.BIT64_TO_BIT32_DTYPE.update(table)
        keras.config.set_floatx(floats)
        keras.config.set_dtype_policy(policy)
        _widen(wide=wide)


def _widen(*, wide: bool) -> None:
    jax.config.update("jax_enable_x64", wide)  # type: ignore[no-untyped-call]


def _drawn(start: _Start, words: tuple[int, int]) -> jax.Array:
    """Draw a first value: by its own key, or, where a function of the user's takes none, after seeding."""
    if getattr(start.initializer, "seed", None) is None:
        with _seeded(words[0]):
            value: jax.Array = start.initializer(start.shape, dtype=start.dtype)
        return value
    return drawn(start.initializer, start.shape, start.dtype, words)


@contextlib.contextmanager
def _seeded(word: int) -> Iterator[None]:
    """Seed the global generators of Python, NumPy and Keras, and set the first two back."""
    before = random.getstate(), np.random.get_state()  # noqa: NPY002  (what a user's function may draw from)
    try:
        keras.utils.set_random_seed(word)
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])  # noqa: NPY002


def _words(*entropy: int) -> tuple[int, int]:
    first, second = np.random.SeedSequence(entropy).generate_state(2, np.uint32)
    return int(first), int(second)


def _seed_generators(model: Any) -> Iterator[Any]:
    for layer in model._flatten_layers():  # noqa: SLF001  (Keras's own way to all layers)
        yield from layer._seed_generators  # noqa: SLF001
