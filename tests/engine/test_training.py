"""Runs that end early, end late, answer together or are pruned: what is stored of them, from one training.

Weights of every epoch are kept beside the store, so that what was chosen, scored and pruned can be told from
them by hand.
"""

import shutil
import sqlite3
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import trainlab as tl
from trainlab.checking import prepare
from trainlab.engine.chunk import Chunk
from trainlab.engine.ensembles import put_together
from trainlab.engine.runs import list_runs
from trainlab.results.files import read_arrays
from trainlab.results.outcome import Outcome
from trainlab.results.records import EPOCH_COLUMNS
from trainlab.results.store import FILE, Reader, Writer
from trainlab.testing import tiny_data, tiny_experiment

STOPPING = {"early_stopping": {"patience": 2}}
VARIANTS = {
    "baseline": {},
    "short": {"epochs": 3},
    "stopping": STOPPING,
    "by metric": {"early_stopping": {"patience": 3, "monitor": "metric", "smooth": 2}},
    "pruned": {"prune": 0.5},
    "stopped and pruned": {**STOPPING, "prune": 0.3},
    "three": {"ensemble": 3},
    "two": {"ensemble": {"members": 2, "control": False}, **STOPPING},
    "wild": {"ensemble": {"members": 2, "control": False}, "learning_rate": 1e30},
}
# Steps so large that losses rise and fall from epoch to epoch.
RECIPE = tl.Recipe(optimizer="sgd", learning_rate=1.5, batch_size=16, epochs=8)


@dataclass
class World:
    """A training: its results, and for each run the weights after each epoch that was evaluated."""

    experiment: Any
    results: Any
    weights: dict[tuple[int, int], list[np.ndarray]]

    def run(self, variant: str, seed: int = 0, member: int = 0) -> dict[str, Any]:
        """Give the row of a run."""
        position = self.results.variants.index(variant)
        with Reader(self.results.folder) as reader:
            (found,) = [
                run
                for run in reader.runs()
                if (run["variant"], run["seed"], run["member"]) == (position, seed, member)
            ]
        return found

    def array(self, run: dict[str, Any], name: str) -> np.ndarray:
        """Give an array of a run."""
        with Reader(self.results.folder) as reader:
            return reader.array(f"run/{run['run']}", name)

    def halves(self, run: dict[str, Any], what: str) -> np.ndarray:
        """``(epoch, 2)`` of a run on each half of the validation rows, from the store."""
        columns = [2 + EPOCH_COLUMNS.index(f"validation_{what}_{half}") for half in "ab"]
        with Reader(self.results.folder) as reader:
            epochs = sorted(epoch for epoch in reader.epochs() if epoch[0] == run["run"])
        return np.array([[epoch[column] for column in columns] for epoch in epochs])

    def saved(self, run: dict[str, Any], view: str) -> list[np.ndarray]:
        """Give the weights of a run from its file."""
        for path in (self.results.folder / "weights").iterdir():
            arrays, notes = read_arrays(path)
            if run["run"] in notes["runs"]:
                place = notes["runs"].index(run["run"])
                count = sum(name.startswith(f"{view}/weights/") for name in arrays)
                return [arrays[f"{view}/weights/{index}"][place] for index in range(count)]
        raise KeyError(run["run"])


