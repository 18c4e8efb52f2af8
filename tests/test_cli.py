"""The command line: what is printed where, and the exit codes."""

import contextlib
import io
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from trainlab.certifying import Certificate
from trainlab.cli import app, command
from trainlab.engine.certificate import LaneDifference
from trainlab.experiment.metrics import METRICS
from trainlab.opening import Opening
from trainlab.refitting import Refit
from trainlab.reporting.terminal.timings_table import PARTS
from trainlab.results.table import Results, open_results

GOOD = """
question: Does dropout help?
data: iris
model: {mlp: [5]}
recipe: {optimizer: sgd, learning_rate: 0.1, batch_size: 16, epochs: 2}
variants: {baseline: {}, dropout: {dropout: 0.3}}
seeds: 2
"""


# Every row stands twice, so that copies of training rows validate: TL101 refuses that.
TWICE = GOOD.replace("data: iris", "data: {csv: rows.csv, target: kind}") + "test: {holdout: 0.2}\n"
LIFTED = (
    TWICE + 'baselines: false\noverride: {TL101: "each patient came twice", TL130: "seen in another run"}\n'
)
FINDING = {"code", "severity", "title", "where", "evidence", "cure"}


def write_rows(place):
    """Sixty rows of two numbers and a class, each of them twice, as a CSV file."""
    values = np.random.default_rng(0).normal(size=(60, 2)).round(3)
    rows = [f"{one},{other},{'high' if one > 0 else 'low'}" for one, other in values]
    (place / "rows.csv").write_text("\n".join(["one,other,kind", *rows, *rows, ""]), encoding="utf-8")


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """What `trainlab run --json` prints where a refusal is lifted, in a module's own folder."""
    place = tmp_path_factory.mktemp("cli")
    write_rows(place)
    (place / "lifted.yaml").write_text(LIFTED)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        words = ["run", str(place / "lifted.yaml"), "--out", str(place / "out"), "--json", "--timings"]
        code = command(words)
    assert code == 0
    return said.getvalue()


@pytest.fixture(scope="module")
def folder(ran):
    """A folder that `trainlab run` has written."""
    return Path(json.loads(ran)["folder"])


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    """The folder where the command is given, with `rows.csv`."""
    monkeypatch.chdir(tmp_path)
    write_rows(tmp_path)
    return tmp_path


def one_object(capsys):
    """Read stdout, which must be exactly one JSON object."""
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    return json.loads(said)


def test_run_prints_one_object_in_the_agreed_form(ran):
    """
    With --json stdout holds trainlab/run/1 and nothing else; progress stays away.
    """
    document = json.loads(ran)

    assert ran.count("\n") == 1
    assert document["schema"] == "trainlab/run/1"
    assert document["runs"] == 4
    assert document["outcomes"] == {
        "finished": 4,
        "stopped_early": 0,
        "diverged": 0,
        "pruned": 0,
        "interrupted": 0,
    }
    assert [set(one) for one in document["variants"]] == [{"name", "metric", "mean", "low", "high", "n"}] * 2
    assert document["variants"][1]["n"] == 2
    assert set(document["seconds"]) == {"compile", "train", "evaluate", "total"}
    assert all(set(found) >= FINDING for found in document["findings"])
    assert Path(document["folder"], "report.html").is_file()


def test_timings_tell_where_the_time_went(ran):
    """
    With --timings every part of a run has its seconds, random numbers of dropout among them.
    """
    timings = json.loads(ran)["timings"]

    parts = {
        "start",
        "prepare",
        "compile",
        "step",
        "gather",
        "random",
        "evaluate",
        "store",
        "report",
        "other",
    }
    assert parts <= timings.keys() <= PARTS.keys()
    assert all(taken >= 0 for taken in timings.values())
    assert timings["random"] > 0
    assert timings["start"] < json.loads(ran)["first_step"] < sum(timings.values())
    assert timings["step"] + timings["compile"] <= json.loads(ran)["seconds"]["total"]


def test_a_lifted_refusal_trains_and_stands_with_its_reason_wherever_the_answer_is_shown(ran, folder, capsys):
    """
    The finding stays, gravest first, and its reason is printed by run, show and the report.
    """
    first = json.loads(ran)["findings"][0]
    command(["show", str(folder)])
    shown = " ".join(capsys.readouterr().out.split())

    assert (first["code"], first["severity"], first["override"]) == (
        "TL101",
        "refuse",
        "each patient came twice",
    )
    assert "TL101 refuse rows shared between roles (lifted: each patient came twice)" in shown
    assert "each patient came twice" in (folder / "report.html").read_text(encoding="utf-8")


