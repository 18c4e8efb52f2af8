"""Trials: lanes that are taken over by runs that wait, given up by a referee, killed and gone on with."""

import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from trainlab.checking import prepare
from trainlab.data.splitting.validations import KFold
from trainlab.engine import training
from trainlab.engine.checkpoint import FOLDER
from trainlab.engine.chunk import Chunk
from trainlab.engine.kept import Kept
from trainlab.engine.runs import list_runs
from trainlab.engine.training import Seconds, train
from trainlab.engine.trials import train_trials
from trainlab.experiment.recipe import Recipe
from trainlab.experiment.tuning import Pruning
from trainlab.results.outcome import Outcome
from trainlab.results.records import EPOCH_COLUMNS
from trainlab.results.store import Reader, Writer
from trainlab.testing import tiny_experiment
from trainlab.tuning.pruning import Referee

EPOCHS = 5
# Adam, batch normalization and a schedule that watches the loss: everything that a lane carries along.
RECIPE = Recipe(
    optimizer="adam",
    learning_rate=0.3,
    batch_size=16,
    epochs=EPOCHS,
    batch_norm=True,
    schedule={"plateau": {"patience": 1, "factor": 0.5}},
)
VARIANTS = {
    "plain": {},
    "short": {"epochs": 2},
    "wild": {"learning_rate": 1e30},
    "dropout": {"dropout": 0.5, "learning_rate": 0.05},
    "stopping": {"early_stopping": {"patience": 2, "smooth": 2}},
    "slow": {"learning_rate": 0.001, "dropout": 0.1},
    "late": {"epochs": 3, "early_stopping": {"patience": 3, "monitor": "metric"}},
}
LANES = 4
HALVES = ("validation_metric_a", "validation_metric_b")


class Killed(BaseException):
    """As kill -9: nobody hears of it."""


@dataclass
class World:
    """An experiment whose cohort has fewer lanes than runs, and what its programs are kept in."""

    experiment: object
    ready: object

    def train(self, folder, *, referee=None, show=lambda progress: None, writer=Writer, lanes=LANES):
        """Train its trials in a folder, from where they stand there."""
        fresh = not folder.exists()
        folder.mkdir(exist_ok=True)
        with writer(folder) as writing:
            if fresh:
                declare(writing, self.experiment)
            with Reader(folder) as reader:
                ended = frozenset(run["run"] for run in reader.runs() if run["outcome"] != Outcome.RUNNING)
            train_trials(
                self.experiment,
                self.ready.folds,
                [replace(one, width=replace(one.width, width=lanes)) for one in self.ready.cohorts],
                self.ready.workshop,
                writer=writing,
                ended=ended,
                seconds=Seconds(),
                show=show,
                referee=referee,
            )
        return folder

    def referee(self, kind="halving"):
        """Make a referee of its trials, which has heard nothing yet."""
        runs_of = {}
        for run in list_runs(self.experiment, self.ready.folds):
            runs_of.setdefault(run.variant, []).append(run.number)
        return Referee(Pruning(kind, first=1, factor=2), True, runs_of)


def declare(writer, experiment):
    """Store which runs there are."""
    runs = list_runs(experiment, experiment.folds)
    writer.declare_runs([(run.number, run.variant, run.seed, run.fold, 0, 0, 0) for run in runs])


def made_up():
    """Make trials on two folds."""
    return tiny_experiment(recipe=RECIPE, variants=VARIANTS, seeds=1, validation=KFold(2))


@pytest.fixture(scope="module")
def world():
    """Trials on two folds."""
    experiment = made_up()
    return World(experiment, prepare(experiment, kept=Kept()))


@pytest.fixture(scope="module")
def whole(world, tmp_path_factory):
    """The trials trained to their end, nobody given up."""
    return world.train(tmp_path_factory.mktemp("whole") / "out")


@pytest.fixture(scope="module")
def judged(world, tmp_path_factory):
    """The trials with some of them given up."""
    return world.train(tmp_path_factory.mktemp("judged") / "out", referee=world.referee())


def stored(folder):
    """Read all that a folder holds of its runs, to the bit."""
    with Reader(folder) as reader:
        runs = {run["run"]: run for run in reader.runs()}
        rows = {
            (run, name): None if (found := reader.array(f"run/{run}", name)) is None else found.tobytes()
            for run in runs
            for name in ("row_scores", "row_losses", "outputs")
        }
        return repr(sorted(runs.items())), sorted(reader.epochs()), rows


