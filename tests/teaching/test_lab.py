"""What a lab is: its folder read, refused, listed and copied."""

import pytest

from trainlab.errors import MissingError, UsageError
from trainlab.teaching.lab import copy_lab, lab_named, labs, open_lab


def test_a_lab_is_read_from_its_folder(tiny):
    """
    Title and subject come from the guide, experiments from the files, in the order of their numbers.
    """
    lab = open_lab(tiny)

    assert (lab.name, lab.title, lab.steps) == ("tiny", "Two small questions", ("1-units", "2-rates"))
    assert lab.about == "What a hidden layer is for. Two experiments, a moment each."
    assert [lab.question(step) for step in lab.steps] == ["Do units help?", "Which rate?"]
    assert lab.file("2-rates", "full") == tiny / "full" / "2-rates.yaml"


def test_an_experiment_that_is_not_there_is_refused(tiny):
    """
    An unknown experiment is refused with what was probably meant and all there are.
    """
    with pytest.raises(UsageError, match=r"no such experiment \(got 'units'\). Did you mean `1-units`\? Its"):
        open_lab(tiny).file("units", "quick")


@pytest.mark.parametrize("lacking", ["guide.md", "quick"])
def test_a_folder_without_guide_or_experiments_is_no_lab(tmp_path, lacking):
    """
    What lacks its guide or its quick experiments is refused, and how to get a lab is said.
    """
    (tmp_path / "quick").mkdir()
    (tmp_path / "quick" / "1.yaml").write_text("data: xor\n", "utf-8")
    (tmp_path / "guide.md").write_text("# Lab\n", "utf-8")
    gone = tmp_path / "quick" / "1.yaml" if lacking == "quick" else tmp_path / lacking
    gone.unlink()

    with pytest.raises(UsageError, match=r"no lab there.*trainlab labs NAME --copy DIR"):
        open_lab(tmp_path)


def test_labs_that_come_with_trainlab_are_the_five():
    """
    Five labs are listed by the names that were agreed, each with a title, a subject and several experiments.
    """
    names = [lab.name for lab in labs()]

    assert names == [
        "fully-connected-networks",
        "generalization",
        "improving-networks",
        "networks-in-action",
        "optimizers-and-overfitting",
    ]
    assert all(lab.title and lab.about and len(lab.steps) > 2 for lab in labs())


def test_an_unknown_lab_is_refused_with_the_known():
    """
    An unknown name is refused with what was probably meant and the names there are.
    """
    with pytest.raises(
        UsageError, match=r"unknown lab \(got 'improving'\). Did you mean `improving-networks`"
    ):
        lab_named("improving")


def test_a_copy_is_a_lab_of_its_own(tiny, tmp_path):
    """
    A copy reads as the same lab, elsewhere; a folder that holds something is never written into.
    """
    (tiny / "__pycache__").mkdir(exist_ok=True)
    copied = open_lab(copy_lab(open_lab(tiny), tmp_path / "mine"))

    assert (copied.title, copied.steps, copied.folder) == (
        "Two small questions",
        ("1-units", "2-rates"),
        tmp_path / "mine",
    )
    assert not (tmp_path / "mine" / "__pycache__").exists()
    with pytest.raises(UsageError, match="the folder is not empty"):
        copy_lab(open_lab(tiny), tmp_path / "mine")


def test_a_copy_into_a_place_that_cannot_be_says_so(tiny, tmp_path):
    """
    A folder below a file cannot be made: that is said, with what to do.
    """
    (tmp_path / "file").write_text("", "utf-8")

    with pytest.raises(MissingError, match=r"the lab cannot be copied: .*Choose another folder"):
        copy_lab(open_lab(tiny), tmp_path / "file" / "mine")
