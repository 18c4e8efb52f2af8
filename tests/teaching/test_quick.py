"""The quick profile of every lab, as its guide runs it."""

import contextlib

import pytest

from trainlab.results.table import Results
from trainlab.teaching.lab import GUIDE, copy_lab, labs
from trainlab.teaching.notebook import code_of


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
