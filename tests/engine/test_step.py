"""The averaged weights of a lane: what is scored, beside what goes on to be trained."""

import keras
import numpy as np

from trainlab.experiment.recipe import Recipe
from trainlab.model.functional import assign
from trainlab.testing import tiny_experiment

MOMENTUM, EPOCHS = 0.8, 5


def test_what_is_scored_is_the_average_and_the_weights_go_on(start_lanes):
    """
    In view are the weights that Keras's own average has after fit; beside them goes on what a plain run has.

    The formula is checked too: the average is made by hand of the weights after each step, one an epoch.
    """
    recipe = Recipe(optimizer="sgd", learning_rate=0.5, batch_size="all", epochs=EPOCHS)
    chunk = start_lanes(tiny_experiment(recipe=recipe, variants={"ema": {"ema": MOMENTUM}}, seeds=1))
    plain = start_lanes(tiny_experiment(recipe=recipe, variants={"plain": {}}, seeds=1))
    network = chunk.program.learner.network
    start = [[np.array(leaf)[0] for leaf in part] for part in (chunk.state.weights, chunk.state.layers)]
    raw, sums = [], None
    for _ in range(EPOCHS):
        chunk.train_epoch(lambda share: None)
        sums = chunk.evaluate_epoch()
        plain.train_epoch(lambda share: None)
        raw.append([np.array(leaf)[0] for leaf in chunk.state.weights])
    view = [np.array(leaf)[0] for leaf in chunk.view[0]]
    rows, validated = chunk.rows.training[0], chunk.rows.validation[0]
    data = tiny_experiment().data
    model = network.model
    assign(model, *start)
    optimizer = keras.optimizers.SGD(0.5, use_ema=True, ema_momentum=MOMENTUM)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    model.fit(data.x[rows], data.y[rows], batch_size=len(rows), epochs=EPOCHS, shuffle=False, verbose=0)
    average = raw[0]
    for weights in raw[1:]:
        average = [MOMENTUM * old + (1 - MOMENTUM) * new for old, new in zip(average, weights, strict=True)]
    loss = model.evaluate(data.x[validated], data.y[validated], verbose=0)
    counts = chunk._group_counts(chunk.rows.each_epoch)[0, 1:]

    for place, leaf in enumerate(view):
        np.testing.assert_allclose(leaf, model.trainable_variables[place].numpy(), atol=1e-5)
        np.testing.assert_allclose(leaf, average[place], atol=1e-5)
        np.testing.assert_allclose(raw[-1][place], np.array(plain.state.weights[place])[0], atol=1e-5)
    assert max(np.abs(one - two).max() for one, two in zip(view, raw[-1], strict=True)) > 0.01
    assert np.isclose((sums.losses[0, 1:] * counts).sum() / counts.sum(), loss, atol=1e-5)
