"""A Keras model as pure functions: where its first values come from, and that a call is Keras's own."""

import zlib

import jax
import keras
import numpy as np
import pytest
from keras.src.backend.common import dtypes as keras_dtypes

from trainlab.errors import UsageError
from trainlab.experiment.models import describe_model
from trainlab.experiment.recipe import Recipe
from trainlab.model import functional
from trainlab.model.blueprint import Bases, blueprint, build

ROWS = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
LANES = [(0, 0), (0, 1), (1, 0)]

layers = keras.layers


def sequential(*inner):
    """A sequential model over three columns."""
    return keras.Sequential([keras.Input((3,)), *inner])


def network(model, *techniques, rows=ROWS, **settings):
    """Build the network of a builder function, with techniques placed."""
    bases = Bases(rows, (), outputs=2, probabilities=True)
    recipe = Recipe(**dict.fromkeys(techniques, 0.1), **settings)
    plan, _ = blueprint(describe_model(model), recipe, bases)
    return build(plan, bases)


def again(layer):
    """A layer of the same settings."""
    return type(layer).from_config(layer.get_config())


def hidden_and_output():
    """One hidden layer of four units and two outputs."""
    return sequential(layers.Dense(4, activation="relu"), layers.Dense(2))


# --------------------------------------------------------------------------------------------- first values


def test_a_seed_and_fold_give_one_start():
    """
    The same seed and fold draw the same bits, alone or among others; another seed or fold draws others.
    """
    lanes = network(hidden_and_output)

    weights, _ = lanes.start([*LANES, (0, 0)])
    alone, _ = lanes.start([(1, 0)])

    for kernel, single in zip(weights[::2], alone[::2], strict=True):
        np.testing.assert_array_equal(kernel[0], kernel[3])
        np.testing.assert_array_equal(kernel[2], single[0])
        assert len(np.unique(kernel[:3].reshape(3, -1)[:, 0])) == 3


def test_networks_share_first_weights_where_shapes_agree():
    """
    A change of the output layer leaves the drawn weights of the hidden layers as they are.
    """

    def wider():
        return sequential(layers.Dense(4, activation="tanh"), layers.Dense(9))

    one, _ = network(hidden_and_output).start(LANES)
    other, _ = network(wider).start(LANES)

    np.testing.assert_array_equal(one[0], other[0])


def test_layers_of_one_shape_draw_apart():
    """
    Two hidden layers of the same shape do not start alike.
    """
    weights, _ = network(lambda: sequential(layers.Dense(3), layers.Dense(3), layers.Dense(2))).start(
        [(0, 0)]
    )

    assert not np.array_equal(weights[0], weights[2])


def test_placing_a_technique_leaves_first_weights_as_they_are():
    """
    With dropout and L2 placed the same seed starts from the same weights: comparisons are paired.
    """
    plain, _ = network(hidden_and_output).start(LANES)
    placed, _ = network(hidden_and_output, "dropout", "l2").start(LANES)

    for one, other in zip(plain, placed, strict=True):
        np.testing.assert_array_equal(one, other)


def test_drawn_weights_have_the_initializers_distribution():
    """
    Over many seeds, drawn weights have the spread that their initializer states, or are orthogonal.
    """
    wanted = {"glorot_uniform": np.sqrt(2 / 43), "he_normal": np.sqrt(2 / 40), "random_normal": 0.05}
    hidden = [layers.Dense(40, kernel_initializer=name, use_bias=False) for name in (*wanted, "orthogonal")]
    made = network(lambda: sequential(*hidden, layers.Dense(2)))

    kernels = dict(
        zip((*wanted, "orthogonal"), made.start([(seed, 0) for seed in range(30)])[0], strict=False)
    )

    for name, deviation in wanted.items():
        assert abs(kernels[name].mean()) < 4 * deviation / np.sqrt(kernels[name].size)
        assert kernels[name].std() == pytest.approx(deviation, rel=0.03)
    assert 0.98 * np.sqrt(6 / 43) < np.abs(kernels["glorot_uniform"]).max() <= np.sqrt(6 / 43)
    for kernel in kernels["orthogonal"]:
        np.testing.assert_allclose(kernel @ kernel.T, np.eye(40), atol=1e-5)
    assert np.abs(kernels["orthogonal"][0] - kernels["orthogonal"][1]).max() > 1e-3


