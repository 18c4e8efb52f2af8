"""The final model: trained on all open rows for as long as was best, once, and equal to Keras alone."""

import math
import shutil
import sqlite3
from dataclasses import replace

import keras
import numpy as np
import pytest

import trainlab as tl
from trainlab import refitting
from trainlab.data.splitting.validations import KFold
from trainlab.engine.orders import epoch_order
from trainlab.errors import UsageError
from trainlab.exporting import export
from trainlab.refitting import best_variant, find_refit, median_epoch, refit, refit_experiment, refit_ready
from trainlab.results.files import write_whole
from trainlab.results.outcome import Outcome
from trainlab.results.store import FILE, Writer
from trainlab.results.table import open_results
from trainlab.results.weights import scored_weights
from trainlab.testing.worlds import tiny_data, tiny_experiment

EPOCHS, OPEN = 8, 48


def asked(**changes):
    """Labels without a pattern, so that the best epoch is an early one; a schedule of eight epochs."""
    labels = np.random.default_rng(0).permutation(np.arange(60) % 3)
    recipe = {"optimizer": "sgd", "learning_rate": 1.0, "batch_size": 16, "schedule": "cosine"}
    parts = {
        "data": tl.Dataset(tiny_data(60).x, labels, name="arrays", raw=False),
        "test": {"holdout": 0.2},
        "validation": KFold(2),
        "recipe": tl.Recipe(epochs=EPOCHS, **recipe),
        "variants": {
            "stops": {"early_stopping": {"patience": 2}},
            "two": {"ensemble": {"members": 2, "control": False}},
        },
    }
    return tiny_experiment(**(parts | changes))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An experiment, trained once, and the final model of the variant that stops early."""
    place = tmp_path_factory.mktemp("refit") / "results"
    tl.run(asked(), place)
    refit(place, variant="stops", experiment=asked())
    return place


@pytest.fixture
def not_refitted(folder, tmp_path):
    """A copy of the experiment without final models."""
    return shutil.copytree(
        folder, tmp_path / "copy", ignore=lambda at, names: ["refits"] if at == str(folder) else []
    )


def test_all_open_rows_train_for_the_median_chosen_epoch(folder):
    """
    No open row is held out, no sealed one is in, and each seed's network is trained for the median epoch.
    """
    results = open_results(folder)
    chosen = results.endings["chosen_epoch"][0]
    made = find_refit(folder, results, "stops")
    final = open_results(made.folder)

    assert made.epochs == math.ceil(np.median(chosen)) < EPOCHS
    assert (made.seeds, made.rows, made.diverged) == ((0, 1), OPEN, 0)
    assert (final.endings["epochs"] == made.epochs).all()
    assert final.facts["data"]["fold_rows"] == [[OPEN, OPEN]]
    assert (
        final.facts["data"]["fingerprint"] == asked().data.fingerprint == results.facts["data"]["fingerprint"]
    )


def test_keras_alone_learns_the_same_final_model(folder):
    """
    `fit` on all open rows, with a schedule that is made for eight epochs and cut, ends with the same weights.
    """
    experiment = asked()
    made = find_refit(folder, open_results(folder), "stops")
    ready = refit_ready(experiment, "stops", made.epochs, allow_code=False)
    found = scored_weights(made.folder, [0, 1])
    steps = OPEN // 16
    x, y = experiment.data.x, experiment.data.y

    for number, seed in enumerate(made.seeds):
        first, _ = ready.cohorts[0].learner.network.start([(seed, 0)])
        model = keras.Sequential(
            [keras.Input((4,)), keras.layers.Dense(5, "relu"), keras.layers.Dense(3, "softmax")]
        )
        model.set_weights([np.asarray(leaf)[0] for leaf in first])
        rate = keras.optimizers.schedules.CosineDecay(1.0, EPOCHS * steps)
        model.compile(keras.optimizers.SGD(rate), "sparse_categorical_crossentropy")
        rows = [
            epoch_order(np.arange(OPEN, dtype=np.int32), seed=seed, fold=0, epoch=epoch + 1)
            for epoch in range(made.epochs)
        ]
        order = np.concatenate(rows)
        # One pass over the rows of all epochs, one after the other: every batch is full.
        model.fit(x[order], y[order], batch_size=16, epochs=1, shuffle=False, verbose=0)
        for ours, theirs in zip(found[number].weights, model.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=2e-5)


def test_a_final_model_is_trained_once(folder, monkeypatch):
    """
    A second refit gives the first one's model, and neither trains nor writes.
    """
    monkeypatch.setattr(refitting, "_train", None)
    made = find_refit(folder, open_results(folder), "stops")
    before = {path: path.stat().st_mtime_ns for path in made.folder.rglob("*")}

    again = refit(folder, variant="stops", experiment=asked())

    assert again == made
    assert {path: path.stat().st_mtime_ns for path in made.folder.rglob("*")} == before


def test_a_refit_that_was_cut_short_is_made_anew(not_refitted, monkeypatch):
    """
    What a killed refit leaves is no final model, and the next one begins without it.
    """
    place = not_refitted / "refits" / "0000"
    left = []

    def killed(ready, writer, show):
        left.append((place / "rest").exists())
        write_whole(place / "rest", b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(refitting, "_train", killed)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            refit(not_refitted, variant="stops", experiment=asked())

    assert left == [False, False]
    assert find_refit(not_refitted, open_results(not_refitted), "stops") is None


@pytest.mark.slow
def test_the_final_model_of_an_ensemble_has_its_members(folder):
    """
    Interrupted in training and made anew, it has all members of each seed, and is exported as one model.
    """

    def cut(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refit(folder, variant="two", experiment=asked(), show=cut)
    results = open_results(folder)
    assert find_refit(folder, results, "two") is None
    place = folder / "refits" / "0001"
    write_whole(place / "weights-of-before", b"rest")

    made = refit(folder, variant="two", experiment=asked())

    final = open_results(made.folder)
    written = export(folder, folder.parent / "two.keras", variant="two", experiment=asked())
    model = keras.saving.load_model(written.path)
    stored = final.rows("outputs", "two")[made.seeds.index(written.seeds[0])]
    said = np.asarray(model(asked().data.x[final.validation_rows[0]]))
    assert not (place / "weights-of-before").exists()
    assert (made.epochs, made.diverged) == (EPOCHS, 0)
    assert (final.outcomes == Outcome.FINISHED).all()
    assert set(scored_weights(made.folder, range(6))) == {1, 2, 4, 5}
    assert "the mean over 2 networks" in written.takes
    np.testing.assert_allclose(said, stored, atol=1e-3)


def test_two_do_not_refit_at_once(not_refitted):
    """
    While another process writes to the folder, a refit is refused and clears nothing away.
    """
    place = not_refitted / "refits" / "0000"
    place.mkdir(parents=True)
    write_whole(place / "theirs", b"")

    with Writer(not_refitted), pytest.raises(UsageError, match=r"process \d+ is writing to this folder"):
        refit(not_refitted, variant="stops", experiment=asked())

    assert (place / "theirs").exists()


def test_runs_that_have_not_ended_come_first(not_refitted):
    """
    An interrupted experiment has no final model yet: the runs that lack may change which is best.
    """
    connection = sqlite3.connect(not_refitted / FILE)
    with connection:
        connection.execute("UPDATE runs SET outcome = ? WHERE run = 0", (int(Outcome.INTERRUPTED),))
    connection.close()

    with pytest.raises(
        UsageError, match=r"1 of 8 runs have not ended.*Let them end first: `trainlab resume .*copy`"
    ):
        refit(not_refitted, variant="two", experiment=asked())


def test_an_unknown_variant_is_refused_with_the_nearest(folder):
    """
    A misspelt variant is answered by the one that was meant.
    """
    with pytest.raises(UsageError, match=r"no such variant \(got 'stop'\)\. Did you mean `stops`\?"):
        refit(folder, variant="stop", experiment=asked())


def test_the_best_variant_is_best_in_the_sense_of_the_metric(folder):
    """
    The best is lowest or highest as the metric goes; a run without a score counts for nothing.
    """
    results = open_results(folder)
    scores = np.array([[[0.3, np.nan], [0.3, 0.3]], [[0.5, 0.1], [0.6, 0.4]]])
    told = replace(results, endings={**results.endings, "score": scores})
    nothing = replace(results, endings={**results.endings, "score": np.full_like(scores, np.nan)})

    assert best_variant(told) == "two"
    assert best_variant(replace(told, metric=replace(told.metric, higher_is_better=False))) == "stops"
    with pytest.raises(UsageError, match=r"no run has a score.*lower rate"):
        best_variant(nothing)


def test_a_median_between_two_epochs_is_rounded_up(folder):
    """
    Only runs with a score choose, and half an epoch is a whole one.
    """
    results = open_results(folder)
    chosen = np.array([[[2.0, 90.0], [3.0, 8.0]], [[1.0, 1.0], [1.0, 1.0]]])
    scores = np.array([[[0.5, np.nan], [0.5, np.nan]], np.full((2, 2), np.nan)])
    told = replace(results, endings={**results.endings, "chosen_epoch": chosen, "score": scores})

    assert median_epoch(told, "stops") == 3
    with pytest.raises(UsageError, match=r"no run of that variant has a score \(got 'two'\)"):
        median_epoch(told, "two")


def test_a_final_experiment_differs_in_what_chooses_epochs_alone():
    """
    Early stopping, controls and baselines are gone; rows, seal, seeds and all numbers of the variant stay.
    """
    experiment = asked(variants={"base": {}, "more": {"ensemble": 3, "dropout": 0.2, "early_stopping": True}})
    final = refit_experiment(experiment, "more")

    (variant,) = final.variants
    recipe = variant.recipe(final.recipe)
    assert (recipe.members, recipe.dropout, recipe.early_stopping) == (3, 0.2, None)
    assert recipe.epochs == EPOCHS
    assert final.data.fingerprint == experiment.data.fingerprint
    assert final.data.sealed == experiment.data.sealed
    assert (final.seeds, final.baselines) == (experiment.seeds, ())


def test_a_variant_of_fewer_rows_keeps_to_them():
    """
    How many rows train is part of what a variant asks for, so its final model has as many.
    """
    experiment = asked(variants={"few": {"train_rows": 18}})
    ready = refit_ready(experiment, "few", 2, allow_code=False)

    assert ready.cohorts[0].cohort.train_rows == 18
    assert ready.cohorts[0].cohort.epochs == 2
