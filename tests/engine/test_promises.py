"""The engine's promises: isolation, determinism, one compilation, common random numbers."""

import jax
import keras
import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import Holdout
from trainlab.engine import plan
from trainlab.engine.assembly import fitting_network
from trainlab.engine.stopping import ALL
from trainlab.engine.workshop import Workshop
from trainlab.experiment.models import describe_model
from trainlab.experiment.recipe import Recipe
from trainlab.experiment.spec import Experiment
from trainlab.model.blueprint import Blueprint
from trainlab.model.functional import assign
from trainlab.testing import tiny_data, tiny_experiment

WILD = {"learning_rate": 1e30}
ADAM = Recipe(optimizer="adam", learning_rate=0.01, batch_size=16, epochs=3)


def same_bits(these, those):
    """Tell whether lists of arrays are equal to the bit."""
    return all(np.array_equal(this, that) for this, that in zip(these, those, strict=True))


def test_a_lane_that_leaves_the_finite_numbers_leaves_its_neighbours_alone(train_lanes):
    """
    Driving one variant to NaN changes no bit of the other variant's lanes.
    """
    calm = train_lanes(tiny_experiment(variants={"a": {}, "b": {"learning_rate": 0.1}}))
    program = calm.chunk.program
    wild = train_lanes(tiny_experiment(variants={"a": {}, "b": WILD}), program=program)

    for seed in (0, 1):
        assert same_bits(calm.weights(calm.lane(0, seed)), wild.weights(wild.lane(0, seed)))
    for lane, run in enumerate(wild.chunk.runs):
        assert (wild.chunk.diverged_step[lane] > 0) == (run.variant == 1)
        assert wild.chunk.trained_epochs[lane] == (0 if run.variant == 1 else 3)


def test_a_diverged_lane_rests_at_its_last_finite_state(train_lanes):
    """
    The weights of a diverged lane are finite, and are those before the step that was refused.
    """
    wild = train_lanes(tiny_experiment(variants={"a": {}, "b": WILD}))
    lane = wild.lane(1, 0)
    refused = int(wild.chunk.diverged_step[lane])
    again = train_lanes(tiny_experiment(variants={"a": {}, "b": WILD}), program=wild.chunk.program)

    assert refused >= 1
    assert all(np.isfinite(leaf).all() for leaf in wild.weights(lane))
    assert same_bits(wild.weights(lane), again.weights(again.lane(1, 0)))
    assert wild.chunk.books.best_epoch[ALL, lane] == 0


def test_the_same_plan_twice_gives_the_same_bits(train_lanes):
    """
    Weights, random layers, optimizer state and losses of two trainings are equal to the bit.
    """
    first, second = (train_lanes(tiny_experiment(recipe=ADAM)) for _ in range(2))

    assert same_bits(
        [np.array(leaf) for leaf in jax.tree.leaves(first.chunk.state)],
        [np.array(leaf) for leaf in jax.tree.leaves(second.chunk.state)],
    )
    assert np.array_equal(first.running, second.running)


@pytest.mark.parametrize("slice_steps", [1, pytest.param(2, marks=pytest.mark.slow), 3])
def test_cutting_epochs_into_slices_changes_no_bit(train_lanes, slice_steps):
    """
    Where an epoch is cut for progress and Ctrl-C does not show in the weights.
    """
    whole = train_lanes(tiny_experiment(), slice_steps=100)
    cut = train_lanes(tiny_experiment(), slice_steps=slice_steps, program=whole.chunk.program)

    for lane in range(4):
        assert same_bits(whole.weights(lane), cut.weights(lane))


def test_strengths_and_rates_are_numbers_of_one_program(train_lanes):
    """
    Three dropout rates, two learning rates and an L2 strength are one cohort and one compilation of a step.
    """
    variants = {
        "none": {},
        "low": {"dropout": 0.1},
        "mid": {"dropout": 0.3},
        "high": {"dropout": 0.5},
        "fast": {"learning_rate": 0.5},
        "l2": {"l2": 0.01},
    }
    lanes = train_lanes(tiny_experiment(variants=variants))
    program = lanes.chunk.program
    before = program.compilations
    other = {
        name: {"dropout": 0.2, "l2": 0.5, "learning_rate": 0.01 * place}
        for place, name in enumerate("abcdef", 1)
    }
    train_lanes(tiny_experiment(variants=other), program=program)

    assert len(lanes.chunk.runs) == 12
    assert list(program._compiled).count("advance") == 1
    assert program.compilations == before


