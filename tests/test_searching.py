"""The stage before the comparison: who sees which rows and seeds, and that no kill changes anything."""

import shutil

import numpy as np
import pytest

import trainlab as tl
from trainlab.data.splitting.inner import inner_rows
from trainlab.engine.certificate import _to_the_end
from trainlab.engine.clock import step_seconds
from trainlab.engine.workshop import Workshop
from trainlab.errors import UsageError
from trainlab.experiment.settling import with_tuned
from trainlab.results.store import Reader, Writer
from trainlab.results.table import open_results
from trainlab.searching import check_tuning
from trainlab.tuning.choosing import choose
from trainlab.tuning.trials import read_studies

RATE = {"learning_rate": {"log": [1e-4, 1]}}


def asked(**parts):
    """Ask for something small of which something is tuned."""
    usual = {
        "data": tl.load("iris"),
        "model": tl.mlp([4]),
        "recipe": {"epochs": 2, "batch_size": 32, "optimizer": "sgd"},
        "validation": tl.KFold(2),  # all of one shape, so that programs are compiled once
        "seeds": 2,
    }
    return tl.Experiment(**{**usual, "baselines": False, **parts})


@pytest.fixture(scope="module")
def tuned(tmp_path_factory):
    """Two variants, each tuned within each of two folds."""
    experiment = asked(
        variants={"plain": {}, "l2": {"l2": 1e-2}},
        tune=RATE,
        budget=4,
    )
    return experiment, tl.run(experiment, tmp_path_factory.mktemp("tuned") / "out")


def test_the_best_trial_of_each_fold_is_trained_again(tuned):
    """
    Each fold's runs have the settings that its own trials found, on all of its training rows.
    """
    experiment, results = tuned
    studies = read_studies(results)

    assert [(study.variant, study.fold, len(study.trials)) for study in studies] == [
        (name, fold, 4) for name in ("plain", "l2") for fold in (0, 1)
    ]
    found = tl.resume(results.folder, experiment)
    assert np.array_equal(found.scores, results.scores)
    told = results.facts["tuning"]["studies"]
    for study, one in zip(studies, told, strict=True):
        assert study.best.mean == max(trial.mean for trial in study.trials)
        assert one["chosen"] == choose(study).number
        assert one["settings"] == dict(choose(study).changes)


def test_trials_see_neither_the_rows_nor_the_seeds_of_the_comparison(tuned):
    """
    Inner rows lie within the training rows of their fold, and seeds of trials are none of the experiment's.
    """
    experiment, results = tuned
    trials = open_results(results.folder / "tuning")

    assert not set(trials.seeds) & set(results.seeds)
    with Reader(trials.folder) as reader:
        for study in trials.facts["studies"]:
            outer = experiment.folds[study["fold"]]
            for fold in study["folds"]:
                rows = [reader.array(f"fold/{fold}", name) for name in ("training", "validation")]
                wanted = inner_rows(experiment.data, outer, experiment.validation, tl.Holdout(0.2), 0)
                assert [set(part) for part in rows] == [
                    set(part) for part in wanted[fold - study["folds"][0]]
                ]
                assert not set(np.concatenate(rows)) & set(outer.validation)


def test_the_same_points_for_variants_with_the_same_space(tuned):
    """
    Variants with one space try the same points in every fold, so that none has the luckier ones.
    """
    _, results = tuned
    points = {str([dict(trial.point) for trial in study.trials]) for study in read_studies(results)}

    assert len(points) == 1


def test_a_final_model_takes_the_settings_that_are_best_over_all_folds(tuned):
    """
    Where all folds tried the same points, a refit has the one with the best mean over the folds.
    """
    experiment, results = tuned
    studies = [study for study in read_studies(results) if study.variant == "l2"]
    means = np.mean([[trial.mean for trial in study.trials] for study in studies], axis=0)

    final = results.facts["tuning"]["final"]["l2"]

    assert final == dict(studies[0].trials[int(np.argmax(means))].point)
    settled = tl.resume(results.folder, experiment).facts["tuning"]["final"]
    assert settled["l2"] == final


