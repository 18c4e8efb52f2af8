"""What is seen inside of networks is theirs, and looking changes nothing.

All is held against arithmetic by hand on the weights that runs leave in their folder.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import trainlab as tl
from trainlab.checking import prepare
from trainlab.engine import looking
from trainlab.results import probes
from trainlab.results.files import read_arrays
from trainlab.results.store import Reader
from trainlab.testing.worlds import same_bits, tiny_data, tiny_experiment

START, FIRST, CHOSEN, LAST = range(4)
EPOCHS = 4


def asked():
    """Two inputs in units of their own, with dropout; one stops early, one is an ensemble."""
    plain = tiny_data(inputs=2)
    data = tl.Dataset(plain.x * np.array([30.0, 0.1]) + np.array([500.0, 2.0]), plain.y, columns=["a", "b"])
    variants = {
        "baseline": {},
        "stops": {"learning_rate": 0.3, "early_stopping": {"patience": 1}},
        "two": {"ensemble": 2},
    }
    recipe = tl.Recipe(optimizer="sgd", learning_rate=0.1, batch_size=12, epochs=EPOCHS, dropout=0.2)
    return tiny_experiment(data=data, variants=variants, recipe=recipe)


@dataclass
class World:
    """A run, and what can be computed by hand about it."""

    experiment: Any
    results: Any

    @property
    def prepared(self):
        """The rows as networks see them: standardized by the training rows."""
        x = np.asarray(self.experiment.data.x, np.float64)
        seen = x[self.experiment.folds[0].train]
        return (x - seen.mean(axis=0)) / seen.std(axis=0)

    def weights(self, variant, seed, kind):
        """Read the weights that a run left in its folder."""
        number = self.results.run_numbers[self.results.variants.index(variant), seed, 0]
        for path in (self.results.folder / "weights").iterdir():
            arrays, notes = read_arrays(path)
            if number in notes["runs"]:
                lane = notes["runs"].index(number)
                return [np.asarray(arrays[f"{kind}/weights/{slot}"][lane], np.float64) for slot in range(4)]
        raise KeyError(number)

    def probe(self, variant, seed=0):
        """Read what was seen of a run."""
        return probes.probes_of(self.results, variant)[seed][0]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The run."""
    experiment = asked()
    return World(experiment, tl.run(experiment, tmp_path_factory.mktemp("looking") / "out"))


def answers(weights, rows):
    """Give hidden outputs and probabilities of a network with one hidden layer."""
    first, shift, second, bias = weights
    hidden = np.maximum(rows @ first + shift, 0)
    scores = hidden @ second + bias
    odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return hidden, odds / odds.sum(axis=-1, keepdims=True)


def loss_and_gradient(weights, rows, labels):
    """Give the mean cross-entropy and its gradient by the four weights, by hand."""
    hidden, said = answers(weights, rows)
    count = len(rows)
    loss = -np.log(said[np.arange(count), labels]).mean()
    wrong = (said - np.eye(said.shape[1])[labels]) / count
    back = (wrong @ weights[2].T) * (hidden > 0)
    return loss, [rows.T @ back, back.sum(axis=0), hidden.T @ wrong, wrong.sum(axis=0)]


def norms(arrays):
    """Give the roots of the sums of squares."""
    return [np.linalg.norm(array) for array in arrays]


@pytest.mark.parametrize("variant", ["baseline", "stops"])
def test_the_last_moment_is_that_of_the_weights_left(world, variant):
    """
    Norms, loss, gradient and dead units, without dropout, are those of the weights in the folder, by hand.
    """
    weights, probe = world.weights(variant, 1, "last"), world.probe(variant, 1)
    train = world.experiment.folds[0].train
    rows, labels = world.prepared[train], world.experiment.data.y[train]
    np.testing.assert_allclose(probe.weight_norms[LAST], norms(weights), rtol=1e-6)
    loss, gradient = loss_and_gradient(weights, rows, labels)

    np.testing.assert_allclose(probe.losses[LAST], loss, rtol=1e-5)
    np.testing.assert_allclose(probe.gradient_norms[LAST], norms(gradient), rtol=2e-4, atol=1e-6)
    np.testing.assert_allclose(probe.dead[LAST], [(answers(weights, rows)[0] == 0).all(axis=0).mean()])
    assert np.isnan(probe.saturated).all()


