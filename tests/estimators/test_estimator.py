"""The estimators: scikit-learn's own checks, the answers against NumPy, and what is refused."""

import pickle
import re

import keras
import numpy as np
import polars as pl
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from sklearn.utils.estimator_checks import estimator_checks_generator, parametrize_with_checks

import trainlab as tl
from trainlab.errors import UsageError
from trainlab.estimators import estimator
from trainlab.estimators.estimator import TrainlabClassifier, TrainlabRegressor
from trainlab.estimators.networks import Networks

SMALL = {"model": {"mlp": [16]}, "seeds": 2, "learning_rate": 0.02, "epochs": 40}
# These train nothing, and run wherever tests do.
QUICK = (
    "check_estimator_cloneable",
    "check_estimator_tags_renamed",
    "check_valid_tag_types",
    "check_estimator_repr",
    "check_no_attributes_set_in_init",
    "check_estimators_unfitted",
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_mixin_order",
    "check_complex_data",
    "check_estimators_empty_data_messages",
    "check_estimator_sparse_tag",
    "check_estimator_sparse_array",
    "check_estimator_sparse_matrix",
    "check_supervised_y_no_nan",
    "check_parameters_default_constructible",
    "check_fit2d_1sample",
    "check_get_params_invariance",
    "check_set_params",
    "check_fit1d",
    "check_requires_y_none",
)


@pytest.mark.slow
@parametrize_with_checks([TrainlabClassifier(**SMALL), TrainlabRegressor(**SMALL)])
def test_scikit_learn_finds_nothing_wrong(estimator, check):
    """
    Every check that scikit-learn has for such an estimator passes; none is excused.
    """
    check(estimator)


@pytest.mark.parametrize("kind", [TrainlabClassifier, TrainlabRegressor])
def test_scikit_learns_checks_that_train_nothing_pass(kind):
    """
    Tags, parameters, and refusals of rows are as scikit-learn wants them.
    """
    passed = set()
    for one, check in estimator_checks_generator(kind(**SMALL)):
        name = check.func.__name__
        if name in QUICK:
            check(one)
            passed.add(name)

    assert passed == set(QUICK)


@pytest.fixture(scope="module")
def rows():
    """A data frame of three columns, and labels that follow the first two."""
    random = np.random.default_rng(5)
    x = random.normal((3.0, -20.0, 0.0), (0.1, 40.0, 1.0), size=(90, 3))
    y = np.where((x[:, 0] - 3) / 0.1 + (x[:, 1] + 20) / 40 > 0, "yes", "no")
    return pl.DataFrame(x, schema=["length", "weight", "noise"]), y


@pytest.fixture(scope="module")
def fitted(rows):
    """A classifier of two networks, fitted."""
    return TrainlabClassifier(**SMALL).fit(*rows)


def test_the_answers_are_those_of_the_weights(fitted, rows):
    """
    NumPy, from the weights and the training rows' means and deviations, gives the same probabilities.
    """
    x = rows[0].to_numpy()
    seen = (x - x.mean(axis=0)) / x.std(axis=0)

    said = []
    for kernel, bias, last, shift in fitted.networks_.weights:
        logits = np.maximum(seen @ kernel + bias, 0) @ last + shift
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        said.append(powers / powers.sum(axis=1, keepdims=True))

    found = fitted.predict_proba(rows[0])
    np.testing.assert_allclose(found, np.mean(said, axis=0), atol=2e-5)
    assert fitted.classes_.tolist() == ["no", "yes"]
    assert (fitted.predict(rows[0]) == fitted.classes_[found.argmax(axis=1)]).all()
    assert fitted.score(*rows) > 0.9


def test_a_frame_keeps_its_names(fitted, rows):
    """
    Columns are known by name, and a frame with others is refused.
    """
    assert fitted.feature_names_in_.tolist() == ["length", "weight", "noise"]
    with pytest.raises(ValueError, match="feature names"):
        fitted.predict(rows[0].rename({"noise": "sound"}))


def test_a_fitted_classifier_survives_pickling(fitted, rows):
    """
    The copy answers by the same bits, without the data and without what was compiled.
    """
    content = pickle.dumps(fitted)

    copy = pickle.loads(content)  # noqa: S301  (our own bytes)

    np.testing.assert_array_equal(copy.predict_proba(rows[0]), fitted.predict_proba(rows[0]))
    assert len(content) < 100_000