def ends(folder):
    """Read how the runs ended."""
    with Reader(folder) as reader:
        return {run["run"]: run for run in reader.runs()}


@pytest.mark.slow  # ordinary training compiles programs of its own
def test_a_run_that_took_a_lane_over_is_the_run_that_ordinary_training_gives(world, whole, tmp_path):
    """
    Fourteen runs in four lanes have every epoch, ending and row of fourteen lanes side by side, to the bit.
    """
    with Writer(tmp_path) as writer:
        declare(writer, world.experiment)
        ordinary = [replace(one, width=replace(one.width, width=14)) for one in world.ready.cohorts]
        options = {"writer": writer, "ended": frozenset(), "seconds": Seconds(), "show": lambda told: None}
        train(world.experiment, world.ready.folds, ordinary, world.ready.workshop, **options)

    assert stored(whole) == stored(tmp_path)


def test_every_run_ends_and_no_checkpoint_is_left(world, whole):
    """
    All fourteen runs of one cohort have their outcome, and epochs up to where they ended.
    """
    found = ends(whole)
    with Reader(whole) as reader:
        epochs = [row[0] for row in reader.epochs()]

    assert len(world.ready.cohorts) == 1
    assert {run["outcome"] for run in found.values()} == {
        Outcome.FINISHED,
        Outcome.STOPPED_EARLY,
        Outcome.DIVERGED,
    }
    assert all(epochs.count(number) == run["epochs"] for number, run in found.items())
    assert not list((whole / FOLDER).iterdir())


def test_runs_enter_in_their_order_and_those_of_a_trial_side_by_side(world, tmp_path, monkeypatch):
    """
    Whoever waits longest takes the first lane that is free, at the boundary where it became free.
    """
    entered, enter = [], Chunk.enter

    def noting(chunk, entering):
        entered.append(dict(entering))
        enter(chunk, entering)

    monkeypatch.setattr(Chunk, "enter", noting)
    world.train(tmp_path / "out")

    assert [place for one in entered for place in one.values()] == list(range(LANES, 14))
    # The two runs of "short" have two epochs; both of "wild" enter then, and diverge at once.
    assert entered[0] == {2: 4, 3: 5}
    assert entered[1] == {2: 6, 3: 7}


def test_progress_rises_to_the_total(world, tmp_path):
    """
    What is told never falls and ends at all epochs of all runs, those that a run is spared included.
    """
    told = []
    world.train(tmp_path / "out", show=told.append, referee=world.referee())
    done = [progress.done for progress in told]

    assert done == sorted(done)
    assert {progress.total for progress in told} == {2 * (5 * EPOCHS + 2 + 3)}
    assert done[-1] == told[-1].total
    assert told[0].doing == "cohort 1 of 1, 4 runs at once, 10 waiting"


class Stubborn:
    """Gives up what it was told to, once it hears of an epoch of a run."""

    def __init__(self, when, what):
        self.when, self.what, self.heard, self.stood = when, frozenset(what), [], []

    def after_epoch(self, metrics):
        """Hear of an epoch."""
        self.heard.append(metrics)
        number, epoch = self.when
        return self.what if metrics.get(number, (0, 0))[0] == epoch else frozenset()

    def ended(self, runs):
        """Hear of runs that have ended."""
        self.stood.extend(runs)

    def arrays(self):
        """Give nothing: it has no memory."""
        return {}

    def put_back(self, arrays):
        """Take nothing."""


def test_neighbours_of_a_run_that_is_given_up_keep_every_bit(world, whole, tmp_path):
    """
    A run that is given up is scored by the epoch it had; all others are as they were without that.
    """
    referee = Stubborn((8, 2), {8})  # the first run of "stopping"
    found, straight = ends(world.train(tmp_path / "out", referee=referee)), ends(whole)
    heard = next(metrics[8] for metrics in referee.heard if metrics.get(8, (0, 0))[0] == 2)
    with Reader(tmp_path / "out") as reader:
        epochs = [row[1] for row in reader.epochs() if row[0] == 8]
        rows = reader.array("run/8", "row_scores")

    assert found[8]["outcome"] == Outcome.PRUNED
    assert (found[8]["epochs"], found[8]["chosen_epoch"], epochs) == (2, 2, [1, 2])
    assert found[8]["score"] == pytest.approx(heard[1], abs=1e-6)
    assert rows.mean() == pytest.approx(found[8]["score"])
    for number in set(found) - {8}:
        assert repr(found[number]) == repr(straight[number])