def test_the_first_moment_is_before_any_step(world):
    """
    The start is that of the weights as drawn, with its loss over all validation rows.
    """
    network = prepare(world.experiment).cohorts[0].learner.network
    fold, probe = world.experiment.folds[0], world.probe("baseline", 1)
    drawn = [np.asarray(leaf[0], np.float64) for leaf in network.start([(1, 0)])[0]]
    loss, gradient = loss_and_gradient(drawn, world.prepared[fold.train], world.experiment.data.y[fold.train])
    first, _ = loss_and_gradient(
        drawn, world.prepared[fold.validation], world.experiment.data.y[fold.validation]
    )

    np.testing.assert_allclose(probe.weight_norms[START], norms(drawn), rtol=1e-6)
    np.testing.assert_allclose(probe.gradient_norms[START], norms(gradient), rtol=2e-4)
    np.testing.assert_allclose(
        [probe.losses[START], probe.validation_loss_at_start], [loss, first], rtol=1e-5
    )


def test_the_chosen_moment_is_that_of_the_scored_weights(world):
    """
    A run that stops early is looked at as it was scored, any other as it ended.
    """
    scored = [world.weights("stops", seed, "scored") for seed in range(2)]
    seen = [world.probe("stops", seed) for seed in range(2)]
    plain = world.probe("baseline")
    place = world.results.variants.index("stops")

    np.testing.assert_allclose(
        [one.weight_norms[CHOSEN] for one in seen], list(map(norms, scored)), rtol=1e-6
    )
    for seed, one in enumerate(seen):
        ended = {name: values[place, seed, 0] for name, values in world.results.endings.items()}
        assert one.epochs.tolist() == [0, 1, ended["chosen_epoch"], ended["epochs"]]
    assert plain.epochs.tolist() == [0, 1, EPOCHS, EPOCHS]
    assert np.array_equal(plain.gradient_norms[CHOSEN], plain.gradient_norms[LAST])


def test_histograms_count_the_weights(world):
    """
    The counts of a kernel are NumPy's in the same bins, and none is left out.
    """
    probe, weights = world.probe("baseline", 1), world.weights("baseline", 1, "last")

    assert probe.kernels == ("hidden_1/kernel", "output/kernel")
    for slot, kernel in enumerate((weights[0], weights[2])):
        expected, _ = np.histogram(kernel, probe.weight_edges[slot])
        assert np.array_equal(probe.weight_counts[LAST, slot], expected)
        assert probe.weight_counts[:, slot].sum(axis=1).tolist() == [kernel.size] * 4


def test_histograms_count_the_outputs_of_hidden_layers(world):
    """
    The counts of a hidden layer are those of its outputs on the probed rows.
    """
    probe, weights = world.probe("baseline", 1), world.weights("baseline", 1, "last")
    hidden, _ = answers(weights, world.prepared[world.experiment.folds[0].train])

    expected, _ = np.histogram(hidden.astype(np.float32), probe.activation_edges[0])

    # A value within rounding of an edge may stand on its other side.
    assert np.abs(probe.activation_counts[LAST, 0] - expected).sum() <= 2
    assert probe.layers == ("hidden_1",)
    assert probe.activations == ("relu",)


@pytest.mark.slow
def test_a_diverged_run_keeps_what_it_had(tmp_path):
    """
    A run that diverges in its first epoch has its start and where it came to rest, and no chosen epoch.
    """
    variants = {"wild": {"learning_rate": 1e25}, "calm": {}}
    results = tl.run(tiny_experiment(variants=variants, seeds=1), tmp_path / "out")
    probe = probes.probes_of(results, "wild")[0][0]

    assert probe.epochs.tolist() == [0, -1, -1, 0]
    assert np.isfinite(probe.gradient_norms[START]).all()
    assert np.isfinite(probe.weight_norms[LAST]).all()
    assert np.isnan(probe.weight_norms[[FIRST, CHOSEN]]).all()
    assert probe.weight_counts[[FIRST, CHOSEN]].sum() == 0
    assert probes.probes_of(results, "calm")[0][0].epochs.tolist() == [0, 1, 3, 3]