def test_a_refused_protocol_says_what_was_seen_and_how_to_lift_it(tmp_path, capsys):
    """
    Exit code 2, the finding's words with its cure and the line to write; nothing is written.
    """
    write_rows(tmp_path)
    (tmp_path / "twice.yaml").write_text(TWICE)
    code = command(["run", str(tmp_path / "twice.yaml"), "--out", str(tmp_path / "out")])
    noted = " ".join(capsys.readouterr().err.split())
    command(["run", str(tmp_path / "twice.yaml"), "--out", str(tmp_path / "out"), "--json"])
    document = one_object(capsys)

    assert code == document["exit"] == 2
    assert "TL101, rows shared between roles:" in noted
    assert 'say why: `override: {TL101: "..."}`' in noted
    assert document["schema"] == "trainlab/error/1"
    assert "TL101" in document["message"]
    assert not (tmp_path / "out").exists()


def test_lint_prints_one_object_in_the_agreed_form_and_leaves_with_nothing(tmp_path, capsys):
    """
    Findings with their parts, gravest first, exit code 0 although one of them refuses; nothing is written.
    """
    write_rows(tmp_path)
    (tmp_path / "twice.yaml").write_text(TWICE)
    code = command(["lint", str(tmp_path / "twice.yaml"), "--json"])
    document = one_object(capsys)
    severities = [found["severity"] for found in document["findings"]]

    assert code == 0
    assert set(document) == {"schema", "findings"}
    assert document["schema"] == "trainlab/lint/1"
    assert all(set(found) >= FINDING for found in document["findings"])
    assert all(found["title"] and found["evidence"] and found["cure"] for found in document["findings"])
    assert document["findings"][0]["code"] == "TL101"
    assert severities == sorted(severities, key=["refuse", "warn", "note"].index)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.csv", "twice.yaml"]


def test_lint_is_read_on_eighty_columns(tmp_path, capsys, monkeypatch):
    """
    Each finding has its line, its cure stands below, no line is longer, and the count says what follows.
    """
    monkeypatch.setenv("COLUMNS", "80")
    write_rows(tmp_path)
    (tmp_path / "twice.yaml").write_text(TWICE)
    command(["lint", str(tmp_path / "twice.yaml")])
    lines = capsys.readouterr().out.splitlines()

    assert lines[0].startswith("TL101 refuse rows shared between roles")
    assert max(map(len, lines)) <= 80
    assert sum(line.startswith("TL") for line in lines) == sum(line.startswith("  Cure: ") for line in lines)
    ending = " ".join(" ".join(lines).split())
    assert re.search(
        "2 refusals.* Nothing is trained before they are mended, or lifted with a written", ending
    )
    assert ending.endswith('`override: {TL101: "..."}`.')


@pytest.mark.parametrize("verb", ["lint", "run", "plan", "certify"])
def test_a_code_that_no_check_has_is_refused_at_its_line_before_data_are_loaded(
    tmp_path, capsys, monkeypatch, verb
):
    """
    File, line and column of the code, and the code that was probably meant.
    """

    def load(name, **options):
        raise AssertionError("loaded")

    monkeypatch.setattr("trainlab.data.named.catalogue.load", load)
    (tmp_path / "bad.yaml").write_text(GOOD + 'override:\n  TL182: "a first look"\n')
    code = command([verb, str(tmp_path / "bad.yaml")])
    noted = " ".join(capsys.readouterr().err.split())

    assert code == 2
    assert "bad.yaml:9:3: no such check (got 'TL182'). Did you mean `TL158`?" in noted


def test_data_prints_the_card_of_a_named_set(capsys):
    """
    As one object with its schema, and as text with its classes.
    """
    code = command(["data", "iris", "--json"])
    document = one_object(capsys)
    command(["data", "iris"])
    shown = capsys.readouterr().out

    assert code == 0
    assert document["schema"] == "trainlab/data/1"
    assert (document["rows"], len(document["columns"]), len(document["classes"])) == (150, 4, 3)
    assert re.fullmatch("[0-9a-f]{64}", document["fingerprint"])
    assert "classification, 3 classes" in shown
    assert "virginica" in shown


