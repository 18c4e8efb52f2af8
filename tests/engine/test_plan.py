"""How wide a program is, and what happens to layers that can't be vectorised."""

import dataclasses

import jax
import keras
import numpy as np

from trainlab.checking import prepare
from trainlab.compiling import Effort
from trainlab.engine import plan
from trainlab.engine.assembly import not_vectorised
from trainlab.engine.plan import read_width
from trainlab.engine.training import effort_of
from trainlab.experiment.models import mlp
from trainlab.experiment.recipe import Recipe
from trainlab.testing import tiny_experiment

LEFT_OUT = 2.0


@keras.saving.register_keras_serializable("trainlab-tests")
class AskingPython(keras.layers.Layer):
    """A layer that asks Python for numbers in mid-program, in a way that JAX can't vectorise."""

    def call(self, inputs):
        """Add twice the input's sign, computed outside of JAX."""
        asked = jax.ShapeDtypeStruct(inputs.shape, inputs.dtype)
        resting = jax.lax.stop_gradient(inputs)
        return inputs + jax.pure_callback(
            lambda rows: LEFT_OUT * np.sign(rows), asked, resting, vmap_method=None
        )

    def compute_output_shape(self, shape):
        """Give the shape of the input."""
        return shape


def asking_python():
    """Build a network with such a layer."""
    layers = [
        keras.Input((4,)),
        AskingPython(),
        keras.layers.Dense(5, activation="relu"),
        keras.layers.Dense(3, activation="softmax"),
    ]
    return keras.Sequential(layers)


def one_cohort(experiment):
    """Prepare an experiment of one cohort."""
    ready = prepare(experiment)
    (prepared,) = ready.cohorts
    return prepared, ready.workshop.data(None)


def test_a_layer_that_cannot_be_vectorised_is_found_by_tracing():
    """
    The layer that hinders vectorising is named, and of an ordinary network nothing is said.
    """
    (odd, data), (usual, _) = (
        one_cohort(tiny_experiment(model=model)) for model in (asking_python, mlp([5]))
    )

    assert "AskingPython" in not_vectorised(odd.learner, odd.cohort, data)
    assert not_vectorised(usual.learner, usual.cohort, data) == ""


def test_lanes_that_cannot_be_vectorised_are_taken_one_by_one(monkeypatch):
    """
    Where lanes are vectorised in groups, such a network gets groups of one, and the plan says why.
    """
    monkeypatch.setattr(plan, "lanes_at_once", lambda lanes: max(lanes, 2))
    odd, _ = one_cohort(tiny_experiment(model=asking_python, variants={"a": {}, "b": {"l2": 0.1}}))
    usual, _ = one_cohort(tiny_experiment(variants={"a": {}, "b": {"l2": 0.1}}))

    assert odd.width.group == 1
    assert "one lane at a time, since they can't be vectorised: " in odd.width.reason
    assert usual.width.group > 1
    assert "one lane at a time" not in usual.width.reason


def test_a_layer_that_cannot_be_vectorised_trains(train_lanes):
    """
    Its lanes learn, and their losses are those of the network computed by NumPy from the lanes' weights.
    """
    experiment = tiny_experiment(
        model=asking_python,
        variants={"a": {}},
        seeds=2,
        recipe=Recipe(learning_rate=0.05, batch_size=16, epochs=4),
    )
    lanes = train_lanes(experiment)
    rows = lanes.chunk.rows.validation[0]
    counts = lanes.chunk._group_counts(lanes.chunk.rows.each_epoch)[:, 1:]
    measured = (lanes.sums[-1].losses[:, 1:] * counts).sum(axis=1) / counts.sum(axis=1)
    inputs = experiment.data.x[rows].astype(np.float64)
    inputs = inputs + LEFT_OUT * np.sign(inputs)

    assert lanes.chunk.program.group == 1
    assert (lanes.running[-1] < lanes.running[0]).all()
    for lane in range(2):
        first, bias, last, offset = lanes.weights(lane)
        logits = np.maximum(inputs @ first + bias, 0) @ last + offset
        logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
        assert np.isclose(
            -logits[np.arange(len(rows)), experiment.data.y[rows]].mean(), measured[lane], atol=1e-5
        )


def test_a_plan_is_read_back_as_it_was_written():
    """
    A width comes back from its document equal in every part, so that going on keeps it.
    """
    prepared, _ = one_cohort(tiny_experiment())
    width = prepared.width

    assert read_width(width.document()) == width
    assert set(width.document()) == {field.name for field in dataclasses.fields(width)}
    assert width.width % width.devices == 0


def test_short_work_is_compiled_in_haste_and_long_work_is_not():
    """
    All programs of an experiment or none: what trains for seconds is compiled in haste, and the plan says so.
    """
    sizes = {"baseline": {}, "wide": {"hidden": [64]}}
    short = prepare(tiny_experiment(variants=sizes))
    long = prepare(
        tiny_experiment(variants=sizes, recipe=Recipe(learning_rate=0.1, batch_size=16, epochs=20_000))
    )

    assert [ready.width.haste for ready in short.cohorts] == [True, True]
    assert [ready.width.haste for ready in long.cohorts] == [False, False]
    assert effort_of(*short.cohorts) is Effort.LESS
    assert effort_of(*long.cohorts) is Effort.FULL


def test_a_plan_from_before_haste_is_read():
    """
    A stored plan that says nothing of haste goes on as it began.
    """
    prepared, _ = one_cohort(tiny_experiment())
    document = prepared.width.document()
    del document["haste"]

    assert not read_width(document).haste
