"""The quick profile of every lab: shortened, and when asked whole, as its guide runs it."""

import contextlib

import pytest

from trainlab.engine import clock, training
from trainlab.engine.looking import Sight
from trainlab.reporting.facts.outline import compared
from trainlab.results.table import Results
from trainlab.teaching.drawing import Drawer
from trainlab.teaching.lab import GUIDE, copy_lab, labs
from trainlab.teaching.notebook import code_of
from trainlab.teaching.session import begin_session, go_on


@pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.name)
def test_every_experiment_trains_in_two_epochs(lab, tmp_path, monkeypatch):
    """
    With two seeds and two epochs, every experiment trains all its runs and has an answer.
    """
    # Drawn, looked at and timed in other tests: here it would double the time.
    for step in ("beside", "at_last"):
        monkeypatch.setattr(Drawer, step, lambda drawer, drawing: None)
    for moment in ("price", "at_start", "after_first_epoch", "at_end"):
        monkeypatch.setattr(Sight, moment, lambda *given: None)
    for module in (training, clock):
        monkeypatch.setattr(module, "steady_step", lambda *given, **named: 1e-4)
    ran = list(go_on(begin_session(lab, tmp_path / "out", seeds=2, epochs=2)))

    assert [results.folder.name for results in ran] == list(lab.steps)
    for results in ran:
        counts = results.outcome_counts
        assert counts["interrupted"] == 0
        assert sum(counts.values()) == results.runs > 0
        assert compared(results) is not None


@pytest.mark.slow
@pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.name)
def test_every_cell_of_a_lab_runs_in_its_copy(lab, tmp_path, monkeypatch):
    """
    In a copy of the lab, the cells run one after the other, and every experiment gives results of all runs.
    """
    monkeypatch.chdir(copy_lab(lab, tmp_path / "copy"))
    names, ran = {}, []
    for block in code_of((lab.folder / GUIDE).read_text("utf-8")):
        with contextlib.redirect_stdout(None):
            exec(compile(block, lab.name, "exec"), names)  # noqa: S102  # our own guide
        ran += [value for value in names.values() if isinstance(value, Results)]

    folders = {results.folder: results for results in ran}
    asked = {results.facts["experiment"]["question"] for results in folders.values()}
    assert asked >= {lab.question(step) for step in lab.steps}
    for results in folders.values():
        counts = results.outcome_counts
        assert counts["interrupted"] == 0
        assert sum(counts.values()) == results.runs > 0