# One of each kind that may stand in the baseline's program, at a strength that shows.
NEIGHBOURS = {
    "dropout": {"dropout": 0.5},
    "gaussian dropout": {"gaussian_dropout": 0.3},
    "alpha dropout": {"alpha_dropout": 0.3},
    "drop connect": {"drop_connect": 0.3},
    "noise": {"gaussian_noise": 0.3},
    "l1 and l2": {"l1": 0.01, "l2": 0.1},
    "activity": {"activity_l1": 0.01, "activity_l2": 0.1},
    "decay": {"weight_decay": 0.1},
    "max norm": {"max_norm": 0.5},
    "smoothing": {"label_smoothing": 0.2},
    "clip norm": {"clip_norm": 0.05},
    "clip value": {"clip_value": 0.01},
    "weights": {"class_weight": {0: 5.0, 1: 1.0, 2: 1.0}},
    "augment": {"augment": {"noise": 0.2, "mixup": 0.3}},
    "pruned": {"prune": 0.5},
    "stopping": {"early_stopping": {"patience": 1}},
    "short": {"epochs": 1},
    "several": {"ensemble": {"members": 2, "control": False}},
}


OFF = {"dropout": 0, "l2": 0, "label_smoothing": 0, "weight_decay": 0, "gaussian_noise": 0, "prune": 0}
CROWD = {"baseline": {}, "off": OFF, **NEIGHBOURS}


@pytest.fixture(scope="module")
def crowd(train_lanes):
    """The baseline trained beside one variant of each technique, in one program."""
    return train_lanes(tiny_experiment(variants=CROWD, seeds=1))


def test_one_more_variant_gives_the_others_the_same_numbers(train_lanes, crowd):
    """
    The baseline alone and beside one variant of each technique has the same weights, to rounding.

    Not to the bit: another program is compiled, and the compiler may sum in another order.
    """
    alone = train_lanes(tiny_experiment(variants={"baseline": {}}, seeds=1))

    assert len(crowd.chunk.lanes) == len(CROWD) + 1  # an ensemble of two is two lanes
    for this, that in zip(alone.weights(0), crowd.weights(0), strict=True):
        np.testing.assert_allclose(this, that, atol=1e-6)


def test_strength_zero_changes_no_bit(train_lanes, crowd):
    """
    In one program, the baseline keeps every bit whatever the strengths of its neighbours are.

    And it has the bits of a variant that names techniques at strength zero, and no other variant has them.
    """
    weaker = {
        "dropout": {"dropout": 0.01},
        "clip norm": {"clip_norm": 50.0},
        "l1 and l2": {"l1": 1e-6, "l2": 1e-6},
        "augment": {"augment": {"noise": 1e-3, "mixup": 0.01}},
        "stopping": {"early_stopping": {"patience": 50}},
        "short": {"epochs": 2},
    }
    other = train_lanes(tiny_experiment(variants=CROWD | weaker, seeds=1), program=crowd.chunk.program)
    baseline, names = crowd.weights(0), list(CROWD)
    alike = {
        names[run.variant]
        for lane, run in enumerate(crowd.chunk.runs)
        if run.member < 2 and same_bits(baseline, crowd.weights(lane))
    }

    assert same_bits(baseline, other.weights(0))
    # Pruned after training, stopped no earlier, and the first member of an ensemble: trained as it is.
    assert alike - {"stopping"} == {"baseline", "off", "pruned", "several"}


def test_variants_share_start_and_order_and_seeds_do_not(start_lanes):
    """
    The same seed gives every variant the same first weights and order of rows; another seed gives others.
    """
    chunk = start_lanes(tiny_experiment(seeds=[3, 8]))
    kernel = np.array(chunk.state.weights[0])
    by_run = {(run.variant, run.seed): kernel[lane] for lane, run in enumerate(chunk.runs)}
    order = {(run.variant, run.seed): chunk._which[lane] for lane, run in enumerate(chunk.runs)}

    assert np.array_equal(by_run[0, 3], by_run[1, 3])
    assert not np.array_equal(by_run[0, 3], by_run[0, 8])
    assert order[0, 3] == order[1, 3]
    assert order[0, 3] != order[0, 8]


def test_data_stand_once_per_device_in_their_smallest_type(start_lanes):
    """
    Bytes stay bytes on the devices, class numbers take one byte, and no copy is made for a lane.
    """
    random = np.random.default_rng(0)
    images = Dataset(random.integers(0, 256, (60, 4, 4, 1), dtype=np.uint8), np.arange(60) % 3)
    chunk = start_lanes(tiny_experiment(data=images))
    inputs, targets = chunk.data

    assert inputs.dtype == np.uint8
    assert targets.dtype == np.uint8
    assert inputs.shape == (60, 4, 4, 1)
    assert len(inputs.addressable_shards) == chunk.program.placement.devices


def test_best_weights_are_those_of_the_epoch_with_the_lowest_validation_loss(start_lanes):
    """
    Each lane keeps the weights it had when its validation loss was lowest, and says which epoch that was.
    """
    chunk = start_lanes(
        tiny_experiment(recipe=Recipe(optimizer="sgd", learning_rate=3.0, batch_size=16, epochs=5))
    )
    kept, losses = [], []
    for _ in range(5):
        chunk.train_epoch(lambda share: None)
        sums = chunk.evaluate_epoch()
        kept.append(np.array(chunk.state.weights[0]))
        counts = chunk._group_counts(chunk.rows.each_epoch)[:, 1:]
        losses.append((sums.losses[:, 1:] * counts).sum(axis=1) / counts.sum(axis=1))
    best = np.argmin(losses, axis=0)

    assert list(chunk.books.best_epoch[ALL]) == list(best + 1)
    for lane, epoch in enumerate(best):
        assert np.array_equal(np.array(chunk.best[ALL][0][0])[lane], kept[epoch][lane])