def test_rows_that_cannot_be_split_again_are_refused_before_anything_is_written(tmp_path):
    """
    A class with too few rows for an inner split is told at once, and no folder is made.
    """
    data = tl.Dataset(np.arange(12.0).reshape(6, 2), [0, 0, 0, 0, 1, 1])
    experiment = asked(data=data, tune=RATE, budget=2, validation=tl.Holdout(0.4))

    with pytest.raises((UsageError, tl.DataError)):
        check_tuning(experiment)
    with pytest.raises((UsageError, tl.DataError)):
        tl.run(experiment, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_found_may_be_another_network(monkeypatch):
    """
    Steps of the baseline and of a found network of another size are timed, each alone in its own program.
    """
    monkeypatch.setattr("trainlab.engine.clock.steady_step", lambda chunk: float(chunk.cohort.train_rows))
    searched = with_tuned(asked(search={"space": {"hidden": [[3], [5]]}}), {"found": [{"hidden": [5]}] * 3})
    workshop = Workshop(searched, searched.folds)

    told = step_seconds(searched, searched.folds, workshop, known=(), show=lambda doing: None)

    assert told == {0: 75.0, 1: 75.0}


def test_an_experiment_that_searches_can_be_certified():
    """
    What is looked for stands beside the baseline as it is written.
    """
    plain = _to_the_end(asked(search={"space": RATE}))

    assert [variant.name for variant in plain.variants] == ["baseline", "found"]
    assert plain.tunings == {}


class Killed(BaseException):
    """The process is gone."""


def _killed_at(monkeypatch, count):
    """Let the process die at some write to a store, counted from 1; give what undoes it."""
    left = [count]
    undo = []
    for name in ("write_facts", "declare_runs", "write_epoch", "write_endings"):
        write = getattr(Writer, name)

        def dying(self, *given, write=write):
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            write(self, *given)

        undo.append((name, write))
        monkeypatch.setattr(Writer, name, dying)
    return left


def _told(folder):
    """Everything that a search comes to, as it stands on the disk."""
    with Reader(folder) as reader:
        facts, runs, epochs = reader.facts(), reader.runs(), reader.epochs()
    kept = ("studies", "trials", "tuning", "generations", "plan", "experiment")
    return {name: facts.get(name) for name in kept}, runs, epochs


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    """A search of two generations with pruning in each of two folds, undisturbed."""
    experiment = asked(
        recipe={"epochs": 4, "batch_size": 32, "optimizer": "sgd"},
        search={"space": RATE, "trials": 8, "cohort": 4, "pruning": {"halving": {"factor": 2}}},
    )
    folder = tmp_path_factory.mktemp("searched") / "out"
    writes = [0]
    with pytest.MonkeyPatch.context() as patch:
        left = _killed_at(patch, 10**9)
        tl.run(experiment, folder)
        writes[0] = 10**9 - left[0]
    return experiment, folder, writes[0]


def _goes_on(searched, tmp_path, monkeypatch, count):
    experiment, folder, _ = searched
    with monkeypatch.context() as patch:
        _killed_at(patch, count)
        with pytest.raises(Killed):
            tl.run(experiment, tmp_path / "out")

    tl.resume(tmp_path / "out", experiment)

    assert _told(tmp_path / "out" / "tuning") == _told(folder / "tuning")
    assert _told(tmp_path / "out") == _told(folder)


def test_a_search_killed_on_its_way_goes_on_to_the_same_study(searched, tmp_path, monkeypatch):
    """
    After a kill half way, going on gives the same trials, prunings, choice and runs.
    """
    _goes_on(searched, tmp_path, monkeypatch, searched[2] // 2)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(1, 24))
def test_a_search_killed_anywhere_goes_on_to_the_same_study(searched, tmp_path, monkeypatch, part):
    """
    Wherever a write to the store is cut off, going on gives what an undisturbed search gives.
    """
    count = 4 + (searched[2] - 6) * part // 24
    _goes_on(searched, tmp_path, monkeypatch, count)
    shutil.rmtree(tmp_path / "out")
