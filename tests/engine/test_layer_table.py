"""The layers in force as plain values: which layers each one takes its inputs from."""

import keras
import pytest

from trainlab.engine.layer_table import _inputs, _sources


@pytest.fixture(scope="module")
def residual():
    """A network with a bypass around two layers, and an operation that is no layer."""
    given = keras.Input((3,))
    stem = keras.layers.Dense(4, name="stem")(given)
    inner = keras.layers.Dense(4, name="inner")(stem)
    doubled = keras.ops.multiply(inner, 2.0)
    both = keras.layers.Add(name="both")([doubled, stem])
    return keras.Model(given, keras.layers.Dense(2, name="output")(both))


def test_a_bypass_has_two_sources(residual):
    """
    Sources are layers of the table in the order they are taken; what is no layer is passed through.
    """
    found = _sources(residual, set())

    assert found["stem"] == [residual.layers[0].name]
    assert found["both"] == ["inner", "stem"]
    assert found["output"] == ["both"]
    assert _inputs(residual) == [[3]]


def test_a_layer_that_is_left_out_is_passed_through(residual):
    """
    Behind a layer that no table shows stands the one before it.
    """
    left_out = {id(residual.get_layer("inner"))}

    assert _sources(residual, left_out)["both"] == ["stem"]


def test_a_sequential_model_is_a_chain():
    """
    Its first layer takes the input, which is no layer of its table, and the others the one before.
    """
    layers = [keras.layers.Dense(2, name="one"), keras.layers.Dense(2, name="two")]

    assert _sources(keras.Sequential([keras.Input((3,)), *layers]), set()) == {"one": [], "two": ["one"]}
