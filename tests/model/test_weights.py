"""Which weights a word means, and over which axes a unit takes its inputs."""

import keras
import numpy as np
import pytest

from trainlab.model.weights import incoming_axes, names_meant

layers = keras.layers


@pytest.mark.parametrize(
    "layer, shape, name, axes",
    [
        (layers.Dense(2), (None, 3), "kernel", (0,)),
        (layers.Conv1D(4, 2), (None, 5, 3), "kernel", (0, 1)),
        (layers.Conv2D(4, 2), (None, 5, 5, 3), "kernel", (0, 1, 2)),
        (layers.Conv2DTranspose(4, 2), (None, 5, 5, 3), "kernel", (0, 1, 3)),
        (layers.DepthwiseConv2D(2), (None, 5, 5, 3), "kernel", (0, 1)),
        (layers.SeparableConv2D(4, 2), (None, 5, 5, 3), "depthwise_kernel", (0, 1)),
        (layers.SeparableConv2D(4, 2), (None, 5, 5, 3), "pointwise_kernel", (0, 1, 2)),
        (layers.LSTM(2), (None, None, 3), "recurrent_kernel", (0,)),
        (layers.Embedding(7, 2), (None, 3), "embeddings", (1,)),
        (layers.EinsumDense("abc,cde->abde", (None, 2, 3)), (None, 5, 4), "kernel", (0,)),
        (layers.EinsumDense("abde,dec->abc", (None, 4)), (None, 5, 2, 3), "kernel", (0, 1)),
        (layers.Dense(2), (None, 3), "bias", ()),
    ],
)
def test_a_unit_s_weights_are_those_that_reach_it(layer, shape, name, axes):
    """
    Norms over the axes have one number for each unit: its inputs are summed, units are not.
    """
    layer.build(shape)
    (variable,) = [found for found in layer.trainable_weights if found.name == name]

    assert incoming_axes(layer, variable) == axes


def test_axes_are_seen_in_the_slopes():
    """
    Of a transposed convolution's kernel, one output channel depends on the weights of one unit alone.
    """
    layer = layers.Conv2DTranspose(4, 2)
    layer.build((None, 5, 5, 3))
    kernel = np.zeros(layer.kernel.shape, np.float32)
    kernel[:, :, 1, :] = 1
    layer.kernel.assign(kernel)

    reached = np.asarray(layer(np.ones((1, 5, 5, 3), np.float32))).any(axis=(0, 1, 2))

    assert reached.tolist() == [False, True, False, False]
    assert set(range(4)) - set(incoming_axes(layer, layer.kernel)) == {2}


def test_words_mean_all_weights_of_a_kind_or_one_by_name():
    """
    `kernel` means every kernel, `bias` every bias, another word the weight of that very name.
    """
    layer = layers.SeparableConv2D(4, 2)
    layer.build((None, 5, 5, 3))

    assert names_meant(layer, "kernel") == ["depthwise_kernel", "pointwise_kernel"]
    assert names_meant(layer, "bias") == ["bias"]
    assert names_meant(layer, "pointwise_kernel") == ["pointwise_kernel"]
    assert names_meant(layer, "gamma") == []
