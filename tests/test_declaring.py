"""What a folder says before anything is trained."""

import json

import numpy as np
import pytest

from trainlab.checking import prepare
from trainlab.data.splitting.validations import KFold
from trainlab.declaring import PREPARATION_FILE, declare
from trainlab.engine.plan import Width
from trainlab.experiment.ensembles import Ensemble
from trainlab.results.finding import Finding
from trainlab.results.store import Reader, Writer
from trainlab.results.table import open_results
from trainlab.testing.worlds import tiny_experiment

WIDTH = Width(lanes=18, width=18, devices=1, group=1, bytes=18_744, reason="one network and optimizer")
FINDING = Finding("TL128", "warn", "one seed", "seeds", "1 seed", "Write `seeds: 5`.", variants=("together",))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """An experiment whose folder is declared and not trained: folds, and an ensemble of two networks."""
    folder = tmp_path_factory.mktemp("declared")
    variants = {"baseline": {}, "together": {"ensemble": Ensemble(2, control=False)}}
    experiment = tiny_experiment(variants=variants, seeds=[7, 3], validation=KFold(3))
    with Writer(folder) as writer:
        # The width is given, as from a stored plan: nothing is compiled to choose one.
        declare(writer, prepare(experiment, widths=[WIDTH]), [FINDING])
    return experiment, folder


def test_every_run_stands_there_before_it_is_trained(world):
    """
    Each variant, seed and fold has its run; members of ensembles have theirs, no cohort trains the whole.
    """
    _, folder = world
    with Reader(folder) as reader:
        runs = reader.runs()
    found = {(run["variant"], run["seed"], run["fold"], run["member"], run["members"]) for run in runs}
    networks = [(0, 0), (1, 0), (1, 1), (1, 2)]

    assert found == {
        (variant, seed, fold, member, 2 if (variant, member) == (1, 0) else 0)
        for variant, member in networks
        for seed in range(2)
        for fold in range(3)
    }
    assert [run["run"] for run in runs] == list(range(len(found)))
    assert [run["cohort"] for run in runs] == [-1 if run["members"] else 0 for run in runs]
    assert open_results(folder).outcome_counts["interrupted"] == 12


def test_the_rows_of_every_fold_are_kept(world):
    """
    Training rows, validation rows, their halves and their targets are stored as the folds have them.
    """
    experiment, folder = world
    results = open_results(folder)
    with Reader(folder) as reader:
        training = [reader.array(f"fold/{fold}", "training") for fold in range(3)]

    for place, fold in enumerate(experiment.folds):
        np.testing.assert_array_equal(training[place], fold.train)
        np.testing.assert_array_equal(results.validation_rows[place], fold.validation)
        np.testing.assert_array_equal(results.halves[place], fold.halves)
        np.testing.assert_array_equal(results.validation_targets[place], fold.validation % 3)


def test_the_question_and_its_findings_are_kept(world):
    """
    The experiment, its plan, the findings, and what was fitted in each fold are read as they were.
    """
    experiment, folder = world
    results = open_results(folder)
    lines = (folder / PREPARATION_FILE).read_text(encoding="utf-8").splitlines()

    assert results.facts["experiment"] == json.loads(json.dumps(experiment.document()))
    assert results.facts["plan"] == {"cohorts": [WIDTH.document()]}
    assert results.facts["findings"] == [FINDING.document()]
    assert results.facts["data"]["fold_rows"] == [[60, 30]] * 3
    assert results.facts["openings"] == []
    assert len([json.loads(line) for line in lines]) == 3