def test_data_of_a_table_without_a_target_shows_the_columns_and_asks_for_one(tmp_path, capsys):
    """
    Every column is told or said to be undecided, on stdout; the question stands on stderr, and the code is 0.
    """
    (tmp_path / "people.csv").write_text("age,day,ill\n31,2026-01-02,no\n64,2026-01-03,yes\n,2026-01-04,no\n")
    path = str(tmp_path / "people.csv")
    code = command(["data", path])
    said = capsys.readouterr()
    command(["data", path, "--json"])
    document = one_object(capsys)

    assert code == 0
    assert "3 rows, 3 columns" in said.out
    assert "day: dates or times of day" in said.out
    assert f"trainlab data {path} --target COLUMN" in said.err
    assert document["schema"] == "trainlab/columns/1"
    assert [column["name"] for column in document["columns"]] == ["age", "ill"]
    assert [one["name"] for one in document["undecided"]] == ["day"]


def test_data_takes_the_parts_of_columns_and_writes_a_page(tmp_path, capsys):
    """
    Target, category and dropped column reach the reader, and the page is where it was asked for.
    """
    write_rows(tmp_path)
    told = ["--target", "kind", "--drop", "one", "--category", "other", "--html", str(tmp_path / "card.html")]
    code = command(["data", str(tmp_path / "rows.csv"), *told])
    said = capsys.readouterr().out
    command(["data", str(tmp_path / "rows.csv"), *told, "--json"])
    document = one_object(capsys)

    assert code == 0
    assert "card.html" in "".join(said.split())
    assert [(column["name"], column["kind"]) for column in document["columns"]] == [("other", "category")]
    assert (tmp_path / "card.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    "arguments, code, words",
    [
        (["irsi"], 2, "Did you mean `iris`?"),
        (["rows.csv", "--task", "regression"], 2, "Add `--target COLUMN`"),
        (["rows.csv", "--target", "knid"], 2, "Did you mean 'kind'?"),
        (["rosw.csv"], 2, "Did you mean"),
        (["empty.csv", "--target", "kind"], 4, "the file is empty"),
        (["empty.csv"], 4, "the file is empty"),
        (["empty.npz"], 4, "empty.npz"),
        (["folder"], 4, "folder"),
    ],
)
def test_data_that_cannot_be_shown_leave_with_their_code(in_folder, capsys, arguments, code, words):
    """
    A name or an option that is wrong leaves with 2, contents that are wrong with 4; stdout stays empty.
    """
    (in_folder / "empty.csv").write_text("")
    (in_folder / "empty.npz").write_text("")
    (in_folder / "folder").mkdir()

    assert command(["data", *arguments]) == code

    said = capsys.readouterr()
    assert words in " ".join(said.err.split())
    assert "Traceback" not in said.err
    assert said.out == ""


def test_an_error_shows_a_value_as_it_is(capsys):
    """
    What terminals take for markup or a picture stands in the message as it was written.
    """
    command(["data", "[bold]a:x:b"])

    assert "(got '[bold]a:x:b')" in capsys.readouterr().err


@pytest.mark.parametrize("diverged, code", [(0, 0), (1, 3)])
def test_refit_prints_its_object_and_leaves_as_training_went(tmp_path, capsys, monkeypatch, diverged, code):
    """
    The agreed parts with --json, what to do next as text; 3 where a network diverged.
    """

    def made(folder, **options):
        return Refit(tmp_path / "final", "dropout", (0, 1, 2), 7, 96, diverged)

    monkeypatch.setattr("trainlab.refitting.refit", made)
    assert command(["refit", str(tmp_path), "--json"]) == code
    document = one_object(capsys)
    command(["refit", str(tmp_path)])
    said = " ".join(capsys.readouterr().out.split())

    assert document["schema"] == "trainlab/refit/1"
    assert set(document) == {"schema", "folder", "variant", "seeds", "epochs", "rows", "diverged"}
    assert "dropout: trained on 96 rows for 7 epochs with 3 seeds" in said
    assert "--variant 'dropout' --to model.keras" in said


