"""Reading graphs: which layers are hidden, which end the model, what belongs to one block."""

import keras
import pytest

from trainlab.model.graph import (
    behind_outputs,
    block_of,
    can_place,
    graph_of,
    hidden_layers,
    nodes_of,
    output_layers,
)

layers = keras.layers


def names(found):
    """Give the names of layers."""
    return [layer.name for layer in found]


@pytest.mark.parametrize(
    "model, hidden",
    [
        ("mlp", ["one", "two"]),
        ("bypass", ["long_1", "short", "long_2"]),
        ("shared", ["one"]),
        ("inner", ["one", "two"]),
        ("several", ["table", "seen"]),
    ],
)
def test_hidden_layers_learn_and_come_before_the_outputs(build, model, hidden):
    """
    Hidden are the layers with weights of their own before the output layer, without normalizations.
    """
    graph = graph_of(build(model))

    assert names(hidden_layers(graph)) == hidden
    assert names(output_layers(graph)) == ["out"]


def test_two_outputs_have_two_output_layers():
    """
    Each output ends in a layer of its own, also through a softmax, which is behind the outputs.
    """
    rows = keras.Input((3,))
    hidden = layers.Dense(4, name="one")(rows)
    ends = [
        layers.Dense(2, name="left")(hidden),
        layers.Softmax(name="soft")(layers.Dense(2, name="right")(hidden)),
    ]
    graph = graph_of(keras.Model(rows, ends))

    behind = [node.operation.name for node in nodes_of(graph) if id(node) in behind_outputs(graph)]

    assert sorted(names(output_layers(graph))) == ["left", "right"]
    assert names(hidden_layers(graph)) == ["one"]
    assert behind == ["soft"]


def test_a_block_ends_where_its_output_is_shared():
    """
    A layer read by two others stands alone; normalization and activation in either order belong to it.
    """
    rows = keras.Input((3,))
    one = layers.Dense(4, name="one")(rows)
    two = layers.BatchNormalization(name="norm")(layers.ReLU(name="bend")(layers.Dense(4, name="two")(one)))
    graph = graph_of(keras.Model(rows, layers.Dense(2)(layers.Add()([layers.ReLU()(one), two]))))

    assert names(block_of(graph, graph.get_layer("one"))) == ["one"]
    assert names(block_of(graph, graph.get_layer("two"))) == ["two", "bend", "norm"]


def test_an_activation_of_two_layers_is_nobody_s_own():
    """
    An activation layer that is called twice is in no block.
    """
    rows = keras.Input((3,))
    bend = layers.ReLU(name="bend")
    model = keras.Model(rows, bend(layers.Dense(2)(bend(layers.Dense(4, name="one")(rows)))))
    graph = graph_of(model)

    assert names(block_of(graph, graph.get_layer("one"))) == ["one"]


def test_a_subclassed_model_hides_its_layers(build):
    """
    Sequential and functional models show their layers, others don't.
    """

    class Hidden(keras.Model):
        """A model whose layers are its own affair."""

    assert can_place(build("plain"))
    assert can_place(build("bypass"))
    assert not can_place(Hidden())
