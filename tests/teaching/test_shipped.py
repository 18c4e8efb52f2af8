"""The labs that come with trainlab: complete, in one form, and fair by the project's own checks."""

import ast
import json
import re

import pytest

from trainlab.experiment.document import read_experiment
from trainlab.linting import lint
from trainlab.teaching.lab import GUIDE, labs
from trainlab.teaching.notebook import code_of, notebook_of

LABS = labs()
STEPS = [(lab, step) for lab in LABS for step in lab.steps]
NAMES = [f"{lab.name}/{step}" for lab, step in STEPS]


def guide(lab):
    """Give the text of a lab's guide."""
    return (lab.folder / GUIDE).read_text("utf-8")


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_both_profiles_have_the_same_experiments_in_an_order(lab):
    """
    Quick and full experiments have the same names, numbered from 1.
    """
    full = tuple(sorted(file.stem for file in (lab.folder / "full").glob("*.yaml")))

    assert full == lab.steps
    assert [int(step.split("-")[0]) for step in lab.steps] == list(range(1, len(lab.steps) + 1))
    assert all(re.fullmatch(r"\d-[a-z-]+", step) for step in lab.steps)


@pytest.mark.parametrize("lab, step", STEPS, ids=NAMES)
def test_a_quick_experiment_is_a_question_that_no_check_refuses(lab, step):
    """
    It reads, asks a question, seals test rows or says why not, needs no download, and is not refused.
    """
    file = lab.file(step, "quick")
    experiment = read_experiment(file)

    assert experiment.question.endswith("?")
    assert experiment.data.name not in {"fashion_mnist", "mnist", "imdb", "cifar10", "california_housing"}
    assert not [finding for finding in lint(file) if finding.refuses]


@pytest.mark.slow
@pytest.mark.parametrize("lab, step", STEPS, ids=NAMES)
def test_a_full_experiment_is_a_question_that_no_check_refuses(lab, step, shared_keras_home):
    """
    It reads, asks a question, and is not refused.
    """
    file = lab.file(step, "full")

    assert read_experiment(file).question.endswith("?")
    assert not [finding for finding in lint(file) if finding.refuses]


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_a_guide_has_a_part_for_every_experiment(lab):
    """
    Parts are numbered as experiments are; each runs its experiment, asks before it runs, and asks after.
    """
    parts = re.split(r"^## ", guide(lab), flags=re.MULTILINE)[1:]
    numbered = {int(found.group(1)): part for part in parts if (found := re.match(r"(\d+)\. ", part))}

    assert sorted(numbered) == list(range(1, len(lab.steps) + 1))
    for number, step in enumerate(lab.steps, start=1):
        part = numbered[number]
        assert any(f'tl.run("quick/{step}.yaml"' in block for block in code_of(part)), step
        assert all(f"**{asked}" in part for asked in ("Predict", "Questions", "Change it")), step
    assert any(part.startswith("What to hand in") for part in parts)


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_a_notebook_is_its_guide(lab):
    """
    The notebook was made from the guide as it stands; its cells are code that reads.
    """
    text = (lab.folder / "notebook.ipynb").read_text("utf-8")

    assert text == notebook_of(guide(lab)), "run `python docs/labs/make.py notebooks`"
    for cell in json.loads(text)["cells"]:
        if cell["cell_type"] == "code":
            ast.parse("".join(cell["source"]))


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_a_lab_names_nothing_that_its_reader_does_not_have(lab):
    """
    No file of a lab speaks of the folders beside this checkout, and no Markdown link leads out of the lab.
    """
    for file in sorted(lab.folder.rglob("*")):
        if file.suffix in {".md", ".yaml", ".py", ".ipynb"}:
            assert "shared" not in file.read_text("utf-8").replace("shared out", "")
    assert not re.findall(r"\]\(\.\./", guide(lab))
