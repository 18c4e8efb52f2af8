"""What a generation leaves for the next: models and programs, where everything is equal."""

from dataclasses import replace

import pytest

from trainlab.checking import prepare
from trainlab.data.splitting.validations import KFold
from trainlab.engine.kept import MOST_STRUCTURES, Kept
from trainlab.engine.plan import choose_width
from trainlab.engine.runs import list_runs
from trainlab.engine.training import Seconds, program_for
from trainlab.engine.trials import train_trials
from trainlab.experiment.models import mlp
from trainlab.experiment.recipe import Recipe
from trainlab.results.store import Reader, Writer
from trainlab.testing import tiny_data, tiny_experiment

FIRST = {"a": {"learning_rate": 0.1, "dropout": 0.2}, "b": {"learning_rate": 0.2, "dropout": 0.4}}
SECOND = {"c": {"learning_rate": 0.3, "dropout": 0.1}, "d": {"learning_rate": 0.05, "dropout": 0.5}}


def generation(variants=None, **changes):
    """Make an experiment of one seed, whose trials differ in numbers."""
    return tiny_experiment(variants=FIRST if variants is None else variants, seeds=1, **changes)


@pytest.fixture(scope="module")
def kept():
    """What the first generation has left."""
    kept = Kept()
    prepare(generation(), kept=kept)
    return kept


def program_of(experiment, kept, **options):
    """Give the programs of an experiment's first cohort."""
    ready = prepare(experiment, kept=kept)
    return program_for(experiment, ready.folds, ready.cohorts[0], relayed=True, **options)[0]


def trained(experiment, kept, folder):
    """Train a generation in a folder, and give what is stored and what was compiled."""
    ready, seconds = prepare(experiment, kept=kept), Seconds()
    folder.mkdir()
    with Writer(folder) as writer:
        runs = list_runs(experiment, ready.folds)
        writer.declare_runs([(run.number, run.variant, run.seed, run.fold, 0, 0, 0) for run in runs])
        options = {"writer": writer, "ended": frozenset(), "seconds": seconds, "show": lambda told: None}
        train_trials(experiment, ready.folds, ready.cohorts, ready.workshop, **options)
    with Reader(folder) as reader:
        rows = [reader.array(f"run/{run.number}", "outputs").tobytes() for run in runs]
        return (repr(reader.runs()), reader.epochs(), rows), seconds


@pytest.mark.slow
def test_the_second_generation_compiles_nothing_and_has_the_bits_of_a_fresh_start(tmp_path):
    """
    Trials with other numbers run in the programs of those before them, and nothing shows in what they give.
    """
    kept = Kept()
    _, first = trained(generation(), kept, tmp_path / "first")
    found, second = trained(generation(SECOND), kept, tmp_path / "second")
    fresh, anew = trained(generation(SECOND), Kept(), tmp_path / "fresh")

    assert first.compilations == anew.compilations == kept.compilations
    assert (second.compilations, second.compile) == (0, 0.0)
    assert found == fresh


def test_equal_structures_share_model_and_programs(kept):
    """
    Other numbers, names and seeds, and two trials more or one less, need no other program.
    """
    first = program_of(generation(), kept)
    others = [
        generation(SECOND),
        tiny_experiment(variants=FIRST, seeds=[7]),
        generation({"only": FIRST["a"], "other": {"dropout": 0.3}}),
    ]

    assert all(program_of(other, kept) is first for other in others)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"model": mlp([6])}, id="network"),
        pytest.param({"recipe": Recipe(optimizer="adam", batch_size=16, epochs=3)}, id="optimizer"),
        pytest.param({"recipe": Recipe(optimizer="sgd", batch_size=8, epochs=3)}, id="batch"),
        pytest.param({"metric": "loss"}, id="metric"),
        pytest.param({"validation": KFold(3)}, id="folds"),
        pytest.param({"split_seed": 1}, id="split"),
        pytest.param({"data": tiny_data(seed=1)}, id="data"),
        pytest.param({"variants": {"a": {}, "b": {}}}, id="sites"),
        pytest.param({"variants": {**FIRST, "c": {"l2": 0.1}}}, id="more sites"),
        pytest.param({"variants": {"a": FIRST["a"]}}, id="width"),
    ],
)
def test_what_differs_in_anything_that_is_compiled_shares_nothing(kept, changes):
    """
    Whatever stands in a program or fixes the shape of an array makes it another one.
    """
    assert program_of(generation(**changes), kept) is not program_of(generation(), kept)


def test_data_and_models_are_made_once_for_equal_rows(kept):
    """
    The same rows under another question have the prepared data that are there; other rows have their own.
    """
    one = prepare(generation(), kept=kept).workshop
    same = prepare(generation(SECOND, question="Again?"), kept=kept)
    other = prepare(generation(validation=KFold(4)), kept=kept).workshop

    assert same.workshop.data(None) is one.data(None)
    assert same.workshop.experiment.question == "Again?"
    assert other.data(None) is not one.data(None)


def test_trained_as_trials_or_as_runs_programs_are_not_mixed_up(kept):
    """
    Lanes that are taken over follow more orders at once, so their programs are others.
    """
    ready = prepare(generation(), kept=kept)
    relayed, ordinary = (
        program_for(ready.experiment, ready.folds, ready.cohorts[0], relayed=relayed)[0]
        for relayed in (True, False)
    )

    assert relayed is not ordinary


def test_only_the_structures_used_last_are_kept(kept, monkeypatch):
    """
    A search over architectures does not fill the memory, and what is dropped is made anew where needed.
    """
    monkeypatch.setattr("trainlab.engine.kept.MOST_STRUCTURES", 1)
    ready = prepare(generation(), kept=kept)
    before = program_of(generation(), kept)
    program_of(generation(model=mlp([7])), kept)
    program_of(generation(model=mlp([8])), kept)
    again = program_for(ready.experiment, ready.folds, ready.cohorts[0], relayed=True)[0]

    assert MOST_STRUCTURES >= 32
    assert len(kept._structures) == 2
    assert again is not before
    assert again.learner is before.learner


@pytest.mark.parametrize("trials, lanes", [(2, 2), (3, 4), (5, 8), (32, 32), (33, 32)])
def test_widths_of_generations_are_powers_of_two(monkeypatch, trials, lanes):
    """
    Generations of a few trials more or less have one width; more than fit at once wait.
    """
    monkeypatch.setattr("trainlab.engine.plan.MOST_LANES", {"cpu": 32})
    monkeypatch.setattr("trainlab.engine.plan.lanes_at_once", lambda lanes: 1)
    monkeypatch.setattr("jax.devices", lambda: [None, None])
    monkeypatch.setattr("jax.default_backend", lambda: "cpu")
    monkeypatch.setattr("trainlab.engine.plan.free_memory", lambda: 2**33)
    monkeypatch.setattr("trainlab.engine.plan.bytes_per_lane", lambda learner, more: 1000)
    experiment = generation()

    class Cohort:
        recipes = (experiment.recipe,)
        runs = range(trials)

        def reason(self, names):
            return "alike"

    width = choose_width(Cohort(), None, experiment.data, (), steady=True)

    assert (width.width, width.lanes) == (lanes, trials)
    assert ("waits" in width.reason) == (trials > lanes)
    assert replace(width, width=1) != width
