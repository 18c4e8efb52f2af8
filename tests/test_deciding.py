"""Adding seeds until it is decided: what is asked for, stored, gone on with and refused."""

import json
import signal
import subprocess
import sys

import numpy as np
import pytest

import trainlab as tl
from trainlab.checking import prepare
from trainlab.cli.app import command
from trainlab.comparison.looks import Plan
from trainlab.deciding import first_look, with_all_seeds
from trainlab.declaring import declared_runs
from trainlab.diagnosis.diagnose import diagnose
from trainlab.errors import UsageError
from trainlab.results.outcome import Outcome
from trainlab.results.store import Reader
from trainlab.testing import same_bits, tiny_data, tiny_experiment

# Seeds matter most after two epochs, and one of the two others is nearly the reference.
ASKED = {
    "data": tiny_data(300),
    "recipe": tl.Recipe(optimizer="sgd", learning_rate=0.1, batch_size=120, epochs=2),
    "variants": {"baseline": {}, "near": {"learning_rate": 0.09}, "far": {"learning_rate": 0.5}},
    "metric": "log_loss",
    "smallest_difference": 0.01,
    "seeds": 2,
}


def interrupting(word):
    """A show that interrupts as soon as training says the word."""

    def show(progress):
        if word in progress.doing:
            raise KeyboardInterrupt

    return show


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder that was interrupted in its second look, and went on to its end."""
    place = tmp_path_factory.mktemp("decided") / "out"
    asked = tiny_experiment(**ASKED)
    stopped = tl.run(asked, place, until_decided=True, seeds=5, at_most=10, show=interrupting("look 2"))
    assert stopped.facts["interrupted"] == "SIGINT"
    assert stopped.outcome_counts["interrupted"] > 0
    tl.resume(place, asked)
    return place


def test_seeds_are_added_for_what_is_undecided_alone(folder):
    """
    A decided variant keeps its seeds; an undecided one and the reference get more, interrupted or not.
    """
    results = tl.open_results(folder)
    asked = (results.outcomes[:, :, 0] != Outcome.NOT_ASKED).sum(axis=1)

    assert results.facts["looks"]["asked"][1]["variants"] == ["baseline", "near"]
    assert dict(zip(results.variants, asked.tolist(), strict=True)) == {"baseline": 10, "near": 10, "far": 5}
    assert results.outcome_counts["interrupted"] == 0
    assert results.runs == 25


def test_each_look_has_cohorts_of_its_own(folder):
    """
    The plan that is stored has a width for the cohorts of both looks, and every run one of them.
    """
    results = tl.open_results(folder)
    with Reader(folder) as reader:
        cohorts = {run["cohort"]: 0 for run in reader.runs()}
        for run in reader.runs():
            cohorts[run["cohort"]] += 1

    lanes = [cohort["lanes"] for cohort in results.facts["plan"]["cohorts"]]
    assert cohorts == dict(enumerate(lanes))


def test_the_comparison_says_its_look(folder):
    """
    Opened later, each row tells at which look it was decided, with the method and its source.
    """
    rows = {row.variant: row for row in tl.compare(tl.open_results(folder)).rows}

    assert (rows["far"].look.number, rows["far"].look.ends) == (1, "decided")
    assert rows["near"].look.number == 2
    assert "look 2 of at most 2, at 10 seeds" in rows["near"].sentence
    assert "Lan & DeMets 1983" in rows["near"].sentence


def test_a_decided_folder_is_resumed_without_training(folder):
    """
    Where nothing is left to ask, going on gives the results as they are.
    """
    again = tl.resume(folder, tiny_experiment(**ASKED), show=interrupting(""))

    assert again.facts["looks"]["ended"]
    assert again.facts["interrupted"] == ""


def test_show_and_compare_read_it(folder, capsys):
    """
    The commands that read a folder take runs that were not asked for as what they are.
    """
    assert command(["show", str(folder), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert command(["compare", str(folder), "--json"]) == 0
    compared = json.loads(capsys.readouterr().out)

    assert shown["runs"] == 25
    assert [row["look"]["seeds"] for row in compared["rows"]] == [10, 5]


@pytest.mark.slow
def test_report_and_diagnosis_read_it(folder, tmp_path):
    """
    The report has the sentence of the look, and the diagnosis counts the runs that were asked for.
    """
    results = tl.open_results(folder)
    page = tl.report(results, tmp_path / "report.html").read_text(encoding="utf-8")
    agreement = {row.variant: row.agreement for row in diagnose(results).rows}

    assert "at 10 seeds, and the interval holds however often was looked" in page
    assert agreement["far"].endswith("of 5")
    assert agreement["near"].endswith("of 10")


FILE = """
data: {spirals: {rows: 600}}
model: {mlp: [5]}
recipe: {optimizer: sgd, learning_rate: 0.1, batch_size: 120, epochs: 2}
variants: {baseline: {}, near: {learning_rate: 0.11}, far: {learning_rate: 5.0}}
metric: log_loss
smallest_difference: 0.01
seeds: 5
baselines: false
"""

# The function, and on which of its calls the process is killed.
PLACES = {
    "when the second look is asked for, before its runs are": ("trainlab.results.store", "declare_runs", 2),
    "in the middle of the second look": ("trainlab.engine.chunk", "_rest", 3),
    "when the second look has ended, before that is stored": ("trainlab.deciding", "compare", 2),
}

DRIVER = """
import importlib, os, signal
import trainlab as tl
import trainlab.running
module, name, call = {place!r}
owners = {{"declare_runs": "Writer", "_rest": "Chunk"}}
owner = importlib.import_module(module)
owner = getattr(owner, owners[name]) if name in owners else owner
work, calls = getattr(owner, name), [0]
def killing(*arguments, **options):
    calls[0] += 1
    if calls[0] == call:
        os.kill(os.getpid(), signal.SIGKILL)
    return work(*arguments, **options)