@pytest.mark.parametrize("mean", [0.75, math.nan])
def test_open_test_prints_its_object_and_that_it_is_recorded(folder, capsys, monkeypatch, mean):
    """
    Score, interval and claim of the opening with its number; a score that is no number is null in JSON.
    """
    asked, written = [], []

    def made(folder, **options):
        asked.append(options)
        ends = (0.6, 0.9) if math.isfinite(mean) else (None, None)
        return Opening("2026", "dropout", "the end", METRICS["accuracy"], mean, *ends, (mean, mean), 24, 2)

    monkeypatch.setattr("trainlab.opening.open_test", made)
    monkeypatch.setattr("trainlab.reporting.faces.html.report", lambda results, path: written.append(path))
    command(["open-test", str(folder), "--variant", "dropout", "--reason", "the end", "--json"])
    document = one_object(capsys)
    code = command(["open-test", str(folder)])
    said = " ".join(capsys.readouterr().out.split())

    assert code == 0
    assert document["schema"] == "trainlab/open-test/1"
    assert document["mean"] == (0.75 if math.isfinite(mean) else None)
    assert {"time", "variant", "reason", "metric", "low", "high", "scores", "rows", "number"} <= set(document)
    assert [one["reason"] for one in asked] == ["the end", ""]
    assert written == [folder / "report.html"] * 2
    assert "on 24 test rows" in said
    assert "Opening 2 of this test set" in said


def test_what_is_not_refitted_and_what_is_not_sealed_is_not_opened(folder, capsys):
    """
    Without a final model the test set stays shut, with the command that makes one, and the code is 2.
    """
    code = command(["open-test", str(folder), "--variant", "dropout", "--json"])
    document = one_object(capsys)
    command(["show", str(folder), "--json"])

    assert code == document["exit"] == 2
    assert f"trainlab refit {folder} --variant 'dropout'" in document["cure"]
    assert one_object(capsys)["openings"] == []


@pytest.mark.slow
def test_from_a_run_to_the_second_opening(tmp_path, capsys):
    """
    Refitted, opened twice and shown: each opening with its reason, and a warning of the second one.
    """
    write_rows(tmp_path)
    (tmp_path / "lifted.yaml").write_text(LIFTED)
    out = str(tmp_path / "out")
    for words in (
        ["run", str(tmp_path / "lifted.yaml"), "--out", out, "--quiet"],
        ["refit", out, "--variant", "dropout", "--quiet"],
        ["open-test", out, "--reason", "for the paper"],
        ["open-test", out, "--reason", "by curiosity"],
    ):
        assert command(words) == 0
    capsys.readouterr()
    command(["show", out, "--json"])
    openings = one_object(capsys)["openings"]
    command(["show", out])
    shown = " ".join(capsys.readouterr().out.split())

    assert [(one["number"], one["reason"]) for one in openings] == [(1, "for the paper"), (2, "by curiosity")]
    assert openings[0]["scores"] == openings[1]["scores"]
    assert "Opened 2 times" in shown
    assert "by curiosity" in shown


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
    write_rows(tmp_path)
    (tmp_path / "lifted.yaml").write_text(LIFTED)  # compiled for `folder` already
    code = command(["plan", str(tmp_path / "lifted.yaml"), "--json"])
    document = one_object(capsys)

    assert code == 0
    assert document["schema"] == "trainlab/plan/1"
    assert document["runs"] == 4
    assert [(cohort["lanes"], cohort["width"]) for cohort in document["cohorts"]] == [(4, 4)]
    assert all(cohort["reason"] for cohort in document["cohorts"])
    assert document["bytes"] > 0
    assert document["seconds"] > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lifted.yaml", "rows.csv"]


@pytest.mark.parametrize("largest, code", [(1e-12, 0), (1e-3, 3), (math.inf, 3)])
def test_a_certificate_that_does_not_hold_leaves_with_three(tmp_path, capsys, monkeypatch, largest, code):
    """
    The agreed form, also where a difference is infinite, and exit code 3 unless it holds.
    """

    def made(file, **options):
        return Certificate("float64", 1e-9, (LaneDifference("baseline", 0, largest, 0.0, 0.0),))

    monkeypatch.setattr("trainlab.certifying.certify", made)
    (tmp_path / "good.yaml").write_text(GOOD)

    assert command(["certify", str(tmp_path / "good.yaml"), "--json"]) == code

    document = one_object(capsys)
    assert document["schema"] == "trainlab/certify/1"
    assert {"lanes", "largest_difference", "tolerance", "holds"} <= set(document)
    assert document["largest_difference"] == (largest if math.isfinite(largest) else None)
    assert document["holds"] is (code == 0)