def test_no_results_where_every_row_was_trained_on(fitted):
    """
    Nothing was measured on other rows, so there is nothing to diagnose, and the message says what to set.
    """
    with pytest.raises(AttributeError, match=re.escape("all rows were trained on") + ".*early_stopping=True"):
        _ = fitted.results_


@pytest.mark.parametrize(
    "given, message",
    [
        ({"recipe": {"dropuot": 0.1}}, "Did you mean `dropout`"),
        ({"recipe": {"epochs": 3}}, "Give it as the parameter `epochs`"),
        ({"recipe": {"ensemble": 3}}, "say how many networks by `seeds`"),
        ({"epochs": -3}, "epochs: not in the allowed range"),
        ({"seeds": 0}, "seeds: not in the allowed range"),
        ({"model": {"mlpp": [3]}}, "Did you mean `mlp`"),
        ({"early_stopping": "yes"}, "early_stopping: neither true nor false"),
        ({"early_stopping": True, "validation_fraction": 2}, "validation"),
    ],
)
def test_an_impossible_parameter_is_refused_by_fit(rows, given, message):
    """
    The message names the parameter and what to write; making the estimator refused nothing.
    """
    classifier = TrainlabClassifier(**given)

    with pytest.raises(UsageError, match=re.escape(message)):
        classifier.fit(*rows)


def test_labels_and_rows_that_cannot_be_learned_are_refused(rows):
    """
    One class, sparse rows, an unknown class in the weights and an unfitted estimator: each says so.
    """
    x, y = rows[0].to_numpy(), rows[1]

    with pytest.raises(ValueError, match="one class only"):
        TrainlabClassifier().fit(x, np.full(90, "no"))
    with pytest.raises(TypeError, match=r"[Ss]parse"):
        TrainlabClassifier().fit(sparse.csr_array(x), y)
    with pytest.raises(ValueError, match="class_weight has 'maybe', and y has the classes"):
        TrainlabClassifier(class_weight={"maybe": 2.0}).fit(x, y)
    with pytest.raises(NotFittedError):
        clone(TrainlabClassifier(**SMALL)).predict(x)


class Own(keras.Model):
    """A model that Keras can't save by itself."""

    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(2, activation="softmax")

    def call(self, inputs):
        """Give probabilities."""
        return self.dense(inputs)


def test_a_model_that_cannot_be_kept_is_refused_before_training(rows):
    """
    A subclassed model can't be pickled as Keras's own file, and the message says how to build it.
    """
    with pytest.raises(UsageError, match="Build it by Keras's functional API"):
        TrainlabClassifier(Own, epochs=10**6).fit(rows[0].to_numpy(), rows[1])


@pytest.mark.slow
def test_early_stopping_gives_the_results_of_the_experiment(rows, tmp_path):
    """
    The scores are, to the bit, those of the same experiment run by hand; the folder stays.
    """
    x, y = rows[0].to_numpy(), rows[1]
    asked = {**SMALL, "early_stopping": {"patience": 3}, "validation_fraction": 0.3}
    classifier = TrainlabClassifier(**asked, folder=tmp_path / "kept").fit(x, y)

    document = classifier.results_.facts["experiment"]
    by_hand = tl.run(
        tl.Experiment(
            tl.Dataset(x, (y == "yes").astype(int)),
            tl.mlp([16]),
            tl.Recipe(learning_rate=0.02, epochs=40, early_stopping={"patience": 3}),
            validation=tl.Holdout(0.3),
            seeds=document["seeds"],
            split_seed=document["split_seed"],
            baselines=(),
        ),
        tmp_path / "by hand",
    )

    np.testing.assert_array_equal(classifier.results_.scores, by_hand.scores)
    assert classifier.results_.folder == tmp_path / "kept"
    assert len(tl.diagnose(classifier.results_).rows) == 1
    with pytest.raises(UsageError, match="the folder holds results already"):
        classifier.fit(x, y)


