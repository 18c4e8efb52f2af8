"""Every layer of Keras: whether it trains as lanes together, and that a lane then equals `keras.Model.fit`.

`docs/reference/layers.md` says what is found here, and is checked.
"""

import inspect
import re
from functools import partial
from pathlib import Path

import jax
import keras
import numpy as np
import pytest
from keras import layers

from trainlab.engine.lane import LaneState
from trainlab.engine.step import KEY, Learner, Objective, take_step
from trainlab.experiment.recipe import Recipe
from trainlab.model import functional
from trainlab.recipe.losses import Head
from trainlab.recipe.optimizers import make_lane_optimizer, optimizer_start, read_descent
from trainlab.recipe.scores import SCORES

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "layers.md"
RATES = (0.1, 0.2)
TARGETS = np.arange(8) % 2

IMAGE, TABLE, SERIES, WORDS, VOLUME, SPARE = (6, 6, 3), (6,), (6, 4), (5,), (4, 4, 4, 2), (3, 6, 6, 1)


def dense(units=3):
    """Give a dense layer."""
    return layers.Dense(units)


def merged(kind, **settings):
    """Merge two dense layers of one input."""
    return lambda rows: kind(**settings)([dense()(rows), dense()(rows)])


def attended(kind, *sizes):
    """Let a series look at another one."""
    return lambda rows: kind(*sizes)([rows, dense(4)(rows)])


def looked_at(kind, *sizes):
    """Let a series look at itself."""
    return lambda rows: kind(*sizes)(rows, rows)


def after(first, second):
    """Put a layer behind another one."""
    return lambda rows: second(first(rows))