def test_what_the_referee_hears_is_what_is_stored(world, tmp_path):
    """
    It hears every epoch of every run once, as in the store, NaN of a run that diverged, and who has ended.
    """
    referee = Stubborn((0, 0), ())
    world.train(tmp_path / "out", referee=referee)
    heard = [(run, epoch, metric) for one in referee.heard for run, (epoch, metric) in one.items()]
    told = {(run, epoch) for run, epoch, metric in heard if not np.isnan(metric)}
    with Reader(tmp_path / "out") as reader:
        kept = {(row[0], row[1]): row for row in reader.epochs()}

    assert len(heard) == len({(run, epoch) for run, epoch, _ in heard})
    assert told == set(kept)
    assert {run for run, _, metric in heard if np.isnan(metric)} == {4, 5}
    assert sorted(referee.stood) == [number for number in range(14) if number not in {4, 5}]
    for run, epoch, metric in heard:
        if (run, epoch) in kept:
            # The mean of both halves of the validation rows lies between them.
            halves = [kept[run, epoch][2 + EPOCH_COLUMNS.index(name)] for name in HALVES]
            assert min(halves) - 1e-9 <= metric <= max(halves) + 1e-9


def test_a_run_that_is_given_up_while_it_waits_is_never_trained(world, tmp_path):
    """
    It ends as given up, without an epoch and without a score, and no lane waits for it.
    """
    found = ends(world.train(tmp_path / "out", referee=Stubborn((0, 1), {0, 9, 13})))

    assert [found[number]["outcome"] for number in (0, 9, 13)] == [Outcome.PRUNED] * 3
    assert [found[number]["epochs"] for number in (0, 9, 13)] == [1, 0, 0]
    assert found[0]["score"] is not None
    assert found[9]["score"] is None
    assert all(run["outcome"] != Outcome.RUNNING for run in found.values())


def test_successive_halving_leaves_the_best_half(whole, judged):
    """
    Some runs are given up after the first epoch, and those that go on are the runs they were.
    """
    found, straight = ends(judged), ends(whole)
    given_up = [number for number, run in found.items() if run["outcome"] == Outcome.PRUNED]

    assert 2 <= len(given_up) <= 10
    assert any(run["outcome"] == Outcome.FINISHED for run in found.values())
    for number in set(found) - set(given_up):
        assert repr(found[number]) == repr(straight[number])


def killing(name, call, when):
    """Make a writer that is killed at a call of one of its functions, before or after its work."""

    class Mortal(Writer):
        calls = 0

    def mortal(writer, *arguments):
        Mortal.calls += 1
        if (Mortal.calls, when) == (call, "before"):
            raise Killed
        getattr(Writer, name)(writer, *arguments)
        if Mortal.calls == call:
            raise Killed

    setattr(Mortal, name, mortal)
    return Mortal


CUTS = {
    "before anything is stored": ("write_epoch", 1, "before"),
    "between the epochs of one boundary": ("write_epoch", 4, "after"),
    "before the first ends are stored": ("write_endings", 1, "before"),
    "after the first ends are stored": ("write_endings", 1, "after"),
    "after many ends are stored": ("write_endings", 4, "after"),
    "late": ("write_epoch", 11, "before"),
}


@pytest.fixture(params=[pytest.param(0.0, id="saved at once"), pytest.param(1e9, id="saved when it must be")])
def between(request, monkeypatch):
    """How many seconds pass between checkpoints."""
    monkeypatch.setattr(training, "SECONDS_BETWEEN_CHECKPOINTS", request.param)


# Two places show what the others do: in the middle of a boundary, and long after the first ends.
LONG = set(CUTS) - {"between the epochs of one boundary", "after many ends are stored"}


@pytest.mark.usefixtures("between")
@pytest.mark.parametrize(
    "cut", [pytest.param(cut, marks=pytest.mark.slow if cut in LONG else ()) for cut in CUTS]
)
def test_killed_anywhere_and_gone_on_with_the_store_is_the_same(world, judged, tmp_path, cut):
    """
    Epochs, ends and what was given up are those of an uninterrupted search, however long ago it was saved.
    """
    with pytest.raises(Killed):
        world.train(tmp_path / "out", referee=world.referee(), writer=killing(*CUTS[cut]))
    world.train(tmp_path / "out", referee=world.referee())

    assert stored(tmp_path / "out") == stored(judged)
    assert not list((tmp_path / "out" / FOLDER).iterdir())