@pytest.mark.slow
def test_a_temporary_folder_goes_with_the_estimator(rows):
    """
    While the estimator lives its results open; a pickled copy says that they are gone.
    """
    classifier = TrainlabClassifier(**SMALL, early_stopping=True, validation_fraction=0.3)
    classifier.fit(rows[0].to_numpy(), rows[1])
    folder, content = classifier.results_.folder, pickle.dumps(classifier)

    del classifier

    assert not folder.exists()
    with pytest.raises(AttributeError, match="is gone: it was temporary"):
        _ = pickle.loads(content).results_  # noqa: S301  (our own bytes)


@pytest.mark.slow
def test_a_pipeline_is_searched_and_cross_validated():
    """
    On iris a search prefers the rate that learns, and folds confirm it.
    """
    x, y = load_iris(return_X_y=True)
    classifier = TrainlabClassifier({"mlp": [8]}, seeds=2, epochs=30)
    pipeline = make_pipeline(PolynomialFeatures(2, include_bias=False), classifier)
    rates = {"trainlabclassifier__learning_rate": [1e-6, 0.05]}

    found = GridSearchCV(pipeline, rates, cv=2).fit(x, y)

    assert found.best_params_ == {"trainlabclassifier__learning_rate": 0.05}
    assert cross_val_score(found.best_estimator_, x, y, cv=2).min() > 0.9


@pytest.mark.slow
def test_a_linear_network_finds_the_least_squares_of_several_targets():
    """
    Without hidden units, full batches come to what NumPy's solver gives for both targets.
    """
    random = np.random.default_rng(1)
    x = random.normal((5.0, -3.0), (2.0, 0.5), size=(60, 2))
    y = x @ np.array([[1.0, -2.0], [30.0, 0.5]]) + random.normal(0, 0.3, size=(60, 2))
    beside_one = np.column_stack([x, np.ones(60)])
    solved = beside_one @ np.linalg.lstsq(beside_one, y, rcond=None)[0]

    regressor = TrainlabRegressor(
        {"linear": {}}, optimizer="sgd", learning_rate=0.3, batch_size="all", epochs=300, seeds=2
    )

    np.testing.assert_allclose(regressor.fit(x, y).predict(x), solved, rtol=1e-3, atol=1e-3)


@pytest.mark.slow
def test_where_every_network_diverges_the_rate_is_named(rows):
    """
    There is no answer then, and the message says what to lower.
    """
    x = rows[0].to_numpy()
    absurd = TrainlabRegressor({"mlp": [4]}, optimizer="sgd", learning_rate=1e20, epochs=3, seeds=2)

    with pytest.raises(UsageError, match="learning_rate: every network diverged"):
        absurd.fit(x, x[:, 0])


def test_networks_that_diverge_are_left_out_with_a_warning(rows, monkeypatch):
    """
    Where some of them did, the warning says how many of how many.
    """
    left = Networks(None, [[], [], []], "values", 0)
    monkeypatch.setattr(estimator, "train_networks", lambda *args, **said: left)

    with pytest.warns(ConvergenceWarning, match="2 of 5 networks diverged and are left out"):
        TrainlabRegressor().fit(rows[0].to_numpy(), np.arange(90.0))


@pytest.mark.slow
def test_a_tuned_classifier_trains_on_all_rows_with_what_was_chosen(rows):
    """
    Of rates over nine powers of ten a useful one is chosen, and the settings stand in the estimator.
    """
    x, y = rows[0].to_numpy(), rows[1]
    tuned = TrainlabClassifier(
        {"mlp": [8]}, epochs=15, seeds=2, tune={"learning_rate": {"log": [1e-9, 1]}}, budget=8
    )

    tuned.fit(x, y)

    study = tuned.results_.facts["tuning"]["studies"][0]
    assert tuned.best_settings_ == study["settings"]
    assert study["trials"] == 8
    assert tuned.best_settings_["learning_rate"] > 1e-3
    assert tuned.score(x, y) > 0.85


@pytest.mark.slow
def test_images_are_taken_as_they_are():
    """
    Rows of three axes go to a convolutional network.
    """
    random = np.random.default_rng(0)
    y = np.arange(40) % 2
    x = random.normal(size=(40, 6, 6, 1)) + 3 * y[:, None, None, None]

    classifier = TrainlabClassifier({"cnn": [4]}, epochs=20, learning_rate=0.05, seeds=1).fit(x, y)

    assert classifier.score(x, y) > 0.9
    with pytest.raises(ValueError, match=re.escape("X has rows of shape (6, 5, 1)")):
        classifier.predict(x[:, :, :5])