def test_constants_are_constants():
    """
    Biases, gains and moving averages start in every lane as Keras sets them.
    """
    inner = layers.Dense(4, bias_initializer=keras.initializers.Constant(0.25))
    made = network(lambda: sequential(inner, layers.BatchNormalization(), layers.Dense(2)))

    weights, state = made.start(LANES)
    named = dict(zip((*made.weight_names, *made.state_names), (*weights, *state), strict=True))

    wanted = {"dense": 0.25, "gamma": 1, "beta": 0, "moving_mean": 0, "moving_variance": 1}
    for name, value in wanted.items():
        (found,) = [
            array
            for path, array in named.items()
            if path.endswith(name) or (name == "dense" and array is weights[1])
        ]
        np.testing.assert_array_equal(found, np.full((3, 4), value, np.float32))


@pytest.mark.parametrize("techniques", [(), ("dropout", "l2")])
def test_a_value_set_on_purpose_stays_in_every_lane(techniques):
    """
    An assigned bias and an adapted normalization start alike in every lane; the kernel beside them is drawn.
    """
    bias = np.array([1, 2, 3, 4], np.float32)

    def model():
        scaled = layers.Normalization()
        scaled.adapt(ROWS)
        first = layers.Dense(4, name="first")
        made = sequential(scaled, first, layers.Dense(2))
        first.bias.assign(bias)
        return made

    made = network(model, *techniques)
    weights, state = made.start(LANES)
    names = [name.rpartition("/")[2] for name in made.state_names]

    np.testing.assert_array_equal(weights[1], [bias] * 3)
    np.testing.assert_allclose(state[names.index("mean")], [ROWS.mean(axis=0)] * 3, rtol=1e-5)
    assert np.abs(weights[0][0] - weights[0][2]).max() > 1e-3


def test_loaded_weights_stay_in_every_lane(tmp_path):
    """
    Weights that the builder loads from a file are every lane's first weights.
    """
    path = tmp_path / "pretrained.weights.h5"
    trained = hidden_and_output()
    trained.save_weights(path)

    def model():
        made = hidden_and_output()
        made.load_weights(path)
        return made

    weights, _ = network(model).start(LANES)

    for lanes, variable in zip(weights, trained.trainable_variables, strict=True):
        np.testing.assert_array_equal(lanes, [variable.numpy()] * 3)


# ------------------------------------------------------------------------------------------- random layers


def own_dropout():
    """A model with a random layer of its own."""
    return sequential(layers.Dense(4), layers.Dropout(0.3), layers.Dense(2))


def test_random_layers_draw_apart_between_seeds():
    """
    The states of a random layer differ between seeds and folds, and the same seed has the same state.
    """
    made = network(own_dropout)

    (states,) = made.start([*LANES, (0, 0)])[1]

    assert len(np.unique(states[:3], axis=0)) == 3
    np.testing.assert_array_equal(states[0], states[3])


def test_a_placed_technique_leaves_the_models_own_randomness():
    """
    With dropout placed, the model's own random layer keeps its label and its first state in every lane.
    """
    plain, placed = network(own_dropout), network(own_dropout, "dropout")
    own = (functional.OWN_SEED, 0)

    before = plain.start(LANES)[1][plain.state_labels.index(own)]
    after = placed.start(LANES)[1][placed.state_labels.index(own)]

    np.testing.assert_array_equal(before, after)
    assert sorted(placed.state_labels) == [own, (functional.PLACED_SEED, zlib.crc32(b"dropout@1"))]


def test_what_a_technique_draws_is_fixed_by_its_place_alone():
    """
    Dropout at the last hidden layer starts from the same state whatever else draws in the network.
    """
    two = [layers.Dense(4), layers.Dense(4), layers.Dense(2)]
    other = network(lambda: sequential(*map(again, two)), "dropout", "gaussian_dropout")
    only = network(lambda: sequential(*map(again, two)), "dropout")

    for label in only.state_labels:
        states = [made.start(LANES)[1][made.state_labels.index(label)] for made in (only, other)]
        np.testing.assert_array_equal(*states)
    assert len({state.tobytes() for state in other.start(LANES)[1]}) == 4


def test_two_random_layers_of_a_lane_draw_apart():
    """
    The states of two random layers differ within a lane.
    """
    made = network(
        lambda: sequential(layers.Dropout(0.3), layers.Dense(4), layers.Dropout(0.3), layers.Dense(2))
    )

    first, second = made.start([(0, 0)])[1]

    assert not np.array_equal(first, second)


def test_a_normalized_kernel_starts_as_the_lanes_own_kernel():
    """
    With weight normalization a lane starts from the kernel that it has without, and its gain is its length.
    """
    plain, _ = network(hidden_and_output).start(LANES)
    made = network(hidden_and_output, weight_norm=True)

    weights, _ = made.start(LANES)
    ((gain, kernel, _),) = made.ties

    np.testing.assert_array_equal(weights[kernel], plain[0])
    np.testing.assert_allclose(
        weights[gain].reshape(3, -1), np.linalg.norm(plain[0], axis=1), rtol=1e-6, atol=0
    )


