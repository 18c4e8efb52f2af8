"""From an experiment to its results in a folder, in Python."""

from dataclasses import replace

import keras
import numpy as np
import pytest

import trainlab as tl
from trainlab.baselines.fitting import fit_baselines
from trainlab.baselining import Baselining
from trainlab.checking import prepare
from trainlab.data.splitting.subsets import training_subset
from trainlab.errors import DataError, MissingError, UsageError
from trainlab.experiment.metrics import METRICS
from trainlab.results.store import Reader, Writer
from trainlab.testing import same_bits, tiny_data, tiny_experiment


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Results of a tiny experiment with one variant that diverges."""
    variants = {"baseline": {}, "dropout": {"dropout": 0.3}, "wild": {"learning_rate": 1e30}}
    return tl.run(tiny_experiment(variants=variants), tmp_path_factory.mktemp("run") / "out")


def test_every_run_ends_and_is_stored_with_its_epochs(results):
    """
    Finished runs have all epochs and a score; diverged ones have their outcome and no score.
    """
    assert results.outcome_counts == {
        "finished": 4,
        "stopped_early": 0,
        "diverged": 2,
        "pruned": 0,
        "interrupted": 0,
    }
    assert np.isfinite(results.scores[:2]).all()
    assert np.isnan(results.scores[2]).all()
    assert np.isfinite(results.curves["running_loss"][:2]).all()
    assert results.curves["running_loss"].shape == (3, 2, 1, 3)


def test_scores_are_means_of_the_rows_that_are_stored(results):
    """
    A run's score, its row scores and its stored probabilities tell the same story.
    """
    targets = results.validation_targets[0]
    for seed in range(2):
        scores = results.rows("row_scores", "baseline")[seed]
        outputs = results.rows("outputs", "baseline")[seed]

        assert scores.dtype == np.uint8
        assert outputs.dtype == np.float16
        assert scores.mean() == pytest.approx(results.scores[0, seed, 0])
        assert (outputs.argmax(axis=1) == targets).mean() == pytest.approx(scores.mean(), abs=0.06)


def test_the_last_epoch_is_the_chosen_one_and_its_curve_ends_at_the_score(results):
    """
    Without early stopping the last epoch is scored, and the validation curve ends there.
    """
    assert (results.endings["chosen_epoch"][:2] == 3).all()
    np.testing.assert_allclose(
        results.validation_curve("metric")[:2, :, :, -1], results.scores[:2], atol=1e-6
    )


def test_a_variants_own_seconds_are_measured(results):
    """
    Each variant has the seconds one run's steps take alone, and the command its seconds by part.
    """
    assert set(results.facts["variant_seconds"]) == {"baseline", "dropout", "wild"}
    assert all(seconds > 0 for seconds in results.facts["variant_seconds"].values())
    assert set(results.seconds) == {"compile", "train", "evaluate", "total"}
    assert results.seconds["total"] >= results.seconds["compile"] + results.seconds["train"]


def test_results_open_again_with_the_same_numbers(results):
    """
    Opening the folder gives what run gave.
    """
    again = tl.open_results(results.folder)

    np.testing.assert_array_equal(again.scores, results.scores)
    assert again.facts == results.facts


def test_a_folder_with_results_is_not_written_to(results):
    """
    Running into a folder that holds results is refused before anything is trained.
    """
    with pytest.raises(UsageError, match=r"holds results already.*trainlab resume"):
        tl.run(tiny_experiment(), results.folder)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    """
    Where the folder's parent is a file, the error says so and names another way.
    """
    (tmp_path / "file").write_text("")

    with pytest.raises(MissingError, match=r"cannot be made.*Choose another with `--out`"):
        tl.run(tiny_experiment(), tmp_path / "file" / "out")


def test_a_label_outside_the_models_classes_is_refused_with_its_row(tmp_path):
    """
    A model with fewer outputs than classes is refused before compiling, naming the first row it can't learn.
    """

    def two_classes():
        return keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, activation="softmax")])

    with pytest.raises(UsageError, match=r"2 output\(s\) and the data have 3 classes; row 2 has class 2"):
        tl.run(tiny_experiment(model=two_classes, variants={"a": {}}), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_cell_that_is_not_a_number_is_refused_with_row_and_column():
    """
    NaN in the inputs never reaches training.
    """
    rows = np.array(tiny_data().x)
    rows[7, 2] = np.nan

    with pytest.raises(DataError, match=r"row 7.*column 2"):
        tl.Dataset(rows, tiny_data().y, raw=False)


def test_an_interrupted_cell_gives_what_is_finished_and_resume_goes_on(tmp_path):
    """
    Interrupting returns the finished epochs; resuming ends with the bits of an uninterrupted run.
    """
    experiment = tiny_experiment(recipe=tl.Recipe(optimizer="adam", batch_size=16, epochs=4))
    whole = tl.run(experiment, tmp_path / "whole")

    def stop(progress):
        if 8 <= progress.done < 12:
            raise KeyboardInterrupt

    partial = tl.run(experiment, tmp_path / "cut", show=stop)
    resumed = tl.resume(tmp_path / "cut", experiment)

    assert partial.outcome_counts["interrupted"] == 4
    assert np.isfinite(partial.curves["running_loss"][..., :1]).all()
    assert resumed.outcome_counts["finished"] == 4
    assert same_bits(whole.folder, resumed.folder)
    assert len(resumed.facts["resumed"]) == 1


def test_resuming_another_experiment_is_refused(results):
    """
    An experiment that differs from the one begun is refused, naming what differs.
    """
    with pytest.raises(UsageError, match=r"another experiment: .*seeds"):
        tl.resume(results.folder, tiny_experiment(seeds=3))


def test_resuming_on_changed_data_is_refused(results):
    """
    One changed row of data is noticed.
    """
    with pytest.raises(DataError, match="the data have changed"):
        tl.resume(results.folder, tiny_experiment(data=tiny_data(seed=1)))


def test_a_builder_and_a_keras_model_train_too(tmp_path):
    """
    A builder function and a Keras model give the same kind of results; the user's own model stays as it was.
    """
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    before = model.get_weights()
    own = tl.run(tiny_experiment(model=model, variants={"a": {}}), tmp_path / "own")
    built = tl.run(tiny_experiment(model=lambda: model, variants={"a": {}}), tmp_path / "built")

    assert np.isfinite(own.scores).all()
    assert np.isfinite(built.scores).all()
    assert all(np.array_equal(this, that) for this, that in zip(before, model.get_weights(), strict=True))


def test_regression_is_scored_in_the_targets_unit(tmp_path):
    """
    A regression trains, and its score is the mean squared error over validation rows.
    """
    random = np.random.default_rng(0)
    inputs = random.normal(size=(80, 3)).astype("f4")
    data = tl.Dataset(inputs, (10 * inputs[:, 0]).astype("f4"), raw=False)
    got = tl.run(tiny_experiment(data=data, variants={"a": {}}, recipe=tl.Recipe(epochs=2)), tmp_path / "out")
    outputs = got.rows("outputs", "a")[0]

    assert got.metric.name == "mse"
    assert ((outputs - got.validation_targets[0]) ** 2).mean() == pytest.approx(got.scores[0, 0, 0], rel=1e-5)


def test_baselines_learn_from_the_rows_that_the_reference_learns_from(tmp_path):
    """
    Where the recipe takes some of the training rows, baselines get these and no others.
    """
    data = tl.load("wine")

    def fitted(**rows):
        ready = prepare(tl.Experiment(data, {"mlp": [3]}, {"epochs": 1, **rows}, baselines=["linear"]))
        folder = tmp_path / f"with {len(rows)}"
        folder.mkdir()
        with Writer(folder) as writer, Baselining() as baselining:
            baselining.begin(ready.workshop)
            baselining.finish(writer, print)
        with Reader(folder) as reader:
            (told,) = reader.facts()["baselines"]
        return ready, told

    few, told = fitted(train_rows=12)
    chosen = training_subset(data, few.folds[0].train, 12, few.experiment.split_seed)
    by_hand = fit_baselines(
        few.workshop.prepared(None).data,
        [replace(few.folds[0], train=chosen)],
        lambda fold, rows: few.workshop.seen(None, rows, fold),
        METRICS["accuracy"],
        ["linear"],
    )

    assert told["mean"] == by_hand[0].mean
    assert told["mean"] < fitted()[1]["mean"]