def trained(experiment, folder, monkeypatch):
    """Run an experiment and keep the weights of each run after each epoch."""
    weights: dict[tuple[int, int], list[np.ndarray]] = {}
    evaluate = Chunk.evaluate_epoch

    def keeping(chunk):
        leaves = [np.array(leaf) for leaf in chunk.view[0]]
        for lane in chunk.lanes:
            weights[chunk.runs[lane].number, chunk.epoch] = [leaf[lane] for leaf in leaves]
        return evaluate(chunk)

    monkeypatch.setattr(Chunk, "evaluate_epoch", keeping)
    return World(experiment, tl.run(experiment, folder), weights)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The training that all tests here look at."""
    experiment = tiny_experiment(
        recipe=RECIPE,
        variants=VARIANTS,
        data=tiny_data(rows=110),
        validation=tl.Holdout(0.4),
    )
    with pytest.MonkeyPatch.context() as patch:
        yield trained(experiment, tmp_path_factory.mktemp("training") / "out", patch)


def forward(weights, rows):
    """Compute the probabilities of a multilayer perceptron in plain NumPy."""
    *hidden, last = list(zip(weights[::2], weights[1::2], strict=True))
    for kernel, bias in hidden:
        rows = np.maximum(rows @ kernel + bias, 0)
    logits = rows @ last[0] + last[1]
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def right(world, weights):
    """``(row,)`` whether each validation row is told right by some weights."""
    rows = world.results.validation_rows[0]
    answers = forward([leaf.astype(np.float64) for leaf in weights], world.experiment.data.x[rows])
    return answers.argmax(axis=1) == world.results.validation_targets[0]


def same(these, those):
    """Tell whether lists of arrays are equal to the bit."""
    return all(one.tobytes() == other.tobytes() for one, other in zip(these, those, strict=True))


# ------------------------------------------------------------------------------------------- early stopping


@pytest.mark.parametrize("seed", [0, 1])
def test_a_run_stops_when_its_losses_say_so(world, seed):
    """
    Epochs, the chosen epoch and the outcome follow from the losses that are stored, counted by hand.
    """
    run, other = world.run("stopping", seed), world.run("baseline", seed)
    share = world.results.halves[0].mean()
    losses = world.halves(other, "loss") @ [share, 1 - share]  # of the run that goes on to the end
    best, stop = 0, len(losses)
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        elif epoch - best == 2:
            stop = epoch + 1
            break

    assert run["epochs"] == stop == len(world.halves(run, "loss"))
    assert run["chosen_epoch"] == run["best_epoch"] == best + 1
    assert run["outcome"] == (Outcome.STOPPED_EARLY if stop < 8 else Outcome.FINISHED)
    assert run["steps"] == stop * -(-66 // 16)


def test_the_world_here_stops_somewhere(world):
    """
    At least one run stops early, before its best epoch of all, so that the tests here test something.
    """
    assert world.results.outcome_counts["stopped_early"] > 0
    assert any(world.run("stopping", seed)["chosen_epoch"] < 8 for seed in (0, 1))


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("variant", ["stopping", "by metric"])
def test_a_stopped_run_has_the_weights_of_its_best_epoch(world, variant, seed):
    """
    They are, bit for bit, those that the run without stopping had after as many epochs.
    """
    run = world.run(variant, seed)
    baseline = world.run("baseline", seed)["run"]

    assert same(world.saved(run, "scored"), world.weights[baseline, run["chosen_epoch"]])
    assert same(world.saved(run, "last"), world.weights[baseline, run["epochs"]])


@pytest.mark.parametrize("seed", [0, 1])
def test_a_stopped_runs_score_is_cross_fitted(world, seed):
    """
    Each half of the validation rows is scored by the epoch that is best on the other half.
    """
    run = world.run("stopping", seed)
    best = world.halves(run, "loss").argmin(axis=0) + 1
    first = world.results.halves[0]
    by_first, by_second = (right(world, world.weights[run["run"], epoch]) for epoch in best)
    rows = np.where(first, by_second, by_first)

    np.testing.assert_array_equal(world.array(run, "row_scores"), rows)
    assert run["score"] == pytest.approx(rows.mean(), abs=1e-12)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_run_with_fewer_epochs_is_the_other_cut_short(world, seed):
    """
    In one program a run of three epochs has the bits that the longer run had then, and rests afterwards.
    """
    short, long = world.run("short", seed), world.run("baseline", seed)

    assert (short["epochs"], short["chosen_epoch"], short["outcome"]) == (3, 3, Outcome.FINISHED)
    assert same(world.saved(short, "last"), world.weights[long["run"], 3])
    np.testing.assert_array_equal(world.halves(short, "loss"), world.halves(long, "loss")[:3])
    np.testing.assert_array_equal(
        world.array(short, "row_scores"), right(world, world.weights[long["run"], 3])
    )


def test_neighbours_keep_every_bit_when_a_run_stops(world, tmp_path, monkeypatch):
    """
    The same experiment in which nobody stops, has fewer epochs or diverges gives the others the same bits.
    """
    calm = VARIANTS | {
        "short": {},
        "stopping": {"early_stopping": {"patience": 100}},
        "by metric": {"early_stopping": {"patience": 100}},
        "wild": {**VARIANTS["wild"], "learning_rate": 0.1},
    }
    experiment = tiny_experiment(
        recipe=RECIPE, variants=calm, data=world.experiment.data, validation=tl.Holdout(0.4)
    )
    other = trained(experiment, tmp_path / "out", monkeypatch)

    assert other.run("stopping")["outcome"] == Outcome.FINISHED
    for variant in ("baseline", "pruned", "stopped and pruned", "three: control"):
        for seed in (0, 1):
            one, two = world.run(variant, seed), other.run(variant, seed)
            assert same(world.saved(one, "last"), other.saved(two, "last"))
            assert one["score"] == two["score"]


# -------------------------------------------------------------------------------------------------- pruning


@pytest.mark.parametrize("variant, share", [("pruned", 0.5), ("stopped and pruned", 0.3)])
def test_hidden_kernels_lose_their_smallest_weights(world, variant, share):
    """
    Of each hidden kernel the share asked for is zero, the smallest numbers are, and all else is as it was.
    """
    run = world.run(variant)
    (kernel, *others), (before, *same_as) = (
        world.saved(run, "scored"),
        world.weights[world.run("baseline")["run"], run["chosen_epoch"]],
    )
    gone = int(share * kernel.size)

    assert (kernel == 0).sum() == gone == {0.5: 10, 0.3: 6}[share]
    assert np.abs(before[kernel == 0]).max() <= np.abs(before[kernel != 0]).min()
    np.testing.assert_array_equal(kernel[kernel != 0], before[kernel != 0])
    assert same(others, same_as)
    assert run["pruned_share"] == pytest.approx(gone / run["parameters"], abs=1e-12)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("variant, without", [("pruned", "baseline"), ("stopped and pruned", "stopping")])
def test_a_pruned_run_says_what_it_scored_before(world, variant, without, seed):
    """
    That score is the one of the same run without pruning; its own score is the pruned network's.
    """
    run, other = world.run(variant, seed), world.run(without, seed)

    assert run["unpruned_score"] == other["score"]
    assert same(world.saved(run, "last"), world.saved(other, "last"))
    if variant == "pruned":
        np.testing.assert_array_equal(
            world.array(run, "row_scores"), right(world, world.saved(run, "scored"))
        )


def test_a_run_that_is_not_pruned_says_nothing_of_it(world):
    """
    Beside pruned runs of the same program, a run that asks for none lost nothing.
    """
    assert world.run("stopping")["pruned_share"] == 0
    assert (world.saved(world.run("stopping"), "scored")[0] != 0).all()


# ------------------------------------------------------------------------------------------------ ensembles


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("variant, members", [("three", 3), ("two", 2)])
def test_an_ensemble_answers_with_the_mean_of_its_members(world, variant, members, seed):
    """
    Its probabilities, losses and score are those of the mean of the members' stored probabilities.
    """
    ensemble = world.run(variant, seed)
    stored = [world.array(world.run(variant, seed, member), "outputs") for member in range(1, members + 1)]
    mean = np.mean([outputs.astype(np.float64) for outputs in stored], axis=0)
    targets = world.results.validation_targets[0]
    losses = -np.log(mean[np.arange(len(targets)), targets])

    assert ensemble["members"] == members
    assert all(outputs.dtype == np.float32 for outputs in stored)
    np.testing.assert_allclose(world.array(ensemble, "outputs"), mean, atol=1e-3)
    np.testing.assert_array_equal(world.array(ensemble, "row_scores"), mean.argmax(axis=1) == targets)
    assert ensemble["score"] == pytest.approx((mean.argmax(axis=1) == targets).mean(), abs=1e-12)
    np.testing.assert_allclose(world.array(ensemble, "row_losses"), losses, rtol=1e-4, atol=1e-6)
    assert ensemble["parameters"] == members * world.run("baseline")["parameters"]


@pytest.mark.parametrize("seed", [0, 1])
def test_the_first_member_is_the_run_without_an_ensemble(world, seed):
    """
    It has the bits of the baseline with that seed; the other members are other networks.
    """
    baseline = world.run("baseline", seed)
    first, second, third = (world.run("three", seed, member) for member in (1, 2, 3))

    assert same(world.saved(first, "last"), world.saved(baseline, "last"))
    assert first["score"] == baseline["score"]
    assert not same(world.saved(second, "last"), world.saved(first, "last"))
    assert not same(world.saved(second, "last"), world.saved(third, "last"))


def test_members_with_the_same_number_are_the_same_in_all_ensembles(world):
    """
    Members draw from (seed, member) alone, so an ensemble of two is a part of an ensemble of three.
    """
    names = [variant.name for variant in world.experiment.variants]
    runs = list_runs(world.experiment, prepare(world.experiment).folds)
    drawn = {
        name: {(run.seed, run.member): (run.own_seed, run.key) for run in runs if names[run.variant] == name}
        for name in ("two", "three", "baseline")
    }
    of_three = [drawn["three"][seed, member] for seed in (0, 1) for member in (1, 2, 3)]

    assert all(
        drawn["two"][seed, member] == drawn["three"][seed, member] for seed in (0, 1) for member in (1, 2)
    )
    assert all(drawn["baseline"][seed, 0] == drawn["three"][seed, 1] for seed in (0, 1))
    assert len(set(of_three)) == 6


def test_an_ensembles_control_is_one_network_trained_as_long_as_all(world):
    """
    Behind an ensemble of three stands one network with three times the epochs, unless it is turned off.
    """
    control = world.run("three: control")

    assert world.results.variants.count("three: control") == 1
    assert not any(name == "two: control" for name in world.results.variants)
    assert (control["epochs"], control["members"], control["member"]) == (24, 0, 0)
    assert same(world.weights[control["run"], 8], world.saved(world.run("baseline"), "last"))


def test_an_ensemble_of_diverged_members_has_diverged(world):
    """
    Where members left the finite numbers the ensemble has no score and says at which step.
    """
    wild, members = world.run("wild"), [world.run("wild", member=member) for member in (1, 2)]

    assert [member["outcome"] for member in members] == [Outcome.DIVERGED] * 2
    assert (wild["outcome"], wild["score"]) == (Outcome.DIVERGED, None)
    assert wild["diverged_step"] == min(member["diverged_step"] for member in members)


@pytest.mark.parametrize("other, ends", [(Outcome.DIVERGED, Outcome.DIVERGED), (Outcome.INTERRUPTED, None)])
def test_an_ensemble_ends_when_all_its_members_have(world, tmp_path, other, ends):
    """
    One diverged member of three makes the ensemble diverged, and one that has not ended keeps it waiting.
    """
    folder = tmp_path / "copy"
    shutil.copytree(world.results.folder, folder)
    ensemble, member = world.run("three"), world.run("three", member=2)
    connection = sqlite3.connect(folder / FILE)
    with connection:
        connection.execute("UPDATE runs SET outcome = 0, score = NULL WHERE run = ?", (ensemble["run"],))
        connection.execute(
            "UPDATE runs SET outcome = ?, diverged_step = 7 WHERE run = ?", (int(other), member["run"])
        )
    connection.close()
    ready = prepare(world.experiment)
    heads = {run.variant: prepared.learner.head for prepared in ready.cohorts for run in prepared.cohort.runs}
    with Writer(folder) as writer:
        put_together(ready.experiment, ready.folds, heads, ready.workshop, writer)
    with Reader(folder) as reader:
        now = reader.runs()[ensemble["run"]]

    assert now["outcome"] == (ends or Outcome.RUNNING)
    assert now["score"] is None
    assert now["diverged_step"] == (7 if ends else None)


def test_weights_are_stored_before_endings(world, tmp_path, monkeypatch):
    """
    When a run's ending is stored its weights are there: it would not be trained again to get them.
    """
    experiment = tiny_experiment(variants={"baseline": {}}, seeds=1, recipe=RECIPE.changed({"epochs": 1}))
    there = []
    write = Writer.write_endings

    def noting(writer, endings):
        there.append([path.name for path in (writer.folder / "weights").glob("*.safetensors")])
        write(writer, endings)

    monkeypatch.setattr(Writer, "write_endings", noting)
    tl.run(experiment, tmp_path / "out")

    assert there == [["cohort-0000-0000.safetensors"]]
