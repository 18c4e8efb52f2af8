"""Eleven faults of real lab sheets, written as their authors would here: refused, told, or impossible.

The numbers are those of ``shared/research/features.md``, section 4.
"""

import keras
import numpy as np
import pytest

import trainlab as tl
from trainlab.protocol.lint import lint
from trainlab.results.store import Reader
from trainlab.results.weights import scored_weights
from trainlab.testing import tiny_data, tiny_experiment

ROWS, COLUMNS, EPOCHS = 80, 4, 14


def codes(asked):
    """Codes of what the linter finds."""
    return {finding.code: finding for finding in lint(asked)}


def small_network():
    """A Keras model as anybody builds it."""
    return keras.Sequential(
        [
            keras.Input((COLUMNS,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )


@pytest.fixture(scope="module")
def noise():
    """Labels by chance: whatever a network learns of them is learnt by heart."""
    draw = np.random.default_rng(3)
    return draw.normal(size=(ROWS, COLUMNS)).astype(np.float32), draw.integers(0, 2, ROWS)


@pytest.fixture(scope="module")
def experiment(noise):
    """Two folds, rows under seal, a model that was used before, and a penalty with early stopping."""
    used = small_network()
    used.set_weights([np.full_like(weight, 7.0) for weight in used.get_weights()])
    return tl.Experiment(
        tl.Dataset(*noise),
        used,
        tl.Recipe(optimizer="sgd", learning_rate=1.0, batch_size=8, epochs=EPOCHS),
        {
            "plain": {},
            "stopped": {"l2": 0.05, "early_stopping": {"patience": 4}},
        },
        validation=tl.KFold(2),
        test=tl.Holdout(0.2),
        seeds=2,
        metric="loss",
        baselines=False,
    )


@pytest.fixture(scope="module")
def results(experiment, tmp_path_factory):
    """What training gave, once for all tests of this file."""
    return tl.run(experiment, tmp_path_factory.mktemp("faults") / "run")


def test_every_check_can_look_at_a_real_run(results):
    """
    What a run stores is all that the checks after it ask for: none of them fails on it.
    """
    findings = results.facts["findings"]

    assert findings
    assert not [found["evidence"] for found in findings if "the check failed" in found["evidence"]]


def test_fault_1_validation_rows_that_nobody_scaled(question):
    """
    A data set has one scale for all of its rows, and rows that were scaled apart before are told.
    """
    x = np.random.default_rng(0).integers(0, 256, (200, 6)).astype(np.float32)
    x[:150] /= 255
    by_hand = tl.Splitter([(np.arange(150), np.arange(150, 200))])
    told = codes(question(data=tl.Dataset(x, np.arange(200) % 2), validation=by_hand))
    scaled = codes(question(data=tl.Dataset(x % 1, np.arange(200) % 2), validation=by_hand))

    assert "TL103" in told
    assert "TL103" not in scaled


def test_fault_3_validation_inside_training(tmp_path):
    """
    Rows loaded again, so that all that validate train too, are refused, and so are row numbers in both roles.
    """
    data = tiny_data()
    again = tl.Dataset(np.r_[data.x, data.x[:18]], np.r_[data.y, data.y[:18]])
    reloaded = tl.Splitter([(np.arange(90), np.arange(90, 108))])
    with pytest.raises(tl.UsageError, match=r"TL101.*18 of 18 validation rows"):
        tl.run(tiny_experiment(data=again, validation=reloaded), tmp_path / "run")

    assert not (tmp_path / "run").exists()
    with pytest.raises(tl.UsageError, match="18 of its rows both train and validate"):
        tiny_experiment(validation=tl.Splitter([(np.arange(90), np.arange(18))]))


def test_fault_16_cross_validation_of_a_trained_model(results):
    """
    A model that was used before starts fresh in every fold and seed, from none of the weights it came with.

    It came with equal weights in all hidden units, and equal units stay equal however they are trained.
    """
    numbers = results.run_numbers[results.variants.index("plain")]
    kept = scored_weights(results.folder, numbers.ravel().tolist())
    kernels = np.array([np.asarray(kept[number].weights[0]) for number in numbers.ravel()])

    assert kernels.shape == (4, COLUMNS, 16)
    for kernel in kernels:
        assert len(np.unique(kernel, axis=1).T) == 16


def test_fault_17_cross_validation_on_the_test_set(experiment, results, noise):
    """
    Rows under seal are in no fold: neither data nor folds of the experiment hold any of them.
    """
    with Reader(results.folder) as reader:
        folds = [reader.array(f"fold/{fold}", name) for fold in (0, 1) for name in ("training", "validation")]
    sealed = set(experiment.data.sealed.numbers.tolist())
    seen = {tuple(row) for row in experiment.data.x.tolist()}

    assert len(sealed) == ROWS // 5
    assert set(np.concatenate(folds).tolist()) == set(range(ROWS - ROWS // 5))
    assert not any(tuple(noise[0][row].tolist()) in seen for row in sealed)


def test_fault_18_the_last_fold_reported_alone(results):
    """
    What a variant scored is its mean over all folds and seeds, with their number.
    """
    comparison = tl.compare(results)

    for score, scores in zip(comparison.scores, results.scores, strict=True):
        assert score.n == 4
        assert score.mean == pytest.approx(scores.mean(), rel=1e-12)


def test_fault_21_a_search_scored_on_the_test_set(experiment, results):
    """
    There is no score on test rows to search by: none is stored, and rows under seal give out no row.
    """
    kept = [*results.endings, *results.curves]
    public = {name for name in dir(experiment.data.sealed) if not name.startswith("_")}

    assert not [name for name in kept if "test" in name]
    assert public == {"digests", "fingerprint", "holes", "how", "numbers", "profile", "rows"}
    assert results.facts["openings"] == []
    with pytest.raises(tl.UsageError, match="metric: unknown metric"):
        tiny_experiment(metric="test_f1")


def test_fault_31_the_seed_as_a_hyperparameter():
    """
    A grid over seeds is no grid, and twins under two names are told: they have the same seeds.
    """
    with pytest.raises(tl.UsageError, match=r"grid\.seed: `seed` is repeated, not chosen"):
        tiny_experiment(grid={"seed": list(range(1, 47))})
    with pytest.raises(tl.UsageError, match=r"variants\.lucky\.seed: `seed` is repeated, not chosen"):
        tiny_experiment(variants={"baseline": {}, "lucky": {"seed": 42}})
    twins = tl.lint(tiny_experiment(variants={"trial 1": {}, "trial 2": {}}))

    assert "TL127" in [finding.code for finding in twins]


def test_fault_32_a_seed_that_acts_on_nothing(results):
    """
    Another seed is another start and another order of rows: every curve differs from the first epoch on.
    """
    first, second = (results.curves["train_loss"][:, seed, :, 0] for seed in (0, 1))

    assert (first != second).all()


def test_fault_37_all_optimizers_at_one_rate(question):
    """
    Five optimizers at the one rate 0.01 are told, and every verdict on them is limited to it.
    """
    names = ("sgd", "adam", "rmsprop", "adagrad", "adamax")
    recipe = tl.Recipe(optimizer="sgd", learning_rate=0.01)
    told = codes(question(recipe=recipe, variants={name: {"optimizer": name} for name in names}))

    assert told["TL121"].limit == "at a learning rate of 0.01 for all"
    assert told["TL121"].variants == names[1:]


def test_fault_41_batch_sizes_at_equal_epochs(question):
    """
    Batches of 32, 128 and 512 of 60,000 rows are told with the updates that ten epochs give each.
    """
    data = tl.Dataset(np.arange(75_000.0).reshape(-1, 1), np.arange(75_000) % 2)
    recipe = tl.Recipe(optimizer="sgd", batch_size=32, epochs=10)
    variants = {"32": {}, "128": {"batch_size": 128}, "512": {"batch_size": 512}}
    told = codes(question(data=data, recipe=recipe, variants=variants))

    assert "18,750 of 32, 4,690 of 128 and 1,180 of 512" in told["TL122"].evidence
    assert told["TL122"].limit == "at equal epochs and a fixed learning rate"


def test_fault_46_a_search_without_the_learning_rate(question):
    """
    Numbers of layers and units are searched at one rate, and what was found is limited to it.
    """
    space = {"hidden": {"layers": [1, 3], "units": {"log": [8, 64]}}}
    told = codes(question(model=tl.mlp([8]), variants={"baseline": {}}, search={"space": space}))

    assert told["TL154"].limit == "with `hidden` tuned at one learning rate"
    assert told["TL154"].variants == ("found",)


def test_fault_47_five_trials_of_many_numbers(question):
    """
    Five trials for four numbers are too few, and given up after one epoch of 20 they rank fast starters.
    """
    space = {"hidden": {"layers": [1, 3], "units": {"log": [8, 64]}}}
    search = {"space": space, "trials": 5, "pruning": "median"}
    recipe = tl.Recipe(optimizer="sgd", learning_rate=0.1, epochs=20)
    told = codes(question(model=tl.mlp([8]), recipe=recipe, variants={"baseline": {}}, search=search))

    assert told["TL153"].evidence.startswith("5 trials for 4 numbers of `found`")
    assert told["TL155"].evidence.startswith("trials are given up from epoch 1 of 20 on")


def test_fault_50_regularizers_in_networks_of_other_depths(question):
    """
    L1 on three hidden layers and L2 on six, beside none on four, are told one by one.
    """
    variants = {
        "model_d": {},
        "l1": {"l1": 0.01, "hidden": [5] * 3},
        "l2": {"l2": 0.01, "hidden": [5] * 6},
    }
    asked = question(model=tl.mlp([5] * 4), variants=variants)
    told = {finding.variants for finding in lint(asked) if finding.code == "TL136"}

    assert told == {("l1",), ("l2",)}


def test_fault_53_losses_compared_with_the_penalty_inside(results):
    """
    The loss that is compared is that of the data alone, as stored probabilities give it, beside the penalty.
    """
    place = results.variants.index("stopped")
    for fold in (0, 1):
        labels = results.validation_targets[fold]
        for seed, outputs in enumerate(results.rows("outputs", "stopped", fold)):
            told = np.take_along_axis(outputs.astype(np.float64), labels[:, None].astype(np.int64), axis=1)

            # Stored probabilities have eleven bits.
            assert results.scores[place, seed, fold] == pytest.approx(-np.log(told).mean(), rel=2e-3)
    assert np.nanmin(results.curves["penalty"][place]) > 0.03


def test_fault_66_early_stopping_without_the_best_weights(results, experiment):
    """
    A run that stopped holds the weights of its best epoch, not of its last: they give the best epoch's loss.
    """
    place = results.variants.index("stopped")
    numbers = results.run_numbers[place]
    kept = scored_weights(results.folder, numbers.ravel().tolist())
    best = results.endings["best_epoch"][place].astype(int)
    last = results.endings["epochs"][place].astype(int)
    curves = results.validation_curve("loss")[place]

    assert (best < last).any()
    for seed, fold in np.ndindex(*numbers.shape):
        loss = loss_by_hand(experiment.data, results, fold, kept[numbers[seed, fold]].weights)
        assert loss == pytest.approx(curves[seed, fold, best[seed, fold] - 1], rel=1e-4)
        if best[seed, fold] < last[seed, fold]:
            assert loss < 0.99 * curves[seed, fold, last[seed, fold] - 1]


def loss_by_hand(data, results, fold, weights):
    """Log loss on a fold's validation rows of the small network with these weights, in NumPy alone."""
    with Reader(results.folder) as reader:
        training = reader.array(f"fold/{fold}", "training")
    rows = data.x[results.validation_rows[fold]].astype(np.float64)
    shift, spread = data.x[training].mean(axis=0), data.x[training].std(axis=0)
    kernel, bias, head, offset = (np.asarray(weight, np.float64) for weight in weights)
    hidden = np.maximum(((rows - shift) / spread) @ kernel + bias, 0)
    scores = hidden @ head + offset
    scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -np.take_along_axis(scores, results.validation_targets[fold][:, None], axis=1).mean()


def test_fault_76_rows_copied_wrongly_into_a_table(results):
    """
    Every number of the table is that of the variant's own runs in the store; nobody copies one.
    """
    comparison = tl.compare(results)

    for score, row in zip(comparison.scores[1:], comparison.rows, strict=True):
        own = [found for fold in (0, 1) for found in results.rows("row_losses", score.variant, fold)]
        assert row.variant == score.variant
        assert score.mean == pytest.approx(np.mean([rows.mean(dtype=np.float64) for rows in own]), rel=1e-6)
        assert row.difference == pytest.approx(score.mean - comparison.scores[0].mean, abs=1e-6)