def test_clean_evaluation_equals_keras_evaluate(train_lanes):
    """
    Loss and accuracy on validation rows are what Keras's own evaluate gives for the lane's weights.
    """
    experiment = tiny_experiment(variants={"a": {"dropout": 0.5}}, data=tiny_data(rows=97))
    lanes = train_lanes(experiment)
    model = lanes.chunk.program.learner.network.model
    assign(model, lanes.weights(0), [np.array(leaf)[0] for leaf in lanes.chunk.state.layers])
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    rows = lanes.chunk.rows.validation[0]
    loss, accuracy = model.evaluate(experiment.data.prepared(rows), experiment.data.y[rows], verbose=0)
    sums, counts = lanes.sums[-1], lanes.chunk._group_counts(lanes.chunk.rows.each_epoch)[0, 1:]
    predicted, losses, scores = lanes.chunk.predict(lanes.chunk.view)

    assert np.isclose((sums.losses[0, 1:] * counts).sum() / counts.sum(), loss, atol=1e-5)
    assert np.isclose((sums.scores[0, 1:] * counts).sum() / counts.sum(), accuracy, atol=1e-6)
    assert np.isclose(losses[0, : len(rows)].mean(), loss, atol=1e-5)
    assert np.isclose(scores[0, : len(rows)].mean(), accuracy, atol=1e-6)
    np.testing.assert_allclose(predicted[0, : len(rows)].sum(axis=1), 1, atol=1e-5)


def test_full_batch_descent_takes_one_step_an_epoch(train_lanes):
    """
    With a batch of all rows an epoch is one step, and the lanes still learn.
    """
    lanes = train_lanes(
        tiny_experiment(
            recipe=Recipe(optimizer="sgd", learning_rate=0.5, batch_size="all", epochs=6), variants={"a": {}}
        )
    )

    assert lanes.chunk.cohort.steps == 1
    assert (lanes.running[-1] < lanes.running[0]).all()


@pytest.mark.parametrize("weight", [0.0, 0.001, 1.0])
def test_a_linear_head_is_never_taken_for_a_probability(weight):
    """
    One linear unit is read as a logit, also where its outputs lie between 0 and 1 or start at zero.
    """
    data = Dataset(np.random.default_rng(0).random((40, 3)).astype("f4"), np.arange(40) % 2, raw=False)
    workshop = Workshop(Experiment(data), split(data, Holdout(0.2)))

    def build(activation=None):
        start = keras.initializers.Constant(weight)
        layers = [keras.Input((3,)), keras.layers.Dense(1, activation, kernel_initializer=start)]
        return keras.Sequential(layers)

    def sure():
        return build("sigmoid")

    readings = [
        fitting_network(Blueprint(describe_model(model)), data, workshop.bases(None))[1].reading
        for model in (build, sure)
    ]

    assert readings == ["logit", "probability"]


@pytest.mark.parametrize("width", [2, pytest.param(4, marks=pytest.mark.slow)])
def test_the_width_of_a_chunk_changes_no_bit_on_a_cpu(start_lanes, monkeypatch, width):
    """
    On a CPU a lane is computed by itself, so training it in a narrower chunk gives the same bits.
    """
    if jax.default_backend() != "cpu":
        pytest.skip("elsewhere lanes are vectorised together, and the width changes rounding")
    experiment = tiny_experiment(seeds=2)
    monkeypatch.setitem(plan.MOST_LANES, "cpu", width)
    chunk = start_lanes(experiment)
    chunk.train_epoch(lambda share: None)
    monkeypatch.setitem(plan.MOST_LANES, "cpu", 8)
    whole = start_lanes(experiment)
    whole.train_epoch(lambda share: None)

    for lane, run in enumerate(chunk.runs):
        place = [other.number for other in whole.runs].index(run.number)
        for these, those in zip(chunk.state.weights, whole.state.weights, strict=True):
            assert np.array_equal(np.array(these)[lane], np.array(those)[place])


def test_lanes_that_have_stopped_are_not_looked_at_any_more(start_lanes):
    """
    A lane at rest gives no sums, keeps its weights and its best epoch; the others are looked at as before.
    """
    stopping = {"learning_rate": 0.5, "early_stopping": {"patience": 1, "min_delta": 1.0}}
    chunk = start_lanes(tiny_experiment(variants={"baseline": {}, "stopping": stopping}))
    looked = []
    while chunk.active.any():
        chunk.train_epoch(lambda share: None)
        active = chunk.active.copy()
        sums = chunk.evaluate_epoch()
        looked.append((active, sums.losses[:, 1:].any(axis=1)))

    asleep = [~active[chunk.lanes] for active, _ in looked]
    assert any(lanes.any() for lanes in asleep)
    for active, seen in looked:
        np.testing.assert_array_equal(seen[chunk.lanes], active[chunk.lanes])