# What stands behind the input of a tiny model: layer, shape of a row, and what is built of it.
ZOO = {
    # core
    "Dense": (TABLE, lambda: layers.Dense(3, "relu")),
    "EinsumDense": (SERIES, lambda: layers.EinsumDense("abc,cd->abd", output_shape=(6, 3))),
    "Embedding": (WORDS, lambda: layers.Embedding(7, 3)),
    "ReversibleEmbedding": (WORDS, lambda: layers.ReversibleEmbedding(7, 3)),
    "Identity": (TABLE, layers.Identity),
    "Lambda": (TABLE, lambda: layers.Lambda(lambda rows: 2 * rows)),
    "Masking": (SERIES, lambda: after(layers.Masking(), layers.LSTM(2))),
    # activations
    "Activation": (TABLE, lambda: layers.Activation("gelu")),
    "ELU": (TABLE, layers.ELU),
    "LeakyReLU": (TABLE, layers.LeakyReLU),
    "PReLU": (TABLE, layers.PReLU),
    "ReLU": (TABLE, lambda: layers.ReLU(max_value=1.0)),
    "Softmax": (TABLE, layers.Softmax),
    # attention
    "AdditiveAttention": (SERIES, lambda: attended(layers.AdditiveAttention)),
    "Attention": (SERIES, lambda: attended(layers.Attention)),
    "GroupedQueryAttention": (SERIES, lambda: looked_at(layers.GroupQueryAttention, 2, 2, 1)),
    "MultiHeadAttention": (SERIES, lambda: looked_at(layers.MultiHeadAttention, 2, 2)),
    # convolutions
    "Conv1D": (SERIES, lambda: layers.Conv1D(3, 2, strides=2)),
    "Conv2D": (IMAGE, lambda: layers.Conv2D(4, 3, padding="same", dilation_rate=2)),
    "Conv3D": (VOLUME, lambda: layers.Conv3D(2, 2)),
    "Conv1DTranspose": (SERIES, lambda: layers.Conv1DTranspose(2, 2, strides=2)),
    "Conv2DTranspose": (IMAGE, lambda: layers.Conv2DTranspose(2, 3)),
    "Conv3DTranspose": (VOLUME, lambda: layers.Conv3DTranspose(2, 2)),
    "DepthwiseConv1D": (SERIES, lambda: layers.DepthwiseConv1D(2)),
    "DepthwiseConv2D": (IMAGE, lambda: layers.DepthwiseConv2D(3, depth_multiplier=2)),
    "SeparableConv1D": (SERIES, lambda: layers.SeparableConv1D(3, 2)),
    "SeparableConv2D": (IMAGE, lambda: layers.SeparableConv2D(2, 3)),
    # pooling
    "AveragePooling1D": (SERIES, lambda: layers.AveragePooling1D(2)),
    "AveragePooling2D": (IMAGE, lambda: layers.AveragePooling2D(2)),
    "AveragePooling3D": (VOLUME, lambda: layers.AveragePooling3D(2)),
    "MaxPooling1D": (SERIES, layers.MaxPooling1D),
    "MaxPooling2D": (IMAGE, lambda: layers.MaxPooling2D(3, strides=2, padding="same")),
    "MaxPooling3D": (VOLUME, layers.MaxPooling3D),
    "GlobalAveragePooling1D": (SERIES, layers.GlobalAveragePooling1D),
    "GlobalAveragePooling2D": (IMAGE, layers.GlobalAveragePooling2D),
    "GlobalAveragePooling3D": (VOLUME, layers.GlobalAveragePooling3D),
    "GlobalMaxPooling1D": (SERIES, layers.GlobalMaxPooling1D),
    "GlobalMaxPooling2D": (IMAGE, layers.GlobalMaxPooling2D),
    "GlobalMaxPooling3D": (VOLUME, layers.GlobalMaxPooling3D),
    "AdaptiveAveragePooling1D": (SERIES, lambda: layers.AdaptiveAveragePooling1D(4)),
    "AdaptiveAveragePooling2D": (IMAGE, lambda: layers.AdaptiveAveragePooling2D(4)),
    "AdaptiveAveragePooling3D": (VOLUME, lambda: layers.AdaptiveAveragePooling3D(3)),
    "AdaptiveMaxPooling1D": (SERIES, lambda: layers.AdaptiveMaxPooling1D(4)),
    "AdaptiveMaxPooling2D": (IMAGE, lambda: layers.AdaptiveMaxPooling2D(4)),
    "AdaptiveMaxPooling3D": (VOLUME, lambda: layers.AdaptiveMaxPooling3D(3)),
    # recurrence
    "GRU": (SERIES, lambda: layers.GRU(2)),
    "LSTM": (SERIES, lambda: layers.LSTM(2, dropout=0.2, return_sequences=True)),
    "SimpleRNN": (SERIES, lambda: layers.SimpleRNN(2, recurrent_dropout=0.2)),
    "RNN": (SERIES, lambda: layers.RNN(layers.GRUCell(2))),
    "GRUCell": (SERIES, lambda: layers.RNN(layers.GRUCell(3), unroll=True)),
    "LSTMCell": (SERIES, lambda: layers.RNN(layers.LSTMCell(2))),
    "SimpleRNNCell": (SERIES, lambda: layers.RNN(layers.SimpleRNNCell(2))),
    "StackedRNNCells": (
        SERIES,
        lambda: layers.RNN(layers.StackedRNNCells([layers.SimpleRNNCell(2), layers.SimpleRNNCell(3)])),
    ),
    "Bidirectional": (SERIES, lambda: layers.Bidirectional(layers.SimpleRNN(2))),
    "TimeDistributed": (SERIES, lambda: layers.TimeDistributed(layers.Dense(2))),
    "ConvLSTM1D": (IMAGE, lambda: layers.ConvLSTM1D(2, 2)),
    "ConvLSTM2D": (SPARE, lambda: layers.ConvLSTM2D(2, 2)),
    "ConvLSTM3D": ((2, 3, 3, 3, 1), lambda: layers.ConvLSTM3D(1, 2)),
    # normalization and regularization
    "BatchNormalization": (TABLE, layers.BatchNormalization),
    "GroupNormalization": (IMAGE, lambda: layers.GroupNormalization(3)),
    "LayerNormalization": (TABLE, layers.LayerNormalization),
    "RMSNormalization": (TABLE, layers.RMSNormalization),
    "UnitNormalization": (TABLE, layers.UnitNormalization),
    "SpectralNormalization": (TABLE, lambda: layers.SpectralNormalization(layers.Dense(3))),
    "Normalization": (TABLE, lambda: layers.Normalization(mean=1.0, variance=2.0)),
    "ActivityRegularization": (TABLE, lambda: layers.ActivityRegularization(l1=0.1, l2=0.1)),
    "AlphaDropout": (TABLE, lambda: layers.AlphaDropout(0.2)),
    "Dropout": (TABLE, lambda: layers.Dropout(0.2)),
    "GaussianDropout": (TABLE, lambda: layers.GaussianDropout(0.2)),
    "GaussianNoise": (TABLE, lambda: layers.GaussianNoise(0.2)),
    "SpatialDropout1D": (SERIES, lambda: layers.SpatialDropout1D(0.3)),
    "SpatialDropout2D": (IMAGE, lambda: layers.SpatialDropout2D(0.3)),
    "SpatialDropout3D": (VOLUME, lambda: layers.SpatialDropout3D(0.3)),
    # merging
    "Add": (TABLE, lambda: merged(layers.Add)),
    "Average": (TABLE, lambda: merged(layers.Average)),
    "Concatenate": (TABLE, lambda: merged(layers.Concatenate)),
    "Dot": (TABLE, lambda: merged(layers.Dot, axes=1)),
    "Maximum": (TABLE, lambda: merged(layers.Maximum)),
    "Minimum": (TABLE, lambda: merged(layers.Minimum)),
    "Multiply": (TABLE, lambda: merged(layers.Multiply)),
    "Subtract": (TABLE, lambda: merged(layers.Subtract)),
    # shapes
    "Cropping1D": (SERIES, layers.Cropping1D),
    "Cropping2D": (IMAGE, lambda: layers.Cropping2D(1)),
    "Cropping3D": (VOLUME, layers.Cropping3D),
    "Flatten": (IMAGE, layers.Flatten),
    "Permute": (SERIES, lambda: layers.Permute((2, 1))),
    "RepeatVector": (TABLE, lambda: layers.RepeatVector(2)),
    "Reshape": (TABLE, lambda: layers.Reshape((2, 3))),
    "UpSampling1D": (SERIES, layers.UpSampling1D),
    "UpSampling2D": (IMAGE, lambda: layers.UpSampling2D(interpolation="bilinear")),
    "UpSampling3D": (VOLUME, layers.UpSampling3D),
    "ZeroPadding1D": (SERIES, layers.ZeroPadding1D),
    "ZeroPadding2D": (IMAGE, layers.ZeroPadding2D),
    "ZeroPadding3D": (VOLUME, layers.ZeroPadding3D),
}
PREPARING = {
    "CategoryEncoding": (WORDS, lambda: layers.CategoryEncoding(7)),
    "Discretization": (TABLE, lambda: layers.Discretization([-1.0, 0.0, 1.0])),
    "MelSpectrogram": (
        (64,),
        lambda: layers.MelSpectrogram(num_mel_bins=4, fft_length=16, sequence_stride=8),
    ),
    "STFTSpectrogram": (
        (64, 1),
        lambda: layers.STFTSpectrogram(frame_length=16, frame_step=8, fft_length=16),
    ),
    "Rescaling": (TABLE, lambda: layers.Rescaling(0.5, offset=1.0)),
    "Resizing": (IMAGE, lambda: layers.Resizing(4, 4)),
    "CenterCrop": (IMAGE, lambda: layers.CenterCrop(4, 4)),
    "AugMix": (IMAGE, lambda: layers.AugMix((0, 1))),
    "AutoContrast": (IMAGE, lambda: layers.AutoContrast((0, 1))),
    "ContrastLimitedAdaptiveHistogramEqualization": (
        IMAGE,
        lambda: layers.ContrastLimitedAdaptiveHistogramEqualization((0, 1), tile_grid_size=(2, 2)),
    ),
    "CutMix": (IMAGE, layers.CutMix),
    "Equalization": (IMAGE, lambda: layers.Equalization((0, 1))),
    "MixUp": (IMAGE, layers.MixUp),
    "RandAugment": (IMAGE, lambda: layers.RandAugment((0, 1))),
    "RandomBrightness": (IMAGE, lambda: layers.RandomBrightness(0.2, (0, 1))),
    "RandomColorDegeneration": (IMAGE, lambda: layers.RandomColorDegeneration(0.5, (0, 1))),
    "RandomColorJitter": (IMAGE, lambda: layers.RandomColorJitter((0, 1), 0.2, 0.2, 0.2, 0.2)),
    "RandomContrast": (IMAGE, lambda: layers.RandomContrast(0.2, (0, 1))),
    "RandomErasing": (IMAGE, lambda: layers.RandomErasing(value_range=(0, 1))),
    "RandomFlip": (IMAGE, layers.RandomFlip),
    "RandomGaussianBlur": (IMAGE, lambda: layers.RandomGaussianBlur(value_range=(0, 1))),
    "RandomGrayscale": (IMAGE, layers.RandomGrayscale),
    "RandomHue": (IMAGE, lambda: layers.RandomHue(0.2, (0, 1))),
    "RandomInvert": (IMAGE, lambda: layers.RandomInvert(value_range=(0, 1))),
    "RandomPerspective": (IMAGE, layers.RandomPerspective),
    "RandomPosterization": (IMAGE, lambda: layers.RandomPosterization(3, (0, 1))),
    "RandomRotation": (IMAGE, lambda: layers.RandomRotation(0.1)),
    "RandomSaturation": (IMAGE, lambda: layers.RandomSaturation(0.5, (0, 1))),
    "RandomSharpness": (IMAGE, lambda: layers.RandomSharpness(0.5, (0, 1))),
    "RandomShear": (IMAGE, lambda: layers.RandomShear(0.2, 0.2)),
    "RandomTranslation": (IMAGE, lambda: layers.RandomTranslation(0.1, 0.1)),
    "RandomZoom": (IMAGE, lambda: layers.RandomZoom(0.1)),
    "Solarization": (IMAGE, lambda: layers.Solarization(value_range=(0, 1))),
    "Pipeline": (IMAGE, lambda: layers.Pipeline([layers.RandomFlip(), layers.RandomZoom(0.1)])),
}


