"""Sending: everything arrives once, whenever whoever sends is killed or the tracker fails."""

import itertools
import shutil

import numpy as np
import pytest

from trainlab.results.outcome import Outcome
from trainlab.results.store import Writer
from trainlab.tracking.destination import Destination
from trainlab.tracking.ledger import FILE, FOLDER, Ledger
from trainlab.tracking.sending import Sender, said
from trainlab.tracking.source import read_sources
from trainlab.tracking.tracker import RefusedError

TO = Destination("http://tracking.example:5000")


class KilledError(BaseException):
    """Stands in for SIGKILL: nobody catches it."""


def send(folder, *, to=TO, last=True, died=False, time_is_up=lambda: False):
    """
    Send in a process of its own, so to say: nothing but the ledger is remembered.
    """
    with Ledger(folder, to.shown, read_sources(folder)[0].usual_id) as ledger:
        return Sender(folder, to, ledger, time_is_up).send(last=last, died=died)


def runs_by_name(memory):
    """
    What the tracker has, by the names that people see.
    """
    return {run["tags"]["name"]: run for run in memory.runs.values()}


def test_every_run_arrives_under_one_parent_with_its_numbers(folder, memory):
    """
    Four runs of three epochs are five in the tracker: with parameters, every epoch, an end, and files.
    """
    sent = send(folder)

    runs = runs_by_name(memory)
    assert sent.complete
    assert sorted(runs) == [
        "asked",
        "dropout=0.3, seed 0",
        "dropout=0.3, seed 1",
        "plain, seed 0",
        "plain, seed 1",
    ]
    one = runs["dropout=0.3, seed 1"]
    assert one["tags"]["mlflow.parentRunId"] == "experiment"
    assert one["status"] == "FINISHED"
    assert one["parameters"] == {
        "model": "mlp",
        "model.mlp.hidden": "[64]",
        "model.mlp.activation": "relu",
        "optimizer": "adam",
        "learning_rate": "0.001",
        "batch_size": "32",
        "epochs": "10",
        "dropout": "0.3",
        "dropout.at": "input",
        "variant": "dropout=0.3",
        "seed": "1",
        "fold": "0",
    }
    rising = {step: value for name, value, step in one["rows"] if name == "validation_accuracy"}
    assert rising == pytest.approx({1: 0.63, 2: 0.64, 3: 0.65})
    assert [value for name, value, _ in one["rows"] if name == "score"] == [pytest.approx(0.65)]
    assert runs["asked"]["files"] == {"report.html", "comparison.json", "environment.json"}


def test_the_parent_has_means_intervals_and_verdicts(folder, memory):
    """
    Means and differences are those of the comparison, under keys of allowed characters.
    """
    send(folder)

    parent = runs_by_name(memory)["asked"]
    rows = {name: value for name, value, _ in parent["rows"]}
    assert rows["accuracy.mean.plain"] == pytest.approx((0.52 + 0.55) / 2)
    assert rows["accuracy.low.plain"] < rows["accuracy.mean.plain"] < rows["accuracy.high.plain"]
    assert rows["difference.mean.dropout_0.3"] == pytest.approx(0.1)
    assert "trainlab.verdict.dropout_0.3" in parent["tags"]
    assert parent["tags"]["mlflow.note.content"].startswith("Does dropout help?\n\n")


def test_sending_again_asks_for_nothing(folder, memory):
    """
    What was acknowledged is not sent a second time.
    """
    send(folder)
    memory.requests = 0

    again = send(folder)

    assert again.complete
    assert (again.runs, again.numbers, again.files, memory.requests) == (0, 0, 0, 0)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_request_replays_to_the_same(folder, memory, when):
    """
    Killed before or after each request has its effect, the second try ends where an undisturbed one does.
    """
    send(folder)
    requests, undisturbed = memory.requests, memory.state()

    for number in range(1, requests + 1):
        shutil.rmtree(folder / FOLDER)
        memory.runs.clear()
        memory.fail({number}, when, KilledError)
        with pytest.raises(KilledError):
            send(folder)
        memory.fail(())
        sent = send(folder)

        assert sent.complete
        assert memory.state() == undisturbed, f"killed {when} request {number}"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_failure_at_any_request_loses_nothing(folder, memory, when):
    """
    A request that fails ends the pass, and the next pass of the process makes it good without twins.
    """
    send(folder)
    requests, undisturbed = memory.requests, memory.state()

    for number in range(1, requests + 1):
        shutil.rmtree(folder / FOLDER)
        memory.runs.clear()
        memory.fail({number}, when)
        with Ledger(folder, TO.shown, read_sources(folder)[0].usual_id) as ledger:
            sender = Sender(folder, TO, ledger)
            first = sender.send(last=True)
            second = sender.send(last=True)

        assert first.problem == f"request {number}"
        assert second.complete
        assert memory.state() == undisturbed, f"failed {when} request {number}"


def test_a_server_that_makes_a_run_late_leaves_no_twin(folder, memory):
    """
    A run that was given up, asked for again, and made by the server after all is there once in the end.
    """
    send(folder)
    undisturbed = memory.state()
    shutil.rmtree(folder / FOLDER)
    memory.runs.clear()

    memory.fail({3})  # the search, the parent, the first child
    with Ledger(folder, TO.shown, read_sources(folder)[0].usual_id) as ledger:
        sender = Sender(folder, TO, ledger)
        sender.send(last=True)
        sender.send(last=False)
        run = next(run for run in memory.runs.values() if run["item"] == "0")
        memory.runs["late"] = {**run, "rows": set(), "parameters": {}}
        sender.send(last=True)

    assert memory.state() == undisturbed
    assert "late" not in memory.runs


