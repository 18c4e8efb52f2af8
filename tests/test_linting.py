"""Linting an experiment or its file: what is found, and what is refused before."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.errors import UsageError
from trainlab.experiment.document import read_experiment
from trainlab.linting import lint
from trainlab.results.finding import Finding
from trainlab.running import refuse
from trainlab.testing.worlds import tiny_experiment

FILE = """
data: iris
variants: {baseline: {}, dropout: {dropout: 0.3}}
test: {holdout: 0.2}
"""


REFUSAL = Finding("TL101", "refuse", "shared rows", "rows", "3 rows are alike", "Leave them out.")
WARNING = Finding("TL125", "warn", "one strength", "variants", "one strength", "Try several.")


def codes(findings):
    """The codes of findings, in their order."""
    return [finding.code for finding in findings]


@pytest.fixture
def file(tmp_path):
    """An experiment file."""
    path = tmp_path / "experiment.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_a_file_is_linted_as_the_experiment_that_it_says(file):
    """
    Path, text of a path and experiment give the same findings.
    """
    found = codes(lint(file))

    assert "TL125" in found
    assert codes(lint(str(file))) == codes(lint(read_experiment(file))) == found


def test_seeds_of_the_command_replace_those_of_the_file(file):
    """
    One seed is told where one is asked for, whatever the file says.
    """
    assert "TL128" not in codes(lint(file))
    assert "TL128" in codes(lint(file, seeds=1))


def test_linting_trains_nothing_and_writes_nothing(file, monkeypatch):
    """
    No program is assembled, and the folder holds what it held.
    """
    monkeypatch.setitem(sys.modules, "trainlab.engine.assembly", None)  # an import of it fails
    lint(file)

    assert [path.name for path in file.parent.iterdir()] == ["experiment.yaml"]


def test_a_healthy_twin_is_silent():
    """
    Several strengths, a test set, seeds, and rows enough: nothing is left to refuse or to warn of.
    """
    strengths = {f"l2 {strength}": {"l2": strength} for strength in (1e-4, 1e-3, 1e-2)}
    asked = tiny_experiment(
        variants={"baseline": {}, **strengths}, test={"holdout": 0.2}, seeds=3, smallest_difference=0.9
    )

    assert [found.code for found in lint(asked) if found.severity != "note"] == []


@pytest.mark.parametrize(
    "said, line, words",
    [
        ("override: {TL182: 'a first look'}", "6:12", "no such check (got 'TL182'). Did you mean `TL158`?"),
        ("override: {tl128: 'a first look'}", "6:12", "not the code of a finding"),
        ("override: {TL128: ''}", "6:19", "an override without a reason"),
        ("override:\n  TL128: 1", "7:10", "without a reason"),
        ("override: {TL128: a, TL128: b}", "6:22", "twice"),
        ("override: TL128", "6:11", "not a mapping of codes to reasons"),
    ],
)
def test_a_wrong_override_is_refused_at_its_line(file, said, line, words):
    """
    File, line, column, and what to write.
    """
    file.write_text(f"{FILE}\n{said}\n", encoding="utf-8")

    with pytest.raises(UsageError) as refused:
        lint(file)

    assert f"{file}:{line}" in str(refused.value)
    assert words in str(refused.value)


def test_a_file_is_read_with_codes_that_a_later_version_has(file):
    """
    Who merely reads an experiment, as `show` of an older version's results, is not asked for its codes.
    """
    file.write_text(FILE + "override: {TL999: 'of another day'}\n", encoding="utf-8")

    assert dict(read_experiment(file).override) == {"TL999": "of another day"}


def test_refusing_names_the_gravest_and_counts_the_rest():
    """
    Of two findings that refuse, the first is told and the other counted.
    """
    with pytest.raises(UsageError) as refused:
        refuse([WARNING, REFUSAL, REFUSAL])

    assert refused.value.message == "TL101, shared rows: 3 rows are alike (and 1 more: see `trainlab lint`)"
    assert refused.value.cure == (
        'Leave them out. If it is all right here, say why: `override: {TL101: "..."}`.'
    )


def test_neither_warnings_nor_what_is_lifted_refuse():
    """
    A warning limits what is concluded, and a written reason answers for the rest.
    """
    refuse([WARNING, replace(REFUSAL, override="they are different patients")])


def test_a_reason_in_the_experiment_lifts_what_its_data_would_refuse():
    """
    Rows that stand twice are refused; with a reason the finding is there, and refuses no more.
    """
    rows = tiny_experiment().data.x
    labels = np.arange(len(rows)) % 3
    twice = Dataset(np.repeat(rows, 2, axis=0), np.repeat(labels, 2), raw=False)
    refused = lint(tiny_experiment(data=twice))
    lifted = lint(tiny_experiment(data=twice, override={"TL101": "each was measured twice"}))

    assert [found.code for found in refused if found.refuses] == ["TL101"]
    assert [found.override for found in lifted if found.code == "TL101"] == ["each was measured twice"]
    refuse(lifted)