@pytest.mark.slow
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


def test_runs_that_diverged_leave_with_three(folder, capsys, monkeypatch):
    """
    What was asked for is done and shown, and the exit code says that some of it diverged.
    """
    counts = {"finished": 2, "stopped_early": 0, "diverged": 2, "pruned": 0, "interrupted": 0}
    monkeypatch.setattr(Results, "outcome_counts", counts)
    monkeypatch.setattr("trainlab.tracking.verbs.run", lambda *given, **options: open_results(folder))

    assert command(["run", "good.yaml", "--json"]) == 3
    assert one_object(capsys)["outcomes"]["diverged"] == 2


@pytest.mark.slow
def test_a_diverged_run_leaves_with_three(tmp_path, capsys):
    """
    An experiment with a diverged run is done, says so, and leaves with 3.
    """
    (tmp_path / "wild.yaml").write_text(
        GOOD.replace("dropout: {dropout: 0.3}", "wild: {learning_rate: 1e30}") + "baselines: false\n"
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


COMMANDS = (
    "run", "resume", "plan", "lint", "data", "show", "compare", "report", "refit", "open-test", "export",
    "certify", "diagnose", "treat", "probe", "trials", "track", "labs", "doctor",
)  # fmt: skip
READ_A_FILE = ("run", "plan", "lint", "probe", "certify")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches_itself(capsys, name):
    """
    --help of each command says what it does and takes, within 80 columns.
    """
    assert command([name, "--help"]) == 0

    shown = capsys.readouterr().out
    for option in ("--json", "--debug", *["--allow-code"] * (name in READ_A_FILE)):
        assert option in shown
    assert "--empty" not in shown


def test_help_names_every_command(capsys):
    """
    The commands are these, each with a sentence.
    """
    command(["--help"])
    shown = capsys.readouterr().out

    assert sorted(name for name in app if not name.startswith("-")) == sorted(COMMANDS)
    for name in COMMANDS:
        assert re.search(rf"{name}\s+[A-Z]\w+[ ,]", shown)


def test_help_loads_no_heavy_package():
    """
    Neither data frames nor pictures nor networks are imported for `--help`.
    """
    heavy = ("jax", "keras", "numpy", "scipy", "sklearn", "polars", "narwhals", "PIL", "matplotlib")
    code = (
        "import sys\nfrom trainlab.cli import command\ncommand(['--help'])\n"
        f"print([name for name in {heavy} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.splitlines()[-1] == "[]"


def test_reports_go_where_they_are_asked_to(folder, tmp_path, capsys):
    """
    The report is written to the path given, and its path is printed.
    """
    path = tmp_path / "answer.html"

    assert command(["report", str(folder), "--html", str(path)]) == 0
    assert str(path) in "".join(capsys.readouterr().out.split())
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_faces_that_are_asked_for_are_written_and_no_other(folder, tmp_path, capsys, monkeypatch):
    """
    Paper, a LaTeX folder and a notebook go where they are asked to; no page is written then.
    """
    faces = {"html": "html.report", "pdf": "pdf.pdf_report", "latex": "latex.latex_report"}
    for name, place in (faces | {"notebook": "notebook.notebook_report"}).items():
        monkeypatch.setattr(f"trainlab.reporting.faces.{place}", lambda _, path, name=name: f"{name} {path}")

    asked = [
        word for name in ("pdf", "latex", "notebook") for word in (f"--{name}", str(tmp_path / f"a.{name}"))
    ]
    assert command(["report", str(folder), *asked, "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == {
        "schema": "trainlab/report/1",
        **{name: f"{name} {tmp_path / f'a.{name}'}" for name in ("pdf", "latex", "notebook")},
    }


def test_a_face_without_its_extra_is_missing(folder, tmp_path, capsys, monkeypatch):
    """
    Without typst, paper is exit code 5 with the line that installs it.
    """
    monkeypatch.setitem(sys.modules, "typst", None)

    assert command(["report", str(folder), "--pdf", str(tmp_path / "a.pdf")]) == 5

    assert "pip install 'trainlab[pdf]'" in " ".join(capsys.readouterr().err.split())
