"""The command line: what is printed where, and the exit codes."""

import json
import os
import subprocess
import sys

import pytest

from trainlab.cli import command

GOOD = """
question: Does dropout help?
data: iris
model: {mlp: [5]}
recipe: {optimizer: sgd, learning_rate: 0.1, batch_size: 16, epochs: 2}
variants: {baseline: {}, dropout: {dropout: 0.3}}
seeds: 2
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder that `trainlab run` has written."""
    place = tmp_path_factory.mktemp("cli")
    (place / "good.yaml").write_text(GOOD)
    assert command(["run", str(place / "good.yaml"), "--out", str(place / "out"), "--quiet"]) == 0
    return place / "out"


def one_object(capsys):
    """Read stdout, which must be exactly one JSON object."""
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    return json.loads(said)


def test_run_prints_one_object_in_the_agreed_form(tmp_path, capsys):
    """
    With --json stdout holds trainlab/run/1 and nothing else; progress stays away.
    """
    (tmp_path / "good.yaml").write_text(GOOD)
    code = command(
        ["run", str(tmp_path / "good.yaml"), "--out", str(tmp_path / "out"), "--json", "--seeds", "3"]
    )
    document = one_object(capsys)

    assert code == 0
    assert document["schema"] == "trainlab/run/1"
    assert document["runs"] == 6
    assert document["outcomes"] == {
        "finished": 6,
        "stopped_early": 0,
        "diverged": 0,
        "pruned": 0,
        "interrupted": 0,
    }
    assert [set(one) for one in document["variants"]] == [{"name", "metric", "mean", "low", "high", "n"}] * 2
    assert document["variants"][1]["n"] == 3
    assert set(document["seconds"]) == {"compile", "train", "evaluate", "total"}
    assert document["findings"] == []
    assert (tmp_path / "out" / "report.html").is_file()


def test_show_gives_the_stored_answer_again(folder, capsys):
    """
    The stored answer has the agreed form, and as text names every variant.
    """
    command(["show", str(folder), "--json"])
    document = one_object(capsys)
    command(["show", str(folder)])
    shown = capsys.readouterr().out

    assert document["schema"] == "trainlab/run/1"
    assert document["folder"] == str(folder)
    assert "baseline" in shown
    assert "dropout" in shown


def test_compare_gives_rows_in_the_agreed_form(folder, capsys):
    """
    Each row has difference, interval, p, verdict and what is needed.
    """
    command(["compare", str(folder), "--json"])
    document = one_object(capsys)

    assert document["schema"] == "trainlab/compare/1"
    assert document["metric"] == "accuracy"
    assert document["claim"]
    (row,) = document["rows"]
    assert {"variant", "against", "difference", "low", "high", "p", "verdict", "needed"} <= set(row)
    assert (row["variant"], row["against"]) == ("dropout", "baseline")
    assert row["verdict"] in {"better", "worse", "equivalent", "undecided"}
    assert {"what", "n"} <= set(row["needed"])


def test_plan_counts_runs_and_programs_and_trains_nothing(folder, tmp_path, capsys):
    """
    The plan names lanes, width and reason of each program; no folder is made.
    """
    (tmp_path / "good.yaml").write_text(GOOD)
    code = command(["plan", str(tmp_path / "good.yaml"), "--json"])
    document = one_object(capsys)

    assert code == 0
    assert document["schema"] == "trainlab/plan/1"
    assert document["runs"] == 4
    assert [(cohort["lanes"], cohort["width"]) for cohort in document["cohorts"]] == [(4, 4)]
    assert all(cohort["reason"] for cohort in document["cohorts"])
    assert document["bytes"] > 0
    assert document["seconds"] > 0
    assert [path.name for path in tmp_path.iterdir()] == ["good.yaml"]


def test_certify_prints_the_largest_difference(tmp_path, capsys):
    """
    The certificate has the agreed form and holds.
    """
    (tmp_path / "good.yaml").write_text(GOOD)
    code = command(["certify", str(tmp_path / "good.yaml"), "--lanes", "2", "--json"])
    document = one_object(capsys)

    assert code == 0
    assert document["schema"] == "trainlab/certify/1"
    assert document["lanes"] == 2
    assert document["largest_difference"] < document["tolerance"] == 1e-9
    assert document["holds"] is True


def test_a_diverged_run_leaves_with_three(tmp_path, capsys):
    """
    An experiment with a diverged run is done, says so, and leaves with 3.
    """
    (tmp_path / "wild.yaml").write_text(
        GOOD.replace("dropout: {dropout: 0.3}", "wild: {learning_rate: 1e30}")
    )
    code = command(["run", str(tmp_path / "wild.yaml"), "--out", str(tmp_path / "out"), "--json"])
    document = one_object(capsys)

    assert code == 3
    assert document["outcomes"]["diverged"] == 2
    assert document["variants"][1]["mean"] is None
    assert document["variants"][1]["n"] == 0