def model_of(*names):
    """Build a model with these layers side by side, all of one input."""
    zoo = ZOO | PREPARING
    rows = keras.Input(zoo[names[0]][0])
    ends = [layers.Flatten()(zoo[name][1]()(rows)) for name in names]
    joined = layers.Concatenate()(ends) if len(ends) > 1 else ends[0]
    return keras.Model(rows, layers.Dense(2, activation="softmax")(joined))


def rows_of(shape):
    """Draw eight rows; words are whole numbers."""
    draw = np.random.default_rng(0)
    rows = draw.integers(0, 7, (8, *shape)) if shape == WORDS else draw.random((8, *shape))
    return rows.astype(keras.config.floatx())


def learner_of(*names):
    """Make what a step is made of, and the rows."""
    rows = rows_of((ZOO | PREPARING)[names[0]][0])
    model, noted = functional.capture(lambda: model_of(*names), rows)
    descent, _ = read_descent(Recipe(optimizer="sgd"))
    optimizer = make_lane_optimizer(descent, RATES[0])
    optimizer.build(model.trainable_variables)
    return rows, Learner(
        network=functional.network(model, noted),
        optimizer=optimizer,
        knobs=(),
        decays=(),
        prunes=(),
        schedule="",
        steps_per_epoch=1,
        objective=Objective(),
        head=Head("probabilities", 2, 2),
        score=SCORES["accuracy"],
        higher_is_better=True,
        scales=(1.0,),
        dtype=rows.dtype,
    )