def test_killed_again_and_again_it_comes_to_the_same_end(world, judged, tmp_path, monkeypatch):
    """
    A search that gets no further than one boundary at a time ends with the bits of an uninterrupted one.
    """
    monkeypatch.setattr(training, "SECONDS_BETWEEN_CHECKPOINTS", 0.0)
    times = 0
    while True:
        try:
            world.train(tmp_path / "out", referee=world.referee(), writer=killing("write_epoch", 3, "after"))
        except Killed:
            times += 1
        else:
            break

    assert times > 3
    assert stored(tmp_path / "out") == stored(judged)


def test_ctrl_c_keeps_the_epochs_that_are_whole(world, judged, tmp_path, monkeypatch):
    """
    Interrupted at a boundary, one goes on from there, also where no checkpoint was due.
    """
    told, again, entered, enter = [], [], [], Chunk.enter

    def noting(chunk, entering):
        enter(chunk, entering)
        entered.append(entering)

    def interrupt(progress):
        told.append(progress)
        if len(entered) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Chunk, "enter", noting)
        with pytest.raises(KeyboardInterrupt):
            world.train(tmp_path / "out", referee=world.referee(), show=interrupt)
    world.train(tmp_path / "out", referee=world.referee(), show=again.append)

    assert again[0].done == told[-1].done > 8
    assert stored(tmp_path / "out") == stored(judged)


def test_checkpoints_of_other_trials_are_never_gone_on_from(world, judged, tmp_path, monkeypatch):
    """
    What another generation has left behind is dropped, and the runs begin from their own start.
    """
    other = replace(world, experiment=replace(world.experiment, question="", variants=renamed(world)))
    monkeypatch.setattr(training, "SECONDS_BETWEEN_CHECKPOINTS", 0.0)
    with pytest.raises(Killed):
        other.train(tmp_path / "out", referee=world.referee(), writer=killing("write_endings", 1, "before"))
    left = {path.name for path in (tmp_path / "out" / FOLDER).iterdir()}
    world.train(tmp_path / "out", referee=world.referee())

    assert left
    assert stored(tmp_path / "out") == stored(judged)
    assert not list((tmp_path / "out" / FOLDER).iterdir())


def renamed(world):
    """Give the same trials under other names."""
    return tuple(replace(variant, name=f"{variant.name} again") for variant in world.experiment.variants)


@pytest.mark.slow  # programs of its own
def test_lanes_scored_by_all_rows_at_once_are_taken_over_too(tmp_path):
    """
    Where the metric is no average over rows, runs that waited are those of ordinary training, to the bit.
    """
    experiment = tiny_experiment(metric="f1_macro", seeds=3)
    ready = prepare(experiment, kept=Kept())
    with Writer(made(tmp_path / "whole")) as writer:
        declare(writer, experiment)
        options = {"writer": writer, "ended": frozenset(), "seconds": Seconds(), "show": lambda told: None}
        train(experiment, ready.folds, ready.cohorts, ready.workshop, **options)
    relayed = World(experiment, ready).train(tmp_path / "out", lanes=2)

    assert stored(relayed) == stored(tmp_path / "whole")


def made(folder):
    """Make a folder."""
    folder.mkdir()
    return folder


DRIVER = """
import os, pathlib, signal, sys
from trainlab.results.store import Writer
calls, write = [0], Writer.write_epoch
def killing(*arguments):
    calls[0] += 1
    write(*arguments)
    if calls[0] == 7:
        os.kill(os.getpid(), signal.SIGKILL)
Writer.write_epoch = killing
sys.path.insert(0, {tests!r})
import test_trials
from trainlab.checking import prepare
from trainlab.engine.kept import Kept
world = test_trials.World(test_trials.made_up(), None)
world.ready = prepare(world.experiment, kept=Kept())
world.train(pathlib.Path({out!r}), referee=world.referee())
"""


@pytest.mark.slow  # a process of its own compiles again
def test_another_process_goes_on_where_one_was_killed(world, judged, tmp_path):
    """
    After kill -9 in mid-search this process ends with the bits of an uninterrupted search.
    """
    out = tmp_path / "out"
    code = DRIVER.format(tests=str(Path(__file__).parent), out=str(out))
    killed = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, timeout=300)
    world.train(out, referee=world.referee())

    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert stored(out) == stored(judged)
