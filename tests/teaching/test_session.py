"""A lab that is run, interrupted, gone on with, and told of on one page."""

import json

import pytest

from trainlab.cli import command
from trainlab.errors import UsageError
from trainlab.results.table import open_results
from trainlab.teaching.lab import open_lab
from trainlab.teaching.session import begin_session, go_on, open_session, session_report


@pytest.fixture(scope="module")
def ran(tiny, tmp_path_factory):
    """The folder of a lab that was interrupted in its first experiment, and gone on with, twice."""
    folder = tmp_path_factory.mktemp("lab") / "out"
    session = begin_session(open_lab(tiny), folder, full=True, seeds=3, epochs=1)
    told = []

    def interrupt(progress):
        told.append(progress)
        raise KeyboardInterrupt

    (half,) = go_on(session, show=interrupt)
    told.append(half)
    first = next(go_on(open_session(folder)))  # and the process ends between two experiments
    told.append(first)
    (second,) = go_on(open_session(folder))
    return folder, half, first, second


def test_an_interruption_ends_the_session_and_keeps_what_was_done(ran):
    """
    The interrupted experiment comes back as far as it came; going on ends it, and does nothing twice.
    """
    _folder, half, first, second = ran

    assert half.facts["interrupted"] == "SIGINT"
    assert [one.folder.name for one in (half, first, second)] == ["1-units", "1-units", "2-rates"]
    assert first.facts["resumed"]
    assert not second.facts["resumed"]
    assert first.outcome_counts["finished"] == second.outcome_counts["finished"] == 6


def test_seeds_epochs_and_profile_hold_for_every_experiment(ran, tiny):
    """
    What was asked for at the beginning holds when a session goes on.
    """
    folder, *_, second = ran
    session = open_session(folder)

    assert (session.profile, session.seeds, session.epochs) == ("full", 3, 1)
    assert (session.missing, session.done) == ((), ("1-units", "2-rates"))
    assert (second.seeds, second.facts["data"]["rows"]) == ((0, 1, 2), 80)
    assert session.lab == str(tiny)


def test_one_page_tells_all_answers_and_leads_to_the_reports(ran):
    """
    The page of a session has every question, and a link to each report, which is there.
    """
    folder = ran[0]
    page = (folder / "index.html").read_text("utf-8")

    assert page.count("Do units help?") == 2
    assert page.count("Which rate?") == 2
    assert 'href="1-units/report.html"' in page
    assert all((folder / step / "report.html").is_file() for step in ("1-units", "2-rates"))
    assert "<title>Two small questions</title>" in page


def test_a_session_is_reported_on_paper_and_in_latex(ran, capsys, tmp_path):
    """
    `trainlab report` of a lab's folder writes one short report; a notebook is refused with a reason.
    """
    folder = str(ran[0])
    code = command(["report", folder, "--pdf", str(tmp_path / "a.pdf"), "--latex", str(tmp_path / "tex")])

    assert code == 0
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert "Which rate?" in (tmp_path / "tex" / "main.tex").read_text("utf-8")
    assert command(["report", folder, "--notebook", str(tmp_path / "a.ipynb")]) == 2
    assert "a notebook shows one experiment" in capsys.readouterr().err


def test_a_session_that_is_done_answers_again_without_training(ran, capsys):
    """
    Resuming what is done prints one object with all experiments, and changes no result.
    """
    folder = ran[0]
    before = open_results(folder / "1-units").facts["resumed"]
    code = command(["resume", str(folder), "--json"])
    document = json.loads(capsys.readouterr().out)

    assert code == 0
    assert (document["schema"], document["runs"], document["folder"]) == ("trainlab/run/1", 12, str(folder))
    assert document["outcomes"]["finished"] == 12
    assert [(row["experiment"], row["name"]) for row in document["variants"]] == [
        ("1-units", "slow"),
        ("1-units", "fast"),
        ("2-rates", "slow"),
        ("2-rates", "fast"),
    ]
    assert [part["schema"] for part in document["experiments"]] == ["trainlab/run/1"] * 2
    assert document["seconds"]["total"] == pytest.approx(
        sum(part["seconds"]["total"] for part in document["experiments"])
    )
    assert open_results(folder / "1-units").facts["resumed"] == before


def test_a_command_for_one_experiment_names_those_of_a_lab(ran, capsys):
    """
    `trainlab show` of a lab's folder is refused with the folders that hold results.
    """
    assert command(["show", str(ran[0])]) == 2
    assert "Give one of the folders in it: 1-units, 2-rates." in capsys.readouterr().err


def test_a_folder_with_results_is_not_run_into(ran, tiny):
    """
    A folder that holds something is refused before anything is written.
    """
    with pytest.raises(UsageError, match="the folder is not empty"):
        begin_session(open_lab(tiny), ran[0])


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"schema": "trainlab/lab/1", "steps": 3, "done": []}'])
def test_a_damaged_note_is_told(tmp_path, note):
    """
    Whatever stands in a damaged note, it is said where it is and what to do.
    """
    (tmp_path / "lab.json").write_text(note, "utf-8")

    with pytest.raises(UsageError, match=r"lab.json: no lab was run there, or its note is damaged"):
        open_session(tmp_path)


def test_a_session_without_results_has_no_report(tiny, tmp_path):
    """
    Before the first experiment there is nothing to report, and how to begin is said.
    """
    session = begin_session(open_lab(tiny), tmp_path / "out")

    with pytest.raises(UsageError, match=r"no experiment of the lab has begun.*trainlab resume"):
        session_report(session, tmp_path / "a.html")


def test_seeds_are_added_to_one_experiment_at_a_time(tiny, tmp_path, capsys):
    """
    `--until-decided` with a whole lab is refused, and nothing is written.
    """
    out = tmp_path / "out"
    code = command(["run", str(tiny), "--until-decided", "--at-most", "4", "--out", str(out)])

    assert code == 2
    assert "seeds are added to one experiment at a time" in capsys.readouterr().err
    assert not out.exists()