def started(learner):
    """Start two lanes, from two seeds and with two learning rates."""
    weights, others = learner.network.start([(0, 0), (1, 0)])
    return LaneState(weights, others, optimizer_start(learner.optimizer, np.array(RATES), weights))


def stepped(learner, state, rows, *, together=True):
    """Take one step of both lanes, vectorised as on a GPU, or one lane after the other."""
    numbers = {KEY: np.zeros(2, np.uint32)}

    def one(state):
        return take_step(learner, state, numbers, rows, TARGETS)[0]

    lanes = jax.vmap(one) if together else partial(jax.lax.map, one)
    return jax.jit(lanes)(state)


def largest_difference(*names, together=True):
    """Tell how far two lanes after a step are from `keras.Model.fit` of the same rows, in float64."""
    with functional.precision("float64"):
        rows, learner = learner_of(*names)
        state = started(learner)
        after = stepped(learner, state, rows, together=together)
        alone = model_of(*names)
        alone.compile(keras.optimizers.SGD(RATES[0]), "sparse_categorical_crossentropy")
        found = 0.0
        for lane, learning_rate in enumerate(RATES):
            functional.assign(alone, *[[leaf[lane] for leaf in leaves] for leaves in state[:2]])
            alone.optimizer.learning_rate = learning_rate
            alone.fit(rows, TARGETS, batch_size=len(rows), shuffle=False, verbose=0)
            for leaves, variables in (
                (after.weights, alone.trainable_variables),
                (after.layers, alone.non_trainable_variables),
            ):
                for leaf, variable in zip(leaves, variables, strict=True):
                    difference = np.abs(np.asarray(leaf[lane], np.float64) - np.asarray(variable, np.float64))
                    found = max(found, difference.max(initial=0.0))
        return found