setattr(owner, name, killing)
tl.run({file!r}, {out!r}, until_decided=True, seeds=5, at_most=10)
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The experiment's file, and the folder of running it without a break."""
    place = tmp_path_factory.mktemp("kill")
    (place / "experiment.yaml").write_text(FILE)
    tl.run(place / "experiment.yaml", place / "whole", until_decided=True, seeds=5, at_most=10)
    return place


@pytest.mark.slow
@pytest.mark.parametrize("where", PLACES)
def test_killed_in_its_second_look_it_goes_on_to_the_same_bits(whole, tmp_path, where):
    """
    A process that is killed between or within looks leaves what resuming ends like an unbroken run.
    """
    file, out = str(whole / "experiment.yaml"), tmp_path / "out"
    driver = DRIVER.format(place=PLACES[where], file=file, out=str(out))
    killed = subprocess.run([sys.executable, "-c", driver], check=False, capture_output=True, timeout=300)
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2_000:]

    resumed = tl.resume(out)

    unbroken = tl.open_results(whole / "whole")
    assert len(unbroken.facts["looks"]["asked"]) == 2
    assert resumed.facts["looks"] == unbroken.facts["looks"]
    assert same_bits(out, whole / "whole")


@pytest.mark.slow
def test_a_decided_variant_is_refitted_with_its_own_seeds(folder, tmp_path):
    """
    The final model has as many networks as the variant had seeds, and is exported.
    """
    from trainlab.refitting import refit

    asked = tiny_experiment(**ASKED)
    made = refit(folder, variant="far", experiment=asked)
    written = tl.export(folder, tmp_path / "far.keras", variant="far", experiment=asked)

    assert made.seeds == (0, 1, 2, 3, 4)
    assert written.refitted


@pytest.mark.slow
def test_what_is_added_is_what_would_have_been_trained_at_once(folder, tmp_path):
    """
    The runs of both looks have the scores of the same seeds trained together.
    """
    parts = {**ASKED, "seeds": 10}
    together = tl.run(tiny_experiment(**parts), tmp_path / "at-once")
    looked = tl.open_results(folder)

    there = looked.outcomes != Outcome.NOT_ASKED
    np.testing.assert_allclose(looked.scores[there], together.scores[there], rtol=1e-5)


@pytest.mark.parametrize(
    "changes, told",
    [
        ({"variants": {"baseline": {}}}, "there is one variant, so nothing can be decided"),
        (
            {"validation": {"bootstrap": 3}},
            "folds of a time series and resamples only describe: no number of seeds decides",
        ),
    ],
)
def test_what_cannot_be_decided_is_refused_before_training(changes, told, tmp_path):
    """
    The error says why no number of seeds would do, and nothing is written.
    """
    with pytest.raises(UsageError, match=told):
        tl.run(tiny_experiment(**changes), tmp_path / "out", until_decided=True, at_most=20)

    assert not (tmp_path / "out").exists()


def test_at_most_alone_is_refused(tmp_path):
    """
    A most number of seeds without adding any is a slip, and the error names both ways out.
    """
    with pytest.raises(UsageError, match=r"Add `--until-decided`, or say how many by `--seeds`"):
        tl.run(tiny_experiment(), tmp_path / "out", at_most=20)


def test_an_ensemble_is_asked_for_with_its_members():
    """
    The first look declares an ensemble, its members and its control for five seeds, and no other run.
    """
    asked = tiny_experiment(variants={"baseline": {}, "three": {"ensemble": 3}})
    ready = prepare(with_all_seeds(asked, Plan((5, 8))))

    first, facts = first_look(ready, Plan((5, 8)))
    runs = declared_runs(first)

    # One run, three members behind their ensemble, and the ensemble's control.
    assert [sum(run[1] == variant for run in runs) for variant in range(3)] == [5, 20, 5]
    assert {run[2] for run in runs} == {0, 1, 2, 3, 4}
    assert len({run[0] for run in runs}) == len(runs)
    assert facts["looks"]["seeds"] == [5, 8]
    assert sum(prepared.width.lanes for prepared in first.cohorts) == 25


def test_seeds_that_were_named_come_first():
    """
    A list of seeds is kept and filled up; a longer one is cut.
    """
    some = with_all_seeds(tiny_experiment(seeds=[3, 1]), Plan((5,)))
    many = with_all_seeds(tiny_experiment(seeds=[9, 8, 7, 6, 5, 4]), Plan((5,)))

    assert some.seeds == (3, 1, 0, 2, 4)
    assert many.seeds == (9, 8, 7, 6, 5)
    assert with_all_seeds(some, Plan((5,))).seeds == some.seeds