def test_an_ensemble_shows_its_first_member(world):
    """
    The first member is the network that a single one would be, and an answer costs what both members cost.
    """
    alone, both = (probes.prediction_of(world.results)[name] for name in ("baseline", "two"))

    np.testing.assert_array_equal(world.probe("two").gradient_norms, world.probe("baseline").gradient_norms)
    assert (alone.parameters, alone.bytes) == (33, 132)
    assert (both.parameters, both.bytes) == (66, 264)
    assert both.seconds_per_row == 2 * alone.seconds_per_row > 0


def test_grids_hold_what_networks_say_in_the_inputs_own_unit(world):
    """
    A grid spans the data and a tenth more, and at each point stands what the network of the moment says.
    """
    grids = probes.grids_of(world.results, "stops")
    x = np.asarray(world.experiment.data.x, np.float64)
    low, high = x.min(axis=0), x.max(axis=0)
    train = x[world.experiment.folds[0].train]
    lines = [np.linspace(*ends, grids.size) for ends in grids.axes]
    points = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1)

    np.testing.assert_allclose(
        np.array(grids.axes).T, [low - (high - low) / 10, high + (high - low) / 10], rtol=1e-6
    )
    assert grids.values.shape == (4, 2, 1, 48, 48, 3)
    assert grids.names == ("a", "b")
    assert grids.epochs[:, 0, 0].tolist() == world.probe("stops").epochs.tolist()
    for moment, kind in ((CHOSEN, "scored"), (LAST, "last")):
        _, said = answers(world.weights("stops", 0, kind), (points - train.mean(axis=0)) / train.std(axis=0))
        np.testing.assert_allclose(grids.values[moment, 0, 0], said, atol=2e-3)


@pytest.mark.slow
def test_going_on_ends_with_the_same_bits_and_probes(world, tmp_path):
    """
    A run that is cut and goes on has the weights and the probes of one that was not.
    """

    def cut(progress):
        if progress.done >= 2.5 * 8:
            raise KeyboardInterrupt

    tl.run(world.experiment, tmp_path / "cut", show=cut)
    tl.resume(tmp_path / "cut", world.experiment)

    assert same_bits(world.results.folder, tmp_path / "cut")
    with Reader(world.results.folder) as one, Reader(tmp_path / "cut") as other:
        for number in range(len(one.runs())):
            these, those = (reader.arrays(f"run/{number}", "probe/") for reader in (one, other))
            assert these.keys() == those.keys()
            assert all(np.array_equal(these[name], those[name], equal_nan=True) for name in these)


def test_what_cannot_be_looked_at_is_trained_all_the_same(world, tmp_path, monkeypatch):
    """
    Where looking fails the runs end with the same bits as where it does not, and the reason is noted.
    """

    def refusing(learner, watching):
        raise ValueError("no gradient of this layer\nand more")

    monkeypatch.setattr(looking, "gradient_of", refusing)
    results = tl.run(world.experiment, tmp_path / "out")

    assert same_bits(world.results.folder, results.folder)
    assert results.facts["probes"]["two"]["note"] == "no gradient of this layer"
    assert probes.probes_of(results, "baseline") == [[None], [None]]
    assert probes.grids_of(results, "baseline") is None
    assert probes.prediction_of(results).keys() == set(results.variants)


def test_the_rows_a_report_shows_are_kept(world):
    """
    At most 64 validation rows are kept with their own values, and in suspicious ones most networks are wrong.
    """
    kept = probes.thumbnails_of(world.results)
    rows = world.experiment.data.x[kept.numbers]

    assert 0 < len(kept.numbers) <= 64
    assert set(kept.numbers) <= set(world.experiment.folds[0].validation)
    assert np.array_equal(kept.values, rows)
    assert kept.columns == ("a", "b")
    assert all(kept.wrong[place] > 1 / 2 for place, kind in enumerate(kept.kinds) if kind == "suspicious")