def test_a_lost_ledger_is_no_loss(folder, memory):
    """
    Without its ledger a folder finds its runs again in the tracker.
    """
    send(folder)
    undisturbed = memory.state()
    shutil.rmtree(folder / FOLDER)

    assert send(folder).complete
    assert memory.state() == undisturbed


def test_what_grows_is_sent_as_it_grows(folder, results_in, memory, tmp_path):
    """
    Followed over an interruption and going on, each run has the status that it has in the store.
    """
    curve = np.full((2, 3), 0.5)
    results_in(tmp_path / "growing", plain={"metric": curve, "outcomes": [Outcome.RUNNING] * 2})
    growing = tmp_path / "growing"
    sent = send(growing, last=False)
    statuses = {name: run["status"] for name, run in runs_by_name(memory).items()}
    assert sent.complete
    assert statuses["plain, seed 0"] == "RUNNING"
    assert statuses["growing"] == "RUNNING"

    with Writer(growing) as writer:
        writer.mark_interrupted()
    send(growing)
    statuses = {name: run["status"] for name, run in runs_by_name(memory).items()}
    assert statuses["plain, seed 0"] == "KILLED"
    assert statuses["growing"] == "KILLED"

    with Writer(growing) as writer:
        writer._connection.execute("UPDATE runs SET outcome = 0 WHERE outcome = 5")
    send(growing, last=False)
    runs = runs_by_name(memory)
    assert runs["plain, seed 0"]["status"] == "KILLED"  # until it has an epoch more
    assert runs["growing"]["status"] == "RUNNING"

    with Writer(growing) as writer:
        writer._connection.execute("UPDATE runs SET outcome = 1, score = 0.5 WHERE outcome = 0")
    send(growing)
    runs = runs_by_name(memory)
    assert {run["status"] for run in runs.values()} == {"FINISHED"}
    assert ("score", 0.5, 3) in runs["plain, seed 0"]["rows"]


def test_every_ending_has_its_status(results_in, memory, tmp_path):
    """
    Diverged runs have failed, pruned ones are finished with a tag, those under way run on.
    """
    endings = [Outcome.FINISHED, Outcome.DIVERGED, Outcome.PRUNED, Outcome.INTERRUPTED, Outcome.RUNNING]
    curve = np.full((5, 3), 0.5)
    results_in(tmp_path / "asked", seeds=5, plain={"metric": curve, "outcomes": endings})

    send(tmp_path / "asked")

    runs = runs_by_name(memory)
    plain = [runs[f"plain, seed {seed}"] for seed in range(5)]
    assert [run["status"] for run in plain] == ["FINISHED", "FAILED", "FINISHED", "KILLED", "RUNNING"]
    assert [run["tags"]["trainlab.outcome"] for run in plain] == [ending.key for ending in endings]


def test_when_training_was_killed_its_runs_are_interrupted(results_in, memory, tmp_path):
    """
    Runs that nobody trains any more do not run for ever in the tracker.
    """
    curve = np.full((2, 3), 0.5)
    results_in(tmp_path / "asked", plain={"metric": curve, "outcomes": [Outcome.RUNNING] * 2})

    send(tmp_path / "asked", died=True)

    runs = runs_by_name(memory)
    assert runs["plain, seed 0"]["status"] == "KILLED"
    assert runs["asked"]["status"] == "KILLED"


def test_a_run_that_is_refused_holds_up_no_other(folder, memory):
    """
    The others arrive, and the line says which run is not taken and why.
    """
    memory.fail({4}, "before", RefusedError)  # the numbers of the first child

    sent = send(folder)

    assert not sent.complete
    assert sent.refused == (("0", "request 4"),)
    assert said(sent, TO, folder) == (
        "MLflow at http://tracking.example:5000 does not take run 0: 'request 4'."
    )
    finished = [run["item"] for run in memory.runs.values() if run["status"] == "FINISHED"]
    assert sorted(finished) == ["1", "2", "3", "experiment"]


def test_no_request_is_made_when_time_is_up(folder, memory):
    """
    What is left is counted, and the line says how it is sent.
    """
    clock = itertools.count()

    sent = send(folder, time_is_up=lambda: next(clock) > 6)

    assert sent.left > 0
    assert said(sent, TO, folder) == (
        f"MLflow at http://tracking.example:5000 lacks {sent.left} runs: there was no time left to send the "
        f"rest. Nothing is lost: send the rest by `trainlab track {folder}`."
    )
    assert send(folder).complete


def test_trials_stand_under_a_parent_of_their_own(folder, results_in, memory):
    """
    The trials of a tuning are runs beneath `tuning`, which is beneath the experiment.
    """
    results_in(folder / "tuning")

    assert send(folder).complete

    by_item = {run["item"]: run for run in memory.runs.values()}
    assert by_item["tuning"]["tags"]["mlflow.parentRunId"] == "experiment"
    assert by_item["tuning/2"]["tags"]["mlflow.parentRunId"] == "tuning"
    assert by_item["tuning/2"]["status"] == "FINISHED"
    assert by_item["tuning"]["status"] == "FINISHED"


def test_two_destinations_have_their_own_ledgers(folder, memory):
    """
    What one tracker has says nothing of another.
    """
    send(folder)
    first = memory.state()
    memory.runs.clear()

    assert send(folder, to=Destination("http://other:5000")).complete
    assert memory.state() == first
    assert (folder / FOLDER / FILE).is_file()