# -------------------------------------------------------------------------------------------------- calling


class Subclassed(keras.Model):
    """A model that hides its layers."""

    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(4, activation="tanh")
        self.last = layers.Dense(2)

    def call(self, rows):
        """Give two outputs."""
        return self.last(self.hidden(rows))


def compiled():
    """A model that brings an optimizer and metrics, which are none of a lane's business."""
    model = hidden_and_output()
    model.compile("adam", "mse", metrics=["mae"])
    return model


@pytest.mark.parametrize("model", [hidden_and_output, own_dropout, compiled, Subclassed])
def test_calling_without_state_is_calling_the_model(model):
    """
    In inference the network gives what the Keras model gives with the same weights, and no penalty.
    """
    made = network(model)
    weights, state = ([lanes[0] for lanes in values] for values in made.start([(3, 0)]))

    outputs, after, penalty = made.call(weights, state, ROWS, {}, training=False)
    functional.assign(made.model, weights, state)

    np.testing.assert_allclose(outputs, made.model(ROWS), rtol=1e-6, atol=1e-7)
    assert penalty == 0
    assert len(after) == len(state)


def two_inputs():
    """A model with two inputs of unlike shapes, the second one first in its list."""
    image, table = keras.Input((2, 2), name="image"), keras.Input((3,), name="table")
    both = layers.Concatenate()([layers.Flatten()(image), table])
    return keras.Model([table, image], layers.Dense(2)(both))


IMAGE, TABLE = np.ones((5, 2, 2), np.float32), ROWS


@pytest.mark.parametrize(
    "names, rows",
    [
        (("image", "table"), (IMAGE, TABLE)),
        (("table", "image"), (TABLE, IMAGE)),
        (("input_0", "input_1"), (TABLE, IMAGE)),
    ],
)
def test_inputs_go_by_their_names_else_in_their_order(names, rows):
    """
    Names that the model has lead each input to its place; other names leave the order as it was given.
    """
    model = two_inputs()

    taken = functional.as_taken(model, rows, names)

    for given, wanted in zip(taken, (TABLE, IMAGE), strict=True):
        assert given is wanted
    np.testing.assert_array_equal(model(taken), model([TABLE, IMAGE]))


def test_inputs_of_other_shapes_are_refused_with_all_of_them():
    """
    The message names the shape of every input.
    """
    with pytest.raises(UsageError, match=r"does not take rows of shape \(2, 2\) and \(3,\)"):
        functional.first_call(two_inputs(), (IMAGE, TABLE), ("one", "other"))


def test_parameters_counts_trainable_numbers():
    """
    The number of parameters is that of the trainable variables alone.
    """
    made = network(lambda: sequential(layers.Dense(4), layers.BatchNormalization(), layers.Dense(2)))

    assert made.parameters == (3 * 4 + 4) + (4 + 4) + (4 * 2 + 2)


def test_rows_of_another_shape_are_refused():
    """
    A model that does not take the data's rows is refused with their shape and what to do.
    """
    with pytest.raises(UsageError, match=r"rows of shape \(3,\).*input layer of the data's shape"):
        network(lambda: keras.Sequential([keras.Input((7,)), layers.Dense(2)]))


# ------------------------------------------------------------------------------------------------ precision


def settings():
    """What `precision` may change: float type, dtype policy, width of JAX, and Keras's table."""
    return (
        keras.config.floatx(),
        keras.config.dtype_policy().name,
        bool(jax.config.jax_enable_x64),
        dict(keras_dtypes.BIT64_TO_BIT32_DTYPE),
    )


def test_float64_is_computed_throughout_and_set_back():
    """
    Inside, weights and outputs are float64; afterwards every setting is what it was.
    """
    before = settings()

    with functional.precision("float64"):
        made = network(hidden_and_output, rows=ROWS.astype(np.float64))
        weights, state = made.start([(0, 0)])
        outputs, _, _ = made.call([w[0] for w in weights], state, ROWS.astype(np.float64), {}, training=False)
        inside = {*(str(array.dtype) for array in weights), str(outputs.dtype)}

    assert inside == {"float64"}
    assert settings() == before


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_precision_is_set_back_after_an_error(dtype):
    """
    An error inside leaves every setting as it was before.
    """
    before = settings()

    with pytest.raises(ArithmeticError, match="inside"), functional.precision(dtype):
        raise ArithmeticError("inside")

    assert settings() == before


def test_precision_keeps_a_persons_own_policy():
    """
    A dtype policy that was chosen before is in force again afterwards.
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        with functional.precision("float64"):
            inside = keras.config.dtype_policy().name
        after = keras.config.dtype_policy().name
    finally:
        keras.config.set_dtype_policy(before)

    assert (inside, after) == ("float64", "mixed_bfloat16")
