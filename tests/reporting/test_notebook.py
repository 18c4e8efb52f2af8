"""The notebook: valid, harmless whatever names hold, and its code draws what is stored."""

import ast
import json
import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from trainlab.comparison.measured import all_measures
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.faces.notebook import notebook, notebook_report
from trainlab.reporting.faces.redrawing import (
    confusion,
    curves,
    differences,
    gradients,
    panels,
    reliability,
    scores,
    time,
)
from trainlab.reporting.sections.blocks import Figure, Section


@pytest.fixture
def drawn_nowhere():
    """Pictures are drawn on no screen, and closed."""
    before = dict(mpl.rcParams)
    plt.switch_backend("agg")
    yield
    plt.close("all")
    mpl.rcParams.update({**before, "backend": "agg"})


def code(document):
    """The code cells of a notebook."""
    return ["".join(cell["source"]) for cell in document["cells"] if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def shown(nasty_sections):
    """A report with every block and names that try to be something else, as a notebook."""
    return json.loads(notebook("$x$ <script>", nasty_sections, 'a"\n\\folder'))


def test_a_notebook_is_what_its_format_asks_for(shown):
    """
    Version, metadata and cells are those of nbformat 4.5; each cell has a name of its own and no output.
    """
    assert (shown["nbformat"], shown["nbformat_minor"]) == (4, 5)
    assert shown["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell["id"] for cell in shown["cells"]]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[\w-]{1,64}", name) for name in ids)
    for cell in shown["cells"]:
        fields = {"cell_type", "id", "metadata", "source"}
        if cell["cell_type"] == "code":
            fields |= {"execution_count", "outputs"}
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
        assert set(cell) == fields


def test_names_reach_no_code(shown):
    """
    Code cells hold our own functions and the folder as a string; not one of the names.
    """
    cells = code(shown)

    assert len(cells) == 3
    for cell in cells:
        ast.parse(cell)
        assert not re.search("alert|HYPERLINK|frac|eval", cell)
    calls = [node for node in ast.walk(ast.parse(cells[0])) if isinstance(node, ast.Call)]
    assert [call.args[0].value for call in calls] == ['a"\n\\folder']


def test_names_are_no_markup(shown):
    """
    In Markdown stand no elements but ours, no mathematics, no pictures and no links.
    """
    text = "\n".join("".join(cell["source"]) for cell in shown["cells"] if cell["cell_type"] == "markdown")

    assert set(re.findall(r"</?(\w+)", text)) <= {"span", "small", "br", "code"}
    assert not re.search(r"[$\\~!]|\]\(|://", text)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {3}


def test_all_that_is_told_is_in_the_notebook(shown, nasty_sections):
    """
    Headings, paragraphs and rows of tables are those of the sections.
    """
    text = "\n".join("".join(cell["source"]) for cell in shown["cells"])

    assert "&#60;script&#62;alert(1)&#60;/script&#62;" in text
    assert text.count("\n## ") + text.startswith("## ") == len(nasty_sections)
    assert "number" in text
    assert "漢字" in text


@pytest.mark.filterwarnings("ignore:Glyph:UserWarning")
@pytest.mark.usefixtures("drawn_nowhere")
def test_the_code_draws_every_picture_from_the_folder_beside_it(nasty, tmp_path, monkeypatch):
    """
    Run from the notebook's own folder, each cell goes through, and draws as many lines as there are variants.
    """
    drawn = ("scores", "differences", "curves", "panels", "time", "confusion", "reliability", "gradients")
    parts = tuple(Section("s", (Figure(Picture("<svg />", "", ""), name),)) for name in drawn)
    monkeypatch.setattr("trainlab.reporting.faces.notebook.sections", lambda facts: parts)
    path = notebook_report(nasty, tmp_path / "report.ipynb")
    monkeypatch.chdir(tmp_path)
    cells = code(json.loads(path.read_text(encoding="utf-8")))
    space, open_before = {}, len(plt.get_fignums())

    for cell in cells:
        exec(cell, space)  # noqa: S102  # what a reader of the notebook does

    assert set(drawn) <= set(space)
    assert space["results"].variants == nasty.variants
    assert len(plt.get_fignums()) - open_before == len(drawn)


@pytest.mark.usefixtures("drawn_nowhere")
def test_pictures_of_a_notebook_show_the_stored_numbers(techniques):
    """
    Dots, curves and bars stand where the results say.
    """
    place = techniques.variants.index("dropout")
    dots = scores(techniques).axes[0].lines[2 * place].get_xdata()
    shown = differences(techniques).axes[0]
    bars = [patch.get_width() for patch in time(techniques).axes[0].patches]
    lines = curves(techniques).axes[1].lines
    validation = techniques.validation_curve("loss")

    assert sorted(dots) == sorted(techniques.scores[place, :, 0])
    assert len(shown.get_yticklabels()) == len(techniques.variants) - 1
    assert bars == list(techniques.facts["variant_seconds"].values())
    assert lines[place].get_ydata() == pytest.approx(validation[place, :, 0].mean(axis=0))
    assert len(panels(techniques).axes) >= len(techniques.variants)


@pytest.mark.usefixtures("drawn_nowhere")
def test_pictures_of_predictions_show_what_is_measured(one_seed):
    """
    Shares in the confusion matrix, points of the reliability diagram; nothing where nothing was stored.
    """
    measured = all_measures(one_seed, one_seed.variants)[0]
    counts, sure = measured.confusion, measured.reliability
    shares = np.asarray(confusion(one_seed).axes[0].images[0].get_array())
    line = reliability(one_seed).axes[0].lines[1]

    assert shares == pytest.approx(100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))
    assert line.get_ydata() == pytest.approx(sure.accuracy[sure.counts > 0])
    assert len(gradients(one_seed).axes[0].lines) == 0


def test_the_same_sections_give_the_same_bytes(nasty_sections):
    """
    Nothing in the file depends on when or how often it is written.
    """
    assert notebook("?", nasty_sections, "runs/1") == notebook("?", nasty_sections, "runs/1")
