"""The callback: its numbers are those of `fit` and `evaluate`, and watching changes nothing."""

import re

import keras
import numpy as np
import pytest

import trainlab as tl
from trainlab.callbacks import Diagnosis
from trainlab.errors import UsageError
from trainlab.results.outcome import Outcome

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(200, 4)).astype(np.float32)
Y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)


def classifier():
    """A network with a penalty and dropout, from the same start each time."""
    keras.utils.set_random_seed(4)
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(8, activation="relu", kernel_regularizer="l2"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(3),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.02), loss, metrics=["accuracy"])
    return model


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """A fit with the callback: the model, its history, the callback, and what it said."""
    said = []
    place = tmp_path_factory.mktemp("fit") / "results"
    callback = Diagnosis(X, Y, validation=0.3, name="dense", folder=place, say=said.append)
    model = classifier()
    history = model.fit(X, Y, validation_split=0.3, epochs=6, verbose=0, callbacks=[callback])
    return model, history.history, callback, said


def test_every_epoch_has_the_numbers_of_fit(watched):
    """
    Validation loss, penalty included, and accuracy of each epoch are those that `fit` reports.
    """
    _, history, callback, _ = watched
    results = callback.results

    loss = results.validation_curve("loss")[0, 0, 0] + results.curves["penalty"][0, 0, 0]

    np.testing.assert_allclose(loss, history["val_loss"], rtol=1e-5)
    np.testing.assert_allclose(
        results.validation_curve("metric")[0, 0, 0], history["val_accuracy"], rtol=1e-6
    )
    np.testing.assert_allclose(results.curves["running_loss"][0, 0, 0], history["loss"], rtol=1e-6)


def test_the_end_has_the_numbers_of_evaluate(watched):
    """
    Scores and losses of validation and training rows are Keras's own on the trained model.
    """
    model, _, callback, _ = watched
    endings, last = callback.results.endings, callback.results.curves["penalty"][0, 0, 0, -1]

    for rows, score, loss in ((slice(140, None), "score", "loss"), (slice(140), "train_score", "train_loss")):
        total, accuracy = model.evaluate(X[rows], Y[rows], verbose=0)
        assert endings[score][0, 0, 0] == pytest.approx(accuracy, rel=1e-6)
        assert endings[loss][0, 0, 0] + last == pytest.approx(total, rel=1e-5)
    probabilities = callback.results.rows("outputs", "dense")[0]
    given = keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(X[140:], verbose=0)))
    np.testing.assert_allclose(probabilities, given, atol=1e-3)


def test_watching_changes_nothing(watched):
    """
    Without the callback the same start is trained to the same bits.
    """
    model, history, _, _ = watched
    alone = classifier()

    plain = alone.fit(X, Y, validation_split=0.3, epochs=6, verbose=0).history

    assert plain == history
    for mine, theirs in zip(alone.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_what_it_stored_is_an_ordinary_folder(watched, tmp_path):
    """
    The results are diagnosed and reported as any others, with what one run can't tell said at the end.
    """
    _, _, callback, said = watched
    results = tl.open_results(callback.results.folder)

    (row,) = tl.diagnose(results).rows
    page = tl.report(results, tmp_path / "report.html")

    assert results.outcome_counts["finished"] == results.runs == 1
    assert results.facts["experiment"]["recipe"]["optimizer"] == "adam"
    assert results.facts["experiment"]["recipe"]["learning_rate"] == pytest.approx(0.02)
    assert row.verdict == "cannot_tell"
    assert said == [f"{row.sentence} Results: {results.folder}."]
    assert "1 run cannot show what chance alone does" in said[0]
    assert page is not None


@pytest.mark.slow
def test_several_inputs_and_the_best_weights_put_back(tmp_path):
    """
    Named inputs and one sigmoid are taken, and the epoch whose weights came back is the chosen one.
    """
    keras.utils.set_random_seed(1)
    left, right = keras.Input((2,), name="left"), keras.Input((2,), name="right")
    hidden = keras.layers.Dense(16, activation="relu")(keras.layers.Concatenate()([left, right]))
    model = keras.Model([left, right], keras.layers.Dense(1, activation="sigmoid")(hidden))
    model.compile(keras.optimizers.Adam(0.5), "binary_crossentropy", metrics=["accuracy"])
    x, y = {"left": X[:, :2], "right": X[:, 2:]}, (RANDOM.integers(0, 3, 200) < Y).astype(int)
    split = [{name: part[rows] for name, part in x.items()} for rows in (slice(100), slice(100, 200))]
    callback = Diagnosis(split[0], y[:100], validation=(split[1], y[100:]), folder=tmp_path / "f", say=None)
    stopping = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)

    history = model.fit(
        split[0],
        y[:100],
        validation_data=(split[1], y[100:]),
        epochs=40,
        verbose=0,
        callbacks=[stopping, callback],
    ).history

    endings, best = callback.results.endings, int(np.argmin(history["val_loss"])) + 1
    assert best < len(history["val_loss"]) < 40
    assert endings["chosen_epoch"][0, 0, 0] == endings["best_epoch"][0, 0, 0] == best
    assert endings["loss"][0, 0, 0] == pytest.approx(min(history["val_loss"]), rel=1e-5)
    assert callback.results.outcomes[0, 0, 0] == Outcome.STOPPED_EARLY


@pytest.mark.slow
def test_a_fit_that_diverges_is_said_to(tmp_path):
    """
    A regression at an absurd rate ends as diverged, without a score, and a second fit needs another folder.
    """
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1e20), "mse")
    callback = Diagnosis(X, 10 * X[:, 0], validation=0.2, folder=tmp_path / "f", say=None)

    model.fit(X, 10 * X[:, 0], epochs=3, verbose=0, callbacks=[callback])

    assert callback.results.outcomes[0, 0, 0] == Outcome.DIVERGED
    assert np.isnan(callback.results.scores).all()
    assert tl.diagnose(callback.results).rows[0].verdict == "diverged"
    with pytest.raises(UsageError, match="the folder holds results already"):
        model.fit(X, 10 * X[:, 0], epochs=1, verbose=0, callbacks=[callback])


def test_what_cannot_be_diagnosed_is_refused_before_training(tmp_path):
    """
    A model of several outputs is refused when `fit` begins, and results before any fit.
    """
    inputs = keras.Input((4,))
    model = keras.Model(inputs, [keras.layers.Dense(1)(inputs), keras.layers.Dense(1)(inputs)])
    model.compile("sgd", ["mse", "mse"])
    callback = Diagnosis(X, Y, validation=0.2, folder=tmp_path / "f")

    with pytest.raises(UsageError, match=re.escape("Pass the callback to `model.fit(...")):
        _ = callback.results
    with pytest.raises(UsageError, match="the model has several outputs"):
        model.fit(X, [Y, Y], verbose=0, callbacks=[callback])
    assert not (tmp_path / "f").exists()
