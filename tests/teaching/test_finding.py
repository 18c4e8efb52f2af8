"""What the word after `trainlab run` means."""

from pathlib import Path

import pytest

from trainlab.errors import UsageError
from trainlab.teaching.finding import asked_for, experiment_file
from trainlab.teaching.lab import lab_named, open_lab

NAME = "improving-networks"


def test_a_name_behind_labs_is_a_lab_of_ours(tmp_path, monkeypatch):
    """
    `labs/NAME` is a lab, `labs/NAME/STEP` its experiment in the profile that is asked for.
    """
    monkeypatch.chdir(tmp_path)
    lab = lab_named(NAME)
    first = lab.steps[0]

    assert asked_for(Path("labs") / NAME) == lab
    assert asked_for(Path("labs") / NAME / first) == lab.file(first, "quick")
    assert asked_for(Path("labs") / NAME / first, full=True) == lab.file(first, "full")
    assert asked_for(Path("labs") / NAME / "full" / f"{first}.yaml") == lab.file(first, "full")


def test_what_is_there_comes_before_what_came_with_trainlab(tiny, tmp_path, monkeypatch):
    """
    A file or a lab of one's own that has the name of one of ours is taken.
    """
    monkeypatch.chdir(tmp_path)
    (tmp_path / "labs").mkdir()
    (tmp_path / "labs" / NAME).write_text("data: xor\n", "utf-8")

    assert asked_for(Path("labs") / NAME) == Path("labs") / NAME
    assert asked_for(tiny) == open_lab(tiny)


def test_a_file_has_no_full_profile(tmp_path):
    """
    `--full` with a file is refused, whether the file is there or not.
    """
    with pytest.raises(UsageError, match=r"only a lab has a full profile.*`trainlab labs` lists them"):
        asked_for(tmp_path / "mine.yaml", full=True)


def test_one_experiment_is_asked_of_a_lab_where_one_is_needed(tiny):
    """
    Where a command takes one experiment, a whole lab is refused with the experiments it has.
    """
    with pytest.raises(UsageError, match=r"several experiments.*Name one behind a slash: 1-units, 2-rates"):
        experiment_file(tiny)


def test_an_experiment_that_a_lab_does_not_have_is_refused():
    """
    A typo in the name of an experiment is told with what was probably meant.
    """
    with pytest.raises(
        UsageError, match=r"no such experiment \(got '1-diagnose'\). Did you mean `1-diagnosis`"
    ):
        experiment_file(Path("labs") / NAME / "1-diagnose")