def zoo_of(shape):
    """Give the names of the layers that stand behind an input of a shape."""
    return [name for name, (taken, _) in ZOO.items() if taken == shape]


def traced(name):
    """Trace a step of two lanes together: nothing is computed, and a layer that can't be vectorised fails."""
    rows, learner = learner_of(name)
    model = learner.network.model
    parts = (model.trainable_variables, model.non_trainable_variables, learner.optimizer.variables)
    state = LaneState(*([jax.ShapeDtypeStruct((2, *one.shape), one.dtype) for one in part] for part in parts))
    return jax.eval_shape(partial(stepped, learner, rows=rows), state)


# Compiling recurrences and convolutions takes minutes on two cores.
SLOW = [
    pytest.param(shape, marks=pytest.mark.slow)
    for shape in dict.fromkeys(shape for shape, _ in ZOO.values())
    if shape not in {TABLE, WORDS}
]


@pytest.mark.parametrize("shape", [TABLE, WORDS, *SLOW])
def test_lanes_trained_together_equal_fit_alone(shape):
    """
    Two vectorised lanes of all layers of a shape, side by side in one model, are what Keras makes of each.
    """
    assert largest_difference(*zoo_of(shape)) < 1e-12


def test_lanes_one_after_the_other_equal_fit_alone():
    """
    Without vectorising, as on a CPU, the same holds.
    """
    assert largest_difference("Embedding", together=False) < 1e-12


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow) if name in {"AugMix", "RandAugment"} else name
        for name in PREPARING
    ],
)
@pytest.mark.filterwarnings("ignore")  # Keras's own, of how some of these layers call JAX
def test_a_layer_that_prepares_rows_is_vectorised(name):
    """
    A step of two lanes with the layer in the model can be traced together.
    """
    after = traced(name)

    assert {leaf.shape[0] for leaf in jax.tree.leaves(after)} == {2}


def test_the_page_tells_of_every_layer_that_keras_has():
    """
    The page has a line for every layer: certified here, traced here, or left out with its reason.
    """
    said = {}
    for title, text in re.findall(
        r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    ):
        said[title] = set(re.findall(r"`([A-Z]\w+)`", text))
    known = {
        kind.__name__
        for kind in vars(layers).values()
        if inspect.isclass(kind) and issubclass(kind, layers.Layer)
    }

    assert said["Together, certified"] == set(ZOO)
    assert said["Together, traced"] == set(PREPARING)
    assert said["Not tried"] == known - set(ZOO) - set(PREPARING)
