"""What predictions come to: classes and confusion are scikit-learn's, titles name the role of the data."""

import dataclasses

import numpy as np
import pytest
from sklearn import metrics

from trainlab.reporting.drawing.confusion_matrix import confusion_matrix
from trainlab.reporting.drawing.reliability import reliability_diagram
from trainlab.reporting.facts.outline import outline
from trainlab.reporting.facts.predictions import prediction_facts
from trainlab.reporting.sections.predictions_section import predictions_section
from trainlab.results.outcome import Outcome
from trainlab.results.store import Writer


@pytest.fixture(scope="module")
def told(tmp_path_factory, make_results):
    """Results of three seeds whose outputs are drawn at random, and the facts of their first variant."""
    folder = tmp_path_factory.mktemp("predictions")
    results = make_results(folder, {"baseline": 0.8, "l2": 0.9}, seeds=3, epochs=2)
    random = np.random.default_rng(0)
    targets = results.validation_targets[0]
    drawn = [random.dirichlet(np.ones(10), len(targets)) for _ in range(6)]
    outputs = [0.5 * np.eye(10)[targets] + 0.5 * one for one in drawn]
    with Writer(folder) as writer:
        for run, array in enumerate(outputs):
            writer.write_arrays(f"run/{run}", {"outputs": array.astype(np.float32)})
    (facts,) = prediction_facts(results, (0,))
    return results, facts, [one.argmax(axis=1) for one in outputs[:3]]


def test_classes_are_those_of_scikit_learn(told):
    """
    Precision, recall and F1 of each class are means over runs of what scikit-learn gives.
    """
    results, facts, said = told
    targets = results.validation_targets[0]
    runs = [metrics.precision_recall_fscore_support(targets, one)[:3] for one in said]
    expected = np.mean(runs, axis=0)

    for place, one in enumerate(facts.classes):
        found = [one.precision[0], one.recall[0], one.f1[0]]
        np.testing.assert_allclose(found, expected[:, place])
        assert one.recall[1] <= one.recall[0] <= one.recall[2]


def test_shares_of_the_matrix_are_those_of_scikit_learn(told):
    """
    Each row of the matrix adds up to one and holds all runs together.
    """
    results, facts, said = told
    targets = np.tile(results.validation_targets[0], 3)
    expected = metrics.confusion_matrix(targets, np.concatenate(said), normalize="true")

    np.testing.assert_allclose(facts.shares, expected)
    assert sum(one.rows for one in facts.classes) == targets.size


def test_shares_and_names_are_drawn_as_text(told):
    """
    The percentage on the diagonal and the names of both axes can be read; the reliability names its error.
    """
    _, facts, _ = told
    svg = confusion_matrix(facts, "baseline")

    assert f">{100 * facts.shares[3][3]:.0f}<" in svg
    assert "is ↓" in svg
    assert "said" in svg
    error = f"error {100 * facts.sureness.error:.1f} %"
    assert error in reliability_diagram(facts.sureness, "baseline", "#006ab5")


def test_titles_name_the_role_of_the_data(told, folded):
    """
    Rows are called validation rows, over folds out of fold, and never test.
    """
    for results, where in ((told[0], "(validation rows)"), (folded, "(validation rows, out of fold)")):
        section = predictions_section(outline(results))
        titles = [section.title, *(block.title for block in section.blocks if hasattr(block, "title"))]
        assert all(title.endswith(where) for title in titles)
        assert not any("test" in title for title in titles)


def test_a_variant_without_a_completed_run_is_left_out(told):
    """
    Where every run diverged there is nothing to measure, and no section.
    """
    results = dataclasses.replace(told[0], outcomes=np.full_like(told[0].outcomes, int(Outcome.DIVERGED)))

    assert prediction_facts(results, (0, 1)) == ()