BAD = {
    "unknown data set": ("data: iris", "data: irsi", r"3:7", "Did you mean `iris`"),
    "unknown key": ("seeds: 2", "seed: 2", r"7:1", "Did you mean `seeds`"),
    "a word for a number": ("learning_rate: 0.1", "learning_rate: fast", r"5:41", "not a number"),
    "negative epochs": ("epochs: 2", "epochs: -3", r"5:70", "(got -3)"),
    "dropout of one": ("dropout: 0.3", "dropout: 1.0", r"6:45", "[0, 1)"),
    "unknown optimizer": ("optimizer: sgd", "optimizer: sdg", r"5:21", "Did you mean `sgd`"),
    "a python file": ("{mlp: [5]}", "{python: model.py:build}", "model.py", "--allow-code"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_refused_with_place_value_and_cure(tmp_path, capsys, what):
    """
    Exit code 2, one sentence with the place and the way out, no traceback, no folder.
    """
    good, bad, place, words = BAD[what]
    file = tmp_path / "bad.yaml"
    (tmp_path / "model.py").write_text("def build():\n    return None\n")
    file.write_text(GOOD.replace(good, bad))
    code = command(["run", str(file), "--out", str(tmp_path / "out")])
    noted = " ".join(capsys.readouterr().err.split())
    command(["run", str(file), "--out", str(tmp_path / "out"), "--json"])
    document = one_object(capsys)

    assert code == 2
    assert place in noted
    assert words in noted
    assert "Traceback" not in noted
    assert document["schema"] == "trainlab/error/1"
    assert document["exit"] == 2
    assert set(document) == {"schema", "exit", "message", "where", "value", "cure"}
    assert place in document["where"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments, code, words",
    [
        (["run", "no-such-file.yaml"], 2, "no-such-file.yaml"),
        (["run"], 2, "trainlab --help"),
        (["fly"], 2, "trainlab --help"),
        (["run", "a.yaml", "--seeds", "many"], 2, "trainlab --help"),
        (["show", "no-such-folder"], 2, "no results there"),
        (["resume", "no-such-folder"], 2, "no results there"),
    ],
)
def test_wrong_usage_leaves_with_two(capsys, arguments, code, words):
    """
    What can't be understood is said in a sentence on stderr.
    """
    assert command(arguments) == code

    said = capsys.readouterr()
    assert words in " ".join(said.err.split())
    assert "Traceback" not in said.err
    assert said.out == ""


def test_another_backend_is_refused_with_the_line_that_mends_it(tmp_path):
    """
    KERAS_BACKEND=tensorflow leaves with 2 before anything is loaded.
    """
    (tmp_path / "good.yaml").write_text(GOOD)
    command_line = [
        sys.executable,
        "-m",
        "trainlab",
        "run",
        str(tmp_path / "good.yaml"),
        "--out",
        str(tmp_path / "o"),
    ]
    environment = os.environ | {"KERAS_BACKEND": "tensorflow"}
    done = subprocess.run(
        command_line, check=False, capture_output=True, text=True, env=environment, timeout=120
    )

    assert done.returncode == 2
    assert "export KERAS_BACKEND=jax" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "o").exists()


def test_our_own_fault_is_said_without_a_traceback_and_with_it_on_demand(folder, capsys, monkeypatch):
    """
    An unforeseen error leaves with 1 and one sentence; --debug adds the traceback.
    """

    def broken(folder):
        raise RuntimeError("a bolt came loose")

    monkeypatch.setattr("trainlab.results.table.open_results", broken)
    quiet = command(["show", str(folder)])
    first = capsys.readouterr().err
    command(["show", str(folder), "--debug"])
    second = capsys.readouterr().err

    assert quiet == 1
    assert "a bolt came loose" in first
    assert "Traceback" not in first
    assert "Traceback" in second


def test_every_command_teaches_itself(capsys):
    """
    --help of trainlab and of each command says what it does and takes.
    """
    for name in ("run", "plan", "show", "compare", "report", "resume", "certify", "doctor"):
        assert command([name, "--help"]) == 0
        assert "--json" in capsys.readouterr().out


def test_reports_go_where_they_are_asked_to(folder, tmp_path, capsys):
    """
    The report is written to the path given, and its path is printed.
    """
    path = tmp_path / "answer.html"

    assert command(["report", str(folder), "--html", str(path)]) == 0
    assert str(path) in "".join(capsys.readouterr().out.split())
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
